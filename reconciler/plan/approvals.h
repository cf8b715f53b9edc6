#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// An approval that is in force, with what it still releases: items that no change was made of.
struct Release {
  ApprovedBy by;  ///< Its last three fields are empty.
  std::vector<HeldItem> items = {};
};

/// What approvals release, item by item. A guardrail asks before it holds something, and leaves out
/// what is released when it counts. Pure.
class Releases {
 public:
  Releases() = default;
  explicit Releases(const std::vector<Release>& releases);

  bool empty() const { return by_item_.empty(); }
  /// Whether this very item is released. Never one that no approval may release.
  bool Covers(const HeldItem& item) const;

  /// Whether a part of a finished change, with whatever goes for it in a swap, is released from
  /// being held for this reason.
  bool Covers(const Change& change, const SkuId& product, const HeldBy& why) const;
  /// All parts of it are.
  bool CoversWhole(const Change& change, const HeldBy& why) const;
  /// Some part of it is, each being asked about as its own product's.
  bool CoversSome(const Change& change, const HeldBy& why) const;

  /// By which approvals the change may go: every item of it that they name. These are spent by it.
  std::vector<ApprovedBy> UsedBy(const Change& change) const;

 private:
  // Guardrail, what it is about, and HeldBy::because.
  using Reason = std::tuple<std::string, std::optional<SkuId>, std::string>;

  std::vector<ApprovedBy> approvals_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_item_;  // By HeldItem::Text.
  std::set<Reason> reasons_;                                           // Of all items.
};

/// The same for the parts of a draft. Everything it is given must outlive it.
class ReleasedParts {
 public:
  ReleasedParts(const Releases& releases, const DesiredState& desired,
                const ObservedState& observed)
      : releases_(releases), desired_(desired), observed_(observed) {}

  bool empty() const { return releases_.empty(); }
  /// The part and whatever is tied to it are released from being held for this reason.
  bool Covers(const Part& part, std::span<const Part> of_user, const PlanSets& plan_sets,
              const HeldBy& why) const;
  bool Covers(const GroupPart& part, const PlanSets& plan_sets, const HeldBy& why) const;

 private:
  bool CoversOne(const Part& part, const PlanSets& plan_sets, const HeldBy& why) const;

  const Releases& releases_;
  const DesiredState& desired_;
  const ObservedState& observed_;
};

/// Lets go what is held of groups and released from every reason for it. For what JudgeGroups
/// holds, before anything else looks at it.
void ReleaseGroups(Draft& draft);

}  // namespace seatkeeper
