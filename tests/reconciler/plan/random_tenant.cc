#include "tests/reconciler/plan/random_tenant.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/model/account_type.h"

namespace seatkeeper::test {
namespace {

// PX is in every tenant and in no policy.
const char* const kProducts[] = {"PA", "PB", "PC", "PX"};
const char* const kPlans[] = {kMailboxPlan, "S2", "S3"};
const char* const kDepartments[] = {"Eng", "Sales", "Ops"};

std::vector<std::string> SomePlans(RandomCase& made) {
  std::vector<std::string> plans;
  for (const auto* plan : kPlans) {
    if (made.OneIn(3)) plans.emplace_back(plan);
  }
  return plans;
}

TestLicense SomeLicense(RandomCase& made) {
  TestLicense license{.product = kProducts[made.Below(4)], .off = SomePlans(made)};
  if (made.OneIn(4)) {
    license.source = AssignmentSource::kGroup;
    license.group = made.OneIn(2) ? "g0" : "g1";
  } else if (made.OneIn(10)) {
    license.source = AssignmentSource::kUnknown;
  }
  if (made.OneIn(8)) license.state = AssignmentState::kError;
  return license;
}

void AddPeople(RandomCase& made) {
  for (int i = 1 + made.Below(10); i > 0; --i) {
    TestUser user{.name = fmt::format("u{}", made.Below(100)),
                  .department = kDepartments[made.Below(3)]};
    const auto same = [&](const TestUser& other) { return other.name == user.name; };
    if (std::any_of(made.tenant.users.begin(), made.tenant.users.end(), same)) continue;
    for (int licenses = made.Below(4); licenses > 0; --licenses) {
      auto license = SomeLicense(made);
      // What comes from two sources is often the same twice.
      for (const auto& other : user.licenses) {
        if (other.product == license.product && made.OneIn(2)) license.off = other.off;
      }
      const bool doubled =
          std::any_of(user.licenses.begin(), user.licenses.end(), [&](const TestLicense& other) {
            return other.product == license.product && other.source == license.source &&
                   other.group == license.group;
          });
      if (!doubled) user.licenses.push_back(license);
    }
    user.enabled = !made.OneIn(4);
    if (made.OneIn(8)) user.usage_location = "";
    if (made.OneIn(10)) user.assignments_known = false;
    made.tenant.users.push_back(std::move(user));
  }
}

void AddProductsAndGroups(RandomCase& made) {
  for (const auto* name : kProducts) {
    TestProduct product{.name = name, .plans = {std::begin(kPlans), std::end(kPlans)}};
    product.seats = HoldersOf(made.tenant, name) + made.Below(5) - 1;
    if (made.OneIn(12)) product.status = "Suspended";
    if (made.OneIn(6)) product.consumed_elsewhere = 1;
    made.tenant.products.push_back(product);
  }
  for (const auto* name : {"g0", "g1"}) {
    TestGroup group{.name = name};
    // What users have from a group is what the group has.
    for (const auto& user : made.tenant.users) {
      for (const auto& license : user.licenses) {
        if (license.group == name) group.licenses.push_back({.product = license.product});
      }
    }
    std::ranges::sort(group.licenses, {}, &TestLicense::product);
    const auto same = [](const TestLicense& one, const TestLicense& other) {
      return one.product == other.product;
    };
    group.licenses.erase(std::unique(group.licenses.begin(), group.licenses.end(), same),
                         group.licenses.end());
    for (const auto& user : made.tenant.users) {
      if (made.OneIn(3)) group.members.push_back(user.name);
    }
    if (made.OneIn(6)) group.status = GroupReading::Status::kUnreadable;
    made.tenant.groups.push_back(std::move(group));
  }
}

std::string SomeSubjects(RandomCase& made) {
  const auto department = kDepartments[made.Below(3)];
  const char* const group = made.OneIn(2) ? "g0" : "g1";
  switch (made.Below(4)) {
    case 0:
      return fmt::format("{{rule: user.department -eq \"{}\"}}", department);
    case 1:
      return fmt::format("{{groups: [{}], where: user.accountEnabled -eq true}}", group);
    case 2:
      return fmt::format("{{rule: user.department -ne \"{}\", except: {{groups: [{}]}}}}",
                         department, group);
    default:
      return fmt::format("{{users: [{}@contoso.com], groups: [{}]}}", made.tenant.users[0].name,
                         group);
  }
}

std::string SomeGrants(RandomCase& made) {
  std::string text;
  for (int first = made.Below(3), i = first; i < std::min(first + 1 + made.Below(2), 3); ++i) {
    std::string plans;
    if (made.OneIn(3)) {
      plans = fmt::format(", {}: [{}]", made.OneIn(2) ? "disabledPlans" : "enabledPlans",
                          fmt::join(SomePlans(made), ", "));
    }
    text += fmt::format("{}{{product: {}{}}}", text.empty() ? "" : ", ", kProducts[i], plans);
  }
  return "[" + text + "]";
}

// Who is to have none of what management lets go.
void AddRevocation(RandomCase& made, const std::vector<std::string>& let_go) {
  const char* const subjects = made.OneIn(2) ? "{rule: user.accountEnabled -eq false}"
                                             : "{rule: user.department -startsWith \"Eng\"}";
  made.documents.push_back(fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: leavers}}\n"
      "spec: {{priority: {}, subjects: {}, revoke: {}}}\n",
      made.Below(4), subjects,
      made.OneIn(2) ? std::string("all") : fmt::format("[{}]", fmt::join(let_go, ", "))));
}

