#include "tests/simulator/snapshot.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/simulator/assigned_plans.h"
#include "tests/simulator/group_licensing.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/random.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr const char* kCountry = "countryLetterCode";
constexpr const char* kProhibited = "prohibitedLocations";
constexpr const char* kAddressTaken = "addressTaken";

const json& Member(const json& object, const char* name) {
  static const json missing;
  const auto found = object.find(name);
  return found == object.end() ? missing : *found;
}

std::string RequiredId(const json& object, const char* name, const std::string& where) {
  if (!object.is_object()) throw SnapshotError(where + ": must be an object");
  const json& value = Member(object, name);
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    throw SnapshotError(fmt::format("{}.{}: missing or not a string", where, name));
  }
  return ToLower(value.get<std::string>());
}

std::optional<std::string> OptionalText(const json& object, const char* name,
                                        const std::string& where) {
  const json& value = Member(object, name);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) throw SnapshotError(fmt::format("{}.{}: must be text", where, name));
  return value.get<std::string>();
}

std::vector<std::string> Ids(const json& list, const std::string& where) {
  std::vector<std::string> ids;
  if (list.is_null()) return ids;
  if (!list.is_array()) throw SnapshotError(where + ": must be a list");
  for (const json& entry : list) {
    const bool object = entry.is_object() && Member(entry, "id").is_string();
    if (!entry.is_string() && !object) throw SnapshotError(where + ": must hold ids");
    const std::string id =
        ToLower(object ? entry["id"].get<std::string>() : entry.get<std::string>());
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

// A list, a whole answer of Graph that holds one, or nothing.
const json& Entries(const json& document, const char* name) {
  static const json none = json::array();
  const json& value = Member(document, name);
  if (value.is_null()) return none;
  const json& list = value.is_object() ? Member(value, "value") : value;
  if (!list.is_array()) throw SnapshotError(std::string(name) + ": must be a list");
  return list;
}

std::vector<AssignmentRow> ReadRows(const json& list, const std::string& where) {
  if (!list.is_array()) throw SnapshotError(where + ": must be a list");
  std::vector<AssignmentRow> rows;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", where, i);
    AssignmentRow row;
    row.sku_id = RequiredId(list[i], "skuId", here);
    row.disabled_plans = Ids(Member(list[i], "disabledPlans"), here + ".disabledPlans");
    if (auto group = OptionalText(list[i], "assignedByGroup", here)) row.group_id = ToLower(*group);
    row.state = OptionalText(list[i], "state", here).value_or("Active");
    row.error = OptionalText(list[i], "error", here);
    row.last_updated = OptionalText(list[i], "lastUpdatedDateTime", here).value_or("");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<AssignedPlan> ReadAssignedPlans(const json& list, const std::string& where) {
  std::vector<AssignedPlan> plans;
  if (list.is_null()) return plans;
  if (!list.is_array()) throw SnapshotError(where + ": must be a list");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", where, i);
    plans.push_back({.assigned = {},
                     .status = {},
                     .service = {},
                     .plan_id = RequiredId(list[i], "servicePlanId", here)});
    plans.back().assigned = OptionalText(list[i], "assignedDateTime", here).value_or("");
    plans.back().status = OptionalText(list[i], "capabilityStatus", here).value_or("Enabled");
    plans.back().service = OptionalText(list[i], "service", here).value_or("");
  }
  return plans;
}

std::string ReadManager(const json& value, const std::string& where) {
  if (value.is_null()) return "";
  if (value.is_string()) return ToLower(value.get<std::string>());
  return RequiredId(value, "id", where);
}

// Merged licences that no group of the user gives must have been assigned directly.
std::vector<AssignmentRow> DirectRows(const Directory& directory, const User& user,
                                      const std::vector<GroupLicense>& merged, WallTimeMs now) {
  std::set<std::string> inherited;
  for (const auto& [ordinal, group] : directory.groups()) {
    if (group.licenses.empty()) continue;
    if (!group.HasMember(user.id)) continue;
    for (const GroupLicense& license : group.licenses) inherited.insert(license.sku_id);
  }
  std::vector<AssignmentRow> rows;
  for (const GroupLicense& license : merged) {
    if (inherited.contains(license.sku_id)) continue;
    rows.push_back({license.sku_id, license.disabled_plans, std::nullopt, "Active", std::nullopt,
                    IsoTime(now)});
  }
  return rows;
}

void LoadUsers(const json& list, Directory& directory,
               std::vector<std::pair<std::string, std::vector<GroupLicense>>>& without_rows) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("users[{}]", i);
    User user = ReadUser(list[i], where);
    if (!Member(list[i], "licenseAssignmentStates").is_array()) {
      without_rows.emplace_back(user.id,
                                ReadGroupLicenses(Member(list[i], "assignedLicenses"), where));
    }
    directory.AddUser(std::move(user));
  }
}

}  // namespace

