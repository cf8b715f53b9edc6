#include "reconciler/plan/planner.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/amounts.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/assemble.h"
#include "reconciler/plan/authors.h"
#include "reconciler/plan/closed_times.h"
#include "reconciler/plan/deliver.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/diff.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/new_plans.h"
#include "reconciler/plan/one_off.h"
#include "reconciler/plan/order.h"
#include "reconciler/plan/pinned.h"
#include "reconciler/plan/plan_conflicts.h"
#include "reconciler/plan/plan_notes.h"
#include "reconciler/plan/plan_rules.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/readings.h"
#include "reconciler/plan/removal_waits.h"
#include "reconciler/plan/reprocess.h"
#include "reconciler/plan/reversals.h"
#include "reconciler/plan/revision_check.h"
#include "reconciler/plan/schedule.h"
#include "reconciler/plan/undo_plan.h"
#include "reconciler/plan/usage_location.h"
#include "reconciler/plan/whole_tenant.h"

namespace seatkeeper {
namespace {

std::vector<const Guardrails*> GuardrailsOf(const PlanInput& input) {
  std::vector<const Guardrails*> documents;
  for (const auto& document : input.policies.guardrails) {
    if (AppliesTo(document.tenants, input.tenant)) documents.push_back(&document);
  }
  return documents;
}

GuardInput MakeGuardInput(const PlanInput& input, const DesiredState& desired,
                          const std::vector<Seats>& seats) {
  const auto documents = GuardrailsOf(input);
  const auto& policies = input.policies.license_policies;
  GuardInput guard{.max_unassign = StrictestMaxUnassign(documents),
                   .max_assign = MaxAssignLimits(documents),
                   .max_changes = StrictestMaxChanges(documents),
                   .ceilings = input.ceilings,
                   .removals_in_window = input.removals_in_window,
                   .assignments_in_window = input.assignments_in_window,
                   .assigned = {},
                   .purchased = {},
                   .free_seats = {},
                   .policy_outdated = input.policy_outdated,
                   .no_license_policy = std::none_of(
                       policies.begin(), policies.end(),
                       [&](const auto& policy) { return AppliesTo(policy.tenants, input.tenant); }),
                   .people = PeopleLimits(documents, input.observed),
                   .opening = OpeningAt(documents, input.now),
                   .suspended = input.suspended,
                   .repetitions = input.repetitions,
                   .doubts = input.doubts,
                   .approved_removals_in_window = input.approved_removals_in_window,
                   .approved_assignments_in_window = input.approved_assignments_in_window};
  for (std::size_t i = 0; i < seats.size(); ++i) {
    guard.assigned.emplace(desired.products[i].id, seats[i].assigned);
    guard.purchased.emplace(desired.products[i].id, seats[i].purchased);
    guard.free_seats.emplace(desired.products[i].id, seats[i].free());
  }
  return guard;
}

std::vector<int> FreeOf(const std::vector<Seats>& seats) {
  std::vector<int> free;
  free.reserve(seats.size());
  for (const auto& count : seats) free.push_back(count.free());
  return free;
}

std::map<SkuId, int> UnseenSeats(const PlanInput& input) {
  auto unseen = input.unseen_seats;
  for (const auto& [product, count] : SeatsToCome(input.observed, input.busy_groups)) {
    unseen[product] += count;
  }
  return unseen;
}

void TakeSeats(const std::vector<int>& taken, std::vector<int>& free) {
  for (std::size_t i = 0; i < free.size(); ++i) free[i] -= taken[i];
}

SeatPrices PricesOf(const DesiredState& desired) {
  SeatPrices prices;
  for (const auto& product : desired.products) prices.push_back(product.price);
  return prices;
}

// Lays waves until what they hold is within the limits on amounts.
Schedule LayWavesWithinLimits(const DesiredState& desired, const GuardInput& guard,
                              SeatAllocator& allocator, Draft& draft) {
  const auto prices = PricesOf(desired);
  auto schedule = LayWaves(draft, allocator, prices);
  while (HoldAdditions(draft, desired.products, guard, allocator) ||
         HoldChanges(draft, guard, allocator)) {
    auto circles = std::move(schedule.circles);
    schedule = LayWaves(draft, allocator, prices);
    std::ranges::move(schedule.circles, std::back_inserter(circles));
    schedule.circles = std::move(circles);
  }
  return schedule;
}

// Says what is suspicious of the policy, for the guard. Returns what it comes to.
RevisionSummary JudgeRevision(const PlanInput& input, const DesiredState& desired,
                              const Draft& draft, GuardInput& guard) {
  auto newest = SummarizeRevision(input.policies, input.tenant, input.policy_revision,
                                  input.observed, input.catalog);
  if (const auto& accepted = input.accepted_revision) {
    RevisionFacts facts{
        .descent = input.descent, .losing = {}, .product_names = {}, .now = input.now};
    if (!DroppedDocuments(*accepted, newest, input.now).empty()) {
      facts.losing = UsersLosing(desired, input.observed, draft);
    }
    for (const auto& product : desired.products) {
      facts.product_names[product.id] = NameOfProduct(product.id, input.observed, input.catalog);
    }
    guard.suspicions = CompareRevisions(*accepted, newest, facts);
  }
  return newest;
}

// Whether later revisions are to be compared with this one.
bool Accepts(const PlanInput& input, const GuardInput& guard, const std::vector<Change>& changes) {
  if (guard.policy_outdated || guard.no_license_policy) return false;
  return guard.suspicions.empty() || IsApproved(guard.suspicions, input.releases, changes);
}

// What is wanted of the tenant: what policy says and, in its place, what a person wants done once.
struct Wanted {
  DesiredState by_policy;
  std::optional<OneOffWish> once;

