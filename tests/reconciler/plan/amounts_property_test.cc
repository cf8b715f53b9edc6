#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>

#include "reconciler/plan/amounts.h"
#include "reconciler/plan/planner.h"
#include "tests/reconciler/plan/random_cases.h"

namespace seatkeeper {
namespace {

using test::NameOf;
using test::PlannedCase;

constexpr int kShares = 2;

// Ceilings hold over whatever the documents of the case say.
struct Limited {
  explicit Limited(const PlannedCase& planned) : made(planned.made) {
    if (!made.OneIn(4)) ceilings.max_assign = AmountLimit{.seats = made.Below(4)};
    if (ceilings.max_assign && made.OneIn(3)) ceilings.max_assign->percent = made.Below(10);
    if (made.OneIn(2)) ceilings.max_changes = 1 + made.Below(6);
    PlanInput input{.tenant = "contoso",
                    .policies = planned.policies,
                    .observed = planned.observed,
                    .memory = made.memory};
    for (const auto& product : planned.observed.product_ids) {
      input.assignments_in_window[product] = made.OneIn(2) ? 0 : made.Below(3);
    }
    input.ceilings = ceilings;
    given = input.assignments_in_window;
    auto guarded = MakePlan(input);
    if (!guarded) throw std::invalid_argument(guarded.error().message);
    free_seats = guarded->free_seats();
    plan = guarded->plan();
  }

  test::RandomCase made;
  Ceilings ceilings;
  std::map<SkuId, int> given;
  std::map<SkuId, int> free_seats;
  Plan plan;
};

void GoesWholeOrNotAtAll(const PlannedCase& planned, const Limited& limited) {
  std::map<SkuId, int> given;
  for (const auto& change : limited.plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.takes_seats) ++given[product];
  }
  for (const auto& [product, count] : given) {
    if (!limited.ceilings.max_assign) break;
    const auto& of_tenant = planned.observed.products[*planned.observed.FindProduct(product)];
    const auto allowed = AllowedAdditions(*limited.ceilings.max_assign, of_tenant.prepaid.enabled);
    ASSERT_LE(limited.given.at(product) + count, *allowed) << NameOf(product.guid);
  }
  const auto going = limited.plan.CountWith(Verdict::kGo);
  if (limited.ceilings.max_changes) {
    ASSERT_LE(going, static_cast<std::size_t>(*limited.ceilings.max_changes));
  }
  // Never some of a product: whoever is held for it is not alone in a product that others get.
  for (const auto& change : limited.plan.changes) {
    for (const auto& held : change.held) {
      if (held.guardrail == "maxAssign") {
        ASSERT_FALSE(given.contains(*held.product));
      }
      if (held.guardrail == "maxChanges") {
        ASSERT_EQ(going, 0U);
      }
    }
  }
}

void SeatsAreThereInEveryWave(const Limited& limited) {
  auto free = limited.free_seats;
  for (int wave = 1; wave <= limited.plan.waves(); ++wave) {
    std::map<SkuId, int> freed;
    for (const auto& change : limited.plan.changes) {
      if (change.verdict != Verdict::kGo || change.wave != wave) continue;
      for (const auto& product : change.takes_seats) ASSERT_GE(--free[product], 0);
      for (const auto& product : change.frees_seats) ++freed[product];
    }
    for (const auto& [product, seats] : freed) free[product] += seats;
  }
}

void NobodyLosesWhileSomethingGivenIsHeld(const Limited& limited) {
  std::set<UserId> held;
  for (const auto& change : limited.plan.changes) {
    if (change.verdict != Verdict::kHeld || change.group) continue;
    if (!change.takes_seats.empty()) held.insert(change.user);
  }
  for (const auto& change : limited.plan.changes) {
    if (change.verdict != Verdict::kGo || !held.contains(change.user)) continue;
    ASSERT_TRUE(change.removals().empty()) << change.user_principal_name;
  }
}

void NothingIsTakenThatWasNotBefore(const PlannedCase& planned, const Limited& limited) {
  std::map<UserId, std::set<SkuId>> before;
  for (const auto& change : planned.plan.changes) {
    if (change.verdict == Verdict::kGo) {
      before[change.user].insert(change.remove.begin(), change.remove.end());
    }
  }
  for (const auto& change : limited.plan.changes) {
    if (change.verdict != Verdict::kGo) continue;
    for (const auto& product : change.remove) {
      ASSERT_TRUE(before[change.user].contains(product)) << change.user_principal_name;
    }
  }
}

// Planned once for all of them.
void LimitsOnAmountsHold(const PlannedCase& planned) {
  const Limited limited(planned);
  GoesWholeOrNotAtAll(planned, limited);
  SeatsAreThereInEveryWave(limited);
  NobodyLosesWhileSomethingGivenIsHeld(limited);
  NothingIsTakenThatWasNotBefore(planned, limited);
}

constexpr test::Property kProperties[] = {{"limits on amounts hold", LimitsOnAmountsHold}};

class AmountProperties : public ::testing::TestWithParam<int> {};

TEST_P(AmountProperties, HoldForRandomTenants) {
  test::CheckRandomCases(kProperties, GetParam(), kShares);
}

INSTANTIATE_TEST_SUITE_P(Share, AmountProperties, ::testing::Range(0, kShares));

TEST(AmountProperty, RandomTenantsMeetTheLimits) {
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const Limited limited{PlannedCase{test::RandomCase(seed)}};
    for (const auto& change : limited.plan.changes) {
      for (const auto& held : change.held) ++seen[held.guardrail];
      if (change.verdict == Verdict::kGo && change.wave > 1) ++seen["later wave"];
    }
  }
  for (const auto* thing : {"maxAssign", "maxChanges", "later wave"}) {
    EXPECT_GT(seen[thing], 0) << thing;
  }
}

}  // namespace
}  // namespace seatkeeper
