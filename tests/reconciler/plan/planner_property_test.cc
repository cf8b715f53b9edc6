#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "reconciler/model/merge.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/render_json.h"
#include "tests/reconciler/plan/random_cases.h"
#include "tests/reconciler/plan/random_past.h"
#include "tests/reconciler/plan/reference_planner.h"
#include "tests/reconciler/plan/reference_subjects.h"

namespace seatkeeper {
namespace {

using test::NameOf;
using test::PlannedCase;
using test::PlanOf;
using test::TestTenant;

constexpr int kShares = 8;

int UsedSeats(const TestTenant& tenant, const std::string& product) {
  return test::HoldersOf(tenant, product) + std::max(0, tenant.Product(product).consumed_elsewhere);
}

std::map<std::string, int> AllUsed(const TestTenant& tenant) {
  std::map<std::string, int> used;
  for (const auto& product : tenant.products) used[product.name] = UsedSeats(tenant, product.name);
  return used;
}

// What the service would refuse: more seats in use than purchased, beyond what was so before.
bool Overdrawn(const TestTenant& tenant, const std::map<std::string, int>& before) {
  return std::any_of(tenant.products.begin(), tenant.products.end(), [&](const auto& product) {
    return UsedSeats(tenant, product.name) > std::max(product.seats, before.at(product.name));
  });
}

bool SeatsThere(const Change& change, const TestTenant& tenant) {
  return std::all_of(change.takes_seats.begin(), change.takes_seats.end(), [&](const SkuId& id) {
    const auto name = NameOf(id.guid);
    return UsedSeats(tenant, name) < tenant.Product(name).seats;
  });
}

void NoOrderAndNoFailureOverdraws(const PlannedCase& planned) {
  auto made = planned.made;
  auto world = made.tenant;
  const auto before = AllUsed(world);
  std::map<int, std::vector<const Change*>> waves;
  for (const auto& change : planned.plan.changes) {
    if (change.verdict == Verdict::kGo) waves[change.wave].push_back(&change);
  }
  bool failed = false;
  for (auto& [wave, changes] : waves) {
    std::shuffle(changes.begin(), changes.end(), made.random);
    for (const auto* change : changes) {
      // Without a failure every seat that the plan counted on is there, in whatever order.
      if (!failed) {
        ASSERT_TRUE(SeatsThere(*change, world)) << "wave " << wave;
      }
      if (made.OneIn(6)) failed = true;
      if (failed && (made.OneIn(2) || !SeatsThere(*change, world))) continue;
      test::Carry(*change, world);
      ASSERT_FALSE(Overdrawn(world, before));
    }
  }
}

// One round, as a rule: waves look ahead at what removals free. A second where a group waited for
// the seat that a removal freed: it is not promised to anybody until a reading shows it free.
void ConvergesWithinAFewRounds(const PlannedCase& planned) {
  auto world = planned.made.tenant;
  auto plan = planned.plan;
  for (int rounds = 0; plan.CountWith(Verdict::kGo) > 0; ++rounds) {
    ASSERT_LT(rounds, 2);
    for (const auto& change : plan.changes) {
      if (change.verdict == Verdict::kGo) test::Carry(change, world);
    }
    plan = planned.PlanFor(world);
  }
}

void OrderOfAnythingLeavesNoTrace(const PlannedCase& planned) {
  auto made = planned.made;
  std::shuffle(made.tenant.users.begin(), made.tenant.users.end(), made.random);
  std::shuffle(made.tenant.groups.begin(), made.tenant.groups.end(), made.random);
  std::shuffle(made.tenant.products.begin(), made.tenant.products.end(), made.random);
  std::shuffle(made.documents.begin(), made.documents.end(), made.random);
  for (auto& user : made.tenant.users) {
    std::shuffle(user.licenses.begin(), user.licenses.end(), made.random);
  }
  for (auto& group : made.tenant.groups) {
    std::shuffle(group.members.begin(), group.members.end(), made.random);
  }
  ASSERT_EQ(RenderPlanJson(
                PlanOf(made.tenant.Read(), test::Policies(made.documents), made.memory).plan()),
            planned.plan_json);
}

std::map<SkuId, Management> ManagementOf(const PolicySet& policies) {
  std::map<SkuId, Management> result;
  for (const auto& policy : policies.product_policies) {
    result[test::IdOf<SkuId>(policy.product.value)] = policy.management;
  }
  return result;
}

void TakesOnlyWhereManagementLetsGo(const PlannedCase& planned) {
  auto management = ManagementOf(planned.policies);
  const auto& plan = planned.plan;
  for (const auto& change : plan.changes) {
    std::set<SkuId> taken(change.remove.begin(), change.remove.end());
    for (const auto& product : change.plans_off) {
      // In a swap the replaced product's management lets the service plan go.
      const auto& seats = change.takes_seats;
      const bool swap = std::find(seats.begin(), seats.end(), product) != seats.end();
      if (!swap) taken.insert(product);
      ASSERT_TRUE(!swap || !change.remove.empty());
    }
    for (const auto& product : taken) {
      ASSERT_TRUE(management.contains(product) && management[product] == Management::kFull);
    }
    for (const auto& add : change.add) {
      ASSERT_NE(NameOf(add.product.guid), "PX");
      ASSERT_FALSE(management.contains(add.product) &&
                   management[add.product] == Management::kObserve);
    }
    // Nothing that does not come directly to the user is taken, and nothing is taken twice.
    for (const auto& product : change.remove) {
      ASSERT_TRUE(std::any_of(change.before.begin(), change.before.end(),
                              [&](const AddLicense& held) { return held.product == product; }));
    }
  }
  for (const auto& drift : plan.drift) ASSERT_NE(NameOf(drift.product.guid), "PX");
}

void SendsNoMoreRemovalsThanTheLimit(const PlannedCase& planned) {
  const auto& observed = planned.observed;
  std::vector<const Guardrails*> limits;
  for (const auto& document : planned.policies.guardrails) limits.push_back(&document);
  const auto limit = StrictestMaxUnassign(limits);
  auto made = planned.made;
  const int before = made.Below(3);
  PlanInput input{.tenant = "contoso",
                  .policies = planned.policies,
                  .observed = observed,
                  .memory = made.memory};
  for (const auto& product : observed.product_ids) input.removals_in_window[product] = before;
  const auto guarded = MakePlan(input);
  ASSERT_TRUE(guarded);
  std::map<SkuId, int> sent;
  for (const auto& change : guarded->plan().changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.removals()) ++sent[product];
  }
  for (const auto& [product, count] : sent) {
    const int assigned = std::max(observed.products[*observed.FindProduct(product)].consumed,
                                  test::HoldersOf(made.tenant, NameOf(product.guid)));
    const auto allowed = AllowedRemovals(limit, assigned + before);
    ASSERT_TRUE(!allowed || before + count <= *allowed) << NameOf(product.guid);
  }
}

std::set<std::string> Rungs(const TestTenant& tenant, const UserId& user) {
  std::set<std::string> rungs;
  for (const auto& person : tenant.users) {
    if (test::IdOf<UserId>(person.name) != user) continue;
    for (const auto& license : person.licenses) {
      if (license.product != "PX" && (license.state == AssignmentState::kActive)) {
        rungs.insert(license.product);
      }
    }
  }
  return rungs;
}

// Whether the user has, or is given, a rung below this one.
bool ServedBelow(const PlannedCase& planned, const UserId& user, const SkuId& product,
                 const std::set<std::pair<UserId, SkuId>>& given) {
  const auto held = Rungs(planned.made.tenant, user);
  for (const auto& ladder : planned.policies.product_ladders) {
    bool below = false;
    for (const auto& rung : ladder.products) {
      const auto id = test::IdOf<SkuId>(rung.value);
      if (below && (held.contains(rung.value) || given.contains({user, id}))) return true;
      below = below || id == product;
    }
  }
  return false;
}

// Who is granted a product and does not get it in this plan loses nothing in it, unless a lower
// rung of its ladder serves for the time.
void NobodyLosesWhileSomethingGrantedIsMissing(const PlannedCase& planned) {
  const auto& plan = planned.plan;
  std::set<std::pair<UserId, SkuId>> given;
  std::set<UserId> losing;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) given.insert({change.user, product});
    if (!change.removals().empty()) losing.insert(change.user);
  }
  for (const auto& drift : plan.drift) {
    if (drift.kind != Drift::Kind::kMissing || !losing.contains(drift.user)) continue;
    ASSERT_TRUE(given.contains({drift.user, drift.product}) ||
                ServedBelow(planned, drift.user, drift.product, given))
        << NameOf(drift.user.guid) << " " << drift.cause;
  }
}