  DesiredState& state() { return once ? once->desired : by_policy; }
};

Result<Wanted> WantedOf(const PlanInput& input) {
  auto by_policy = ResolveDesired(input.policies, input.tenant, input.observed, input.now,
                                  input.catalog, input.memory);
  if (!by_policy) return std::move(by_policy).error();
  Wanted wanted{.by_policy = *std::move(by_policy), .once = std::nullopt};
  if (input.one_off == nullptr) return wanted;
  auto wish = WishOf(input, wanted.by_policy);
  if (!wish) return std::move(wish).error();
  wanted.once = *std::move(wish);
  return wanted;
}

PlanRules RulesOf(const PlanInput& input) {
  auto rules = input.memory.learned_rules;
  rules.Add(KnownPlanRules());
  return rules;
}

/// One plan in the making: the reading is judged, then differences are found, held, given seats and
/// laid into waves, then all is told. Refers to the input and to what is wanted.
class Planner {
 public:
  Planner(const PlanInput& input, Wanted& wanted)
      : input_(input),
        observed_(input.observed),
        by_policy_(wanted.by_policy),
        once_(wanted.once),
        desired_(wanted.state()),
        seats_(CountSeats(desired_, observed_, UnseenSeats(input))),
        guard_(MakeGuardInput(input, desired_, seats_)),
        judged_(Judge()),
        rules_(RulesOf(input)),
        people_(guard_.people, desired_, observed_),
        reading_{.began = observed_.read_at, .ended = input.now, .interval = input.interval},
        waits_(desired_, observed_, input.memory.deferrals, reading_),
        conflicts_(rules_, desired_, observed_, &people_, &waits_),
        releases_(input.releases),
        released_(releases_, desired_, observed_) {
    guard_.readings = judged_.findings;
    // Without a policy everything would be unwanted; what a person names is not unwanted for that.
    guard_.no_license_policy = guard_.no_license_policy && !once_;
    guard_.releases = &releases_;
    guard_.pins = input.memory.pins;
  }
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;

  GuardedPlan Undo() {
    JudgeRevision(input_, desired_, {}, guard_);
    return PlanUndo(input_, desired_, UnseenSeats(input_), guard_);
  }

  GuardedPlan Run() {
    diff_ = ComputeDiff(desired_, observed_, input_.busy, conflicts_, &released_);
    HoldGroupParts();
    Reprocess();
    unpinned_ = HoldPinned(input_, desired_, conflicts_, diff_);
    const auto reversed =
        HoldReversed(desired_.products, observed_, guard_.repetitions, conflicts_, diff_.draft);
    const Draft nothing;  // Of what policy wants, a one-off says nothing.
    revision_ = JudgeRevision(input_, by_policy_, once_ ? nothing : diff_.draft, guard_);
    HoldRemovals(diff_.draft, desired_.products, conflicts_, guard_);
    auto free = FreeOf(seats_);
    TakeSeats(SeatGroups(free, diff_.draft), free);
    // Held removals keep their seats: only what still goes frees any.
    SeatAllocator allocator(desired_, observed_, std::move(free), input_.memory.waiting, input_.now,
                            conflicts_, diff_.draft);
    allocator.Run();
    DeferLosses(guard_.opening, allocator, diff_.draft);
    const auto schedule = LayWavesWithinLimits(desired_, guard_, allocator, diff_.draft);
    HoldTenant(TenantReasons(input_.tenant, reversed, guard_), diff_.draft);
    return GuardInOrder(Assemble(allocator, schedule), guard_);
  }

 private:
  // Compared is what policy says of the reading, whatever is done once besides.
  ReadingJudgement Judge() const {
    const auto judge = [this](const std::vector<Seats>& seats) {
      return JudgeReading(input_.memory.accepted, {.policies = input_.policies,
                                                   .tenant = input_.tenant,
                                                   .guardrails = GuardrailsOf(input_),
                                                   .desired = by_policy_,
                                                   .observed = observed_,
                                                   .catalog = input_.catalog,
                                                   .seats = seats});
    };
    return once_ ? judge(CountSeats(by_policy_, observed_, UnseenSeats(input_))) : judge(seats_);
  }

  void HoldGroupParts() {
    auto& draft = diff_.draft;
    JudgeGroups(desired_, observed_, {input_.busy, input_.busy_groups}, draft, desired_.warnings);
    ReleaseGroups(draft);
    waits_.DeferGroups(draft);
    people_.HoldGroups(draft);
  }

