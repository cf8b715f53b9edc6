#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// The error that Graph's envelope describes
/// (`{"error":{"code","message","details":[{"code","message"}],"innerError"}}`). Bodies that are no
/// envelope are fine: then code and message are empty.
struct GraphError {
  /// The service's time of the error ("2026-01-05T08:00:00": UTC, though nothing says so) stands
  /// only beside a request's id.
  ServiceError service;
  /// The service's own words, and in parentheses what `details` and `innerError` add to them.
  std::string message;
};
GraphError ParseGraphError(const HttpResponse& response, WallTime now);

/// A plain sentence with the mend; empty for errors that are not known (see error_table.h).
std::string ExplainGraphError(const GraphError& error);

/// Nothing happened, and later it may: for a definitive answer (4xx).
bool MayPass(const GraphError& error);

/// The service did nothing because it knows no usage location of the user.
bool IsMissingLocation(const GraphError& error);

/// "<the service's words> — <explanation>", whichever of both there is; never empty.
std::string DescribeGraphError(const GraphError& error);

/// The Error for a definitive answer that is not 2xx: kPermission for 401 and 403, kThrottled for
/// 429, kUnreachable for 3xx and 5xx, kNotFound for 404, kRejected for the rest. `doing` starts the
/// sentence, for example "listing users".
Error ToError(const GraphError& error, std::string_view doing);

}  // namespace seatkeeper
