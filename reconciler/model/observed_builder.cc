#include "reconciler/model/observed_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "policy/text.h"
#include "reconciler/model/account_type.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
ObservedBuilder::ObservedBuilder(PropertySet properties)
    : properties_(std::move(properties)), plan_sets_(1), texts_(1) {
  properties_ |= PlanningProperties();
  for (const auto& info : rule::Properties()) {
    if (info.property == rule::Property::kObjectId || !properties_.Has(info.property)) continue;
    auto& column = users_.columns_[static_cast<std::size_t>(info.property)];
    switch (info.type) {
      case rule::PropertyType::kBoolean:
        column.emplace<BooleanColumn>();
        break;
      case rule::PropertyType::kString:
        column.emplace<StringColumn>();
        break;
      case rule::PropertyType::kDateTime:
        column.emplace<TimeColumn>();
        break;
      case rule::PropertyType::kStringList:
        column.emplace<ListColumn>();
        break;
      case rule::PropertyType::kPlanList:
        column.emplace<PlanColumn>();
        break;
    }
  }
  for (const auto& extension : properties_.extensions()) {
    users_.extensions_.emplace_back(AsciiLower(extension.name), StringColumn());
  }
  plan_set_of_.emplace(std::vector<PlanId>(), 0);
  text_of_.emplace("", 0);
}

void ObservedBuilder::BeginUser(const UserId& id) {
  const auto [known, is_new] = row_of_.emplace(id, static_cast<Row>(users_.ids_.size()));
  current_ = known->second;
  if (is_new) {
    users_.ids_.push_back(id);
    users_.known_.push_back(false);
    assignments_.emplace_back();
  } else {
    users_.known_[current_] = false;
    users_.other_types_.erase(current_);
    assignments_[current_].clear();
  }
  users_.ForEachColumn([this, is_new = is_new](auto& column) {
    if (is_new) {
      column.AppendAbsent();
    } else {
      column.SetAbsent(current_);
    }
  });
}

void ObservedBuilder::SetText(rule::Property property, std::string_view text) {
  if (auto* column = Get<StringColumn>(property)) column->Set(current_, column->Intern(text));
}

void ObservedBuilder::SetBoolean(rule::Property property, bool value) {
  if (auto* column = Get<BooleanColumn>(property)) {
    column->Set(current_, value ? BooleanColumn::Value::kTrue : BooleanColumn::Value::kFalse);
  }
}

void ObservedBuilder::SetTime(rule::Property property, WallTime time) {
  if (auto* column = Get<TimeColumn>(property)) column->Set(current_, time);
}

void ObservedBuilder::SetList(rule::Property property, std::span<const std::string_view> items) {
  if (auto* column = Get<ListColumn>(property)) column->Set(current_, column->Intern(items));
}

void ObservedBuilder::SetPlans(std::span<const AssignedPlanInput> plans) {
  if (auto* column = Get<PlanColumn>(rule::Property::kAssignedPlans)) {
    column->Set(current_, column->Intern(plans));
  }
}

void ObservedBuilder::SetExtension(std::string_view name, std::string_view text) {
  if (auto* column = Extension(name)) column->Set(current_, column->Intern(text));
}

void ObservedBuilder::SetExtensionNull(std::string_view name) {
  if (auto* column = Extension(name)) column->SetNull(current_);
}

StringColumn* ObservedBuilder::Extension(std::string_view name) {
  for (auto& [known, column] : users_.extensions_) {
    if (EqualsIgnoreCase(known, name)) return &column;
  }
  return nullptr;
}

void ObservedBuilder::SetNull(rule::Property property) {
  std::visit(Overloaded{[](std::monostate&) {}, [this](auto& column) { column.SetNull(current_); }},
             users_.columns_[static_cast<std::size_t>(property)]);
}

void ObservedBuilder::SetAccountType(std::string_view type) {
  if (IsPersonType(type)) {
    users_.other_types_.erase(current_);
  } else {
    users_.other_types_.insert_or_assign(current_, std::string(type));
  }
}

void ObservedBuilder::AssignmentsKnown() { users_.known_[current_] = true; }

void ObservedBuilder::AddAssignment(const AssignmentInput& input) {
  AssignmentRow row;
  row.product = InternProduct(input.product);
  row.source = input.source;
  row.state = input.state;
  row.disabled_plans = InternPlans(input.disabled_plans);
  row.error = EqualsIgnoreCase(input.error, "None") ? 0 : InternText(input.error);
  row.updated = InternText(input.updated);
  if (input.source == AssignmentSource::kGroup) row.group = input.group;
  assignments_[current_].push_back(row);
}

void ObservedBuilder::EndUser() {}

void ObservedBuilder::AddProduct(Product product) {
  std::sort(product.plans.begin(), product.plans.end(),
            [](const ServicePlan& a, const ServicePlan& b) { return a.id < b.id; });
  product.subscribed = true;
  const auto index = InternProduct(product.id);
  products_[index] = std::move(product);
}

void ObservedBuilder::AddGroup(Group group) {
  SortUnique(group.members);
  for (auto& license : group.licenses) SortUnique(license.disabled_plans);
  std::sort(group.licenses.begin(), group.licenses.end(),
            [](const GroupLicense& a, const GroupLicense& b) { return a.product < b.product; });
  groups_.push_back(std::move(group));
}

void ObservedBuilder::AddReference(GroupReading reading) {
  references_.push_back(std::move(reading));
}

void ObservedBuilder::AddLinked(LinkedUsers linked) {
  SortUnique(linked.users);
  linked_.push_back(std::move(linked));
}

