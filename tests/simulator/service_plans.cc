#include "tests/simulator/service_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "tests/simulator/errors.h"

namespace seatkeeper::sim {
namespace {

constexpr std::string_view kTeams = "57ff2da0-773e-42df-b2af-ffb7a2317929";        // TEAMS1
constexpr std::string_view kTeamsFree = "4fa4026d-ce74-4962-a151-8e96d57ea8e4";    // TEAMS_FREE
constexpr std::string_view kPhone = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";        // MCOEV
constexpr std::string_view kSkypeOnline = "0feaeb32-d00e-4d66-bd5a-43b5b83db82c";  // MCOSTANDARD
constexpr std::string_view kProjectSite =
    "fe71d6c3-a2ea-4499-9778-da042bf08063";  // SHAREPOINT_PROJECT
constexpr std::string_view kSharePointPlan2 =
    "5dbe027f-2339-4123-9542-606e4d348a72";  // SHAREPOINTENTERPRISE

constexpr std::array<std::string_view, 2> kMailboxes{
    "efb87545-963c-4e0d-99df-69c6916d9eb0",   // EXCHANGE_S_ENTERPRISE
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c"};  // EXCHANGE_S_STANDARD

struct Dependency {
  std::string_view plan;
  std::array<std::string_view, 2> any_of;
};

constexpr std::array kDependencies{
    Dependency{kProjectSite, {kSharePointPlan2, kSharePointPlan2}},
    Dependency{kPhone, {kTeams, kSkypeOnline}},
};

bool Has(const std::set<std::string>& plans, std::string_view plan) {
  return plans.contains(std::string(plan));
}

bool Violates(const std::set<std::string>& plans, const Dependency& dependency) {
  return Has(plans, dependency.plan) &&
         std::none_of(dependency.any_of.begin(), dependency.any_of.end(),
                      [&](std::string_view plan) { return Has(plans, plan); });
}

bool HasAnyMailbox(const std::set<std::string>& plans) {
  return std::any_of(kMailboxes.begin(), kMailboxes.end(),
                     [&](std::string_view plan) { return Has(plans, plan); });
}

}  // namespace

std::vector<MergedLicense> MergeRows(const std::vector<AssignmentRow>& rows) {
  std::vector<MergedLicense> merged;
  for (const AssignmentRow& row : rows) {
    if (!row.HoldsSeat()) continue;
    const auto known =
        std::find_if(merged.begin(), merged.end(),
                     [&](const MergedLicense& license) { return license.sku_id == row.sku_id; });
    if (known == merged.end()) {
      merged.push_back({row.sku_id, row.disabled_plans});
      continue;
    }
    std::erase_if(known->disabled_plans, [&](const std::string& plan) {
      return std::find(row.disabled_plans.begin(), row.disabled_plans.end(), plan) ==
             row.disabled_plans.end();
    });
  }
  return merged;
}

std::set<std::string> EnabledPlans(const Directory& directory,
                                   const std::vector<AssignmentRow>& rows) {
  std::set<std::string> enabled;
  for (const MergedLicense& license : MergeRows(rows)) {
    const Sku* sku = directory.FindSku(license.sku_id);
    if (sku == nullptr) continue;
    for (const std::string& plan : sku->plan_ids) {
      const auto& off = license.disabled_plans;
      if (std::find(off.begin(), off.end(), plan) == off.end()) enabled.insert(plan);
    }
  }
  return enabled;
}

std::optional<PlanViolation> FindPlanViolation(const Directory& directory,
                                               const std::vector<AssignmentRow>& before,
                                               const std::vector<AssignmentRow>& after) {
  const std::set<std::string> was = EnabledPlans(directory, before);
  const std::set<std::string> now = EnabledPlans(directory, after);
  const auto clashes = [](const std::set<std::string>& plans) {
    return Has(plans, kTeams) && Has(plans, kTeamsFree);
  };
  if (clashes(now) && !clashes(was)) {
    return PlanViolation{"MutuallyExclusiveViolation",
                         fmt::format("License assignment failed because service plans {}, {} are "
                                     "mutually exclusive.",
                                     kTeamsFree, kTeams),
                         {std::string(kTeams), std::string(kTeamsFree)}};
  }
  for (const Dependency& dependency : kDependencies) {
    if (!Violates(now, dependency) || Violates(was, dependency)) continue;
    std::set<std::string> plans{std::string(dependency.plan)};
    std::string needed;
    for (const std::string_view plan : dependency.any_of) {
      if (!plans.emplace(plan).second) continue;
      if (!needed.empty()) needed += ", ";
      needed += plan;
    }
    return PlanViolation{"DependencyViolation",
                         fmt::format("License assignment failed because service plan {} depends "
                                     "on the service plan(s) {}.",
                                     dependency.plan, needed),
                         std::move(plans)};
  }
  return std::nullopt;
}

void CheckServicePlans(const Directory& directory, const std::vector<AssignmentRow>& before,
                       const std::vector<AssignmentRow>& after) {
  const auto violation = FindPlanViolation(directory, before, after);
  if (violation) throw BadRequest(violation->message);
}

bool HasMailbox(const Sku& sku) {
  return HasAnyMailbox({sku.plan_ids.begin(), sku.plan_ids.end()});
}

bool TakesMailbox(const Directory& directory, const User& user,
                  const std::vector<AssignmentRow>& after) {
  return user.address_taken && HasAnyMailbox(EnabledPlans(directory, after)) &&
         !HasAnyMailbox(EnabledPlans(directory, user.rows));
}

}  // namespace seatkeeper::sim
