#include "tests/simulator/shapes.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "tests/simulator/assigned_plans.h"
#include "tests/simulator/errors.h"
#include "tests/simulator/group_worker.h"
#include "tests/simulator/service_plans.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// Of what is no more than that, answers need not say it.
const std::string kPlainUser = "#microsoft.graph.user";

const Selection kUserDefaults{
    "businessPhones", "displayName",    "givenName",         "id",      "jobTitle",         "mail",
    "mobilePhone",    "officeLocation", "preferredLanguage", "surname", "userPrincipalName"};

// A group's licence properties and its members are not part of the default set.
const Selection kGroupDefaults{"createdDateTime",
                               "description",
                               "displayName",
                               "groupTypes",
                               "id",
                               "mail",
                               "mailEnabled",
                               "mailNickname",
                               "membershipRule",
                               "membershipRuleProcessingState",
                               "onPremisesSyncEnabled",
                               "securityEnabled",
                               "visibility"};

const std::set<std::string_view> kUserProperties{"accountEnabled",
                                                 "ageGroup",
                                                 "assignedLicenses",
                                                 "assignedPlans",
                                                 "businessPhones",
                                                 "city",
                                                 "companyName",
                                                 "consentProvidedForMinor",
                                                 "country",
                                                 "createdDateTime",
                                                 "creationType",
                                                 "deletedDateTime",
                                                 "department",
                                                 "displayName",
                                                 "employeeHireDate",
                                                 "employeeId",
                                                 "employeeLeaveDateTime",
                                                 "employeeOrgData",
                                                 "employeeType",
                                                 "externalUserState",
                                                 "externalUserStateChangeDateTime",
                                                 "faxNumber",
                                                 "givenName",
                                                 "id",
                                                 "identities",
                                                 "imAddresses",
                                                 "isManagementRestricted",
                                                 "isResourceAccount",
                                                 "jobTitle",
                                                 "lastPasswordChangeDateTime",
                                                 "legalAgeGroupClassification",
                                                 "licenseAssignmentStates",
                                                 "mail",
                                                 "mailNickname",
                                                 "mobilePhone",
                                                 "officeLocation",
                                                 "onPremisesDistinguishedName",
                                                 "onPremisesDomainName",
                                                 "onPremisesExtensionAttributes",
                                                 "onPremisesImmutableId",
                                                 "onPremisesLastSyncDateTime",
                                                 "onPremisesProvisioningErrors",
                                                 "onPremisesSamAccountName",
                                                 "onPremisesSecurityIdentifier",
                                                 "onPremisesSyncEnabled",
                                                 "onPremisesUserPrincipalName",
                                                 "otherMails",
                                                 "passwordPolicies",
                                                 "passwordProfile",
                                                 "postalCode",
                                                 "preferredDataLocation",
                                                 "preferredLanguage",
                                                 "provisionedPlans",
                                                 "proxyAddresses",
                                                 "securityIdentifier",
                                                 "serviceProvisioningErrors",
                                                 "showInAddressList",
                                                 "signInActivity",
                                                 "signInSessionsValidFromDateTime",
                                                 "state",
                                                 "streetAddress",
                                                 "surname",
                                                 "usageLocation",
                                                 "userPrincipalName",
                                                 "userType"};

const std::set<std::string_view> kSingleReadOnly{
    "aboutMe",      "birthday",      "hireDate",         "interests", "mailboxSettings", "mySite",
    "pastProjects", "preferredName", "responsibilities", "schools",   "skills"};

const std::set<std::string_view> kCollections{"assignedPlans",  "businessPhones",
                                              "groupTypes",     "identities",
                                              "imAddresses",    "onPremisesProvisioningErrors",
                                              "otherMails",     "provisionedPlans",
                                              "proxyAddresses", "serviceProvisioningErrors"};

const std::set<std::string_view> kGroupProperties{"assignedLabels",
                                                  "assignedLicenses",
                                                  "classification",
                                                  "createdDateTime",
                                                  "deletedDateTime",
                                                  "description",
                                                  "displayName",
                                                  "expirationDateTime",
                                                  "groupTypes",
                                                  "id",
                                                  "isAssignableToRole",
                                                  "licenseProcessingState",
                                                  "mail",
                                                  "mailEnabled",
                                                  "mailNickname",
                                                  "membershipRule",
                                                  "membershipRuleProcessingState",
                                                  "onPremisesSyncEnabled",
                                                  "proxyAddresses",
                                                  "renewedDateTime",
                                                  "securityEnabled",
                                                  "securityIdentifier",
                                                  "visibility"};

GraphError UnknownProperty(const std::string& name, const char* type) {
  return BadRequest("Parsing OData Select and Expand failed: Could not find a property named '" +
                    name + "' on type 'microsoft.graph." + type + "'.");
}

// Graph answers null (or an empty collection) for a property of its own that was never set.
json ValueOrUnset(std::optional<json> found, const std::string& name) {
  if (found) return *std::move(found);
  return kCollections.contains(name) ? json::array() : json(nullptr);
}

json ExtensionAttributes(const Properties& properties) {
  json all = json::object();
  for (int i = 1; i <= 15; ++i) all["extensionAttribute" + std::to_string(i)] = nullptr;
  const auto found = properties.Find("onPremisesExtensionAttributes");
  if (found && found->is_object()) all.update(*found);
  return all;
}