void ObservedBuilder::AddSubscription(Subscription subscription) {
  SubscriptionsKnown();
  subscriptions_->push_back(std::move(subscription));
}

void ObservedBuilder::SubscriptionsKnown() {
  if (!subscriptions_) subscriptions_.emplace();
}

ProductIndex ObservedBuilder::InternProduct(const SkuId& id) {
  const auto [known, is_new] = product_of_.emplace(id, static_cast<ProductIndex>(products_.size()));
  if (is_new) products_.push_back(Product{.id = id});
  return known->second;
}

PlanSetIndex ObservedBuilder::InternPlans(std::span<const PlanId> plans) {
  if (plans.empty()) return 0;
  std::vector<PlanId> sorted(plans.begin(), plans.end());
  SortUnique(sorted);
  const auto [known, is_new] =
      plan_set_of_.emplace(std::move(sorted), static_cast<PlanSetIndex>(plan_sets_.size()));
  if (is_new) plan_sets_.push_back(known->first);
  return known->second;
}

std::uint32_t ObservedBuilder::InternText(std::string_view text) {
  const auto [known, is_new] =
      text_of_.emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.emplace_back(text);
  return known->second;
}

void ObservedBuilder::SortProducts(ObservedState& state) {
  std::vector<ProductIndex> order(products_.size());
  std::iota(order.begin(), order.end(), ProductIndex{0});
  std::sort(order.begin(), order.end(),
            [this](ProductIndex a, ProductIndex b) { return products_[a].id < products_[b].id; });
  std::vector<ProductIndex> new_index(products_.size());
  for (std::size_t position = 0; position < order.size(); ++position) {
    new_index[order[position]] = static_cast<ProductIndex>(position);
    state.products.push_back(std::move(products_[order[position]]));
    state.product_ids.push_back(state.products.back().id);
  }
  for (auto& rows : assignments_) {
    for (auto& row : rows) row.product = new_index[row.product];
    std::sort(rows.begin(), rows.end(),
              [this](const AssignmentRow& a, const AssignmentRow& b) { return Before(a, b); });
  }
}

// The order of one user's rows by what they say, not by how things were numbered or when they came:
// product ids have been sorted by then, so the index orders as the id does.
bool ObservedBuilder::Before(const AssignmentRow& a, const AssignmentRow& b) const {
  return std::tie(a.product, a.source, a.group, a.state, plan_sets_[a.disabled_plans],
                  texts_[a.error], texts_[a.updated]) <
         std::tie(b.product, b.source, b.group, b.state, plan_sets_[b.disabled_plans],
                  texts_[b.error], texts_[b.updated]);
}

void ObservedBuilder::SortUsers(ObservedState& state) {
  std::vector<std::uint32_t> order(users_.ids_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [this](std::uint32_t a, std::uint32_t b) { return users_.ids_[a] < users_.ids_[b]; });
  UserTable sorted;
  sorted.columns_ = std::move(users_.columns_);
  sorted.extensions_ = std::move(users_.extensions_);
  sorted.ForEachColumn([&](auto& column) { column.Permute(order); });
  sorted.ids_.reserve(order.size());
  sorted.known_.reserve(order.size());
  sorted.assignment_begin_.reserve(order.size() + 1);
  for (const auto row : order) {
    if (!users_.is_person(row)) {
      sorted.other_types_.emplace(static_cast<Row>(sorted.size()),
                                  std::move(users_.other_types_[row]));
    }
    sorted.ids_.push_back(users_.ids_[row]);
    sorted.known_.push_back(users_.known_[row]);
    sorted.assignment_begin_.push_back(static_cast<std::uint32_t>(sorted.rows_.size()));
    sorted.rows_.insert(sorted.rows_.end(), assignments_[row].begin(), assignments_[row].end());
  }
  sorted.assignment_begin_.push_back(static_cast<std::uint32_t>(sorted.rows_.size()));
  sorted.principal_names_ = NameIndex(*sorted.strings(rule::Property::kUserPrincipalName));
  state.users = std::move(sorted);
}

ObservedState ObservedBuilder::Finish(std::string tenant, WallTime read_at) {
  ObservedState state;
  state.tenant = std::move(tenant);
  state.read_at = read_at_.value_or(read_at);
  state.properties = properties_;
  SortProducts(state);
  SortUsers(state);
  state.plan_sets = std::move(plan_sets_);
  state.texts = std::move(texts_);
  state.groups = std::move(groups_);
  std::stable_sort(state.groups.begin(), state.groups.end(),
                   [](const Group& a, const Group& b) { return a.id < b.id; });
  // Two references may name one group: by its name and by its id.
  state.groups.erase(std::unique(state.groups.begin(), state.groups.end(),
                                 [](const Group& a, const Group& b) { return a.id == b.id; }),
                     state.groups.end());
  state.references = std::move(references_);
  std::sort(state.references.begin(), state.references.end(),
            [](const GroupReading& a, const GroupReading& b) { return a.reference < b.reference; });
  state.linked = std::move(linked_);
  std::stable_sort(state.linked.begin(), state.linked.end(),
                   [](const LinkedUsers& a, const LinkedUsers& b) { return a.link < b.link; });
  state.linked.erase(std::unique(state.linked.begin(), state.linked.end(),
                                 [](const auto& a, const auto& b) { return a.link == b.link; }),
                     state.linked.end());
  state.subscriptions = std::move(subscriptions_);
  state.clock_skew = clock_skew_;
  *this = ObservedBuilder(properties_);
  return state;
}

}  // namespace seatkeeper