// A swap leaves no gap: whoever moves between the rungs of a ladder holds one all the time.
void NobodyWhoIsGrantedARungIsLeftWithoutOne(const PlannedCase& planned) {
  if (planned.policies.product_ladders.empty()) return;
  const auto& plan = planned.plan;
  std::set<UserId> granted;
  for (const auto& waiting : plan.waiting) granted.insert(waiting.user);
  auto world = planned.made.tenant;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo || change.replaced.empty()) continue;
    granted.insert(change.user);
  }
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo || !granted.contains(change.user)) continue;
    const auto before = Rungs(world, change.user);
    test::Carry(change, world);
    ASSERT_TRUE(before.empty() || !Rungs(world, change.user).empty()) << NameOf(change.user.guid);
  }
}

// Skipping users whom one pass over the assignments finds in order must skip nothing else.
void JudgingEverybodyFindsNothingMore(const PlannedCase& planned) {
  const auto desired = ResolveDesired(planned.policies, "contoso", planned.observed, WallTime{});
  ASSERT_TRUE(desired);
  test::ExpectNothingMoreToJudge(*desired, planned.observed);
}

void GivesNothingWithoutALocationAndOverwritesNone(const PlannedCase& planned) {
  auto tenant = planned.made.tenant;
  for (const auto& change : planned.plan.changes) {
    const bool located = !tenant.User(NameOf(change.user.guid)).usage_location.empty();
    ASSERT_EQ(change.usage_location.empty(), located || change.add.empty());
  }
}

