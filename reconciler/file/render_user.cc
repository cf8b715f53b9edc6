#include "reconciler/file/render_user.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reconciler/graph/user_select.h"
#include "reconciler/model/object_writer.h"
#include "reconciler/model/time.h"

namespace seatkeeper {
namespace {

using Rows = std::span<const AssignmentRow>;

// Each of these writes nothing for a value that is absent.
void Write(ObjectWriter& object, const rule::PropertyInfo& info, const StringColumn& column,
           Row row) {
  const auto code = column.code(row);
  if (code == StringColumn::kAbsent) return;
  if (IsFirstOfList(info.property)) {
    const auto text = column.text(row);
    object.Texts(info.graph_name, std::span(&text, column.has_text(row) ? 1 : 0));
  } else if (code == StringColumn::kNull) {
    object.Null(info.graph_name);
  } else {
    object.Text(info.graph_name, column.Text(code));
  }
}

void Write(ObjectWriter& object, const rule::PropertyInfo& info, const BooleanColumn& column,
           Row row) {
  using Value = BooleanColumn::Value;
  const Value value = column.value(row);
  if (value == Value::kNull) object.Null(info.graph_name);
  if (value == Value::kTrue || value == Value::kFalse) {
    object.Boolean(info.graph_name, value == Value::kTrue);
  }
}

void Write(ObjectWriter& object, const rule::PropertyInfo& info, const TimeColumn& column,
           Row row) {
  if (column.is_null(row)) object.Null(info.graph_name);
  if (const auto time = column.time(row)) object.Text(info.graph_name, FormatTime(*time));
}

void Write(ObjectWriter& object, const rule::PropertyInfo& info, const ListColumn& column,
           Row row) {
  const auto code = column.code(row);
  if (code == ListColumn::kAbsent) return;
  if (code == ListColumn::kNull) return object.Null(info.graph_name);
  std::vector<std::string_view> texts;
  for (const auto item : column.List(code)) texts.push_back(column.items().Text(item));
  object.Texts(info.graph_name, texts);
}

void WritePlans(ObjectWriter& user, std::string& out, const PlanColumn& column, Row row) {
  const auto& name = rule::Info(rule::Property::kAssignedPlans).graph_name;
  const auto code = column.code(row);
  if (code == PlanColumn::kAbsent) return;
  if (code == PlanColumn::kNull) return user.Null(name);
  user.Key(name) += '[';
  bool first = true;
  for (const auto index : column.PlanSet(code)) {
    if (!first) out += ',';
    first = false;
    const auto& plan = column.plans()[index];
    ObjectWriter object(out);
    object.Text("servicePlanId", column.texts().Text(plan.service_plan_id));
    object.Text("service", column.texts().Text(plan.service));
    object.Text("capabilityStatus", column.texts().Text(plan.capability_status));
    object.End();
  }
  out += ']';
}

// A property that may say who somebody is. False: it is written like any other.
bool WritePseudonym(ObjectWriter& object, const UserTable& users, Row row,
                    const rule::PropertyInfo& info, const Pseudonyms* pseudonyms) {
  const auto* column = users.strings(info.property);
  const bool named = info.property == rule::Property::kUserPrincipalName ||
                     info.property == rule::Property::kDisplayName;
  if (pseudonyms == nullptr || !named || column == nullptr || !column->has_text(row)) return false;
  object.Text(info.graph_name,
              pseudonyms->TextOf(info.property, users.id(row).guid, column->text(row)));
  return true;
}

void WriteProperty(ObjectWriter& object, const UserTable& users, Row row,
                   const rule::PropertyInfo& info) {
  if (const auto* strings = users.strings(info.property)) Write(object, info, *strings, row);
  if (const auto* booleans = users.booleans(info.property)) Write(object, info, *booleans, row);
  if (const auto* times = users.times(info.property)) Write(object, info, *times, row);
  if (const auto* lists = users.lists(info.property)) Write(object, info, *lists, row);
}

// The properties that lie in the object `parent` of the user; none, no object.
void WriteObject(ObjectWriter& user, const UserTable& users, Row row, std::string_view parent) {
  std::string text;
  ObjectWriter object(text);
  for (const auto& info : rule::Properties()) {
    if (ParentOf(info.property) == parent) WriteProperty(object, users, row, info);
  }
  object.End();
  if (text != "{}") user.Key(parent) += text;
}

void WriteExtension(ObjectWriter& user, const std::string& name, const StringColumn& column,
                    Row row) {
  const auto code = column.code(row);
  if (code == StringColumn::kNull) user.Null(name);
  if (code >= StringColumn::kFirstText) user.Text(name, column.Text(code));
}

void WriteProperties(ObjectWriter& user, std::string& out, const PropertySet& properties,
                     const UserTable& users, Row row, const Pseudonyms* pseudonyms) {
  for (const auto& info : rule::Properties()) {
    if (!ParentOf(info.property).empty()) continue;
    if (WritePseudonym(user, users, row, info, pseudonyms)) continue;
    WriteProperty(user, users, row, info);
  }
  if (const auto* plans = users.plans()) WritePlans(user, out, *plans, row);
  for (const auto* parent : {"onPremisesExtensionAttributes", "signInActivity"}) {
    WriteObject(user, users, row, parent);
  }
  for (const auto& extension : properties.extensions()) {
    if (const auto* column = users.extension(extension.name)) {
      WriteExtension(user, extension.name, *column, row);
    }
  }
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

}  // namespace

void RenderUser(const ObservedState& state, Row row, const Pseudonyms* pseudonyms,
                std::string& out) {
  ObjectWriter user(out);
  const auto id = state.users.id(row);
  user.Text("id", pseudonyms == nullptr ? id.ToString() : pseudonyms->IdOf(id.guid));
  const auto& others = state.users.not_people();
  if (const auto type = others.find(row); type != others.end()) {
    user.Text("@odata.type", type->second);
  }
  WriteProperties(user, out, state.properties, state.users, row, pseudonyms);
  WriteAssignments(user, out, state, row);
  user.End();
}

}  // namespace seatkeeper
