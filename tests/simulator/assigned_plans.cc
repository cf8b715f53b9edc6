#include "tests/simulator/assigned_plans.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "tests/simulator/service_plans.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

// The service that a plan belongs to, as assignedPlans names it; told from the plan's name.
std::string ServiceOf(std::string_view plan_name) {
  static const std::vector<std::pair<std::string_view, const char*>> kServices{
      {"EXCHANGE", "exchange"},
      {"SHAREPOINT", "SharePoint"},
      {"MCO", "MicrosoftCommunicationsOnline"},
      {"TEAMS", "TeamspaceAPI"},
      {"YAMMER", "YammerEnterprise"},
      {"INTUNE", "SCO"},
      {"AAD_", "AADPremiumService"},
      {"RMS", "RMSOnline"},
      {"BI_", "PowerBI"},
      {"OFFICESUBSCRIPTION", "MicrosoftOffice"}};
  for (const auto& [prefix, service] : kServices) {
    if (plan_name.starts_with(prefix)) return service;
  }
  return std::string(plan_name);
}

bool Contains(const std::vector<AssignedPlan>& plans, const std::string& id) {
  return std::any_of(plans.begin(), plans.end(),
                     [&](const AssignedPlan& plan) { return plan.plan_id == id; });
}

json PlanJson(const AssignedPlan& plan) {
  return {{"assignedDateTime", plan.assigned},
          {"capabilityStatus", plan.status},
          {"service", plan.service},
          {"servicePlanId", plan.plan_id}};
}

}  // namespace

std::vector<AssignedPlan> PlansFrom(const Directory& directory,
                                    const std::vector<AssignmentRow>& rows) {
  const std::set<std::string> enabled = EnabledPlans(directory, rows);
  std::vector<AssignedPlan> plans;
  std::set<std::string> seen;
  for (const AssignmentRow& row : rows) {
    const Sku* sku = row.HoldsSeat() ? directory.FindSku(row.sku_id) : nullptr;
    if (sku == nullptr || !sku->properties.contains("servicePlans")) continue;
    const std::string status = sku->properties.value("capabilityStatus", "Enabled");
    for (const json& plan : sku->properties["servicePlans"]) {
      const std::string id = plan.value("servicePlanId", "");
      if (!enabled.contains(id) || !seen.insert(id).second) continue;
      plans.push_back({row.last_updated, status, ServiceOf(plan.value("servicePlanName", "")), id});
    }
  }
  return plans;
}

json AssignedPlansJson(const Directory& directory, const User& user,
                       const std::vector<AssignmentRow>& rows) {
  json out = json::array();
  const std::vector<AssignedPlan> given = PlansFrom(directory, rows);
  for (const AssignedPlan& plan : given) out.push_back(PlanJson(plan));
  for (const AssignedPlan& plan : user.other_plans) {
    if (!Contains(given, plan.plan_id)) out.push_back(PlanJson(plan));
  }
  return out;
}

void KeepLostPlans(const Directory& directory, const std::vector<AssignmentRow>& before,
                   const std::vector<AssignmentRow>& after, User& user) {
  const std::set<std::string> kept = EnabledPlans(directory, after);
  for (AssignedPlan& plan : PlansFrom(directory, before)) {
    if (kept.contains(plan.plan_id)) continue;
    std::erase_if(user.other_plans,
                  [&](const AssignedPlan& other) { return other.plan_id == plan.plan_id; });
    plan.status = "Deleted";
    user.other_plans.push_back(std::move(plan));
  }
}

}  // namespace seatkeeper::sim
