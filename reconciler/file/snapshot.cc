#include "reconciler/file/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace seatkeeper {
namespace {

using Rows = std::span<const AssignmentRow>;

// One JSON object on one line; fields come in the order in which they are added.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void End() { out_ += '}'; }

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    Quote(key);
    out_ += ':';
    return out_;
  }
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    Quote(value);
  }
  void TextUnlessEmpty(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, value);
  }
  void Number(std::string_view key, int value) { Key(key) += std::to_string(value); }
  void Null(std::string_view key) { Key(key) += "null"; }
  void Boolean(std::string_view key, bool value) { Key(key) += value ? "true" : "false"; }
  template <typename Items>
  void Ids(std::string_view key, const Items& ids) {
    Key(key) += '[';
    bool first = true;
    for (const auto& id : ids) {
      if (!first) out_ += ',';
      first = false;
      Quote(id.ToString());
    }
    out_ += ']';
  }

 private:
  void Quote(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string& out_;
  bool first_ = true;
};

// "name":[ one entry per line ], by a function that writes entry i.
template <typename WriteEntry>
void WriteList(std::string& out, std::string_view name, std::size_t count, WriteEntry&& write) {
  fmt::format_to(std::back_inserter(out), ",\n\"{}\":[", name);
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "\n" : ",\n";
    write(i);
  }
  out += count == 0 ? "]" : "\n]";
}

void WriteProperty(ObjectWriter& object, const ObservedState& state, Row row,
                   const rule::PropertyInfo& info) {
  if (const auto* strings = state.users.strings(info.property)) {
    const auto code = strings->code(row);
    if (code == StringColumn::kNull) object.Null(info.graph_name);
    if (code >= StringColumn::kFirstText) object.Text(info.graph_name, strings->Text(code));
  } else if (const auto* booleans = state.users.booleans(info.property)) {
    using Value = BooleanColumn::Value;
    const Value value = booleans->value(row);
    if (value == Value::kNull) object.Null(info.graph_name);
    if (value == Value::kTrue || value == Value::kFalse) {
      object.Boolean(info.graph_name, value == Value::kTrue);
    }
  }
}

bool HasExtensions(const ObservedState& state, Row row) {
  const auto properties = rule::Properties();
  return std::any_of(properties.begin(), properties.end(), [&](const rule::PropertyInfo& info) {
    const auto* column = state.users.strings(info.property);
    return rule::IsExtensionAttribute(info.property) && column != nullptr &&
           column->code(row) != StringColumn::kAbsent;
  });
}

void WriteExtensions(ObjectWriter& user, std::string& out, const ObservedState& state, Row row) {
  if (!HasExtensions(state, row)) return;
  user.Key("onPremisesExtensionAttributes");
  ObjectWriter extensions(out);
  for (const auto& info : rule::Properties()) {
    if (rule::IsExtensionAttribute(info.property)) WriteProperty(extensions, state, row, info);
  }
  extensions.End();
}

// A row that assignedLicenses alone can bring back.
bool IsImplied(const AssignmentRow& row, Rows rows) {
  if (row.source != AssignmentSource::kUnknown || row.state != AssignmentState::kActive) {
    return false;
  }
  if (row.error != 0 || row.updated != 0) return false;
  return std::count_if(rows.begin(), rows.end(), [&](const AssignmentRow& other) {
           return other.product == row.product;
         }) == 1;
}

// By product: the service plans that every holding row has off.
std::map<ProductIndex, std::vector<PlanId>> Merge(const ObservedState& state, Rows rows) {
  std::map<ProductIndex, std::vector<PlanId>> merged;
  for (const AssignmentRow& row : rows) {
    if (!row.holds_seat()) continue;
    const auto& off = state.plan_sets[row.disabled_plans];
    const auto [entry, is_new] = merged.emplace(row.product, off);
    if (is_new) continue;
    std::vector<PlanId> both;
    std::set_intersection(entry->second.begin(), entry->second.end(), off.begin(), off.end(),
                          std::back_inserter(both));
    entry->second = std::move(both);
  }
  return merged;
}

void WriteRow(std::string& out, const ObservedState& state, const AssignmentRow& row) {
  ObjectWriter object(out);
  object.Text("skuId", state.product_ids[row.product].ToString());
  object.Ids("disabledPlans", state.plan_sets[row.disabled_plans]);
  if (row.source == AssignmentSource::kDirect) object.Null("assignedByGroup");
  if (row.source == AssignmentSource::kGroup) {
    object.Text("assignedByGroup", row.group.ToString());
  }
  object.Text("state", ToString(row.state));
  object.Text("error", row.error == 0 ? std::string_view("None") : state.texts[row.error]);
  object.TextUnlessEmpty("lastUpdatedDateTime", state.texts[row.updated]);
  object.End();
}

void WriteAssignments(ObjectWriter& user, std::string& out, const ObservedState& state, Row row) {
  if (!state.users.assignments_known(row)) return;
  const Rows rows = state.users.assignments(row);
  user.Key("assignedLicenses") += '[';
  bool first = true;
  for (const auto& [product, disabled] : Merge(state, rows)) {
    if (!first) out += ',';
    first = false;
    ObjectWriter object(out);
    object.Text("skuId", state.product_ids[product].ToString());
    object.Ids("disabledPlans", disabled);
    object.End();
  }
  out += ']';
  user.Key("licenseAssignmentStates") += '[';
  first = true;
  for (const AssignmentRow& assignment : rows) {
    if (IsImplied(assignment, rows)) continue;
    if (!first) out += ',';
    first = false;
    WriteRow(out, state, assignment);
  }
  out += ']';
}

