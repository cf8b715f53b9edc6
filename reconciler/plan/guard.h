#pragma once

#include <map>
#include <vector>

#include "policy/document.h"
#include "reconciler/plan/change_calendar.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/people.h"
#include "reconciler/plan/pin.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/readings.h"
#include "reconciler/plan/repetition.h"
#include "reconciler/plan/suspension.h"

namespace seatkeeper {

class PlanConflicts;
class Releases;

/// What the guard judges by. A value, so that the same plan and the same input always give the
/// same verdicts.
struct GuardInput {
  /// No parts: off. Policy's strictest document, or the built-in default.
  AmountLimit max_unassign;
  /// None: off. Each holds on its own; see MaxAssignLimits.
  std::vector<AmountLimit> max_assign{};
  /// Nothing: off.
  std::optional<int> max_changes{};
  /// The config's, over and above these three.
  Ceilings ceilings{};
  /// Users who lost (something of) a product to us within the last 24 hours, from the journal.
  std::map<SkuId, int> removals_in_window;
  /// Seats of a product that we gave within the last 24 hours, likewise.
  std::map<SkuId, int> assignments_in_window{};
  /// Seats assigned now, and seats purchased, per product.
  std::map<SkuId, int> assigned;
  std::map<SkuId, int> purchased{};
  /// Seats free for the first wave, per product; negative where more are in use than purchased.
  std::map<SkuId, int> free_seats;
  /// The newest policy does not load; the last good one goes on assigning, its removals are held.
  bool policy_outdated = false;
  /// No LicensePolicy speaks about this tenant: everything would be unwanted.
  bool no_license_policy = false;
  /// What single people must not lose.
  PeopleLimits people{};
  /// Whether removals and swaps may go now. Where they may not, they are deferred, and not counted.
  Opening opening{};
  /// Who stopped the tenant; empty: nobody.
  Suspension suspended{};
  /// What took effect twice or more within the last 24 hours, from the journal.
  Repetitions repetitions{};
  /// Of store and clock: see doubt.h.
  Doubts doubts{};
  /// Of the policy's revision: see revision_check.h.
  std::vector<HeldBy> suspicions{};
  /// What approvals release; nullptr: nothing. Limits of policies are not about that; the config's
  /// ceilings are, and about what went by approvals within the window, which the counts above leave
  /// out.
  const Releases* releases = nullptr;
  std::map<SkuId, int> approved_removals_in_window{};
  std::map<SkuId, int> approved_assignments_in_window{};
  /// What differs too much from the last accepted reading: see readings.h.
  std::vector<ReadingFinding> readings{};
  /// What nothing may alter: see pinned.h.
  std::vector<Pin> pins{};
};

/// So much of something, and how much of it no approval releases.
struct Amount {
  int all = 0;
  int unreleased = 0;

  void Add(int count, bool released) {
    all += count;
    if (!released) unreleased += count;
  }
};

/// The strictest of the documents that say something; the built-in default where none does.
AmountLimit StrictestMaxUnassign(const std::vector<const Guardrails*>& documents);

/// How many removals of one product the limit allows in the window:
/// min(seats, max(1, floor(percent of what was assigned when the window began))).
/// Nothing when the limit is off.
std::optional<int> AllowedRemovals(const AmountLimit& limit, int assigned_at_window_start);

/// Holds whatever takes something of a product away and must not go: all removals of the product,
/// never only those above the limit. What is harmless goes on, unless it is tied to what is held.
/// The held set only grows. Brings each user's parts into line with what is held of them then.
/// `products` says which product an index means.
void HoldRemovals(Draft& draft, const std::vector<DesiredProduct>& products,
                  const PlanConflicts& conflicts, const GuardInput& input);

/// The last gate, for plans however they came about: what takes something away and must not go is
/// held or deferred, and what goes beyond the amounts (amounts.h) is held, each change as a whole.
/// Seals the plan. With the next one the only maker of GuardedPlan.
GuardedPlan Guard(Plan plan, const GuardInput& input);

/// The same, and puts the changes in order (see Plan) at the very end. As long as they stand by
/// user, a million of them are digested in half the time.
GuardedPlan GuardInOrder(Plan plan, const GuardInput& input);

/// Access to GuardedPlan's constructor for these two alone.
class PlanGuard {
 private:
  friend GuardedPlan Guard(Plan plan, const GuardInput& input);
  friend GuardedPlan GuardInOrder(Plan plan, const GuardInput& input);
  static GuardedPlan Seal(Plan plan, const GuardInput& input) {
    return GuardedPlan(std::move(plan), input.free_seats, input.opening.closes);
  }
};

}  // namespace seatkeeper
