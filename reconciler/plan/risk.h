#pragma once

#include <string_view>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// "mailbox": the guard looks for it.
inline constexpr std::string_view kMailboxRisk = "mailbox";

/// Says what changes take from users for good, judged by the service plans that would no longer be
/// on from any assignment: "mailbox" (Exchange data is deleted 30 days later), "files" (OneDrive),
/// "apps" (an installed Office turns to "unlicensed product"); "service-plan-off" when a plan of a
/// product that stays goes off. `observed` must outlive it.
class RiskJudge {
 public:
  explicit RiskJudge(const ObservedState& observed);

  /// For the user of this row: whom the change is about, or who holds something from the group that
  /// it is about. Ordered.
  std::vector<Risk> RisksOf(const Change& change, Row row) const;

  /// Whether whoever holds the product with these plans off has a mailbox by it. `disabled` is
  /// ordered.
  bool GivesMailbox(ProductIndex product, const std::vector<PlanId>& disabled) const;

 private:
  using Kinds = unsigned;  // A bit per kind of risk.
  struct RiskyPlan {
    PlanId id;
    Kinds kinds = 0;
  };

  /// What the plans of a product stand for that are on.
  Kinds EnabledOf(ProductIndex product, const std::vector<PlanId>& disabled) const;

  const ObservedState& observed_;
  std::vector<std::vector<RiskyPlan>> risky_;  // By ProductIndex; most plans are not.
};

}  // namespace seatkeeper
