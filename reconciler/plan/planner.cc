#include "reconciler/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "reconciler/plan/allocate.h"
#include "reconciler/plan/amounts.h"
#include "reconciler/plan/approvals.h"
#include "reconciler/plan/assemble.h"
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
#include "reconciler/plan/plan_rules.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/readings.h"
#include "reconciler/plan/removal_waits.h"
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

void AddNames(const ObservedState& observed, const ProductCatalog& catalog,
              const DesiredState& desired, Plan& plan) {
  for (const auto& product : desired.products) {
    plan.product_names[product.id] = NameOfProduct(product.id, observed, catalog);
    if (!product.index) continue;
    for (const auto& service_plan : observed.products[*product.index].plans) {
      plan.plan_names[service_plan.id] = service_plan.name;
    }
  }
}

void AddProducts(const DesiredState& desired, const ObservedState& observed,
                 const std::vector<Seats>& seats, const Draft& draft, Plan& plan) {
  std::unordered_map<SkuId, int> delta;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) ++delta[product];
    for (const auto& product : change.frees_seats) --delta[product];
  }
  std::map<SkuId, int> short_by;
  for (const auto& waiting : plan.waiting) ++short_by[waiting.product];
  for (const auto& part : draft.group_parts) {
    if (part.short_by > 0) short_by[desired.products[part.product].id] += part.short_by;
  }
  for (std::size_t i = 0; i < seats.size(); ++i) {
    const auto& product = desired.products[i];
    const int assigned = seats[i].assigned + seats[i].unseen;
    PlanProduct row{.id = product.id,
                    .part_number = plan.ProductName(product.id),
                    .purchased = seats[i].purchased,
                    .assigned = assigned,
                    .assigned_after = assigned + delta[product.id],
                    .reserve = product.reserve,
                    .short_by = short_by[product.id],
                    .price = product.price,
                    .spare = product.spare};
    if (product.index) {
      row.warning = observed.products[*product.index].prepaid.warning;
      row.suspended = observed.products[*product.index].prepaid.suspended;
    }
    plan.products.push_back(std::move(row));
  }
  std::sort(plan.products.begin(), plan.products.end(),
            [](const PlanProduct& a, const PlanProduct& b) {
              return std::tie(a.part_number, a.id) < std::tie(b.part_number, b.id);
            });
}

void AddShortageWarnings(Plan& plan) {
  std::set<UserId> keeping;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kDeferred) keeping.insert(change.user);
  }
  std::map<SkuId, int> swaps;
  for (const auto& waiting : plan.waiting) swaps[waiting.product] += keeping.contains(waiting.user);
  for (const auto& product : plan.products) {
    if (product.short_by == 0) continue;
    auto text =
        fmt::format("{} is short of {} seat{}: that many users are granted it and get none",
                    product.part_number, product.short_by, product.short_by == 1 ? "" : "s");
    if (const int count = swaps[product.id]; count > 0) {
      text += fmt::format("; {} of them keep{} what they have until then", count,
                          count == 1 ? "s" : "");
    }
    plan.warnings.push_back(std::move(text));
  }
}

void AddSpareWarnings(Plan& plan) {
  for (const auto& product : plan.products) {
    const int missing = product.missing_spare();
    if (missing == 0) continue;
    plan.warnings.push_back(fmt::format(
        "{} has {} free seat{} after this plan, fewer than the {} agreed (spare.min): {} missing",
        product.part_number, product.free_after(), product.free_after() == 1 ? "" : "s",
        *product.spare.min, missing));
  }
}

void AddCircles(const DesiredState& desired, const std::vector<SeatCircle>& circles, Plan& plan) {
  for (const auto& circle : circles) {
    WaitingCircle waiting{.products = {}, .users = circle.users, .seats_needed = {}};
    std::vector<std::string> names;
    for (const auto product : circle.products) {
      waiting.products.push_back(desired.products[product].id);
      names.push_back(plan.ProductName(waiting.products.back()));
    }
    std::vector<std::string> needed;
    for (const auto& [product, seats] : circle.seats_needed) {
      const auto& id = desired.products[product].id;
      waiting.seats_needed.emplace_back(id, seats);
      needed.push_back(
          fmt::format("{} more seat{} of {}", seats, seats == 1 ? "" : "s", plan.ProductName(id)));
    }
    auto text = fmt::format("{} users swap {} in a circle and wait for each other's seats",
                            circle.users, fmt::join(names, ", "));
    if (!needed.empty()) text += fmt::format("; {} would let them go", fmt::join(needed, ", "));
    plan.warnings.push_back(std::move(text));
    plan.circles.push_back(std::move(waiting));
  }
}

