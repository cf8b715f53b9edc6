#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "policy/result.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/memory.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/repetition.h"
#include "reconciler/plan/reprocessing.h"
#include "reconciler/plan/revision.h"
#include "reconciler/plan/suspension.h"

namespace seatkeeper {

struct JournalEntry;
struct OneOff;

/// Everything that a plan depends on. There is nothing else: no clock, no I/O, no randomness.
struct PlanInput {
  std::string tenant;  ///< Name in the config.
  const PolicySet& policies;
  std::string policy_revision;
  bool policy_outdated = false;
  const ObservedState& observed;
  WallTime now{};          ///< What `system.now` means in rules.
  ProductCatalog catalog;  ///< What the tenant itself does not say about products.
  /// From memory: users and groups with a change whose fate is open, seats that those changes take
  /// unseen, and users who lost (something of) a product within the last 24 hours.
  std::set<UserId> busy;
  std::set<GroupId> busy_groups{};
  std::map<SkuId, int> unseen_seats;
  std::map<SkuId, int> removals_in_window;
  /// Seats of a product that changes of ours took within the last 24 hours.
  std::map<SkuId, int> assignments_in_window{};
  /// What went by approvals within the window; the two above leave it out.
  std::map<SkuId, int> approved_removals_in_window{};
  std::map<SkuId, int> approved_assignments_in_window{};
  std::vector<Release> releases{};  ///< Approvals in force, with what each still releases.
  std::vector<std::string> approval_warnings{};  ///< Of approvals that release nothing.
  Ceilings ceilings{};  ///< Of the config: limits that no policy exceeds or lifts.
  PlanMemory memory;
  Suspension suspended{};     ///< Who stopped the tenant; empty: nobody.
  Repetitions repetitions{};  ///< What took effect twice or more within the last 24 hours.
  Doubts doubts{};            ///< Of store and clock.
  /// What the policy is compared with; nothing: this is the first revision that counts.
  std::optional<RevisionSummary> accepted_revision{};
  Descent descent = Descent::kUnknown;  ///< Whether it comes after that one.
  /// How often the tenant is looked at: longer gaps between readings are no time that they cover.
  std::chrono::milliseconds interval = std::chrono::minutes(5);
  std::span<const LicenseEvent> license_events{};  ///< For people: nothing is decided by them.
  /// Instead of what the policy wants: to put back what these changes took; see undo.h.
  const std::vector<JournalEntry>* undo = nullptr;
  /// Likewise: what a person wants done once; see one_off.h.
  const OneOff* one_off = nullptr;
  /// Users may be processed again (TenantProvider::Capabilities::can_reprocess), and who was.
  bool can_reprocess = false;
  ReprocessPast reprocessed{};
};

/// resolve -> diff -> reprocess -> guard -> allocate seats -> schedule -> seal. Pure: the same
/// input gives the same plan, byte for byte, whatever the order of users, groups or files was.
/// Fails with kInvalid, and a position, where the policy names what cannot exist in this tenant.
Result<GuardedPlan> MakePlan(const PlanInput& input);

}  // namespace seatkeeper
