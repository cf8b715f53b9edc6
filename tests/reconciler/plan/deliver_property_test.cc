// What holds of plans that license groups, whatever the tenant and the policies.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "reconciler/plan/deliver.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/render_json.h"
#include "tests/reconciler/plan/random_cases.h"
#include "tests/support/long_run.h"

namespace seatkeeper {
namespace {

using test::NameOf;
using test::PlannedCase;
using test::PlanOf;
using test::RandomCase;
using test::TestLicense;
using test::TestTenant;

constexpr int kUsualCases = 1500;
constexpr const char* kProducts[] = {"PA", "PB", "PC"};

bool ManagedFully(const RandomCase& made, const std::string& product) {
  return std::ranges::any_of(made.documents, [&](const std::string& document) {
    return document.find("manages " + product + "}") != std::string::npos &&
           document.find("management: full") != std::string::npos;
  });
}

std::string SomeStatement(RandomCase& made) {
  const std::string product = kProducts[made.Below(3)];
  if (ManagedFully(made, product) && made.OneIn(2)) return fmt::format("revoke: [{}]", product);
  const auto plans =
      made.OneIn(3) ? fmt::format(", disabledPlans: [{}]", test::kMailboxPlan) : std::string();
  return fmt::format("licenses: [{{product: {}{}}}]", product, plans);
}

// Some groups are licensed already, processed or not, and policies say what they are to hold.
RandomCase WithLicensedGroups(RandomCase made) {
  for (auto& group : made.tenant.groups) {
    while (made.OneIn(2)) {
      TestLicense license{.product = kProducts[made.Below(3)]};
      if (made.OneIn(3)) license.off = {"S2"};
      std::erase_if(group.licenses,
                    [&](const TestLicense& held) { return held.product == license.product; });
      group.licenses.push_back(std::move(license));
    }
    test::Process(group.name, made.tenant);
    if (made.OneIn(4)) group.processing_state = "ProcessingInProgress";
    group.security_enabled = !made.OneIn(8);
  }
  for (int i = made.Below(3); i >= 0 && !made.tenant.groups.empty(); --i) {
    const auto& group = made.tenant.groups[static_cast<std::size_t>(
        made.Below(static_cast<int>(made.tenant.groups.size())))];
    made.documents.push_back(fmt::format(
        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: delivered{}}}\n"
        "spec: {{priority: {}, subjects: {{groups: [{}]}}, delivery: group, {}}}\n",
        i, 3 * made.Below(2) + i, group.name, SomeStatement(made)));
  }
  return made;
}

// Who holds a seat of what, by name.
std::set<std::pair<std::string, std::string>> Holders(const TestTenant& tenant) {
  std::set<std::pair<std::string, std::string>> holders;
  for (const auto& user : tenant.users) {
    for (const auto& license : user.licenses) {
      if (license.state != AssignmentState::kError) holders.emplace(user.name, license.product);
    }
  }
  return holders;
}

// Everything that goes, carried out in any order, each group processed at once.
TestTenant Carried(const Plan& plan, RandomCase& made) {
  auto world = made.tenant;
  std::vector<const Change*> changes;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kGo) changes.push_back(&change);
  }
  std::ranges::shuffle(changes, made.random);
  for (const auto* change : changes) {
    test::Carry(*change, world);
    if (change->group) test::Process(NameOf(change->group->id.guid), world);
  }
  return world;
}

void NoGroupOverdraws(const PlannedCase& planned) {
  auto made = planned.made;
  const auto after = Carried(planned.plan, made);
  for (const auto& product : after.products) {
    const int used = test::HoldersOf(after, product.name) + std::max(0, product.consumed_elsewhere);
    const int before =
        test::HoldersOf(made.tenant, product.name) + std::max(0, product.consumed_elsewhere);
    ASSERT_LE(used, std::max(product.seats, before)) << product.name;
  }
}

