#include "daemon/policy_test_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/made_up_tenant.h"
#include "daemon/policy_test_judge.h"
#include "policy/fields.h"
#include "policy/text.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {
namespace {

// Longer than any `unassign.after` can be.
constexpr std::chrono::hours kLongEnough(24 * 366 * 11);

Diagnostic Failure(const Error& error, const PolicyTest& test) {
  return {.code = "policy-test",
          .message = error.message,
          .hint = {},
          .at = error.position.value_or(test.at)};
}

// As if readings had wanted all that is to go for so long, the last one just now.
Deferrals Waited(Deferrals deferrals, std::chrono::milliseconds waited, WallTime now) {
  deferrals.last_reading = now;
  for (auto& entry : deferrals.entries) {
    entry.since = now - waited;
    entry.first_seen = entry.since;
    entry.confirmed_at = now;
    entry.confirmations = 1000;  // The most that policy can ask for.
    entry.last_seen.reset();
  }
  return deferrals;
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
  // The first plan finds what is unwanted, the second one knows for how long it has been.
  auto plan = MakePlan(input);
  if (plan) {
    input.memory.deferrals = Waited(plan->plan().deferrals, test.waited.value_or(kLongEnough), at);
    plan = MakePlan(input);
  }
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