// Names an application by its id without hyphens.
bool IsExtension(const std::string& name) {
  constexpr std::size_t kPrefix = 10;
  constexpr std::size_t kAppId = 32;
  return name.starts_with("extension_") && name.size() > kPrefix + kAppId + 1 &&
         name[kPrefix + kAppId] == '_' &&
         name.find_first_not_of("0123456789abcdefABCDEF", kPrefix) == kPrefix + kAppId;
}

// Whether an extension that was never set is left out or null is not documented: both are seen.
void AddExtension(const User& user, const std::string& name, json& out) {
  if (auto found = user.properties.Find(name)) {
    out[name] = *std::move(found);
  } else if (StableHash(user.id) % 2 == 0) {
    out[name] = nullptr;
  }
}

}  // namespace

void CheckUserSelection(const Directory& directory, const Selection& selection, Reading reading,
                        UnknownExtension unknown) {
  for (const std::string& name : selection) {
    if (kUserProperties.contains(name) || directory.FindExtension(name)) continue;
    if (unknown == UnknownExtension::kIgnored && IsExtension(name)) continue;
    if (kSingleReadOnly.contains(name)) {
      if (reading == Reading::kSingle) continue;
      throw GraphError(501, "NotImplemented",
                       "The property '" + name + "' is not supported in a collection of users.");
    }
    const auto& users = directory.users();
    if (std::none_of(users.begin(), users.end(),
                     [&](const auto& entry) { return entry.second.properties.contains(name); })) {
      throw UnknownProperty(name, "user");
    }
  }
}

void CheckGroupSelection(const Directory& directory, const Selection& selection) {
  for (const std::string& name : selection) {
    const auto& groups = directory.groups();
    if (!kGroupProperties.contains(name) &&
        std::none_of(groups.begin(), groups.end(),
                     [&](const auto& entry) { return entry.second.properties.contains(name); })) {
      throw UnknownProperty(name, "group");
    }
  }
}

const Selection& DefaultUserSelection() { return kUserDefaults; }
const Selection& DefaultGroupSelection() { return kGroupDefaults; }

json UserJson(const Directory& directory, const User& user, const Selection& selection,
              const std::vector<AssignmentRow>& rows) {
  json out = json::object();
  for (const std::string& name : selection.empty() ? kUserDefaults : selection) {
    if (name == "id") {
      out["id"] = user.id;
    } else if (name == "licenseAssignmentStates") {
      out[name] = RowsJson(rows);
    } else if (name == "assignedLicenses") {
      out[name] = MergedJson(rows);
    } else if (name == "assignedPlans") {
      out[name] = AssignedPlansJson(directory, user, rows);
    } else if (name == "onPremisesExtensionAttributes") {
      out[name] = ExtensionAttributes(user.properties);
    } else if (name == "signInActivity") {
      out["id"] = user.id;  // comes along whether it was selected or not
      if (auto found = user.properties.Find(name)) out[name] = *std::move(found);
    } else if (const auto extension = directory.FindExtension(name)) {
      AddExtension(user, *extension, out);
    } else if (kUserProperties.contains(name) || user.properties.contains(name)) {
      out[name] = ValueOrUnset(user.properties.Find(name), name);
    }
  }
  // Of what is no plain user the service says so, whatever was selected.
  const auto type = user.Text("@odata.type").value_or(kPlainUser);
  if (type != kPlainUser) out["@odata.type"] = type;
  return out;
}

json GroupJson(const Group& group, const Selection& selection) {
  json out = json::object();
  for (const std::string& name : selection.empty() ? kGroupDefaults : selection) {
    if (name == "id") {
      out["id"] = group.id;
    } else if (name == "assignedLicenses") {
      out[name] = GroupLicensesJson(group);
    } else if (name == "licenseProcessingState") {
      out[name] = ProcessingJson(group);
    } else if (kGroupProperties.contains(name) || group.properties.contains(name)) {
      const auto found = group.properties.find(name);
      out[name] = ValueOrUnset(
          found == group.properties.end() ? std::nullopt : std::optional<json>(*found), name);
    }
  }
  return out;
}

json SkuJson(const Directory& directory, const Sku& sku, const Selection& selection) {
  json out = sku.properties;
  out["skuId"] = sku.sku_id;
  out["consumedUnits"] = directory.ConsumedUnits(sku.sku_id);
  return Selected(out, selection);
}

json Selected(const json& object, const Selection& selection) {
  if (selection.empty()) return object;
  json out = json::object();
  for (const std::string& name : selection) {
    const auto found = object.find(name);
    if (found != object.end()) out[name] = *found;
  }
  return out;
}

json RowsJson(const std::vector<AssignmentRow>& rows) {
  json out = json::array();
  for (const AssignmentRow& row : rows) {
    out.push_back({{"skuId", row.sku_id},
                   {"disabledPlans", row.disabled_plans},
                   {"assignedByGroup", row.group_id ? json(*row.group_id) : json(nullptr)},
                   {"state", row.state},
                   {"error", row.error ? json(*row.error) : json(nullptr)},
                   {"lastUpdatedDateTime",
                    row.last_updated.empty() ? json(nullptr) : json(row.last_updated)}});
  }
  return out;
}

json MergedJson(const std::vector<AssignmentRow>& rows) {
  json out = json::array();
  for (const MergedLicense& license : MergeRows(rows)) {
    out.push_back({{"skuId", license.sku_id}, {"disabledPlans", license.disabled_plans}});
  }
  return out;
}

json GroupLicensesJson(const Group& group) {
  json out = json::array();
  for (const GroupLicense& license : group.licenses) {
    out.push_back({{"skuId", license.sku_id}, {"disabledPlans", license.disabled_plans}});
  }
  return out;
}

}  // namespace seatkeeper::sim
