#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace seatkeeper {

/// So much within so long.
struct RateLimit {
  double amount = 0;
  std::chrono::milliseconds period{1};

  double per_second() const { return amount / std::chrono::duration<double>(period).count(); }
  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// What the service takes of an application. The figures are those of Microsoft Graph's throttling
/// limits (learn.microsoft.com/graph/throttling-limits), "Identity and access service limits"; they
/// have changed before. Requests are counted twice: as writes, and in resource units by what they
/// cost. Several in one batch count each.
struct QuotaLimits {
  RateLimit writes{3'000, std::chrono::seconds(150)};  ///< In one tenant.
  /// In one tenant; nothing: by its size, which is small until it is known.
  std::optional<RateLimit> units = std::nullopt;
  RateLimit application_writes{35'000, std::chrono::seconds(300)};  ///< In all tenants together.
  RateLimit application_units{150'000, std::chrono::seconds(20)};
  /// How much of what holds in one tenant is ours, above 0 and at most 1.
  double share = 1;
  /// Likewise of what holds in all together. All tenants of one application say the same of these.
  double application_share = 1;

  friend bool operator==(const QuotaLimits&, const QuotaLimits&) = default;
};

/// The service's limit of resource units for a tenant with so many users.
RateLimit UnitsOfTenant(std::uint64_t users);

/// How the limits stand, for metrics.
struct QuotaUse {
  double writes = 0;            ///< The share of the limit in one tenant that is in use, 0 to 1.
  double units = 0;             ///< Likewise.
  std::uint64_t throttled = 0;  ///< Items of batches that were throttled.
  /// What writes and reads have waited for the limits so far, each by itself.
  std::chrono::milliseconds writes_waited{0};
  std::chrono::milliseconds reads_waited{0};
};

}  // namespace seatkeeper