void EntriesOfAPlanAreWellFormed(const PlannedCase& planned) {
  const auto& plan = planned.plan;
  std::set<std::string> ids;
  std::set<std::pair<UserId, Verdict>> entries;
  std::set<std::pair<UserId, SkuId>> touched;
  for (const auto& change : plan.changes) {
    ASSERT_TRUE(ids.insert(change.id).second) << "two changes with one id";
    ASSERT_EQ(change.id, ChangeId(change));
    ASSERT_TRUE(entries.insert({change.user, change.verdict}).second);
    ASSERT_EQ(change.verdict == Verdict::kGo, change.wave > 0);
    ASSERT_EQ(change.verdict == Verdict::kHeld, !change.held.empty());
    ASSERT_EQ(change.verdict == Verdict::kDeferred, !change.waits_for.empty());
    ASSERT_FALSE(change.add.empty() && change.remove.empty());
    ASSERT_TRUE(std::is_sorted(change.add.begin(), change.add.end()));
    ASSERT_TRUE(std::is_sorted(change.remove.begin(), change.remove.end()));
    for (const auto& add : change.add) {
      ASSERT_TRUE(touched.insert({change.user, add.product}).second);
    }
    for (const auto& product : change.remove) {
      ASSERT_TRUE(touched.insert({change.user, product}).second);
    }
  }
}

// What cannot be read is not judged, and what no document names is not seen.
void NothingHappensToTheUnreadAndUnnamed(const PlannedCase& planned) {
  std::set<UserId> unread;
  for (const auto& user : planned.made.tenant.users) {
    if (!user.assignments_known) unread.insert(test::IdOf<UserId>(user.name));
  }
  for (const auto& change : planned.plan.changes) ASSERT_FALSE(unread.contains(change.user));
  for (const auto& product : planned.plan.products) ASSERT_NE(NameOf(product.id.guid), "PX");
}

// Whoever is no person is left alone, whatever they hold, whoever names them.
void NothingHappensToAgents(const PlannedCase& planned) {
  std::set<UserId> agents;
  for (const auto& user : planned.made.tenant.users) {
    if (!user.type.empty()) agents.insert(test::IdOf<UserId>(user.name));
  }
  const auto& plan = planned.plan;
  for (const auto& change : plan.changes) ASSERT_FALSE(agents.contains(change.user));
  for (const auto& waiting : plan.waiting) ASSERT_FALSE(agents.contains(waiting.user));
  for (const auto& drift : plan.drift) ASSERT_FALSE(agents.contains(drift.user));
}

