#include "tests/e2e/fault_tenant.h"

#include <algorithm>
#include <utility>

#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
const std::string kGroup = "dddddddd-0000-4000-8000-000000000001";
constexpr std::ptrdiff_t kOfEach = 5;

constexpr const char* kPolicy = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: atelier}
spec:
  subjects: {rule: user.department -eq "Atelier"}
  licenses: [{product: VISIOCLIENT}]
  usageLocation: {default: FR}
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: drawing-class}
spec:
  subjects: {groups: [Drawing Class]}
  licenses: [{product: VISIOCLIENT}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: visio}
spec: {product: VISIOCLIENT, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxChanges: off, maxUserLoss: off}
)";

bool HoldsDirectly(const json& user) {
  const auto rows = user.value("licenseAssignmentStates", json::array());
  return std::ranges::any_of(rows, [](const json& row) {
    return row.at("skuId") == kVisio && row.at("assignedByGroup").is_null();
  });
}

bool CanBeGiven(const json& user) {
  return user.value("accountEnabled", false) && user.contains("usageLocation") &&
         user.at("usageLocation").is_string();
}

json Move(const std::string& user, const char* department) {
  json edit{{"op", "setUser"}, {"user", user}};
  edit["set"]["department"] = department;
  return edit;
}

json Give(const std::string& user) { return {{"op", "assign"}, {"user", user}, {"skuId", kVisio}}; }

json Take(const std::string& user) {
  return {{"op", "unassign"}, {"user", user}, {"skuId", kVisio}};
}

// Enough seats, and nobody holds one directly.
json ClearedSeats(const json& state) {
  json edit{{"op", "setSku"}, {"skuId", kVisio}};
  edit["set"]["prepaidUnits"]["enabled"] = 9000;
  json edits = json::array();
  edits.push_back(std::move(edit));
  for (const auto& user : state.at("users")) {
    if (HoldsDirectly(user)) edits.push_back(Take(user.at("id").get<std::string>()));
  }
  return edits;
}

}  // namespace

void FaultTenant::Furnish(int users) {
  StartTenant({"--users", std::to_string(users), "--seed", "4"});
  std::filesystem::remove(folder() / "policies/everybody.yaml");
  WritePolicy("policy.yaml", kPolicy);
  const auto state = State();
  std::vector<std::string> people;
  for (const auto& user : state.at("users")) {
    if (CanBeGiven(user)) people.push_back(user.at("id").get<std::string>());
  }
  ASSERT_GE(people.size(), 6U * kOfEach);
  auto next = people.cbegin();
  const auto some = [&next] {
    next += kOfEach;
    return std::vector<std::string>(next - kOfEach, next);
  };
  const auto leaving = some();
  drawers_ = some();
  newcomers_ = some();
  const auto unlocated = some();
  const auto joining = some();
  const auto staying = some();

  json edits = ClearedSeats(state);
  const auto each = [&](const std::vector<std::string>& who, const char* department, bool holds) {
    for (const auto& user : who) {
      edits.push_back(Move(user, department));
      if (holds) edits.push_back(Give(user));
    }
  };
  each(leaving, "Archive", true);
  each(drawers_, "Atelier", true);
  each(newcomers_, "Atelier", false);
  each(unlocated, "Atelier", false);
  each(joining, "Archive", false);
  each(staying, "Archive", true);
  for (const auto& user : unlocated) {
    json edit{{"op", "setUser"}, {"user", user}};
    edit["set"]["usageLocation"] = nullptr;
    edits.push_back(std::move(edit));
  }
  json group{{"id", kGroup}, {"displayName", "Drawing Class"}, {"securityEnabled", true}};
  group["members"] = joining;
  for (const auto& user : staying) group["members"].push_back(user);
  json add{{"op", "addGroup"}};
  add["group"] = std::move(group);
  edits.push_back(std::move(add));
  Edit(edits);
  wanted_ = {people.begin() + kOfEach, people.begin() + 6 * kOfEach};
}

void FaultTenant::Drift() {
  const auto& moved = drawers_.at(drifts_);
  json edits = json::array();
  edits.push_back(Move(moved, "Archive"));
  edits.push_back(Take(newcomers_.at(drifts_)));
  Edit(edits);
  wanted_.erase(moved);
  ++drifts_;
}

bool FaultTenant::IsRight() const {
  std::set<std::string> holders;
  const auto state = State();
  for (const auto& user : state.at("users")) {
    if (HoldsDirectly(user)) holders.insert(user.at("id").get<std::string>());
  }
  return holders == wanted_;
}

bool FaultTenant::IsDone() const {
  if (!IsRight()) return false;
  const auto planned = Seatkeeper({"plan", "--format", "json"});
  EXPECT_EQ(planned.exit_code, 0) << planned.err;
  const auto plan = json::parse(planned.out, nullptr, false);
  if (!plan.is_object() || !plan.at("changes").empty()) return false;
  return !HasChanges({"intended", "ambiguous"});
}

bool FaultTenant::HasChanges(const std::set<std::string>& states) const {
  const auto told = Seatkeeper({"history", "--format", "json", "--limit", "5000"});
  EXPECT_EQ(told.exit_code, 0) << told.err;
  const auto history = json::parse(told.out, nullptr, false);
  return !history.is_array() || std::ranges::any_of(history, [&](const json& entry) {
    return states.contains(entry.at("state").get<std::string>());
  });
}

std::vector<std::string> FaultTenant::WrongWrites() const {
  std::vector<std::string> wrong;
  const auto judge = [&](const json& item) {
    if (!item.value("effective", false) || !item.contains("body")) return;
    const auto user = item.value("user", "");
    const auto& body = item.at("body");
    const auto removed = body.value("removeLicenses", json::array());
    for (const auto& product : removed) {
      if (product != kVisio || wanted_.contains(user)) {
        wrong.push_back(user + " lost " + product.get<std::string>());
      }
    }
    const auto added = body.value("addLicenses", json::array());
    for (const auto& license : added) {
      const auto product = license.at("skuId").get<std::string>();
      if (product != kVisio || !wanted_.contains(user)) {
        wrong.push_back(user + " was given " + product);
      }
    }
  };
  for (const auto& request : RequestsAfter(0)) {
    const auto items = request.value("items", json::array());
    std::ranges::for_each(items, judge);
    if (items.empty()) judge(request);
  }
  return wrong;
}

}  // namespace seatkeeper::test