void AddManagement(RandomCase& made) {
  const char* const managements[] = {"observe", "assign-only", "full", "full"};
  std::vector<std::string> let_go;
  for (int i = 0; i < 3; ++i) {
    if (made.OneIn(4)) continue;
    const std::string management = managements[made.Below(4)];
    auto document = Manages(kProducts[i], management);
    if (made.OneIn(4)) document += fmt::format("  reserve: {}\n", made.Below(3));
    if (management == "full") {
      let_go.emplace_back(kProducts[i]);
      if (made.OneIn(3)) {
        document.replace(document.find("confirmations: 1"), 16,
                         "confirmations: 1, removeRedundantDirect: true");
      }
    }
    made.documents.push_back(document);
  }
  if (!let_go.empty() && made.OneIn(3)) AddRevocation(made, let_go);
}

std::string Ladder(RandomCase& made) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {{name: ladder}}\n"
      "spec: {{products: [PB, PA, PC], fallback: {}}}\n",
      made.OneIn(2));
}

// A tenant in which people have moved between departments and hardly a seat is free: swaps wait for
// each other, some of them in circles.
void MakeReorganisation(RandomCase& made) {
  for (int i = 2 + made.Below(8); i > 0; --i) {
    TestUser user{.name = fmt::format("u{}", i), .department = kDepartments[made.Below(3)]};
    if (!made.OneIn(5)) user.licenses.push_back({.product = kProducts[made.Below(3)]});
    made.tenant.users.push_back(std::move(user));
  }
  for (int i = 0; i < 3; ++i) {
    TestProduct product{.name = kProducts[i], .plans = {std::begin(kPlans), std::end(kPlans)}};
    product.seats = HoldersOf(made.tenant, product.name) + (made.OneIn(4) ? 1 : 0);
    made.tenant.products.push_back(std::move(product));
    made.documents.push_back(Manages(kProducts[i], "full"));
    made.documents.push_back(
        Grants(fmt::format("policy{}", i),
               fmt::format("{{rule: user.department -eq \"{}\"}}", kDepartments[i]),
               fmt::format("[{{product: {}}}]", kProducts[i]), made.Below(2)));
  }
  made.tenant.products.push_back({.name = "PX", .plans = {std::begin(kPlans), std::end(kPlans)}});
  made.documents.push_back(Ladder(made));
  made.documents.push_back(Limits("limits", "off"));
}

