#include <algorithm>

#include "tests/simulator/generate_parts.h"
#include "tests/simulator/products.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr const char* kScarce = "Microsoft_365_Copilot";
constexpr const char* kSelfService = "FLOW_FREE";

const std::vector<std::string> kUnwantedPlans{"YAMMER_ENTERPRISE"};

void GiveEmployee(Person& person) {
  const Department& department = DepartmentOf(person);
  if (!department.suite.empty()) person.direct[std::string(department.suite)] = kUnwantedPlans;
  if (!department.extra.empty()) person.direct[std::string(department.extra)] = {};
  if (person.in_visio_group) person.direct["VISIOCLIENT"] = {};
  if (person.job_title == "Project Manager") person.direct["PROJECTPROFESSIONAL"] = {};
}

std::int64_t Units(const std::string& part_number, const SeatCounts& intended,
                   const SeatCounts& held) {
  const auto count = [&](const SeatCounts& counts) {
    const auto found = counts.find(part_number);
    return found == counts.end() ? std::int64_t{0} : found->second;
  };
  if (part_number == kSelfService) return 10'000;
  if (part_number == kScarce) return std::max<std::int64_t>(count(held), 1);
  const std::int64_t needed = std::max(count(intended), count(held));
  return (needed + needed * 4 / 100) / 5 * 5 + 5;
}

json SkuEntry(const Product& product, const std::string& account_id, std::int64_t units,
              const std::vector<std::string>& subscription_ids) {
  json plans = json::array();
  for (const ServicePlan& plan : product.plans) {
    plans.push_back({{"servicePlanId", plan.id},
                     {"servicePlanName", plan.name},
                     {"provisioningStatus", "Success"},
                     {"appliesTo", plan.for_company ? "Company" : "User"}});
  }
  return {
      {"id", account_id + "_" + std::string(product.sku_id)},
      {"accountId", account_id},
      {"accountName", "contoso"},
      {"skuId", product.sku_id},
      {"skuPartNumber", product.part_number},
      {"appliesTo", "User"},
      {"capabilityStatus", "Enabled"},
      {"prepaidUnits", {{"enabled", units}, {"warning", 0}, {"suspended", 0}, {"lockedOut", 0}}},
      {"subscriptionIds", subscription_ids},
      {"servicePlans", plans}};
}

json SubscriptionEntry(const Product& product, const std::string& id, std::int64_t units,
                       const GenerateOptions& options, Random& random) {
  const bool self_service = product.part_number == kSelfService;
  const auto day = std::chrono::hours(24);
  return {{"id", id},
          {"commerceSubscriptionId", random.Guid()},
          {"skuId", product.sku_id},
          {"skuPartNumber", product.part_number},
          {"status", "Enabled"},
          {"isTrial", false},
          {"createdDateTime", IsoTime(options.now - day * (100 + random.Below(900)))},
          {"nextLifecycleDateTime", IsoTime(options.now + day * (10 + random.Below(350)))},
          {"totalLicenses", units},
          {"ownerId", self_service ? json(random.Guid()) : json(nullptr)},
          {"ownerType", self_service ? json("User") : json(nullptr)},
          {"ownerTenantId", nullptr}};
}

}  // namespace

void GiveIntendedProducts(std::vector<Person>& people, Random random) {
  for (Person& person : people) {
    if (person.break_glass) person.direct["AAD_PREMIUM"] = {};
    if (person.department.empty()) continue;
    if (person.employee_type == "Contractor") {
      person.direct["ENTERPRISEPACK"] = kUnwantedPlans;
    } else if (person.employee_type == "Intern") {
      person.direct["STANDARDPACK"] = kUnwantedPlans;
    } else {
      GiveEmployee(person);
    }
    const bool office = person.department != "Retail";
    if (office && random.Chance(0.08)) person.direct[kSelfService] = {};
    if (person.in_copilot_group && person.enabled && random.Chance(0.6)) {
      person.direct[kScarce] = {};
    }
  }
}

SeatCounts CountSeats(const std::vector<Person>& people) {
  SeatCounts counts;
  for (const Person& person : people) {
    for (const auto& [part_number, plans] : person.direct) ++counts[part_number];
    if (person.in_frontline_group && !person.direct.contains("SPE_F1")) ++counts["SPE_F1"];
  }
  return counts;
}

std::vector<std::string> PlanIds(std::string_view part_number,
                                 const std::vector<std::string>& plan_names) {
  std::vector<std::string> ids;
  for (const ServicePlan& plan : ProductOf(part_number).plans) {
    if (std::find(plan_names.begin(), plan_names.end(), plan.name) != plan_names.end()) {
      ids.emplace_back(plan.id);
    }
  }
  return ids;
}

void AddProducts(const GenerateOptions& options, const SeatCounts& intended, const SeatCounts& held,
                 Random random, Directory& directory) {
  const std::string account_id = random.Guid();
  for (const Product& product : Products()) {
    const std::int64_t units = Units(std::string(product.part_number), intended, held);
    std::vector<std::int64_t> parts{units};
    if (product.part_number == "SPE_E3" && units > 10) parts = {units - units / 4, units / 4};
    Sku sku;
    sku.sku_id = product.sku_id;
    for (const ServicePlan& plan : product.plans) sku.plan_ids.emplace_back(plan.id);
    std::vector<std::string> ids;
    for (const std::int64_t part : parts) {
      ids.push_back(random.Guid());
      directory.AddSubscription(SubscriptionEntry(product, ids.back(), part, options, random));
    }
    sku.properties = SkuEntry(product, account_id, units, ids);
    directory.AddSku(std::move(sku));
  }
}

}  // namespace seatkeeper::sim
