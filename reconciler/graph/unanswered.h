#pragma once

#include <string>

#include "reconciler/seams/http_transport.h"

namespace seatkeeper {

/// Why there is no answer of the service's own, for a person: what happened and, where it is known,
/// what mends it (keys of the tenant in the config are named). Without a full stop.

/// Of an outcome that is not kAnswered.
std::string DescribeFailure(const HttpOutcome& outcome);
/// Whether the same request may fare better a moment later. A certificate will be the same one.
bool MayPass(const HttpOutcome& outcome);

bool IsRedirect(int status);
/// Of an answer with such a status. Graph and the sign-in service never redirect: somebody answers
/// in their place, or the address is not theirs.
std::string DescribeRedirect(const HttpResponse& response);

}  // namespace seatkeeper