void WarnOfUnprotected(const PeopleLimits& people, Plan& plan) {
  for (const auto& unresolved : people.unresolved()) {
    plan.warnings.push_back(fmt::format(
        "protected: {}; all removals of the tenant are held until it is found", unresolved));
  }
}

void ExplainShortages(const std::vector<Waiting>& waiting, std::vector<Drift>& drift) {
  std::unordered_map<UserId, std::vector<SkuId>> unseated;
  for (const auto& entry : waiting) unseated[entry.user].push_back(entry.product);
  for (auto& difference : drift) {
    if (difference.kind != Drift::Kind::kMissing) continue;
    const auto user = unseated.find(difference.user);
    if (user == unseated.end()) continue;
    const auto& products = user->second;
    if (std::find(products.begin(), products.end(), difference.product) != products.end()) {
      difference.cause += ", but no seat is free";
    }
  }
}

// Says at each difference that nothing is done about why the service would refuse it.
void ExplainBlocked(const Draft& draft, const DesiredState& desired, const ObservedState& observed,
                    std::vector<Drift>& drift) {
  std::map<std::pair<UserId, SkuId>, const std::string*> notes;
  for (const auto& part : draft.parts) {
    if (part.note == 0 || part.goes()) continue;
    notes[{observed.users.id(part.row), desired.products[part.product].id}] =
        &draft.notes[part.note].text;
  }
  if (notes.empty()) return;
  for (auto& difference : drift) {
    const auto note = notes.find({difference.user, difference.product});
    if (note != notes.end()) difference.cause += "; " + *note->second;
  }
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

void TellSuspicions(const std::vector<HeldBy>& suspicions, Plan& plan) {
  // One may be about several products.
  std::set<std::string> lines;
  for (const auto& suspicion : suspicions) lines.insert(DescribeSuspicion(suspicion));
  plan.warnings.insert(plan.warnings.end(), lines.begin(), lines.end());
  plan.suspicions = suspicions;
}

}  // namespace

