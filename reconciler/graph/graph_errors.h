#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// The error that Graph's envelope describes (`{"error":{"code","message","innerError"}}`).
/// Bodies that are no envelope are fine: then code and message are empty.
struct GraphError {
  ServiceError service;
  std::string message;  ///< The service's own words.
};
GraphError ParseGraphError(const HttpResponse& response, WallTime now);

/// A plain sentence with the mend; empty for errors that are not known. Most licence failures share
/// the code Request_BadRequest, so the message decides (documented and observed texts, matched as
/// substrings in any letter case).
std::string_view ExplainGraphError(const GraphError& error);

/// The service did nothing because it knows no usage location of the user.
bool IsMissingLocation(const GraphError& error);

/// "<the service's words> — <explanation>", whichever of both there is; never empty.
std::string DescribeGraphError(const GraphError& error);

/// The Error for a definitive answer that is not 2xx: kPermission for 401 and 403, kThrottled for
/// 429, kUnreachable for 5xx, kNotFound for 404, kRejected for the rest. `doing` starts the
/// sentence, for example "listing users".
Error ToError(const GraphError& error, std::string_view doing);

}  // namespace seatkeeper
