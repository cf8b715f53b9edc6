#include "tests/faults/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/simulation/tenant_log.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";
const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
// Without a suite they cannot be had: who has one of them keeps the suite.
const std::string kPhone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
const std::string kProject = "53818b1b-4a27-454b-8896-0dba576410e6";
const std::set<std::string> kManaged{kE5, kE3, kVisio};
const std::string kDrawers = "dddddddd-0000-4000-8000-000000000001";

const std::set<std::string> kEngineering{"Engineering", "IT"};
const std::set<std::string> kOffice{"Sales", "Support", "Marketing", "Finance"};

constexpr const char* kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -in ["Engineering", "IT"]
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE]}]
  usageLocation: {default: FR}
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: office}
spec:
  subjects:
    rule: user.department -in ["Sales", "Support", "Marketing", "Finance"]
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E3}]
  usageLocation: {default: FR}
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: diagrams}
spec:
  subjects: {groups: [Drawers]}
  licenses: [{product: VISIOCLIENT}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e3}
spec: {product: SPE_E3, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: visio}
spec: {product: VISIOCLIENT, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxChanges: off, maxUserLoss: off}
)";

bool IsEnabled(const sim::User& user) { return user.properties.value("accountEnabled", false); }

bool HoldsDirectly(const sim::User& user, const std::string& product) {
  return std::ranges::any_of(user.rows, [&](const sim::AssignmentRow& row) {
    return !row.group_id && row.sku_id == product;
  });
}

void Edit(World& world, const json& edits) {
  if (!edits.empty()) world.Control("PATCH", "/_sim/state", edits.dump());
}

json Assign(const sim::User& user, const std::string& product) {
  return {{"op", "assign"}, {"user", user.id}, {"skuId", product}};
}

json Unassign(const sim::User& user, const std::string& product) {
  return {{"op", "unassign"}, {"user", user.id}, {"skuId", product}};
}

json Set(const std::string& user, const json& properties) {
  return {{"op", "setUser"}, {"user", user}, {"set", properties}};
}

// Seats for everybody, a group of several pages who draw, and nobody whose other products keep a
// suite from being taken away.
void Furnish(World& world) {
  json edits = json::array();
  for (const auto& product : kManaged) {
    edits.push_back(
        {{"op", "setSku"}, {"skuId", product}, {"set", {{"prepaidUnits", {{"enabled", 300}}}}}});
  }
  json members = json::array();
  for (const auto& [ordinal, user] : world.tenant().users()) {
    for (const auto& product : {kPhone, kProject}) {
      if (HoldsDirectly(user, product)) edits.push_back(Unassign(user, product));
    }
    if (!IsEnabled(user) || !user.Text("usageLocation") || members.size() == 60) continue;
    members.push_back(user.id);
    if (!HoldsDirectly(user, kVisio)) edits.push_back(Assign(user, kVisio));
  }
  edits.push_back({{"op", "addGroup"},
                   {"group",
                    {{"id", kDrawers},
                     {"displayName", "Drawers"},
                     {"securityEnabled", true},
                     {"members", members}}}});
  Edit(world, edits);
}

// Somebody of these departments who works and has a product.
const sim::User& Holder(const sim::Directory& tenant, const std::set<std::string>& departments,
                        const std::string& product, int nth) {
  for (const auto& [ordinal, user] : tenant.users()) {
    const bool fits = IsEnabled(user) && HoldsDirectly(user, product) &&
                      user.Text("usageLocation") &&
                      departments.contains(user.Text("department").value_or(""));
    if (fits && nth-- == 0) return user;
  }
  throw std::runtime_error("nobody holds " + product);
}

