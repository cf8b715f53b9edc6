#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

/// How many of the users whom a policy selects have a product that it speaks about. kUnknown: that
/// depends on users of whom the reading does not say what they hold.
enum class Extent { kNobodySelected, kNone, kPartial, kAll, kUnknown };
std::string_view ToString(Extent extent);

/// How a user holds a product, as coverage counts it. The closed set adds up to the selected users.
enum class Coverage {
  kDirect,
  kGroup,
  kBoth,     ///< Directly and from a group.
  kUnclear,  ///< Held, but the reading does not say from where.
  kNoSeat,   ///< Assigned, but in an error state and without a seat.
  kNone,
  kUnknown,  ///< The reading does not say what the user holds.
};
inline constexpr std::size_t kCoverageKinds = 7;
std::string_view ToString(Coverage coverage);

/// One statement of a policy and the users whom the policy selects. Counts are of users.
struct ProductCoverage {
  SkuId product;
  std::string name;
  Origin origin;
  PolicyStatement::Kind says = PolicyStatement::Kind::kGrant;
  std::size_t selected = 0;
  std::size_t counts[kCoverageKinds] = {};  ///< By Coverage.
  /// Selected users for whom another statement decides: the policy is outranked, or tied.
  std::size_t decided_otherwise = 0;
  /// Selected users without the product who hold another rung of its ladder.
  std::size_t on_other_rung = 0;
  /// Whom to look at: who lacks what is granted (or may lack it), who holds what is revoked.
  RowSet noted{};

  std::size_t Count(Coverage coverage) const { return counts[static_cast<std::size_t>(coverage)]; }
  /// Who has a seat of it.
  std::size_t have() const;
  Extent extent() const;
};

/// What one policy covers.
struct PolicyCoverage {
  std::string policy;
  SourcePosition at;  ///< Of the policy's name.
  std::size_t selected = 0;
  std::vector<ProductCoverage> products;  ///< By name, then id.
};

/// Per policy of the tenant, by name, every product that it grants or revokes. An expired grant
/// speaks about nothing. Pure. `policies` and `product` keep only those; empty or nullptr: all.
std::vector<PolicyCoverage> CoverageOf(const DesiredState& desired, const ObservedState& observed,
                                       const std::vector<std::string>& policies = {},
                                       const SkuId* product = nullptr);

/// How one user holds the product. REQUIRES: `product` is of `observed`.
Coverage CoverageOfUser(const ObservedState& observed, const SkuId& product, Row row);

}  // namespace seatkeeper
