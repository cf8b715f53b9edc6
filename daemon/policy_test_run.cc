#include "daemon/policy_test_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/made_up_tenant.h"
#include "daemon/policy_test_judge.h"
#include "policy/fields.h"
#include "policy/text.h"
#include "reconciler/plan/having_waited.h"

namespace seatkeeper {
namespace {

Diagnostic Failure(const Error& error, const PolicyTest& test) {
  return {.code = "policy-test",
          .message = error.message,
          .hint = {},
          .at = error.position.value_or(test.at)};
}

void LiftLimits(Guardrails& document) {
  document.max_unassign = AmountLimit();
  document.max_assign = AmountLimit();
  document.max_changes = FigureLimit();
  document.max_user_loss = FigureLimit();
  if (document.mailbox_loss != MailboxLoss::kDeny) document.mailbox_loss = MailboxLoss::kAllow;
  document.windows.clear();
  document.freezes.clear();
}

}  // namespace

PolicySet WithoutLimits(const PolicySet& policies) {
  auto lifted = policies;
  for (auto& document : lifted.guardrails) LiftLimits(document);
  // Where no document says anything, the built-in limits would hold.
  LiftLimits(lifted.guardrails.emplace_back());
  return lifted;
}

PolicyTestOutcome RunPolicyTest(const PolicyTest& test, const PolicySet& without_limits,
                                const std::string& tenant, const ProductCatalog& catalog,
                                WallTime today) {
  PolicyTestOutcome outcome{
      .name = test.name, .at = test.at, .expectations = test.expect.size(), .findings = {}};
  const WallTime at = test.day ? WallTime(std::chrono::sys_days(*test.day)) : today;
  const MadeUpProducts products(test, without_limits, tenant, catalog);
  auto made_up = MakeUpTenant(test, without_limits, tenant, products, at);
  if (!made_up) {
    outcome.findings.push_back(Failure(made_up.error(), test));
    return outcome;
  }
  PlanInput input{.tenant = tenant,
                  .policies = without_limits,
                  .policy_revision = {},
                  .observed = made_up->observed,
                  .now = at,
                  .catalog = catalog,
                  .busy = {},
                  .unseen_seats = {},
                  .removals_in_window = {},
                  .memory = std::move(made_up->memory)};
  const auto plan = PlanHavingWaited(input, test.waited);
  if (!plan) {
    outcome.findings.push_back(Failure(plan.error(), test));
    return outcome;
  }
  PolicyTestJudge judge(input, plan->plan(), products);
  for (const auto& expectation : test.expect) judge.Judge(expectation, outcome.findings);
  if (plan->plan().next_flip && !test.day) {
    outcome.findings.push_back({.severity = Severity::kWarning,
                                .code = "depends-on-day",
                                .message = "what policies say here depends on the day of the run",
                                .hint = "name the day that is meant, as in `at: 2026-12-01`",
                                .at = test.at,
                                .length = static_cast<int>(test.name.size())});
  }
  Sort(outcome.findings);
  return outcome;
}

}  // namespace seatkeeper
