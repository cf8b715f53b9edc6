#include "reconciler/plan/explain.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "reconciler/plan/explain_product.h"

namespace seatkeeper {
namespace {

std::optional<bool> IsEnabled(const UserTable& users, Row row) {
  const auto* column = users.booleans(rule::Property::kAccountEnabled);
  if (column == nullptr) return std::nullopt;
  switch (column->value(row)) {
    case BooleanColumn::Value::kTrue:
      return true;
    case BooleanColumn::Value::kFalse:
      return false;
    case BooleanColumn::Value::kAbsent:
    case BooleanColumn::Value::kNull:
      break;
  }
  return std::nullopt;
}

int Rank(const ProductExplanation& product) {
  const bool concerns = product.is_held() || product.granted || product.tied ||
                        !product.steps.empty() || !product.drift.empty();
  if (!product.named) return 1;
  return concerns ? 0 : 2;
}

}  // namespace

std::string_view ToString(Standing standing) {
  switch (standing) {
    case Standing::kUntouched:
      return "untouched";
    case Standing::kInOrder:
      return "in-order";
    case Standing::kToAdd:
      return "to-add";
    case Standing::kToRemove:
      return "to-remove";
    case Standing::kToSwap:
      return "to-swap";
    case Standing::kToSwitch:
      return "to-switch";
    case Standing::kDeferred:
      return "deferred";
    case Standing::kHeld:
      return "held";
    case Standing::kWaiting:
      return "waiting";
    case Standing::kTied:
      return "tied";
    case Standing::kNotApplicable:
      return "not-applicable";
    case Standing::kLeft:
      break;
  }
  return "left";
}

std::string Explanation::ProductName(const SkuId& id) const {
  const auto known = product_names.find(id);
  return known == product_names.end() ? id.ToString() : known->second;
}

Result<Explanation> Explain(const PlanInput& input, const Plan& plan, Row row) {
  const auto& users = input.observed.users;
  const auto desired = ResolveDesired(input.policies, input.tenant, input.observed, input.now,
                                      input.catalog, input.memory);
  if (!desired) return desired.error();
  Explanation explanation{.tenant = input.tenant,
                          .policy_revision = input.policy_revision,
                          .observed_at = plan.observed_at,
                          .user = users.id(row),
                          .user_principal_name = std::string(users.user_principal_name(row)),
                          .display_name = std::string(users.display_name(row)),
                          .account_enabled = IsEnabled(users, row),
                          .usage_location = {},
                          .person = users.is_person(row),
                          .account_type = {},
                          .assignments_known = users.assignments_known(row),
                          .busy = input.busy.contains(users.id(row)),
                          .suspended = plan.suspended,
                          .changes = {},
                          .products = {},
                          .product_names = plan.product_names,
                          .plan_names = plan.plan_names};
  if (const auto* location = users.strings(rule::Property::kUsageLocation)) {
    explanation.usage_location = std::string(location->text(row));
  }
  if (!explanation.person) explanation.account_type = users.not_people().at(row);
  for (const auto& change : plan.changes) {
    if (change.user == explanation.user) explanation.changes.push_back(change);
  }
  ProductExplainer explainer(input, *desired, plan, explanation.changes, row);
  std::set<SkuId> named;
  for (const auto& product : desired->products) {
    named.insert(product.id);
    explanation.products.push_back(explainer.Named(product));
  }
  for (const auto& assignment : users.assignments(row)) {
    const auto& id = input.observed.products[assignment.product].id;
    if (named.insert(id).second) explanation.products.push_back(explainer.Untouched(id));
  }
  std::sort(explanation.products.begin(), explanation.products.end(),
            [](const ProductExplanation& a, const ProductExplanation& b) {
              return std::tuple(Rank(a), std::tie(a.name, a.product)) <
                     std::tuple(Rank(b), std::tie(b.name, b.product));
            });
  return explanation;
}

}  // namespace seatkeeper
