#include "tests/simulator/test_support.h"

#include <stdexcept>

#include "tests/simulator/random.h"
#include "tests/simulator/snapshot.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

json User(const std::string& id, const std::string& name, const json& more) {
  json user{{"id", id},
            {"userPrincipalName", name + "@contoso.example"},
            {"displayName", name},
            {"accountEnabled", true},
            {"usageLocation", "FR"},
            {"licenseAssignmentStates", json::array()}};
  user.update(more);
  return user;
}

json Sku(const std::string& sku_id, const std::string& part_number, int seats,
         const std::vector<std::string>& plans, const char* applies_to = "User") {
  json list = json::array();
  for (const std::string& plan : plans) {
    list.push_back({{"servicePlanId", plan},
                    {"servicePlanName", "PLAN_" + plan.substr(0, 4)},
                    {"provisioningStatus", "Success"},
                    {"appliesTo", "User"}});
  }
  return {
      {"skuId", sku_id},
      {"skuPartNumber", part_number},
      {"appliesTo", applies_to},
      {"capabilityStatus", "Enabled"},
      {"consumedUnits", 99},
      {"prepaidUnits", {{"enabled", seats}, {"warning", 0}, {"suspended", 0}, {"lockedOut", 0}}},
      {"servicePlans", list}};
}

}  // namespace

json SmallTenant() {
  const json ada_rows = json::array({{{"skuId", kE3},
                                      {"disabledPlans", {kTeamsPlan}},
                                      {"assignedByGroup", nullptr},
                                      {"state", "Active"},
                                      {"error", "None"},
                                      {"lastUpdatedDateTime", "2025-12-01T00:00:00Z"}}});
  json ben = User(kBen, "ben", {{"department", "Retail"}});
  ben.erase("licenseAssignmentStates");
  json dan = User(kDan, "dan", json::object());
  dan.erase("usageLocation");
  return {
      {"apiVersion", "seatkeeper/v1"},
      {"kind", "Snapshot"},
      {"tenant", "11111111-1111-1111-1111-111111111111"},
      {"readAt", "2026-01-05T08:00:00Z"},
      {"users",
       {User(kAda, "ada", {{"licenseAssignmentStates", ada_rows}, {"department", "Engineering"}}),
        ben, User(kCleo, "cleo", json::object()), dan}},
      {"subscribedSkus",
       {Sku(kE3, "SPE_E3", 2, {kTeamsPlan, kSkypePlan, kExchangePlan}),
        Sku(kF3, "SPE_F1", 2, {kTeamsPlan}), Sku(kVisio, "VISIOCLIENT", 1, {}),
        Sku(kPhone, "MCOEV", 5, {kPhonePlan}),
        Sku(kCompanyWide, "COMPANY_WIDE", 100, {}, "Company")}},
      {"groups",
       {{{"id", kFrontline},
         {"displayName", "Frontline"},
         {"members", {kBen}},
         {"assignedLicenses", {{{"skuId", kF3}, {"disabledPlans", json::array()}}}}},
        {{"id", kAll}, {"displayName", "All O'Hara"}, {"members", {kAda, kFrontline}}}}},
      {"subscriptions", {{{"id", "c0000000-0000-4000-8000-000000000001"}, {"skuId", kE3}}}}};
}

json ManyUsers(int count) {
  json users = json::array();
  Random random(7);
  for (int i = 0; i < count; ++i) {
    users.push_back({{"id", random.Guid()},
                     {"userPrincipalName", "user" + std::to_string(i) + "@contoso.example"}});
  }
  return {{"users", users}};
}

Bench::Bench(const json& tenant, SimulatorOptions options)
    : simulator(std::move(options), ReadSnapshot(tenant, kNow).directory) {
  const Response response =
      Raw({"POST", "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token", {}, TokenForm()});
  token = Parse(response).at("access_token");
}

Response Bench::Send(const std::string& method, const std::string& target, const json& body,
                     const Headers& extra) {
  Request request{method, target, extra, body.is_null() ? "" : body.dump()};
  request.headers.emplace_back("Host", "graph.test");
  request.headers.emplace_back("Authorization", "Bearer " + token);
  if (!body.is_null()) request.headers.emplace_back("Content-Type", "application/json");
  return Raw(request);
}

json Bench::GetJson(const std::string& target, const Headers& extra) {
  const Response response = Get(target, extra);
  if (response.status != 200) throw std::runtime_error(target + ": " + response.body);
  return Parse(response);
}

Response Bench::Assign(const std::string& user, const json& add, const json& remove) {
  return Send("POST", "/v1.0/users/" + user + "/assignLicense",
              {{"addLicenses", add}, {"removeLicenses", remove}});
}

Response Bench::LicenseGroup(const std::string& group, const json& add, const json& remove) {
  return Send("POST", "/v1.0/groups/" + group + "/assignLicense",
              {{"addLicenses", add}, {"removeLicenses", remove}});
}

json Bench::License(const std::string& sku_id, const std::vector<std::string>& disabled_plans) {
  return json::array({{{"skuId", sku_id}, {"disabledPlans", disabled_plans}}});
}

json Bench::Licenses(const std::string& one, const std::string& other) {
  json licenses = License(one);
  licenses.push_back(License(other)[0]);
  return licenses;
}

void Bench::Edit(const json& operations) {
  const Response response = Send("PATCH", "/_sim/state", operations);
  if (response.status != 204) throw std::runtime_error(response.body);
}

void Bench::AddMember(const std::string& group, const std::string& user) {
  Edit({{{"op", "addMember"}, {"group", group}, {"user", user}}});
}

void Bench::PutFaults(const std::vector<json>& rules, int lag_ms) {
  const Response response = Send("PUT", "/_sim/faults", {{"lag", lag_ms}, {"faults", json(rules)}});
  if (response.status != 204) throw std::runtime_error(response.body);
}

void Bench::PutGroupLicensing(const json& document) {
  const Response response = Send("PUT", "/_sim/groupLicensing", document);
  if (response.status != 204) throw std::runtime_error(response.body);
}

std::vector<json> Bench::Log() {
  std::vector<json> entries;
  for (const std::string& line : Split(Get("/_sim/log").body, '\n')) {
    if (!line.empty()) entries.push_back(json::parse(line));
  }
  return entries;
}

json Bench::Rows(const std::string& user) {
  return GetJson("/v1.0/users/" + user + "?$select=licenseAssignmentStates")
      .at("licenseAssignmentStates");
}

std::string Bench::Processing(const std::string& group) {
  const json read = GetJson("/v1.0/groups/" + group + "?$select=licenseProcessingState");
  const json& state = read.at("licenseProcessingState");
  return state.is_null() ? "" : state.at("state").get<std::string>();
}

std::int64_t Bench::Consumed(const std::string& sku_id) {
  const json skus = GetJson("/v1.0/subscribedSkus");
  for (const json& sku : skus.at("value")) {
    if (sku.at("skuId") == sku_id) return sku.at("consumedUnits");
  }
  throw std::runtime_error("no product " + sku_id);
}

json Parse(const Response& response) { return json::parse(response.body); }

std::string CodeOf(const Response& response) { return Parse(response).at("error").at("code"); }

std::string MessageOf(const Response& response) {
  return Parse(response).at("error").at("message");
}

std::string TokenForm(std::string_view secret) {
  return "client_id=22222222-2222-2222-2222-222222222222&scope=https%3A%2F%2Fgraph.microsoft.com%2F"
         ".default&grant_type=client_credentials&client_secret=" +
         std::string(secret);
}

}  // namespace seatkeeper::sim::test