User ReadUser(const json& entry, const std::string& where) {
  User user;
  user.id = RequiredId(entry, "id", where);
  const json& rows = Member(entry, "licenseAssignmentStates");
  if (!rows.is_null()) user.rows = ReadRows(rows, where + ".licenseAssignmentStates");
  user.other_plans = ReadAssignedPlans(Member(entry, "assignedPlans"), where + ".assignedPlans");
  user.manager = ReadManager(Member(entry, "manager"), where + ".manager");
  json properties = entry;
  user.address_taken = Member(entry, kAddressTaken) == true;
  OptionalText(entry, "userPrincipalName", where);
  for (const char* own : {"id", "licenseAssignmentStates", "assignedLicenses", "assignedPlans",
                          "manager", kAddressTaken}) {
    properties.erase(own);
  }
  user.properties = properties;
  return user;
}

std::vector<GroupLicense> ReadGroupLicenses(const json& list, const std::string& where) {
  std::vector<GroupLicense> licenses;
  if (list.is_null()) return licenses;
  if (!list.is_array()) throw SnapshotError(where + ".assignedLicenses: must be a list");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = fmt::format("{}.assignedLicenses[{}]", where, i);
    std::string sku_id = RequiredId(list[i], "skuId", here);
    licenses.push_back({std::move(sku_id), Ids(Member(list[i], "disabledPlans"), here)});
  }
  return licenses;
}

Group ReadGroup(const json& entry, const std::string& where) {
  Group group;
  group.id = RequiredId(entry, "id", where);
  group.members = Ids(Member(entry, "members"), where + ".members");
  group.licenses = ReadGroupLicenses(Member(entry, "assignedLicenses"), where);
  group.properties = entry;
  const json state = Member(Member(entry, "licenseProcessingState"), "state");
  if (state == "QueuedForProcessing" || state == "ProcessingInProgress") {
    group.work.state = GroupWork::State::kQueued;
  }
  for (const char* own : {"id", "members", "assignedLicenses", "licenseProcessingState"}) {
    group.properties.erase(own);
  }
  return group;
}

Sku ReadSku(const json& entry, const std::string& where) {
  Sku sku;
  sku.sku_id = RequiredId(entry, "skuId", where);
  sku.properties = entry;
  for (const char* own : {"consumedUnits", kProhibited}) sku.properties.erase(own);
  for (const std::string& country : Ids(Member(entry, kProhibited), where)) {
    sku.prohibited_locations.insert(ToUpper(country));
  }
  if (!sku.properties.contains("servicePlans")) return sku;
  json& plans = sku.properties["servicePlans"];
  if (!plans.is_array()) throw SnapshotError(where + ".servicePlans: must be a list");
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const std::string here = fmt::format("{}.servicePlans[{}]", where, i);
    sku.plan_ids.push_back(RequiredId(plans[i], "servicePlanId", here));
    plans[i]["servicePlanId"] = sku.plan_ids.back();
  }
  return sku;
}

