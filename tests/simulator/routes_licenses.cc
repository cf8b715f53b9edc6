#include <algorithm>
#include <set>

#include "tests/simulator/errors.h"
#include "tests/simulator/group_licensing.h"
#include "tests/simulator/license_request.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/paging.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/service_plans.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// The default set, whatever was changed: licences are not in it.
json Written(const Call& call, const User& user) {
  json shown = UserJson(call.world.directory, user, {}, user.rows);
  shown["@odata.context"] = ContextOf(call, "users") + "/$entity";
  return shown;
}

json PlanDetails(const Sku& sku, const std::set<std::string>& enabled) {
  json details = json::array();
  const auto plans = sku.properties.find("servicePlans");
  if (plans == sku.properties.end()) return details;
  for (const json& plan : *plans) {
    const bool on = enabled.contains(plan.value("servicePlanId", ""));
    json shown = plan;
    shown["provisioningStatus"] = on ? plan.value("provisioningStatus", "Success") : "Disabled";
    details.push_back(std::move(shown));
  }
  return details;
}

// Why the service could not do what the groups of the user want.
std::string ReasonOf(const AssignmentRow& row) {
  const std::string error = row.error.value_or("None");
  if (error == "CountViolation") {
    return "Subscription with SKU " + row.sku_id + " does not have any available licenses.";
  }
  if (error == "ProhibitedInUsageLocationViolation") {
    return "License " + row.sku_id +
           " is not available in the location indicated in this user's usageLocation.";
  }
  return "License assignment failed: " + error + " of the license " + row.sku_id + ".";
}

}  // namespace

Reply AssignLicenseToUser(Call& call) {
  AllowOnly(call.target, {});
  const LicenseRequest asked = ReadLicenseRequest(call.request);
  User& user = RequireUser(call);
  BeginWrite(call, user.id);
  Reply reply;
  reply.effective = AssignLicenses(call.world.directory, user, asked.add, asked.remove,
                                   call.Moment(), call.world.quirks);
  reply.body = Written(call, user);
  return reply;
}

// What the user's groups give is tried again, now; what is still in the way is said.
Reply ReprocessLicenses(Call& call) {
  AllowOnly(call.target, {});
  User& user = RequireUser(call);
  BeginWrite(call, user.id);
  const std::vector<AssignmentRow> before = user.rows;
  ApplyGroupLicenses(call.world.directory, user, call.Moment(), call.world.quirks);
  const auto failed =
      std::find_if(user.rows.begin(), user.rows.end(), [](const AssignmentRow& row) {
        return row.group_id && row.error.value_or("None") != "None" && row.error != "Other";
      });
  if (failed != user.rows.end()) throw BadRequest(ReasonOf(*failed));
  Reply reply;
  reply.effective = before != user.rows;
  reply.body = Written(call, user);
  return reply;
}

Reply ListLicenseDetails(Call& call) {
  AllowOnly(call.target, {"$select"});
  const Directory& directory = call.world.directory;
  const User& user = RequireUser(call);
  const Selection selection = SelectOf(call.target);
  const std::set<std::string> enabled = EnabledPlans(directory, user.rows);
  json value = json::array();
  for (const MergedLicense& license : MergeRows(user.rows)) {
    const Sku* sku = directory.FindSku(license.sku_id);
    if (sku == nullptr) continue;
    value.push_back(Selected({{"id", Base64Url(user.id + license.sku_id)},
                              {"skuId", license.sku_id},
                              {"skuPartNumber", sku->PartNumber()},
                              {"servicePlans", PlanDetails(*sku, enabled)}},
                             selection));
  }
  Reply reply;
  reply.body = {{"@odata.context", ContextOf(call, "users('" + user.id + "')/licenseDetails")},
                {"value", std::move(value)}};
  return reply;
}

// The members follow in the background (group_worker.h), and what fails for one of them the caller
// is never told: it stands in the member's rows.
Reply AssignLicenseToGroup(Call& call) {
  AllowOnly(call.target, {});
  const LicenseRequest asked = ReadLicenseRequest(call.request);
  Group& group = RequireGroup(call);
  BeginWrite(call, group.id);
  Reply reply;
  reply.status = 202;
  reply.effective =
      AssignLicensesToGroup(call.world.directory, group, asked.add, asked.remove, call.now);
  if (reply.effective) GroupWorker::Queue(group, call.now);
  reply.body = GroupJson(group, {});
  reply.body["@odata.context"] = ContextOf(call, "groups") + "/$entity";
  // Names the group; asking there tells nothing about the progress.
  reply.headers.emplace_back("Location", call.Origin() + "/v2/" + call.world.options.tenant_id +
                                             "/directoryObjects/" + group.id +
                                             "/Microsoft.DirectoryServices.Group");
  return reply;
}

Reply ListMembersWithErrors(Call& call) {
  AllowOnly(call.target, {"$select", "$top", "$skiptoken"});
  const Directory& directory = call.world.directory;
  const Group& group = RequireGroup(call);
  const Selection selection = SelectOf(call.target);
  CheckUserSelection(directory, selection, Reading::kListing, call.world.unknown_extension);
  std::set<std::uint64_t> ordinals;
  for (const User* user : UsersWithErrors(directory, group)) ordinals.insert(user->ordinal);
  return ListReply(call, ReadPage(call, kPageSizeMax), ContextOf(call, "directoryObjects"),
                   std::vector<std::uint64_t>(ordinals.begin(), ordinals.end()),
                   [&](std::uint64_t ordinal) {
                     const User& user = directory.users().at(ordinal);
                     json shown = UserJson(directory, user, selection, user.rows);
                     shown["@odata.type"] = "#microsoft.graph.user";
                     shown["id"] = user.id;
                     return shown;
                   });
}

}  // namespace seatkeeper::sim
