#include "daemon/policy_test_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/explain_words.h"
#include "policy/fields.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using Kind = PolicyStatement::Kind;

std::set<PlanId> AsSet(const std::vector<PlanId>& plans) { return {plans.begin(), plans.end()}; }

bool Speaks(const StatementRole& statement, const std::string& policy, Kind kind) {
  const bool counts = statement.role == StatementRole::Role::kDecides ||
                      statement.role == StatementRole::Role::kAgrees;
  return counts && statement.says == kind && statement.origin.policy == policy;
}

}  // namespace

bool PolicyTestJudge::Held::IsOff(const PlanId& plan) const {
  if (direct && !direct->contains(plan)) return false;
  return std::all_of(inherited.begin(), inherited.end(),
                     [&](const auto& from) { return from.second.contains(plan); });
}

PolicyTestJudge::PolicyTestJudge(const PlanInput& input, const Plan& plan,
                                 const MadeUpProducts& products)
    : input_(input), plan_(plan), products_(products) {}

void PolicyTestJudge::Judge(const Expectation& expectation, std::vector<Diagnostic>& findings) {
  findings_ = &findings;
  user_ = expectation.user.value;
  const auto row = input_.observed.users.FindByPrincipalName(user_);
  auto explained = row ? Explain(input_, plan_, *row) : Result<Explanation>(Error{});
  if (!explained) {
    return Report(expectation.user, Quoted(user_) + " is not in the tenant as it was read", {});
  }
  explanation_ = std::move(explained).value();
  holdings_ = HoldingsAfter(*row);
  JudgeLicenses(expectation);
  JudgeWithout(expectation);
  for (const auto& plans : expectation.plans) JudgePlans(plans);
}

bool PolicyTestJudge::IsDirectMember(const GroupId& group, const UserId& user) const {
  const auto* members = input_.observed.FindLinked({Link::Kind::kDirectMembers, group.guid});
  return members != nullptr &&
         std::binary_search(members->users.begin(), members->users.end(), user);
}

void PolicyTestJudge::Apply(const Change& change, Row row, Holdings& holdings) const {
  if (change.verdict != Verdict::kGo) return;
  const auto user = input_.observed.users.id(row);
  if (change.group ? !IsDirectMember(change.group->id, user) : change.user != user) return;
  for (const auto& add : change.add) {
    auto& held = holdings[add.product];
    auto off = AsSet(add.disabled_plans);
    if (change.group) {
      held.inherited[change.group->id] = std::move(off);
    } else {
      held.direct = std::move(off);
    }
  }
  for (const auto& product : change.remove) {
    if (change.group) {
      holdings[product].inherited.erase(change.group->id);
    } else {
      holdings[product].direct.reset();
    }
  }
}

PolicyTestJudge::Holdings PolicyTestJudge::HoldingsAfter(Row row) const {
  const auto& observed = input_.observed;
  Holdings holdings;
  for (const auto& assignment : observed.users.assignments(row)) {
    auto& held = holdings[observed.product_ids[assignment.product]];
    auto off = AsSet(observed.plan_sets[assignment.disabled_plans]);
    if (assignment.source == AssignmentSource::kGroup) {
      held.inherited[assignment.group] = std::move(off);
    } else {
      held.direct = std::move(off);
    }
  }
  for (const auto& change : plan_.changes) Apply(change, row, holdings);
  std::erase_if(holdings, [](const auto& entry) { return !entry.second.any(); });
  return holdings;
}

bool PolicyTestJudge::Holds(const SkuId& product) const { return holdings_.contains(product); }

void PolicyTestJudge::JudgeLicenses(const Expectation& expectation) {
  if (!expectation.licenses) return;
  std::set<SkuId> expected;
  for (const auto& written : *expectation.licenses) {
    const auto& product = products_.Named(written.value);
    expected.insert(product.id);
    if (!Holds(product.id)) {
      Report(written, fmt::format("{} does not hold {}", Quoted(user_), product.part_number),
             Why(product.id));
    } else if (expectation.by) {
      JudgeBy(*expectation.by, written, Kind::kGrant);
    }
  }
  for (const auto& [id, held] : holdings_) {
    if (expected.contains(id)) continue;
    Report(expectation.user,
           fmt::format("{} holds {}, which is not expected", Quoted(user_),
                       products_.all().at(id).part_number),
           Why(id));
  }
}

