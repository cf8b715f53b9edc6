#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/result.h"
#include "policy/source.h"
#include "reconciler/plan/desired.h"

namespace seatkeeper {

struct PlanInput;

/// What a person wants done once, instead of what policy wants: `assign` and `unassign`. It goes
/// the way of any plan: diff, seats, waves, guard. What policy makes of it afterwards is told
/// (one_off_report.h), not prevented.
struct OneOff {
  enum class Kind { kAssign, kUnassign };
  Kind kind = Kind::kAssign;
  /// Principal names or object ids, in any letter case, with where they were named.
  std::vector<Positioned<std::string>> users;
  /// Part numbers, SKU ids or product names. Empty, with kUnassign: all that each user holds.
  std::vector<std::string> products;
  std::string said;  ///< Who says so, and why: what history shows in the place of a position.
};

/// "assign" or "unassign": what stands in the place of a policy's name.
std::string_view CommandOf(OneOff::Kind kind);

/// Somebody who was named and whom nothing is done to.
struct NamedInVain {
  std::string name;  ///< As written.
  SourcePosition at;
  std::string why;
};

struct OneOffSubjects {
  std::vector<Row> rows;  ///< Ordered, each once.
  std::vector<NamedInVain> in_vain;
};
OneOffSubjects FindSubjects(const OneOff& one_off, const ObservedState& observed);

/// The products that it is about. Ordered, each once. kNotFound or kInvalid where a name means no
/// product or several: a typing mistake must not become half of what was meant.
Result<std::vector<SkuId>> FindProducts(const OneOff& one_off, const std::vector<Row>& rows,
                                        const ObservedState& observed,
                                        const ProductCatalog& catalog);

/// What the one-off wants of the tenant, in the form in which policy's wishes come.
struct OneOffWish {
  std::unique_ptr<const PolicySet> policies;  ///< What `desired` points into.
  std::vector<UserId> users;                  ///< Ordered.
  DesiredState desired;                       ///< Of nothing but its users and its products.
};

/// Management, waiting, ladders and priorities are policy's own and stand aside; a product that no
/// document names, or that is only observed, may be meant as well, for a person names it. Reserves
/// hold, and so does whatever holds removals of a product for `by_policy` cannot be told in full.
/// Pure. REQUIRES: input.one_off is there.
Result<OneOffWish> WishOf(const PlanInput& input, const DesiredState& by_policy);

/// Differences of other users and products are policy's business.
void KeepDriftOf(const OneOffWish& wish, std::vector<Drift>& drift);

}  // namespace seatkeeper