  // Of whom a one-off names, only what it names is done.
  void Reprocess() {
    if (!input_.can_reprocess || once_) return;
    left_alone_ = PlanReprocessing({.desired = desired_,
                                    .observed = observed_,
                                    .seats = seats_,
                                    .open = {input_.busy, input_.busy_groups},
                                    .people = guard_.people,
                                    .conflicts = conflicts_,
                                    .past = input_.reprocessed,
                                    .now = input_.now},
                                   diff_.draft);
  }

  Plan Assemble(const SeatAllocator& allocator, const Schedule& schedule) {
    Plan plan;
    plan.tenant = input_.tenant;
    plan.tenant_id = observed_.tenant;
    plan.open_approvals = static_cast<int>(std::ranges::count_if(
        input_.releases, [](const Release& release) { return !release.items.empty(); }));
    plan.policy_revision = input_.policy_revision;
    plan.observed_at = observed_.read_at;
    plan.next_flip = desired_.next_flip;
    AddNames(observed_, input_.catalog, by_policy_, plan);
    if (once_) AddNames(observed_, input_.catalog, desired_, plan);
    TakeChanges(allocator, schedule, plan);
    TakeDrift(plan);
    TellSeats(schedule, plan);
    TellTheRest(plan);
    Remember(plan);
    std::ranges::sort(plan.warnings);
    return plan;
  }

  void TakeChanges(const SeatAllocator& allocator, const Schedule& schedule, Plan& plan) const {
    plan.changes = AssembleChanges(diff_.draft, schedule, desired_, observed_);
    std::ranges::move(AssembleGroupChanges(diff_.draft, desired_, observed_),
                      std::back_inserter(plan.changes));
    plan.waiting = AssembleWaiting(diff_.draft, allocator, desired_, observed_);
    for (auto& entry : plan.waiting) {
      entry.begins = !input_.memory.waiting.contains({entry.user, entry.product});
    }
  }

  void TakeDrift(Plan& plan) {
    plan.drift = std::move(diff_.drift);
    if (once_) KeepDriftOf(*once_, plan.drift);
    ExplainBlocked(diff_.draft, desired_, observed_, plan.drift);
    ExplainShortages(plan.waiting, plan.drift);
    SortDrift(plan.drift);
    NameAuthors(input_.license_events, plan.drift);
  }

  void TellSeats(const Schedule& schedule, Plan& plan) const {
    AddProducts(desired_, observed_, seats_, diff_.draft, plan);
    AddShortageWarnings(plan);
    AddSpareWarnings(plan);
    AddCircles(desired_, schedule.circles, plan);
  }

  void TellTheRest(Plan& plan) {
    std::ranges::move(desired_.warnings, std::back_inserter(plan.warnings));
    std::ranges::copy(input_.approval_warnings, std::back_inserter(plan.warnings));
    std::ranges::move(left_alone_, std::back_inserter(plan.warnings));
    WarnOfDefaultLocations(desired_, observed_, plan);
    WarnOfUnprotected(guard_.people, plan);
    WarnOfOpenChanges(input_.busy.size(), plan);
    TellDoubts(input_.doubts, plan);
    TellReading(std::move(judged_), plan);
    TellSuspicions(guard_.suspicions, plan);
    if (auto gap = WarnOfGap(input_.memory.deferrals, reading_); !gap.empty()) {
      plan.warnings.push_back(std::move(gap));
    }
  }

  // What later plans go by. What is done once is over with that.
  void Remember(Plan& plan) {
    plan.deferrals = waits_.Remember(diff_.draft, input_.busy, input_.busy_groups);
    if (once_) return;
    TellEndedPins(input_.memory.pins, std::move(unpinned_), plan);
    if (Accepts(input_, guard_, plan.changes)) plan.accepts = std::move(revision_);
    TellNewPlans(desired_, input_.busy.empty(), plan);
  }

  const PlanInput& input_;
  const ObservedState& observed_;
  const DesiredState& by_policy_;
  const std::optional<OneOffWish>& once_;
  // What a person wants done takes the place of what policy wants, not of what policy forbids.
  DesiredState& desired_;
  const std::vector<Seats> seats_;
  GuardInput guard_;
  ReadingJudgement judged_;
  const PlanRules rules_;
  const PeopleGuard people_;
  const ReadingTimes reading_;
  const RemovalWaits waits_;
  const PlanConflicts conflicts_;
  const Releases releases_;
  const ReleasedParts released_;
  Diff diff_;
  std::vector<std::int64_t> unpinned_;
  std::vector<std::string> left_alone_;  // What is said of users who are not processed again.
  RevisionSummary revision_;
};

}  // namespace

Result<GuardedPlan> MakePlan(const PlanInput& input) {
  auto wanted = WantedOf(input);
  if (!wanted) return std::move(wanted).error();
  Planner planner(input, *wanted);
  return input.undo != nullptr ? planner.Undo() : planner.Run();
}

}  // namespace seatkeeper