void EveryLossIsCountedAndNoneIsOfWhatIsGranted(const PlannedCase& planned) {
  auto made = planned.made;
  std::map<std::string, int> counted;
  std::set<std::pair<std::string, std::string>> own;
  for (const auto& change : planned.plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.remove) {
      counted[NameOf(product.guid)] += change.UsersLosing(product);
      if (!change.group) own.emplace(NameOf(change.user.guid), NameOf(product.guid));
    }
  }
  const auto desired = ResolveDesired(planned.policies, "contoso", planned.observed, WallTime{});
  ASSERT_TRUE(desired);
  const auto after = Holders(Carried(planned.plan, made));
  std::map<std::string, int> lost;
  for (const auto& [user, product] : Holders(made.tenant)) {
    if (after.contains({user, product})) continue;
    ++lost[product];
    if (own.contains({user, product}))
      continue;  // Ladders and redundant copies: others' properties.
    const auto row = planned.observed.users.Find(test::IdOf<UserId>(user));
    for (const auto& wanted : desired->products) {
      if (wanted.id != test::IdOf<SkuId>(product)) continue;
      ASSERT_FALSE(wanted.granted.Contains(*row)) << user << " loses " << product;
    }
  }
  for (const auto& [product, count] : lost) ASSERT_LE(count, counted[product]) << product;
}

void ComesToRest(const PlannedCase& planned) {
  auto made = planned.made;
  auto plan = planned.plan;
  for (int rounds = 0; plan.CountWith(Verdict::kGo) > 0; ++rounds) {
    ASSERT_LT(rounds, 6);
    made.tenant = Carried(plan, made);
    plan = planned.PlanFor(made.tenant);
  }
}

void OrderLeavesNoTrace(const PlannedCase& planned) {
  auto made = planned.made;
  std::ranges::shuffle(made.tenant.users, made.random);
  std::ranges::shuffle(made.tenant.groups, made.random);
  std::ranges::shuffle(made.documents, made.random);
  ASSERT_EQ(RenderPlanJson(
                PlanOf(made.tenant.Read(), test::Policies(made.documents), made.memory).plan()),
            planned.plan_json);
}

void TouchesOnlyGroupsThatAPolicyLicenses(const PlannedCase& planned) {
  for (const auto& change : planned.plan.changes) {
    if (!change.group) continue;
    const auto name = NameOf(change.group->id.guid);
    const bool named =
        std::ranges::any_of(planned.policies.license_policies, [&](const LicensePolicy& policy) {
          return policy.delivery == Delivery::kGroup &&
                 std::ranges::any_of(policy.subjects.of.groups,
                                     [&](const auto& group) { return group.value == name; });
        });
    ASSERT_TRUE(named) << name;
    for (const auto& product : change.remove)
      ASSERT_TRUE(ManagedFully(planned.made, NameOf(product.guid)));
    ASSERT_EQ(change.wave, change.verdict == Verdict::kGo ? 1 : 0);
  }
}

void JudgingEverybodyFindsNothingMore(const PlannedCase& planned) {
  const auto desired = ResolveDesired(planned.policies, "contoso", planned.observed, WallTime{});
  ASSERT_TRUE(desired);
  test::ExpectNothingMoreToJudge(*desired, planned.observed);
}

TEST(DeliverProperty, HoldsForRandomTenants) {
  using Check = void (*)(const PlannedCase&);
  constexpr std::pair<const char*, Check> kChecks[] = {
      {"no group overdraws", NoGroupOverdraws},
      {"every loss is counted", EveryLossIsCountedAndNoneIsOfWhatIsGranted},
      {"comes to rest", ComesToRest},
      {"order leaves no trace", OrderLeavesNoTrace},
      {"touches only licensed groups", TouchesOnlyGroupsThatAPolicyLicenses},
      {"judging everybody finds nothing more", JudgingEverybodyFindsNothingMore},
  };
  int of_groups = 0;
  for (int seed = 0; seed < test::RandomCases(kUsualCases); ++seed) {
    const PlannedCase planned(WithLicensedGroups(RandomCase(static_cast<std::uint32_t>(seed))));
    of_groups += static_cast<int>(std::ranges::count_if(
        planned.plan.changes, [](const Change& change) { return change.group.has_value(); }));
    for (const auto& [name, check] : kChecks) {
      SCOPED_TRACE(fmt::format("{}, seed {}", name, seed));
      check(planned);
      if (testing::Test::HasFatalFailure()) {
        for (const auto& document : planned.made.documents) ADD_FAILURE() << document;
        FAIL() << test::Brief(planned.plan) << '\n' << test::BriefDrift(planned.plan);
      }
    }
  }
  EXPECT_GT(of_groups, test::RandomCases(kUsualCases) / 4)
      << "the cases speak about something else";
}

}  // namespace
}  // namespace seatkeeper