Result<GuardedPlan> MakePlan(const PlanInput& input) {
  const auto& observed = input.observed;
  auto by_policy = ResolveDesired(input.policies, input.tenant, observed, input.now, input.catalog,
                                  input.memory);
  if (!by_policy) return std::move(by_policy).error();
  std::optional<OneOffWish> wish;
  if (input.one_off != nullptr) {
    auto wanted = WishOf(input, *by_policy);
    if (!wanted) return std::move(wanted).error();
    wish = *std::move(wanted);
  }
  // What a person wants done takes the place of what policy wants, not of what policy forbids.
  auto* const desired = wish ? &wish->desired : &*by_policy;
  const auto seats = CountSeats(*desired, observed, UnseenSeats(input));
  const auto policy_seats =
      wish ? CountSeats(*by_policy, observed, UnseenSeats(input)) : std::vector<Seats>();
  auto guard = MakeGuardInput(input, *desired, seats);
  auto judged = JudgeReading(input.memory.accepted, {.policies = input.policies,
                                                     .tenant = input.tenant,
                                                     .guardrails = GuardrailsOf(input),
                                                     .desired = *by_policy,
                                                     .observed = observed,
                                                     .catalog = input.catalog,
                                                     .seats = wish ? policy_seats : seats});
  guard.readings = judged.findings;
  // Without a policy everything would be unwanted; what a person names is not unwanted for that.
  guard.no_license_policy = guard.no_license_policy && !wish;

  auto rules = input.memory.learned_rules;
  rules.Add(KnownPlanRules());
  const PeopleGuard people(guard.people, *desired, observed);
  const ReadingTimes reading{
      .began = observed.read_at, .ended = input.now, .interval = input.interval};
  const RemovalWaits waits(*desired, observed, input.memory.deferrals, reading);
  const PlanConflicts conflicts(rules, *desired, observed, &people, &waits);
  const Releases releases(input.releases);
  const ReleasedParts released(releases, *desired, observed);
  guard.releases = &releases;
  guard.pins = input.memory.pins;
  if (input.undo != nullptr) {
    JudgeRevision(input, *desired, {}, guard);
    return PlanUndo(input, *desired, UnseenSeats(input), guard);
  }
  auto diff = ComputeDiff(*desired, observed, input.busy, conflicts, &released);
  JudgeGroups(*desired, observed, {input.busy, input.busy_groups}, diff.draft, desired->warnings);
  ReleaseGroups(diff.draft);
  waits.DeferGroups(diff.draft);
  people.HoldGroups(diff.draft);
  auto unpinned = HoldPinned(input, *desired, conflicts, diff);
  const auto reversed =
      HoldReversed(desired->products, observed, guard.repetitions, conflicts, diff.draft);
  const Draft nothing;  // Of what policy wants, a one-off says nothing.
  auto revision = JudgeRevision(input, *by_policy, wish ? nothing : diff.draft, guard);
  HoldRemovals(diff.draft, desired->products, conflicts, guard);
  auto free = FreeOf(seats);
  TakeSeats(SeatGroups(free, diff.draft), free);
  // Held removals keep their seats: only what still goes frees any.
  SeatAllocator allocator(*desired, observed, std::move(free), input.memory.waiting, input.now,
                          conflicts, diff.draft);
  allocator.Run();
  DeferLosses(guard.opening, allocator, diff.draft);
  const auto schedule = LayWavesWithinLimits(*desired, guard, allocator, diff.draft);
  HoldTenant(TenantReasons(input.tenant, reversed, guard), diff.draft);

  Plan plan;
  plan.tenant = input.tenant;
  plan.tenant_id = observed.tenant;
  plan.open_approvals = static_cast<int>(
      std::count_if(input.releases.begin(), input.releases.end(),
                    [](const Release& release) { return !release.items.empty(); }));
  plan.policy_revision = input.policy_revision;
  plan.observed_at = observed.read_at;
  plan.changes = AssembleChanges(diff.draft, schedule, *desired, observed);
  std::ranges::move(AssembleGroupChanges(diff.draft, *desired, observed),
                    std::back_inserter(plan.changes));
  plan.waiting = AssembleWaiting(diff.draft, allocator, *desired, observed);
  for (auto& entry : plan.waiting) {
    entry.begins = !input.memory.waiting.contains({entry.user, entry.product});
  }
  plan.drift = std::move(diff.drift);
  if (wish) KeepDriftOf(*wish, plan.drift);
  ExplainBlocked(diff.draft, *desired, observed, plan.drift);
  plan.warnings = std::move(desired->warnings);
  plan.warnings.insert(plan.warnings.end(), input.approval_warnings.begin(),
                       input.approval_warnings.end());
  plan.next_flip = desired->next_flip;
  AddNames(observed, input.catalog, *by_policy, plan);
  if (wish) AddNames(observed, input.catalog, *desired, plan);
  ExplainShortages(plan.waiting, plan.drift);
  SortDrift(plan.drift);
  AddProducts(*desired, observed, seats, diff.draft, plan);
  AddShortageWarnings(plan);
  AddSpareWarnings(plan);
  WarnOfDefaultLocations(*desired, observed, plan);
  AddCircles(*desired, schedule.circles, plan);
  WarnOfUnprotected(guard.people, plan);
  TellDoubts(input.doubts, plan);
  TellReading(std::move(judged), plan);
  TellSuspicions(guard.suspicions, plan);
  if (!wish) {
    TellEndedPins(input.memory.pins, std::move(unpinned), plan);
    if (Accepts(input, guard, plan.changes)) plan.accepts = std::move(revision);
    TellNewPlans(*desired, input.busy.empty(), plan);
  }
  plan.deferrals = waits.Remember(diff.draft, input.busy, input.busy_groups);
  if (auto gap = WarnOfGap(input.memory.deferrals, reading); !gap.empty()) {
    plan.warnings.push_back(std::move(gap));
  }
  if (!input.busy.empty()) {
    plan.warnings.push_back(
        fmt::format("{} user{} changed earlier and not yet confirmed: left "
                    "alone until the tenant shows the outcome",
                    input.busy.size(), input.busy.size() == 1 ? "" : "s"));
  }
  std::sort(plan.warnings.begin(), plan.warnings.end());
  return GuardInOrder(std::move(plan), guard);
}

}  // namespace seatkeeper