void PolicyTestJudge::JudgeWithout(const Expectation& expectation) {
  for (const auto& written : expectation.without) {
    const auto& product = products_.Named(written.value);
    if (Holds(product.id)) {
      Report(written, fmt::format("{} holds {}", Quoted(user_), product.part_number),
             Why(product.id));
    } else if (expectation.by) {
      JudgeBy(*expectation.by, written, Kind::kRevoke);
    }
  }
}

void PolicyTestJudge::JudgePlans(const ExpectedPlans& expected) {
  const auto& product = products_.Named(expected.product.value);
  if (!Holds(product.id)) {
    return Report(expected.product,
                  fmt::format("{} does not hold {}", Quoted(user_), product.part_number),
                  Why(product.id));
  }
  for (const auto& plan : expected.off) JudgePlan(product, plan, true);
  for (const auto& plan : expected.on) JudgePlan(product, plan, false);
}

void PolicyTestJudge::JudgePlan(const MadeUpProduct& product, const Positioned<std::string>& plan,
                                bool off) {
  const auto ids = products_.PlansOf(product, {plan});
  if (ids.size() != 1) {
    return Report(plan,
                  fmt::format("{} has {} service plan {}", product.part_number,
                              ids.empty() ? "no" : "more than one", Quoted(plan.value)),
                  "name it as the product catalogue does, or by its id");
  }
  if (holdings_.at(product.id).IsOff(ids.front()) == off) return;
  const auto* explained = ExplanationOf(product.id);
  std::string hint = "no policy says which service plans are on or off";
  if (explained != nullptr && explained->plans && !explained->plans->shaped_by.policy.empty()) {
    const auto& shape = explained->plans->shaped_by;
    hint = fmt::format("the list of {} ({}) says so", Quoted(shape.policy), ToString(shape.at));
  }
  Report(plan,
         fmt::format("{} has {} of {} {}", Quoted(user_), Quoted(plan.value), product.part_number,
                     off ? "on" : "off"),
         hint);
}

bool PolicyTestJudge::Decides(const std::string& policy, const SkuId& product, Kind kind) const {
  const auto* explained = ExplanationOf(product);
  if (explained == nullptr) return false;
  if (std::any_of(explained->statements.begin(), explained->statements.end(),
                  [&](const auto& statement) { return Speaks(statement, policy, kind); })) {
    return true;
  }
  // A lower rung, for want of a seat on the granted one: who grants that one decides.
  const auto& ladder = explained->ladder;
  const bool lower = kind == Kind::kGrant && ladder && ladder->target && *ladder->target != product;
  return lower && Decides(policy, *ladder->target, kind);
}

void PolicyTestJudge::JudgeBy(const Positioned<std::string>& by,
                              const Positioned<std::string>& product, Kind kind) {
  const auto& named = products_.Named(product.value);
  if (Decides(by.value, named.id, kind)) return;
  Report(by,
         fmt::format("{} is not {} by {}", named.part_number,
                     kind == Kind::kGrant ? "granted" : "revoked", Quoted(by.value)),
         Why(named.id));
}

const ProductExplanation* PolicyTestJudge::ExplanationOf(const SkuId& product) const {
  const auto& all = explanation_->products;
  const auto found = std::find_if(all.begin(), all.end(), [&](const ProductExplanation& each) {
    return each.product == product;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string PolicyTestJudge::Why(const SkuId& product) const {
  const auto* explained = ExplanationOf(product);
  if (explained == nullptr) return "no document names the product";
  std::vector<std::string> parts = {DescribeStanding(*explanation_, *explained)};
  // Otherwise the statements say it better.
  if (explained->standing == Standing::kLeft) {
    for (const auto& drift : explained->drift) parts.push_back(drift.cause);
  }
  for (const auto& statement : explained->statements) {
    parts.push_back(DescribeStatement(statement));
    if (statement.role == StatementRole::Role::kNotSelected) {
      parts.back() += ": " + WhyNotSelected(statement.subjects);
    }
  }
  for (const auto& change : explanation_->changes) {
    if (change.verdict == Verdict::kDeferred) parts.push_back(change.until);
    for (const auto& held : change.held) {
      parts.push_back(fmt::format("{}: {}", held.guardrail, held.release));
    }
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void PolicyTestJudge::Report(const Positioned<std::string>& at, std::string message,
                             std::string hint) {
  findings_->push_back({.code = "policy-test",
                        .message = std::move(message),
                        .hint = std::move(hint),
                        .at = at.at,
                        .length = at.length});
}

}  // namespace seatkeeper