void WriteUser(std::string& out, const ObservedState& state, Row row) {
  ObjectWriter user(out);
  user.Text("id", state.users.id(row).ToString());
  for (const auto& info : rule::Properties()) {
    if (!rule::IsExtensionAttribute(info.property)) WriteProperty(user, state, row, info);
  }
  WriteExtensions(user, out, state, row);
  WriteAssignments(user, out, state, row);
  user.End();
}

void WritePlans(ObjectWriter& product, std::string& out, const std::vector<ServicePlan>& plans) {
  product.Key("servicePlans") += '[';
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (i > 0) out += ',';
    ObjectWriter plan(out);
    plan.Text("servicePlanId", plans[i].id.ToString());
    plan.TextUnlessEmpty("servicePlanName", plans[i].name);
    plan.TextUnlessEmpty("provisioningStatus", plans[i].provisioning_status);
    plan.TextUnlessEmpty("appliesTo", plans[i].applies_to);
    plan.End();
  }
  out += ']';
}

// Lets plain texts be written where ids are.
struct PlainText {
  const std::string& text;
  const std::string& ToString() const { return text; }
};

void WriteProduct(std::string& out, const Product& product) {
  ObjectWriter object(out);
  object.TextUnlessEmpty("id", product.raw_id);
  object.Text("skuId", product.id.ToString());
  object.TextUnlessEmpty("skuPartNumber", product.part_number);
  object.TextUnlessEmpty("appliesTo", product.applies_to);
  object.TextUnlessEmpty("capabilityStatus", product.capability_status);
  object.Number("consumedUnits", product.consumed);
  object.Key("prepaidUnits");
  ObjectWriter units(out);
  units.Number("enabled", product.prepaid.enabled);
  units.Number("warning", product.prepaid.warning);
  units.Number("suspended", product.prepaid.suspended);
  units.Number("lockedOut", product.prepaid.locked_out);
  units.End();
  WritePlans(object, out, product.plans);
  std::vector<PlainText> ids;
  for (const std::string& id : product.subscription_ids) ids.push_back({id});
  object.Ids("subscriptionIds", ids);
  object.End();
}

void WriteGroup(std::string& out, const Group& group) {
  ObjectWriter object(out);
  object.Text("id", group.id.ToString());
  object.Text("displayName", group.display_name);
  object.Ids("members", group.members);
  object.Key("assignedLicenses") += '[';
  for (std::size_t i = 0; i < group.licenses.size(); ++i) {
    if (i > 0) out += ',';
    ObjectWriter license(out);
    license.Text("skuId", group.licenses[i].product.ToString());
    license.Ids("disabledPlans", group.licenses[i].disabled_plans);
    license.End();
  }
  out += ']';
  object.End();
}

void WriteSubscription(std::string& out, const Subscription& subscription) {
  ObjectWriter object(out);
  object.Text("id", subscription.id);
  object.TextUnlessEmpty("commerceSubscriptionId", subscription.commerce_subscription_id);
  object.TextUnlessEmpty("skuId", subscription.sku_id);
  object.TextUnlessEmpty("skuPartNumber", subscription.sku_part_number);
  object.TextUnlessEmpty("status", subscription.status);
  if (subscription.is_trial) object.Boolean("isTrial", *subscription.is_trial);
  object.TextUnlessEmpty("createdDateTime", subscription.created);
  object.TextUnlessEmpty("nextLifecycleDateTime", subscription.next_lifecycle);
  object.Number("totalLicenses", subscription.total_licenses);
  object.TextUnlessEmpty("ownerId", subscription.owner_id);
  object.TextUnlessEmpty("ownerType", subscription.owner_type);
  object.TextUnlessEmpty("ownerTenantId", subscription.owner_tenant_id);
  object.End();
}

}  // namespace

std::string RenderSnapshot(const ObservedState& state) {
  std::string out = "{\n";
  {
    std::string head;
    ObjectWriter object(head);
    object.Text("apiVersion", "seatkeeper/v1");
    object.Text("kind", "Snapshot");
    object.Text("tenant", state.tenant);
    object.Text("readAt", FormatTime(state.read_at));
    out += head.substr(1);
  }
  WriteList(out, "users", state.users.size(),
            [&](std::size_t row) { WriteUser(out, state, static_cast<Row>(row)); });
  std::vector<const Product*> subscribed;
  for (const Product& product : state.products) {
    if (product.subscribed) subscribed.push_back(&product);
  }
  WriteList(out, "subscribedSkus", subscribed.size(),
            [&](std::size_t i) { WriteProduct(out, *subscribed[i]); });
  WriteList(out, "groups", state.groups.size(),
            [&](std::size_t i) { WriteGroup(out, state.groups[i]); });
  if (state.subscriptions) {
    WriteList(out, "subscriptions", state.subscriptions->size(),
              [&](std::size_t i) { WriteSubscription(out, (*state.subscriptions)[i]); });
  }
  return out + "\n}\n";
}

}  // namespace seatkeeper