// Whoever is protected keeps everything; and while it is not known who is, so does everybody.
void TheProtectedLoseNothing(const PlannedCase& planned) {
  auto tenant = planned.made.tenant;
  const bool unknown = test::HasUnknownProtected(planned.policies, tenant);
  for (const auto& change : planned.plan.changes) {
    if (change.removals().empty()) continue;
    const auto& user = tenant.User(NameOf(change.user.guid));
    const bool is_protected = test::IsProtected(user, planned.policies, tenant);
    if (!is_protected && !unknown) continue;
    ASSERT_EQ(change.verdict, Verdict::kHeld) << user.name;
    const auto said = [](const HeldBy& held) { return held.guardrail == "protected"; };
    ASSERT_TRUE(!is_protected || std::any_of(change.held.begin(), change.held.end(), said))
        << user.name;
  }
}

bool HasMailbox(const test::TestUser& user) {
  return std::any_of(user.licenses.begin(), user.licenses.end(), [](const auto& license) {
    return license.state == AssignmentState::kActive &&
           std::find(license.off.begin(), license.off.end(), test::kMailboxPlan) ==
               license.off.end();
  });
}

void NobodyIsLeftWithoutAMailbox(const PlannedCase& planned) {
  if (test::MailboxesMayGo(planned.policies)) return;
  auto world = planned.made.tenant;
  for (const auto& change : planned.plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    const auto& user = world.User(NameOf(change.user.guid));
    const bool had = HasMailbox(user);
    test::Carry(change, world);
    ASSERT_TRUE(!had || HasMailbox(user)) << user.name;
  }
}

std::set<std::pair<UserId, SkuId>> Losses(const Plan& plan) {
  std::set<std::pair<UserId, SkuId>> losses;
  for (const auto& change : plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.removals()) losses.insert({change.user, product});
  }
  return losses;
}

// Nobody loses anything to a shortage: what a plan with few seats takes away, it would take away
// with many as well, but for service plans that go off on the way to a lower rung instead of none.
void FewerSeatsTakeNothingMore(const PlannedCase& planned) {
  auto rich = planned.made.tenant;
  for (auto& product : rich.products) product.seats += 100;
  const auto with_many = Losses(planned.PlanFor(rich));
  std::set<std::pair<UserId, SkuId>> fallbacks;
  for (const auto& change : planned.plan.changes) {
    for (const auto& product : change.takes_seats) fallbacks.insert({change.user, product});
  }
  for (const auto& loss : Losses(planned.plan)) {
    ASSERT_TRUE(with_many.contains(loss) || fallbacks.contains(loss))
        << NameOf(loss.first.guid) << " " << NameOf(loss.second.guid);
  }
}

void DecidesAsTheReferenceDoes(const PlannedCase& planned) {
  ASSERT_EQ(test::DecisionsOf(planned.plan),
            test::ReferenceDecisions(planned.made.tenant, planned.policies,
                                     planned.made.memory.learned_rules))
      << test::Brief(planned.plan);
}

// What the service checks of a user's service plans when an assignment changes: pairs that exclude
// each other, and plans without what they need.
std::set<std::string> Violations(const TestTenant& tenant, const UserId& user,
                                 const PlanRules& rules) {
  std::set<PlanId> on;
  for (const auto& person : tenant.users) {
    if (test::IdOf<UserId>(person.name) != user) continue;
    for (const auto& license : person.licenses) {
      if (license.state != AssignmentState::kActive) continue;
      for (const auto& plan : tenant.Product(license.product).plans) {
        const auto& off = license.off;
        if (std::find(off.begin(), off.end(), plan) == off.end())
          on.insert(test::IdOf<PlanId>(plan));
      }
    }
  }
  std::set<std::string> violations;
  for (const auto& [a, b] : rules.exclusive) {
    if (on.contains(a) && on.contains(b))
      violations.insert(NameOf(a.guid) + " and " + NameOf(b.guid));
  }
  for (const auto& [plan, any] : rules.needs) {
    const bool met =
        std::any_of(any.begin(), any.end(), [&](const auto& one) { return on.contains(one); });
    if (on.contains(plan) && !met) violations.insert(NameOf(plan.guid) + " alone");
  }
  return violations;
}

