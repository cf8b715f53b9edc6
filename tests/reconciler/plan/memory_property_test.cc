#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/remember.h"
#include "tests/reconciler/plan/random_cases.h"
#include "tests/support/long_run.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::RandomCase;

constexpr const char* kRules[] = {"hold", "disable", "enable"};

// Some products under `owned`, some with a word on new plans.
void AlterManagement(RandomCase& made) {
  for (auto& document : made.documents) {
    if (document.find("kind: ProductPolicy") == std::string::npos) continue;
    const auto full = document.find("management: full");
    if (full != std::string::npos && made.OneIn(2)) document.replace(full, 16, "management: owned");
    if (!made.OneIn(4)) document += std::string("  newPlans: ") + kRules[made.Below(3)] + "\n";
  }
}

PlanMemory SomeMemory(RandomCase& made) {
  PlanMemory memory;
  for (const auto& product : made.tenant.products) {
    const auto id = IdOf<SkuId>(product.name);
    if (!made.OneIn(4)) {
      auto& known = memory.known_plans[id];
      for (const auto& plan : product.plans) {
        if (made.OneIn(2)) known.push_back(IdOf<PlanId>(plan));
      }
      std::sort(known.begin(), known.end());
    }
    for (const auto& user : made.tenant.users) {
      const UserProduct pair{IdOf<UserId>(user.name), id};
      if (made.OneIn(2)) memory.owned.push_back(pair);
      if (made.OneIn(4)) memory.waiting[pair] = WallTime(std::chrono::hours(made.Below(100)));
    }
  }
  std::sort(memory.owned.begin(), memory.owned.end());
  return memory;
}

constexpr WallTime kNow{std::chrono::hours(200)};

Plan PlanWith(const RandomCase& made, const PlanMemory& memory) {
  const auto policies = test::Policies(made.documents);
  const auto observed = made.tenant.Read();
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .now = kNow,
                              .memory = memory});
  if (!plan) throw std::invalid_argument(plan.error().message);
  return plan->plan();
}

// Calls `check(made, memory)` for case after case, until one fails.
template <typename Check>
void ForRandomMemories(Check check) {
  for (int round = 0; round < test::RandomCases(2000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    RandomCase made(static_cast<std::uint32_t>(round));
    AlterManagement(made);
    auto memory = SomeMemory(made);
    check(made, memory);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(MemoryProperty, JudgingEverybodyFindsNothingMore) {
  ForRandomMemories([](RandomCase& made, const PlanMemory& memory) {
    const auto policies = test::Policies(made.documents);
    const auto observed = made.tenant.Read();
    const auto desired = ResolveDesired(policies, "contoso", observed, kNow, {}, memory);
    ASSERT_TRUE(desired);
    test::ExpectNothingMoreToJudge(*desired, observed);
  });
}

std::set<SkuId> ProductsUnderOwned(const RandomCase& made) {
  std::set<SkuId> products;
  for (const auto& policy : test::Policies(made.documents).product_policies) {
    if (policy.management == Management::kOwned) products.insert(IdOf<SkuId>(policy.product.value));
  }
  return products;
}

TEST(MemoryProperty, UnderOwnedOnlyWhatIsOwnedGoes) {
  int taken = 0;
  ForRandomMemories([&](RandomCase& made, const PlanMemory& memory) {
    const auto under_owned = ProductsUnderOwned(made);
    const auto plan = PlanWith(made, memory);
    for (const auto& change : plan.changes) {
      auto products = change.remove;
      for (const auto& product : change.plans_off) {
        // In a swap it is the product that makes way which has to be owned.
        if (!Contains(change.takes_seats, product)) products.push_back(product);
      }
      for (const auto& product : products) {
        if (!under_owned.contains(product)) continue;
        ++taken;
        ASSERT_TRUE(Contains(memory.owned, {change.user, product}))
            << test::NameOf(change.user.guid) << " " << test::NameOf(product.guid);
      }
    }
  });
  EXPECT_GT(taken, 0);
}

// Whether some list may decide about the plan: one of enabled plans decides about every plan.
bool MayBeListed(const RandomCase& made, const PlanId& plan) {
  return std::any_of(made.documents.begin(), made.documents.end(), [&](const std::string& text) {
    return text.find(test::NameOf(plan.guid)) != std::string::npos ||
           text.find("enabledPlans") != std::string::npos;
  });
}

// Under `hold`, which is also what holds where no document speaks.
TEST(MemoryProperty, HoldSwitchesNoNewPlanOfAHolder) {
  int switched = 0;
  ForRandomMemories([&](RandomCase& made, const PlanMemory& memory) {
    const auto plan = PlanWith(made, memory);
    for (const auto& added : plan.added_plans) {
      if (added.rule != NewPlans::kHold) continue;
      for (const auto& change : plan.changes) {
        for (const auto& add : change.add) {
          if (add.product != added.product || Contains(change.takes_seats, add.product)) continue;
          const auto before =
              std::find_if(change.before.begin(), change.before.end(),
                           [&](const AddLicense& held) { return held.product == add.product; });
          ASSERT_NE(before, change.before.end());
          ++switched;
          for (const auto& id : added.plans) {
            ASSERT_TRUE(MayBeListed(made, id) ||
                        Contains(before->disabled_plans, id) == Contains(add.disabled_plans, id))
                << test::NameOf(change.user.guid) << " " << test::NameOf(id.guid);
          }
        }
      }
    }
  });
  EXPECT_GT(switched, 0);
}

// What the store does with a change.
PlanMemory Applied(PlanMemory memory, const MemoryChange& change) {
  for (const auto& [product, plans] : change.known_plans) memory.known_plans[product] = plans;
  memory.owned = Without(Union(memory.owned, change.owned), change.no_longer_owned);
  for (const auto& [pair, since] : change.waiting) memory.waiting[pair] = since;
  for (const auto& pair : change.no_longer_waiting) memory.waiting.erase(pair);
  if (change.accepted) memory.accepted = change.accepted;
  return memory;
}

TEST(MemoryProperty, ComesToRestWithTheTenant) {
  ForRandomMemories([](RandomCase& made, PlanMemory memory) {
    for (int round = 0;; ++round) {
      ASSERT_LE(round, 3);
      auto next = RememberReading(memory, {}, made.tenant.Read());
      const auto plan = PlanWith(made, next);
      next = RememberPlan(std::move(next), plan);
      const auto change = Difference(memory, next);
      ASSERT_EQ(Applied(memory, change), next);
      memory = std::move(next);
      if (plan.CountWith(Verdict::kGo) == 0 && change.empty()) break;
      for (const auto& each : plan.changes) {
        if (each.verdict == Verdict::kGo) test::Carry(each, made.tenant);
      }
    }
  });
}

}  // namespace
}  // namespace seatkeeper
