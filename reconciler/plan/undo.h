#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/undone.h"
#include "reconciler/seams/store.h"

namespace seatkeeper {

// What changes took, and what it needs to put that back: products that were unassigned, service
// plans that were turned off, and both halves of swaps. What they only gave stays. Pure.

/// What one user or group gets back, in one request.
struct Restoration {
  Subject subject;
  std::string subject_name;      ///< As the reading has it.
  std::vector<AddLicense> add;   ///< As it was before. By product.
  std::vector<SkuId> remove;     ///< What had been swapped for something of `add`. Ordered.
  std::vector<SkuId> plans_off;  ///< Of `add`: held, and service plans of it go off. Ordered.
  /// Which of `remove` goes for which of `add`. Ordered.
  std::vector<std::pair<SkuId, SkuId>> swaps;
  std::map<SkuId, std::string> plan_ids;  ///< By product of `add`: the plan that is undone.
  Origin origin;                          ///< What took it.
};

/// What can be put back as far as the subjects themselves go: seats are not looked at.
struct UndoOutline {
  std::vector<Restoration> restorations;  ///< By subject, users first.
  std::vector<NotRestored> not_restored;
  std::size_t left_alone = 0;  ///< Changes that took nothing.
};

/// Whose change has a fate that is not known yet: nothing else is done to them.
struct OpenSubjects {
  const std::set<UserId>& users;
  const std::set<GroupId>& groups;
};

/// Takes back changes one by one, the newest first: each only where the direct assignments that it
/// took or swapped (of a group the licences) are just as it left them, or as they are once newer
/// ones are taken back. `entries` are of one tenant, the newest first.
UndoOutline OutlineUndo(const std::vector<JournalEntry>& entries, const ObservedState& observed,
                        const OpenSubjects& open);

/// Leaves a product of `add` out, with whatever was swapped for it and whatever else that was
/// swapped for. Returns the products that are not given then.
std::vector<SkuId> LeaveOut(const SkuId& product, Restoration& restoration);

}  // namespace seatkeeper