// What the tenant has taught about its service plans.
void AddPlanRules(RandomCase& made) {
  const auto some_plan = [&] { return IdOf<PlanId>(kPlans[made.Below(3)]); };
  const auto a = some_plan();
  const auto b = some_plan();
  if (a == b) return;
  auto& rules = made.memory.learned_rules;
  if (made.OneIn(2)) {
    rules.exclusive.insert(std::minmax(a, b));
  } else {
    rules.needs[a] = {b};
    if (made.OneIn(2)) rules.needs[a].insert(some_plan());
    rules.needs[a].erase(a);
  }
}

// Last, so that what is drawn before it stays as it was. A name of a country is no code.
void AddLocations(RandomCase& made) {
  const char* const countries[] = {"", "DE", "France", "no"};
  for (auto& user : made.tenant.users) user.country = countries[made.Below(4)];
  const char* const locations[] = {"{default: NO}", "{from: country}",
                                   "{from: country, default: CH}"};
  for (auto& document : made.documents) {
    if (document.find("licenses: ") == std::string::npos || made.OneIn(2)) continue;
    document += fmt::format("  usageLocation: {}\n", locations[made.Below(3)]);
  }
}

// Last of all, for the same reason. What they hold and what names them stays.
void AddAgents(RandomCase& made) {
  if (!made.OneIn(3)) return;
  for (auto& user : made.tenant.users) {
    if (made.OneIn(4)) user.type = kAgentType;
    if (made.OneIn(20)) user.type = "#microsoft.graph.somethingNew";
  }
}

// After everything else, likewise. One document in ten names somebody who is not there.
void AddProtected(RandomCase& made) {
  while (made.OneIn(3)) {
    const auto name = made.OneIn(10) ? "nobody" : made.tenant.users[0].name;
    std::string whom = fmt::format("users: [{}@contoso.com]", name);
    if (!made.tenant.groups.empty() && made.OneIn(2)) {
      whom = fmt::format("groups: [{}]", made.OneIn(2) ? "g0" : "g1");
    }
    made.documents.push_back(
        Guards(fmt::format("protects{}", made.documents.size()), "protected: {" + whom + "}"));
  }
}

// Mostly they may go, or little else would.
void AddMailboxLoss(RandomCase& made) {
  const char* const words[] = {"approve", "deny", "allow"};
  if (made.OneIn(8)) return;
  made.documents.push_back(
      Guards("mailboxes", fmt::format("mailboxLoss: {}", words[std::min(made.Below(8), 2)])));
}

}  // namespace

RandomCase::RandomCase(std::uint32_t seed) : random(seed) {
  // A column for each of fifty properties would take as long as everything that is looked at.
  tenant.properties = PlanningProperties();
  for (const auto property : {rule::Property::kCountry, rule::Property::kDepartment}) {
    tenant.properties.Add(property);
  }
  if (OneIn(6)) {
    MakeReorganisation(*this);
    AddAgents(*this);
    AddProtected(*this);
    AddMailboxLoss(*this);
    return;
  }
  AddPeople(*this);
  AddProductsAndGroups(*this);
  for (int i = Below(4); i >= 0; --i) {
    documents.push_back(
        Grants(fmt::format("policy{}", i), SomeSubjects(*this), SomeGrants(*this), Below(3)));
  }
  AddManagement(*this);
  while (OneIn(4)) AddPlanRules(*this);
  if (OneIn(2)) documents.push_back(Ladder(*this));
  if (!OneIn(3)) {
    documents.push_back(
        Limits("limits", OneIn(2) ? "off" : fmt::format("{{seats: {}}}", Below(4))));
  }
  AddLocations(*this);
  AddAgents(*this);
  AddProtected(*this);
  AddMailboxLoss(*this);
}

}  // namespace seatkeeper::test
