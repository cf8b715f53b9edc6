#include "tests/incidents/incident.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <utility>

#include "daemon/policy_source.h"
#include "tests/simulator/products.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kApproved{24 * 7};  // As the command, unless it is told otherwise.

json EmptyTenant() {
  return {{"apiVersion", "seatkeeper/v1"},
          {"kind", "Snapshot"},
          {"tenant", World::Options().tenant_id},
          {"users", json::array()},
          {"groups", json::array()},
          {"subscribedSkus", json::array()},
          {"subscriptions", json::array()}};
}

std::string Short(const std::string& department) {
  std::string name = department.substr(0, 3);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

json State(World& world) { return json::parse(world.Control("GET", "/_sim/state")); }

}  // namespace

Incident::Incident() {
  begins.tenant = EmptyTenant().dump();
  begins.interval = std::chrono::hours(6);
}

Incident::~Incident() = default;

std::string Incident::PlanOf(const std::string& product, const std::string& plan) {
  for (const auto& known : sim::ProductOf(product).plans) {
    if (known.name == plan) return std::string(known.id);
  }
  throw std::logic_error(product + " has no plan " + plan);
}

std::string Incident::SkuOf(const std::string& product) {
  return std::string(sim::ProductOf(product).sku_id);
}

World& Incident::world() {
  if (!world_) world_ = std::make_unique<World>(begins);
  return *world_;
}

void Incident::TearDown() {
  if (!world_) return;
  EXPECT_THAT(world_->violations(), testing::IsEmpty());
}

void Incident::Owns(const std::string& product, int seats) {
  auto state = State(world());
  const auto& facts = sim::ProductOf(product);
  json plans = json::array();
  for (const auto& plan : facts.plans) {
    plans.push_back({{"servicePlanId", plan.id},
                     {"servicePlanName", plan.name},
                     {"provisioningStatus", "Success"},
                     {"appliesTo", plan.for_company ? "Company" : "User"}});
  }
  state["subscribedSkus"].push_back(
      {{"skuId", facts.sku_id},
       {"skuPartNumber", facts.part_number},
       {"appliesTo", "User"},
       {"capabilityStatus", "Enabled"},
       {"prepaidUnits", {{"enabled", seats}, {"suspended", 0}, {"warning", 0}, {"lockedOut", 0}}},
       {"servicePlans", plans}});
  world().Control("PUT", "/_sim/state", state.dump());
}

People Incident::Employ(int count, const std::string& department, const Products& hold) {
  People hired;
  json edits = json::array();
  for (int i = 0; i < count; ++i) {
    const auto name = fmt::format("{}-{:03}", Short(department), ++employed_[department]);
    hired.insert(name);
    const auto id = fmt::format("a0000000-0000-4000-8000-{:012}", ++ids_);
    edits.push_back({{"op", "addUser"},
                     {"user",
                      {{"id", id},
                       {"userPrincipalName", Upn(name)},
                       {"displayName", name},
                       {"accountEnabled", true},
                       {"userType", "Member"},
                       {"usageLocation", "FR"},
                       {"department", department}}}});
    for (const auto& product : hold) {
      edits.push_back({{"op", "assign"}, {"user", id}, {"skuId", SkuOf(product)}});
    }
  }
  Edit(edits.dump());
  return hired;
}

void Incident::Hire(const std::string& name, const std::string& department, const Products& hold) {
  const auto hired = *Employ(1, department, hold).begin();
  Sets({hired}, "userPrincipalName", Upn(name));
}

void Incident::MakeGroup(const std::string& name, const People& members, const Products& gives) {
  const auto id = fmt::format("b0000000-0000-4000-8000-{:012}", ++ids_);
  groups_[name] = id;
  Edit(json::array({{{"op", "addGroup"},
                     {"group",
                      {{"id", id},
                       {"displayName", name},
                       {"securityEnabled", true},
                       {"mailEnabled", false}}}}})
           .dump());
  Joins(members, name);
  if (!gives.empty()) LicensesGroup(name, gives);
}

