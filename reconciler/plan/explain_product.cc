#include "reconciler/plan/explain_product.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "reconciler/plan/holding.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"

namespace seatkeeper {
namespace {

const AddLicense* FindAdd(const Change& change, const SkuId& product) {
  const auto found = std::find_if(change.add.begin(), change.add.end(),
                                  [&](const AddLicense& add) { return add.product == product; });
  return found == change.add.end() ? nullptr : &*found;
}

std::vector<NamedPlan> Named(const std::vector<PlanId>& ids, const Product& product) {
  std::vector<NamedPlan> named;
  for (const auto& plan : product.plans) {
    if (Contains(ids, plan.id)) named.push_back({plan.id, plan.name});
  }
  std::sort(named.begin(), named.end(), [](const NamedPlan& a, const NamedPlan& b) {
    return std::tie(a.name, a.id) < std::tie(b.name, b.id);
  });
  return named;
}

HeldFrom Source(const AssignmentRow& assignment, const ObservedState& observed) {
  HeldFrom held{.source = assignment.source,
                .state = assignment.state,
                .has_seat = assignment.holds_seat(),
                .error = observed.texts[assignment.error],
                .updated = observed.texts[assignment.updated],
                .group = std::nullopt,
                .group_name = {}};
  if (assignment.source != AssignmentSource::kGroup) return held;
  held.group = assignment.group;
  if (const auto* group = observed.FindGroup(assignment.group)) {
    held.group_name = group->display_name;
  }
  return held;
}

}  // namespace

ProductExplainer::ProductExplainer(const PlanInput& input, const DesiredState& desired,
                                   const Plan& plan, const std::vector<Change>& changes, Row row)
    : input_(input),
      observed_(input.observed),
      desired_(desired),
      plan_(plan),
      changes_(changes),
      row_(row),
      evaluator_(input.observed, input.now) {}

ProductExplanation ProductExplainer::Begin(const SkuId& id) const {
  const auto* fact = input_.catalog.FindProduct(id);
  ProductExplanation explanation{.product = id,
                                 .name = NameOfProduct(id, observed_, input_.catalog),
                                 .display_name = fact == nullptr ? "" : fact->display_name};
  for (const auto& assignment : observed_.users.assignments(row_)) {
    if (observed_.products[assignment.product].id == id) {
      explanation.held.push_back(Source(assignment, observed_));
    }
  }
  return explanation;
}

ProductExplanation ProductExplainer::Untouched(const SkuId& id) const { return Begin(id); }

ProductExplanation ProductExplainer::Named(const DesiredProduct& product) {
  auto explanation = Begin(product.id);
  explanation.named = true;
  explanation.management = product.management;
  explanation.managed_by = desired_.origins[product.managed_by];
  explanation.obstacle = product.obstacle;
  explanation.removals_held = product.removals_held;
  if (!observed_.users.is_person(row_)) {
    explanation.standing = Standing::kNotApplicable;
    return explanation;
  }
  explanation.granted = product.granted.Contains(row_);
  explanation.revoked = product.revoked.Contains(row_);
  explanation.tied = product.tied.Contains(row_);
  explanation.owned = product.management == Management::kOwned && product.owned.Contains(row_);
  explanation.lets_go = product.LetsGo(row_);
  AddStatements(product, explanation);
  AddExpired(product, explanation);
  AddLadder(product, explanation);
  AddFromPlan(explanation);
  AddSteps(product, explanation);
  AddPlans(product, explanation);
  explanation.standing = StandingOf(explanation);
  return explanation;
}

void ProductExplainer::AddStatements(const DesiredProduct& product,
                                     ProductExplanation& explanation) {
  using Role = StatementRole::Role;
  std::optional<int> highest;
  for (const auto& statement : product.statements) {
    const auto& selection = desired_.selections[statement.selection];
    StatementRole role{.says = statement.kind,
                       .origin = desired_.OriginOf(statement),
                       .priority = statement.priority,
                       .by_group = statement.by_group,
                       .expires = {},
                       .held = selection.held,
                       .subjects = PartsOf(statement.selection)};
    if (selection.rows.Contains(row_)) {
      if (highest && statement.priority < *highest) {
        role.role = Role::kOutranked;
      } else if (explanation.tied) {
        role.role = Role::kTied;
      } else {
        role.role = highest ? Role::kAgrees : Role::kDecides;
      }
      if (!highest) highest = statement.priority;
    }
    explanation.statements.push_back(std::move(role));
  }
  std::stable_partition(explanation.statements.begin(), explanation.statements.end(),
                        [](const StatementRole& role) { return role.selects(); });
}

// A grant that is over is no statement any more, yet it is why many a licence is in question.
void ProductExplainer::AddExpired(const DesiredProduct& product, ProductExplanation& explanation) {
  for (std::size_t i = 0; i < desired_.selections.size(); ++i) {
    const auto& policy = *desired_.selections[i].policy;
    if (!policy.expires || !desired_.selections[i].rows.Contains(row_)) continue;
    const bool in_force = std::any_of(
        product.statements.begin(), product.statements.end(), [&](const auto& statement) {
          return statement.selection == i && statement.kind == PolicyStatement::Kind::kGrant;
        });
    if (in_force) continue;
    for (const auto& grant : policy.licenses) {
      const auto meant = ResolveProduct(grant.product, observed_, input_.catalog);
      if (!meant || *meant != product.id) continue;
      const auto last = WallTime(std::chrono::sys_days(policy.expires->value));
      explanation.statements.push_back({.role = StatementRole::Role::kExpired,
                                        .says = PolicyStatement::Kind::kGrant,
                                        .origin = {policy.name, grant.product.at},
                                        .priority = policy.priority,
                                        .expires = FormatTime(last).substr(0, 10),
                                        .held = std::nullopt,
                                        .subjects = PartsOf(i)});
    }
  }
}

void ProductExplainer::AddLadder(const DesiredProduct& product,
                                 ProductExplanation& explanation) const {
  if (!product.rung) return;
  const auto& ladder = desired_.ladders[product.rung->ladder];
  LadderPlace place{.name = ladder.document->name,
                    .at = ladder.document->at,
                    .number = product.rung->number + 1,
                    .rungs = ladder.rungs.size(),
                    .fallback = ladder.document->fallback,
                    .target = std::nullopt,
                    .target_name = {}};
  const auto target = std::find_if(
      ladder.rungs.begin(), ladder.rungs.end(),
      [&](DesiredIndex rung) { return desired_.products[rung].granted.Contains(row_); });
  if (target != ladder.rungs.end()) {
    place.target = desired_.products[*target].id;
    place.target_name = plan_.ProductName(*place.target);
  }
  explanation.ladder = std::move(place);
}

void ProductExplainer::AddFromPlan(ProductExplanation& explanation) const {
  const auto user = observed_.users.id(row_);
  for (const auto& drift : plan_.drift) {
    if (drift.user == user && drift.product == explanation.product) {
      explanation.drift.push_back(drift);
    }
  }
  for (const auto& waiting : plan_.waiting) {
    if (waiting.user == user && waiting.product == explanation.product) {
      explanation.waiting = waiting;
    }
  }
}

void ProductExplainer::AddSteps(const DesiredProduct& product,
                                ProductExplanation& explanation) const {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const auto& change = changes_[i];
    std::optional<Step::Kind> kind;
    if (FindAdd(change, product.id) != nullptr) {
      kind = Contains(change.takes_seats, product.id) ? Step::Kind::kAdd : Step::Kind::kPlans;
    } else if (Contains(change.remove, product.id)) {
      kind = Step::Kind::kRemove;
    }
    if (!kind) continue;
    explanation.steps.push_back(
        {.kind = *kind, .against = Exchanged(product, change, *kind), .change = i});
  }
}

