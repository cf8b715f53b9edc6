#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// How many writes a second one application may send to one tenant for long. Microsoft Graph's
/// throttling limits (learn.microsoft.com/graph/throttling-limits), "Identity and access service
/// limits": 3,000 write requests in 2 minutes and 30 seconds per application and tenant. Several
/// requests in one batch count each.
inline constexpr int kWritesPerSecond = 3'000 / 150;

/// How long so many requests take at that rate, whole seconds, rounded up. A wave begins when the
/// one before it has ended: each costs a second more, about one answer of the service. Assumes that
/// nobody else uses up the tenant's quota and that no request has to be repeated. Pure.
std::chrono::seconds ExpectedDuration(std::size_t requests, int waves,
                                      double per_second = kWritesPerSecond);

/// Of what the plan would send.
std::chrono::seconds ExpectedDuration(const Plan& plan, double per_second = kWritesPerSecond);

/// "less than a minute", "about 3 minutes", "about 2 hours".
std::string Approximately(std::chrono::seconds duration);

/// A length of time in the largest unit of which it is a whole number: "7 days", "36 hours".
std::string Exactly(std::chrono::milliseconds duration);

/// How long something has lasted, in its largest whole unit: "4 days", "1 hour", "less than a
/// minute".
std::string Age(std::chrono::milliseconds since);

}  // namespace seatkeeper