void Incident::Sets(const People& people, const std::string& property, const std::string& value) {
  EditEach(people, "setUser", json{{"set", {{property, value}}}}.dump());
}

void Incident::Blanks(const People& people, const std::string& property) {
  EditEach(people, "setUser", json{{"set", {{property, nullptr}}}}.dump());
}

void Incident::Disables(const People& people) {
  EditEach(people, "setUser", json{{"set", {{"accountEnabled", false}}}}.dump());
}

void Incident::Enables(const People& people) {
  EditEach(people, "setUser", json{{"set", {{"accountEnabled", true}}}}.dump());
}

void Incident::Deletes(const People& people) { EditEach(people, "deleteUser", "{}"); }

void Incident::Assigns(const People& people, const std::string& product,
                       const std::vector<std::string>& plans_off) {
  json off = json::array();
  for (const auto& plan : plans_off) off.push_back(PlanOf(product, plan));
  EditEach(people, "assign", json{{"skuId", SkuOf(product)}, {"disabledPlans", off}}.dump());
}

void Incident::Unassigns(const People& people, const std::string& product) {
  EditEach(people, "unassign", json{{"skuId", SkuOf(product)}}.dump());
}

void Incident::Joins(const People& people, const std::string& group) {
  EditEach(people, "addMember", json{{"group", groups_.at(group)}}.dump());
}

void Incident::Leaves(const People& people, const std::string& group) {
  EditEach(people, "removeMember", json{{"group", groups_.at(group)}}.dump());
}

void Incident::DeletesGroup(const std::string& group) {
  Edit(json::array({{{"op", "deleteGroup"}, {"group", groups_.at(group)}}}).dump());
}

void Incident::LicensesGroup(const std::string& group, const Products& gives) {
  json licenses = json::array();
  for (const auto& product : gives) {
    licenses.push_back({{"skuId", SkuOf(product)}, {"disabledPlans", json::array()}});
  }
  Edit(json::array({{{"op", "setGroup"},
                     {"group", groups_.at(group)},
                     {"set", {{"assignedLicenses", licenses}}}}})
           .dump());
}

void Incident::SeatsBecome(const std::string& product, int enabled, int warning, int suspended) {
  const json units{{"enabled", enabled}, {"suspended", suspended}, {"warning", warning}};
  const auto* status = enabled > 0 ? "Enabled" : (warning > 0 ? "Warning" : "Suspended");
  Edit(json::array({{{"op", "setSku"},
                     {"skuId", SkuOf(product)},
                     {"set", {{"prepaidUnits", units}, {"capabilityStatus", status}}}}})
           .dump());
}

void Incident::AddsServicePlan(const std::string& product, const std::string& plan,
                               const std::string& id) {
  const auto state = State(world());
  for (const auto& sku : state.at("subscribedSkus")) {
    if (sku.at("skuId") != SkuOf(product)) continue;
    auto plans = sku.at("servicePlans");
    plans.push_back({{"servicePlanId", id},
                     {"servicePlanName", plan},
                     {"provisioningStatus", "Success"},
                     {"appliesTo", "User"}});
    Edit(json::array(
             {{{"op", "setSku"}, {"skuId", SkuOf(product)}, {"set", {{"servicePlans", plans}}}}})
             .dump());
  }
}

void Incident::GroupsAreProcessed(bool they_are) {
  world().Control("PUT", "/_sim/groupLicensing", json{{"held", !they_are}}.dump());
}

void Incident::ServiceFails(const std::string& faults) {
  if (faults.empty()) {
    world().Control("DELETE", "/_sim/faults");
  } else {
    world().Control("PUT", "/_sim/faults", faults);
  }
}

void Incident::PolicySays(const std::string& yaml) {
  std::ofstream(policies_.File("policy.yaml"), std::ios::binary) << yaml;
}