std::vector<std::string> ProductExplainer::Exchanged(const DesiredProduct& product,
                                                     const Change& change, Step::Kind kind) const {
  std::vector<std::string> names;
  if (!product.rung || kind == Step::Kind::kPlans) return names;
  for (const auto rung : desired_.ladders[product.rung->ladder].rungs) {
    const auto& other = desired_.products[rung].id;
    if (other == product.id) continue;
    const bool exchanged = kind == Step::Kind::kAdd ? Contains(change.remove, other)
                                                    : Contains(change.takes_seats, other);
    if (exchanged) names.push_back(plan_.ProductName(other));
  }
  return names;
}

// What is off comes from the reading, what should be from the plan where it does something about
// it, and else from the list that the policy's winner wrote.
void ProductExplainer::AddPlans(const DesiredProduct& product,
                                ProductExplanation& explanation) const {
  if (!product.index) return;
  const auto& owned = observed_.products[*product.index];
  Holding holding;
  for (const auto& assignment : observed_.users.assignments(row_)) {
    if (assignment.product == *product.index) holding.Add(assignment);
  }
  const auto* assignment = holding.shown();
  const AddLicense* given = nullptr;
  for (const auto& step : explanation.steps) {
    if (step.kind != Step::Kind::kRemove) given = FindAdd(changes_[step.change], product.id);
  }
  if (assignment == nullptr && given == nullptr) return;
  const auto shape = desired_.ShapeOf(product, row_);
  PlanShape plans;
  if (shape.statement != nullptr) plans.shaped_by = desired_.OriginOf(*shape.statement);
  if (shape.conflict != nullptr) plans.conflict = desired_.OriginOf(*shape.conflict);
  const bool differ =
      std::any_of(explanation.drift.begin(), explanation.drift.end(),
                  [](const Drift& drift) { return drift.kind == Drift::Kind::kPlans; });
  std::vector<PlanId> now;
  if (assignment != nullptr) {
    now = EffectivePlans(observed_.plan_sets[assignment->disabled_plans], owned);
  }
  auto wanted = now;
  if (given != nullptr) {
    wanted = EffectivePlans(given->disabled_plans, owned);
  } else if (differ && shape.statement != nullptr) {
    wanted = EffectivePlans(shape.statement->disabled_plans, owned);
  }
  if (assignment == nullptr) now = wanted;
  plans.off = seatkeeper::Named(now, owned);
  plans.turned_off = seatkeeper::Named(Without(wanted, now), owned);
  plans.turned_on = seatkeeper::Named(Without(now, wanted), owned);
  explanation.plans = std::move(plans);
}

const std::vector<SubjectPart>& ProductExplainer::PartsOf(std::size_t selection) {
  const auto [known, is_new] = parts_.try_emplace(selection);
  if (is_new) {
    known->second =
        MatchSubjects(*desired_.selections[selection].policy, observed_, evaluator_, row_);
  }
  return known->second;
}

Standing ProductExplainer::StandingOf(const ProductExplanation& explanation) const {
  if (!explanation.steps.empty()) {
    const auto& step = explanation.steps.front();
    switch (changes_[step.change].verdict) {
      case Verdict::kHeld:
        return Standing::kHeld;
      case Verdict::kDeferred:
        return Standing::kDeferred;
      case Verdict::kGo:
        break;
    }
    if (step.kind == Step::Kind::kPlans) return Standing::kToSwitch;
    if (step.kind == Step::Kind::kAdd) return Standing::kToAdd;
    return step.against.empty() ? Standing::kToRemove : Standing::kToSwap;
  }
  if (explanation.waiting) return Standing::kWaiting;
  if (explanation.tied) return Standing::kTied;
  return explanation.drift.empty() ? Standing::kInOrder : Standing::kLeft;
}

}  // namespace seatkeeper
