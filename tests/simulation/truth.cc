#include "tests/simulation/truth.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace seatkeeper::test {
namespace {

constexpr const char* kProtectedGroup = "Sales";
constexpr const char* kVisioGroup = "Visio Users";
const std::set<std::string> kEngineering{"Engineering", "IT"};

constexpr const char* kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {{name: engineering}}
spec:
  subjects:
    rule: user.department -in ["Engineering", "IT"]
    where: user.accountEnabled -eq true
  licenses: [{{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE]}}]
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {{name: office}}
spec:
  subjects:
    rule: user.department -in ["{office}"]
    where: user.accountEnabled -eq true
  licenses: [{{product: SPE_E3, disabledPlans: [YAMMER_ENTERPRISE{sway}]}}]
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {{name: diagrams}}
spec:
  subjects: {{groups: [Visio Users]}}
  licenses: [{{product: VISIOCLIENT}}]
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {{name: limits}}
spec:
  protected: {{groups: [Sales]}}
  mailboxLoss: allow
  maxUnassign: {limit}
  maxAssign: off
  maxChanges: off
  maxUserLoss: off
)";

constexpr const char* kManaged = R"(---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {{name: manage-{name}}}
spec: {{product: {product}, management: full, unassign: {{after: {after}, confirmations: {readings}}}}}
)";

constexpr const char* kPlanning = R"(---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {{name: planning}}
spec: {{subjects: {{groups: [{group}]}}, delivery: group, {says}}}
)";

constexpr const char* kLadder = R"(---
apiVersion: seatkeeper/v1
kind: ProductLadder
metadata: {name: suites}
spec: {products: [SPE_E5, SPE_E3]}
)";

std::set<std::string> MembersOf(const sim::Directory& tenant, const std::string& group) {
  const auto* found = FindGroup(tenant, group);
  if (found == nullptr) return {};
  return {found->members.begin(), found->members.end()};
}

}  // namespace

std::string Wish::Yaml() const {
  auto text = fmt::format(kPolicy, fmt::arg("office", fmt::join(office, "\", \"")),
                          fmt::arg("sway", without_sway ? ", SWAY" : ""),
                          fmt::arg("limit", limited ? "{seats: 2}" : "off"));
  std::vector<std::pair<std::string, std::string>> managed{
      {"e5", "SPE_E5"}, {"e3", "SPE_E3"}, {"visio", "VISIOCLIENT"}};
  if (planning) {
    managed.emplace_back("project", "PROJECTPROFESSIONAL");
    text += fmt::format(kPlanning, fmt::arg("group", kPlanners),
                        fmt::arg("says", *planning ? "licenses: [{product: PROJECTPROFESSIONAL}]"
                                                   : "revoke: [PROJECTPROFESSIONAL]"));
  }
  for (const auto& [name, product] : managed) {
    text +=
        fmt::format(kManaged, fmt::arg("name", name), fmt::arg("product", product),
                    fmt::arg("after", waits ? "40m" : "0d"), fmt::arg("readings", waits ? 2 : 1));
  }
  if (ladder) text += kLadder;
  return text;
}

bool Wish::Grants(const sim::User& user, const std::string& product) const {
  const auto& departments = product == kE5 ? kEngineering : office;
  return IsEnabled(user) && departments.contains(user.Text("department").value_or(""));
}

std::map<std::string, std::set<std::string>> Wish::Granted(const sim::Directory& tenant) const {
  std::map<std::string, std::set<std::string>> granted;
  for (const auto& member : MembersOf(tenant, kVisioGroup)) granted[member].insert(kVisio);
  if (planning.value_or(false)) {
    for (const auto& member : MembersOf(tenant, kPlanners)) granted[member].insert(kProject);
  }
  for (const auto& [ordinal, user] : tenant.users()) {
    for (const auto& product : {kE5, kE3}) {
      if (Grants(user, product)) granted[user.id].insert(product);
    }
  }
  return granted;
}

const sim::Group* FindGroup(const sim::Directory& tenant, const std::string& name) {
  for (const auto& [ordinal, group] : tenant.groups()) {
    if (group.properties.value("displayName", "") == name) return &group;
  }
  return nullptr;
}

bool HoldsDirectly(const sim::User& user, const std::string& product) {
  return std::ranges::any_of(user.rows, [&](const sim::AssignmentRow& row) {
    return !row.group_id && row.sku_id == product;
  });
}

bool Holds(const sim::User& user, const std::string& product) {
  return std::ranges::any_of(user.rows,
                             [&](const sim::AssignmentRow& row) { return row.sku_id == product; });
}

bool Inherits(const sim::User& user, const std::string& group, const std::string& product) {
  return std::ranges::any_of(user.rows, [&](const sim::AssignmentRow& row) {
    return row.group_id == group && row.sku_id == product;
  });
}

bool IsEnabled(const sim::User& user) { return user.properties.value("accountEnabled", false); }

void Truth::Note(WallTime at, const Wish& wish, const sim::Directory& tenant) {
  moments_.push_back({.at = at,
                      .granted = wish.Granted(tenant),
                      .protected_users = MembersOf(tenant, kProtectedGroup),
                      .planners = MembersOf(tenant, kPlanners)});
}

// What was so when the span began counts as well.
template <typename Holds>
bool Truth::Ever(WallTime from, WallTime to, Holds&& holds) const {
  for (std::size_t i = 0; i < moments_.size(); ++i) {
    const bool over = i + 1 < moments_.size() && moments_[i + 1].at < from;
    if (!over && moments_[i].at <= to && holds(moments_[i])) return true;
  }
  return false;
}

bool Truth::EverUnwanted(const std::string& user, const std::string& product, WallTime from,
                         WallTime to) const {
  return Ever(from, to, [&](const Moment& moment) {
    const auto granted = moment.granted.find(user);
    return granted == moment.granted.end() || !granted->second.contains(product);
  });
}

bool Truth::EverUnprotected(const std::string& user, WallTime from, WallTime to) const {
  return Ever(from, to,
              [&](const Moment& moment) { return !moment.protected_users.contains(user); });
}

bool Truth::AlwaysPlanner(const std::string& user, WallTime from, WallTime to) const {
  return !Ever(from, to, [&](const Moment& moment) { return !moment.planners.contains(user); });
}

}  // namespace seatkeeper::test