void Incident::PolicyFilesAreGone() { std::filesystem::remove(policies_.File("policy.yaml")); }

void Incident::RunOne() {
  keeper_.Take(
      ReadPolicies({.path = policies_.path().string(), .product_catalog = ""}, {"contoso"}));
  // As the daemon: without a policy that ever loaded there is no cycle.
  if (keeper_.in_force() == nullptr) return;
  world().SetPolicy(*keeper_.in_force());
  world().OnPlan(std::exchange(after_reading_, nullptr));
  last_ = world().RunCycle();
  if (last_) CheckWhatIsHeld();
}

void Incident::Cycles(int count) {
  for (int i = 0; i < count; ++i) {
    RunOne();
    world().Wait(begins.interval);
  }
}

void Incident::Pass(std::chrono::hours span) {
  Cycles(static_cast<int>(std::chrono::milliseconds(span) / begins.interval));
}

void Incident::Restarts() { world().Restart(); }

void Incident::CrashesAfter(int steps) {
  world().RunCycle(static_cast<std::size_t>(steps));
  world().Wait(begins.interval);
}

void Incident::Sleeps(std::chrono::hours span) { world().Wait(span); }

void Incident::RivalCycles(int count) {
  for (int i = 0; i < count; ++i) {
    world().RunCycle(0, World::kRival);
    world().Wait(begins.interval);
  }
}

void Incident::Resume() {
  world().Resume();
  const auto resumed = world().OpenStore()->Resume(
      world().key(), {.who = "admin", .reason = "looked into it", .at = world().Now()});
  ASSERT_TRUE(resumed) << resumed.error().message;
}

void Incident::Suspend(const std::string& reason) {
  const auto suspended = world().OpenStore()->Suspend(
      world().key(), {.who = "admin", .reason = reason, .at = world().Now()});
  ASSERT_TRUE(suspended) << suspended.error().message;
}

void Incident::Undoes() {
  for (const auto& row : world().History()) {  // The newest first.
    if (row.entry.remove.empty() && row.entry.plans_off.empty()) continue;
    world().UndoNext({.plan_id = row.entry.plan_id, .who = "admin"});
    return Cycles(1);
  }
  FAIL() << "nothing was taken away";
}

void Incident::Unpins() {
  const auto store = world().OpenStore();
  const auto pins = store->Pins(world().key());
  ASSERT_TRUE(pins) << pins.error().message;
  std::vector<std::int64_t> numbers;
  for (const auto& pin : *pins) numbers.push_back(pin.number);
  ASSERT_TRUE(store->EndPins(world().key(), numbers, {.who = "admin", .at = world().Now()}));
}

void Incident::Approves(const std::string& guardrail) {
  const auto digest = DigestOf(guardrail);
  ASSERT_NE(digest, "") << guardrail << " holds nothing";
  const auto approved =
      world().OpenStore()->RecordApproval(world().key(), {.number = 0,
                                                          .digest = digest,
                                                          .who = "admin",
                                                          .reason = "looked into it",
                                                          .approved_at = world().Now(),
                                                          .expires_at = world().Now() + kApproved});
  ASSERT_TRUE(approved) << approved.error().message;
}

std::string Incident::DigestOf(const std::string& guardrail) {
  for (const auto& set : LastPlan().held_sets) {
    if (set.guardrail == guardrail) return set.digest;
  }
  return "";
}

void Incident::Edit(const std::string& operations) {
  world().Control("PATCH", "/_sim/state", operations);
}

void Incident::EditEach(const People& people, const std::string& operation,
                        const std::string& more) {
  json edits = json::array();
  for (const auto& name : people) {
    auto edit = json::parse(more);
    edit["op"] = operation;
    edit["user"] = Upn(name);
    edits.push_back(std::move(edit));
  }
  Edit(edits.dump());
}

}  // namespace seatkeeper::test
