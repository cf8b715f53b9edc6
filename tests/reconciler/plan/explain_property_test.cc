// Explanations and coverage of random tenants say what the plan and the policies say.

#include <gtest/gtest.h>

#include <algorithm>

#include "reconciler/plan/coverage.h"
#include "reconciler/plan/explain.h"
#include "tests/reconciler/plan/random_tenant.h"
#include "tests/support/long_run.h"

namespace seatkeeper {
namespace {

using test::RandomCase;

// `check(input, plan)` for the random cases that have a plan.
template <typename Check>
void ForPlannedCases(Check check) {
  int planned = 0;
  const int rounds = test::RandomCases(500);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    RandomCase made(static_cast<std::uint32_t>(round));
    const auto policies = test::Policies(made.documents);
    const auto observed = made.tenant.Read();
    const PlanInput input{.tenant = "contoso", .policies = policies, .observed = observed};
    const auto plan = MakePlan(input);
    if (!plan) continue;
    ++planned;
    check(input, plan->plan());
    if (::testing::Test::HasFatalFailure() || ::testing::Test::HasNonfatalFailure()) return;
  }
  EXPECT_GT(planned, rounds / 2);
}

// What `subjects` means, from the parts alone.
bool Selects(const std::vector<SubjectPart>& parts) {
  bool in = false;
  bool where = true;
  bool except = false;
  for (const auto& part : parts) {
    switch (part.kind) {
      case SubjectPart::Kind::kRule:
      case SubjectPart::Kind::kGroup:
      case SubjectPart::Kind::kUser:
        in = in || part.matches;
        break;
      case SubjectPart::Kind::kWhere:
        where = where && part.matches;
        break;
      case SubjectPart::Kind::kExceptRule:
      case SubjectPart::Kind::kExceptGroup:
      case SubjectPart::Kind::kExceptUser:
        except = except || part.matches;
        break;
    }
  }
  return in && where && !except;
}

std::size_t CountAbout(const Plan& plan, const UserId& user, const SkuId& product) {
  std::size_t count = 0;
  for (const auto& change : plan.changes) {
    if (change.user != user) continue;
    count += static_cast<std::size_t>(
        std::count(change.remove.begin(), change.remove.end(), product) +
        std::count_if(change.add.begin(), change.add.end(),
                      [&](const AddLicense& add) { return add.product == product; }));
  }
  return count;
}

void CheckProduct(const Plan& plan, const Explanation& all, const ProductExplanation& product) {
  EXPECT_EQ(product.steps.size(), CountAbout(plan, all.user, product.product));
  for (const auto& statement : product.statements) {
    if (statement.role == StatementRole::Role::kExpired) continue;
    EXPECT_EQ(statement.selects(), Selects(statement.subjects)) << statement.origin.policy;
  }
  const bool decided = !product.statements.empty() && product.statements.front().selects();
  EXPECT_EQ(decided, product.granted || product.revoked || product.tied);
  const bool quiet = product.steps.empty() && product.drift.empty() && !product.waiting;
  if (product.standing == Standing::kInOrder || product.standing == Standing::kUntouched) {
    EXPECT_TRUE(quiet);
  }
  EXPECT_EQ(product.standing == Standing::kUntouched, !product.named);
}

TEST(ExplainProperty, EveryUserIsToldWhatThePlanSays) {
  ForPlannedCases([](const PlanInput& input, const Plan& plan) {
    std::size_t drifts = 0;
    std::size_t changes = 0;
    for (Row row = 0; row < input.observed.users.size(); ++row) {
      const auto all = Explain(input, plan, row);
      ASSERT_TRUE(all);
      changes += all->changes.size();
      for (const auto& product : all->products) {
        drifts += product.drift.size();
        CheckProduct(plan, *all, product);
      }
    }
    EXPECT_EQ(changes, plan.changes.size());
    EXPECT_EQ(drifts, plan.drift.size());
  });
}

TEST(ExplainProperty, CoverageCountsEverySelectedUserOnce) {
  ForPlannedCases([](const PlanInput& input, const Plan&) {
    const auto desired =
        ResolveDesired(input.policies, input.tenant, input.observed, input.now, input.catalog);
    ASSERT_TRUE(desired);
    for (const auto& policy : CoverageOf(*desired, input.observed)) {
      for (const auto& product : policy.products) {
        std::size_t sum = 0;
        for (const auto count : product.counts) sum += count;
        EXPECT_EQ(sum, product.selected);
        EXPECT_EQ(product.noted.Count(), product.says == PolicyStatement::Kind::kGrant
                                             ? product.selected - product.have()
                                             : product.have());
        product.noted.ForEach([&](Row row) {
          const auto how = CoverageOfUser(input.observed, product.product, row);
          EXPECT_GT(product.Count(how), 0U);
        });
      }
    }
  });
}

}  // namespace
}  // namespace seatkeeper