void SendsNothingThatServicePlansForbid(const PlannedCase& planned) {
  const auto& rules = planned.made.memory.learned_rules;
  if (rules.empty()) return;
  for (const auto& change : planned.plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    auto world = planned.made.tenant;
    const auto before = Violations(world, change.user, rules);
    test::Carry(change, world);
    for (const auto& violation : Violations(world, change.user, rules)) {
      ASSERT_TRUE(before.contains(violation)) << NameOf(change.user.guid) << " " << violation;
    }
  }
}

// Who was read again and who was not, which rows and numbers were there before: no trace of it.
void AnEarlierReadingMergedPlansAsAFullOne(const PlannedCase& planned) {
  auto made = planned.made;
  const test::RandomPast past(made);
  const auto merged = MergeReading(past.tenant.Read(), made.tenant.Reread(past.reread));
  ASSERT_TRUE(merged) << merged.error().message;
  const auto plan = PlanOf(*merged, planned.policies, made.memory).plan();
  ASSERT_EQ(plan.digest, planned.plan.digest);
  ASSERT_EQ(RenderPlanJson(plan), planned.plan_json);
}

constexpr std::array<test::Property, 18> kProperties{{
    {"a usage location comes with the first product and no other time",
     GivesNothingWithoutALocationAndOverwritesNone},
    {"no order and no failure overdraws", NoOrderAndNoFailureOverdraws},
    {"a plan applied leaves an empty plan", ConvergesWithinAFewRounds},
    {"the order of anything leaves no trace", OrderOfAnythingLeavesNoTrace},
    {"an earlier reading, merged, plans as a full one", AnEarlierReadingMergedPlansAsAFullOne},
    {"takes only where management lets go", TakesOnlyWhereManagementLetsGo},
    {"sends no more removals than the limit", SendsNoMoreRemovalsThanTheLimit},
    {"nobody loses while something granted is missing", NobodyLosesWhileSomethingGrantedIsMissing},
    {"nobody granted a rung is left without one", NobodyWhoIsGrantedARungIsLeftWithoutOne},
    {"judging everybody finds nothing more", JudgingEverybodyFindsNothingMore},
    {"entries of a plan are well formed", EntriesOfAPlanAreWellFormed},
    {"nothing happens to the unread and unnamed", NothingHappensToTheUnreadAndUnnamed},
    {"nothing happens to agents", NothingHappensToAgents},
    {"the protected lose nothing", TheProtectedLoseNothing},
    {"nobody is left without a mailbox", NobodyIsLeftWithoutAMailbox},
    {"fewer seats take nothing more", FewerSeatsTakeNothingMore},
    {"sends nothing that service plans forbid", SendsNothingThatServicePlansForbid},
    {"decides as the reference does", DecidesAsTheReferenceDoes},
}};

// Random tenants and policies, in shares that run beside each other.
class PlannerProperties : public ::testing::TestWithParam<int> {};

TEST_P(PlannerProperties, HoldForRandomTenants) {
  test::CheckRandomCases(kProperties, GetParam(), kShares);
}

INSTANTIATE_TEST_SUITE_P(Share, PlannerProperties, ::testing::Range(0, kShares));

// Properties say little of tenants to which nothing happens.
TEST(PlannerProperty, RandomTenantsHaveAllKindsOfThingsHappening) {
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    const PlannedCase planned{test::RandomCase(seed)};
    for (const auto& change : planned.plan.changes) {
      ++seen[std::string(ToString(change.verdict))];
      ++seen[std::string(ToString(change.reason))];
      for (const auto& held : change.held) ++seen[held.guardrail];
      if (change.wave > 1) ++seen["later wave"];
      if (!change.replaced.empty()) ++seen["swap"];
      if (!change.usage_location.empty()) ++seen["usage location"];
    }
    for (const auto& waiting : planned.plan.waiting) ++seen[waiting.served ? "served" : "waiting"];
    if (!planned.plan.circles.empty()) ++seen["circle"];
    for (const auto& warning : planned.plan.warnings) {
      if (warning.find("left alone: policies are for people") != std::string::npos) ++seen["agent"];
    }
  }
  for (const auto* thing : {"go",       "held",           "deferred", "granted",   "not-granted",
                            "revoked",  "replaced",       "fallback", "redundant", "plans-differ",
                            "combined", "later wave",     "swap",     "served",    "waiting",
                            "circle",   "usage location", "agent",    "protected", "mailboxLoss"}) {
    EXPECT_GT(seen[thing], 0) << thing;
  }
}

}  // namespace
}  // namespace seatkeeper