// To swap, to take away, to give, to give after locating.
json MakeDrift(const sim::Directory& tenant) {
  json edits = json::array();
  for (const int nth : {0, 1}) {
    edits.push_back(Set(Holder(tenant, kOffice, kE3, nth).id, {{"department", "IT"}}));
  }
  for (const int nth : {2, 3}) {
    edits.push_back(Set(Holder(tenant, kOffice, kE3, nth).id, {{"accountEnabled", false}}));
  }
  edits.push_back(Set(Holder(tenant, kEngineering, kE5, 0).id, {{"department", "Legal"}}));
  edits.push_back(Unassign(Holder(tenant, kOffice, kE3, 4), kE3));
  const auto& moved = Holder(tenant, kOffice, kE3, 5);
  edits.push_back(Unassign(moved, kE3));
  edits.push_back(Set(moved.id, {{"usageLocation", nullptr}}));
  const auto& drawers = tenant.FindGroup(kDrawers)->members;
  edits.push_back({{"op", "removeMember"}, {"group", kDrawers}, {"user", drawers.at(10)}});
  edits.push_back({{"op", "removeMember"}, {"group", kDrawers}, {"user", drawers.at(50)}});
  return edits;
}

std::string AtRest() {
  World world({.seed = 7, .policy = kPolicy, .users = 90, .interval = std::chrono::minutes(5)});
  Furnish(world);
  for (int cycle = 0; cycle < 10; ++cycle) {
    world.RunCycle();
    world.Wait(std::chrono::minutes(5));
    if (Scenario::Held(world.tenant()) == Scenario::Wanted(world.tenant())) {
      return world.Control("GET", "/_sim/state");
    }
  }
  throw std::runtime_error("without faults it does not come to rest");
}

World::Options Untouched() { return {.policy = kPolicy, .tenant = Scenario::TenantAtRest()}; }

}  // namespace

const std::string& Scenario::Policy() {
  static const std::string policy = kPolicy;
  return policy;
}

const std::string& Scenario::TenantAtRest() {
  static const std::string tenant = AtRest();
  return tenant;
}

const std::string& Scenario::Drift() {
  static const std::string drift = MakeDrift(World(Untouched()).tenant()).dump();
  return drift;
}

const std::string& Scenario::Tenant() {
  static const std::string tenant = [] {
    World world(Untouched());
    Edit(world, json::parse(Drift()));
    return world.Control("GET", "/_sim/state");
  }();
  return tenant;
}

Scenario::Holdings Scenario::Wanted(const sim::Directory& tenant) {
  Holdings wanted;
  for (const auto& [ordinal, user] : tenant.users()) {
    auto& products = wanted[user.id];
    if (tenant.FindGroup(kDrawers)->HasMember(user.id)) products.insert(kVisio);
    const auto department = user.Text("department").value_or("");
    if (!IsEnabled(user)) continue;
    if (kEngineering.contains(department)) products.insert(kE5);
    if (kOffice.contains(department)) products.insert(kE3);
  }
  return wanted;
}

Scenario::Holdings Scenario::Held(const sim::Directory& tenant) {
  Holdings held;
  for (const auto& [ordinal, user] : tenant.users()) {
    auto& products = held[user.id];
    for (const auto& product : kManaged) {
      if (HoldsDirectly(user, product)) products.insert(product);
    }
  }
  return held;
}

std::vector<std::string> Scenario::WrongWrites(World& world, const Holdings& wanted) {
  std::vector<std::string> wrong;
  ForEachWrite(world, [&](const json& item) {
    const auto user = item.value("user", "");
    const auto& right = wanted.at(user);
    for (const auto& product : item.at("body").value("removeLicenses", json::array())) {
      const auto id = product.get<std::string>();
      if (right.contains(id) || !kManaged.contains(id)) wrong.push_back(user + " lost " + id);
    }
    for (const auto& add : item.at("body").value("addLicenses", json::array())) {
      const auto id = add.at("skuId").get<std::string>();
      if (!right.contains(id)) wrong.push_back(user + " was given " + id);
    }
  });
  return wrong;
}

}  // namespace seatkeeper::test