Tenant ReadSnapshot(const json& document, WallTimeMs now) {
  if (!document.is_object()) throw SnapshotError("the document must be an object");
  if (OptionalText(document, "apiVersion", "document").value_or("seatkeeper/v1") !=
      "seatkeeper/v1") {
    throw SnapshotError("apiVersion: must be seatkeeper/v1");
  }
  if (OptionalText(document, "kind", "document").value_or("Snapshot") != "Snapshot") {
    throw SnapshotError("kind: must be Snapshot");
  }
  Tenant tenant;
  tenant.id = ToLower(OptionalText(document, "tenant", "document").value_or(""));
  Directory& directory = tenant.directory;
  if (const auto country = OptionalText(document, kCountry, "document")) {
    directory.SetCountry(ToUpper(*country));
  }
  std::vector<std::pair<std::string, std::vector<GroupLicense>>> without_rows;
  try {
    const json& skus = Entries(document, "subscribedSkus");
    for (std::size_t i = 0; i < skus.size(); ++i) {
      directory.AddSku(ReadSku(skus[i], fmt::format("subscribedSkus[{}]", i)));
    }
    LoadUsers(Entries(document, "users"), directory, without_rows);
    const json& groups = Entries(document, "groups");
    for (std::size_t i = 0; i < groups.size(); ++i) {
      directory.AddGroup(ReadGroup(groups[i], fmt::format("groups[{}]", i)));
    }
    for (const json& subscription : Entries(document, "subscriptions")) {
      directory.AddSubscription(subscription);
    }
  } catch (const std::invalid_argument& error) {
    throw SnapshotError(error.what());
  }
  Random quirks(StableHash(tenant.id));
  for (const auto& [id, merged] : without_rows) {
    User& user = *directory.FindUser(id);
    directory.SetRows(user, DirectRows(directory, user, merged, now));
    ApplyGroupLicenses(directory, user, {now}, quirks);
  }
  return tenant;
}

Tenant ParseSnapshot(std::string_view text, WallTimeMs now) {
  try {
    return ReadSnapshot(json::parse(text), now);
  } catch (const json::exception& error) {
    throw SnapshotError(error.what());
  }
}

json WriteSnapshot(const Directory& directory, const std::string& tenant_id, WallTimeMs now) {
  json users = json::array();
  for (const auto& [ordinal, user] : directory.users()) {
    json entry = user.properties.ToJson();
    entry["id"] = user.id;
    entry["assignedLicenses"] = MergedJson(user.rows);
    entry["licenseAssignmentStates"] = RowsJson(user.rows);
    entry["assignedPlans"] = AssignedPlansJson(directory, user, user.rows);
    entry["manager"] = user.manager.empty()
                           ? json(nullptr)
                           : json{{"@odata.type", "#microsoft.graph.user"}, {"id", user.manager}};
    if (user.address_taken) entry[kAddressTaken] = true;
    users.push_back(std::move(entry));
  }
  json groups = json::array();
  for (const auto& [ordinal, group] : directory.groups()) {
    json entry = group.properties;
    entry["id"] = group.id;
    entry["members"] = group.members;
    entry["assignedLicenses"] = GroupLicensesJson(group);
    if (group.work.IsUnfinished()) {
      entry.update(GroupJson(group, {"licenseProcessingState"}));
    }
    groups.push_back(std::move(entry));
  }
  json skus = json::array();
  for (const Sku& sku : directory.skus()) {
    skus.push_back(SkuJson(directory, sku, {}));
    if (!sku.prohibited_locations.empty()) skus.back()[kProhibited] = sku.prohibited_locations;
  }
  return {{"apiVersion", "seatkeeper/v1"}, {"kind", "Snapshot"},
          {"tenant", tenant_id},           {"readAt", IsoTime(now)},
          {"users", std::move(users)},     {"subscribedSkus", std::move(skus)},
          {"groups", std::move(groups)},   {"subscriptions", directory.subscriptions()},
          {kCountry, directory.country()}};
}

}  // namespace seatkeeper::sim
