#include "tests/support/tenant_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <stdexcept>

#include "policy/load.h"

namespace seatkeeper::test {
namespace {

constexpr auto kTenantId = "tenant-id";
constexpr WallTime kReadAt{std::chrono::milliseconds(1'767'600'000'000)};

template <typename Things>
auto& Named(Things& things, std::string_view name) {
  for (auto& thing : things) {
    if (thing.name == name) return thing;
  }
  throw std::out_of_range(std::string(name));
}

bool HoldsSeat(const TestLicense& license) {
  return license.state == AssignmentState::kActive ||
         license.state == AssignmentState::kActiveWithError;
}

std::vector<PlanId> PlanIds(const std::vector<std::string>& names) {
  std::vector<PlanId> ids;
  for (const auto& name : names) ids.push_back(IdOf<PlanId>(name));
  return ids;
}

seatkeeper::Group GroupOf(const TestGroup& group) {
  seatkeeper::Group read{.id = IdOf<GroupId>(group.name), .display_name = group.name};
  for (const auto& license : group.licenses) {
    read.licenses.push_back({IdOf<SkuId>(license.product), PlanIds(license.off)});
  }
  read.security_enabled = group.security_enabled;
  read.processing_state = group.processing_state;
  return read;
}

void AddGroupWithMembers(const TestGroup& group, ObservedBuilder& sink) {
  auto read = GroupOf(group);
  for (const auto& member : group.members) read.members.push_back(IdOf<UserId>(member));
  sink.AddLinked({.link = {.kind = Link::Kind::kDirectMembers, .of = read.id.guid},
                  .status = GroupReading::Status::kFound,
                  .users = read.members});
  sink.AddGroup(std::move(read));
}

// What a change does to the direct ones among these.
void Alter(std::vector<TestLicense>& licenses, const Change& change) {
  const auto drop = [&](const SkuId& product) {
    std::erase_if(licenses, [&](const TestLicense& license) {
      return license.source == AssignmentSource::kDirect && license.product == NameOf(product.guid);
    });
  };
  for (const auto& product : change.remove) drop(product);
  for (const auto& add : change.add) {
    drop(add.product);
    TestLicense license{.product = NameOf(add.product.guid)};
    for (const auto& plan : add.disabled_plans) license.off.push_back(NameOf(plan.guid));
    licenses.push_back(std::move(license));
  }
}

seatkeeper::Product ProductOf(const TestProduct& product, int consumed) {
  seatkeeper::Product result{.id = IdOf<SkuId>(product.name)};
  result.part_number = product.name;
  result.applies_to = product.applies_to;
  result.capability_status = product.status;
  result.prepaid.enabled = product.seats;
  result.consumed = consumed;
  for (const auto& name : product.plans) {
    result.plans.push_back({IdOf<PlanId>(name), name, "Success", "User"});
  }
  for (const auto& name : product.company_plans) {
    result.plans.push_back({IdOf<PlanId>(name), name, "Success", "Company"});
  }
  return result;
}

std::string PlansOff(const std::vector<PlanId>& plans) {
  std::vector<std::string> names;
  for (const auto& plan : plans) names.push_back("-" + NameOf(plan.guid));
  return names.empty() ? "" : fmt::format("({})", fmt::join(names, " "));
}

std::string BriefChange(const Change& change) {
  std::string text(ToString(change.verdict));
  if (change.verdict == Verdict::kGo) text += fmt::format(" {}", change.wave);
  text += change.group ? " group " + change.group->display_name : " " + NameOf(change.user.guid);
  if (change.reprocesses()) text += " again";
  for (const auto& add : change.add) {
    const auto seats =
        std::count(change.takes_seats.begin(), change.takes_seats.end(), add.product);
    text += fmt::format(" {}{}{}{}", seats > 0 ? "+" : "~", NameOf(add.product.guid),
                        seats > 1 ? fmt::format("*{}", seats) : "", PlansOff(add.disabled_plans));
  }
  for (const auto& product : change.remove) text += " -" + NameOf(product.guid);
  if (!change.usage_location.empty()) text += " @" + change.usage_location;
  for (const auto& held : change.held) text += fmt::format(" [{}]", held.guardrail);
  for (const auto& product : change.waits_for) text += fmt::format(" [{}]", NameOf(product.guid));
  if (change.unwanted) {
    text += fmt::format(" [{} minutes, {} readings]",
                        std::chrono::ceil<std::chrono::minutes>(change.unwanted->left).count(),
                        change.unwanted->readings);
  }
  return text;
}

}  // namespace

std::string NameOf(const Guid& guid) {
  std::string name;
  for (const auto byte : guid.bytes()) {
    if (byte != 0) name += static_cast<char>(byte);
  }
  return name;
}

TestUser& TestTenant::User(std::string_view name) { return Named(users, name); }
TestGroup& TestTenant::Group(std::string_view name) { return Named(groups, name); }
TestProduct& TestTenant::Product(std::string_view name) { return Named(products, name); }
const TestProduct& TestTenant::Product(std::string_view name) const {
  return Named(products, name);
}

void TestTenant::ReadUser(const TestUser& user, ObservedBuilder& sink) {
  using rule::Property;
  sink.BeginUser(IdOf<UserId>(user.name));
  sink.SetText(Property::kUserPrincipalName,
               user.principal_name.empty() ? user.name + "@contoso.com" : user.principal_name);
  sink.SetText(Property::kDisplayName, user.name);
  sink.SetBoolean(Property::kAccountEnabled, user.enabled);
  if (!user.department.empty()) sink.SetText(Property::kDepartment, user.department);
  if (!user.usage_location.empty()) sink.SetText(Property::kUsageLocation, user.usage_location);
  if (!user.country.empty()) sink.SetText(Property::kCountry, user.country);
  if (!user.type.empty()) sink.SetAccountType(user.type);
  if (user.signed_in) sink.SetTime(Property::kLastSuccessfulSignIn, *user.signed_in);
  if (user.assignments_known) sink.AssignmentsKnown();
  for (const auto& license : user.licenses) {
    const auto off = PlanIds(license.off);
    sink.AddAssignment({.product = IdOf<SkuId>(license.product),
                        .source = license.source,
                        .group = IdOf<GroupId>(license.group),
                        .state = license.state,
                        .disabled_plans = off,
                        .error = license.error,
                        .updated = license.updated});
  }
  sink.EndUser();
}

void TestTenant::ReadGroup(const TestGroup& group, ObservedBuilder& sink) {
  sink.AddGroup(GroupOf(group));
}

void TestTenant::ReadAllButUsers(ObservedBuilder& sink) const {
  for (const auto& product : products) {
    sink.AddProduct(
        ProductOf(product, HoldersOf(*this, product.name) + product.consumed_elsewhere));
  }
  for (const auto& group : groups) {
    GroupReading reading{.reference = group.called.empty() ? group.name : group.called,
                         .status = group.status};
    if (group.status == GroupReading::Status::kFound) {
      reading.id = IdOf<GroupId>(group.name);
      AddGroupWithMembers(group, sink);
    }
    sink.AddReference(std::move(reading));
  }
}

void TestTenant::Read(ObservedBuilder& sink) const {
  ReadAllButUsers(sink);
  for (const auto& user : users) ReadUser(user, sink);
}

ObservedState TestTenant::Read() const {
  ObservedBuilder builder(properties);
  Read(builder);
  return builder.Finish(kTenantId, kReadAt);
}

Memberships TestTenant::MembershipsOf(const std::vector<UserId>& of,
                                      const std::vector<GroupId>& in) const {
  Memberships memberships;
  for (const auto& user : users) {
    const auto id = IdOf<UserId>(user.name);
    if (std::ranges::find(of, id) == of.end()) continue;
    auto& member_of = memberships[id];
    for (const auto& group : groups) {
      const auto group_id = IdOf<GroupId>(group.name);
      const bool asked = std::ranges::find(in, group_id) != in.end();
      const bool member = std::ranges::find(group.members, user.name) != group.members.end();
      if (asked && member) member_of.push_back(group_id);
    }
    std::ranges::sort(member_of);
  }
  return memberships;
}

ReadingChange TestTenant::Reread(const std::set<std::string>& names) const {
  ReadingChange change;
  ObservedBuilder builder(properties);
  ReadAllButUsers(builder);
  for (const auto& name : names) change.changed.push_back(IdOf<UserId>(name));
  for (const auto& user : users) {
    if (names.contains(user.name)) ReadUser(user, builder);
  }
  change.reread = builder.Finish(kTenantId, kReadAt);
  return change;
}

int HoldersOf(const TestTenant& tenant, std::string_view product) {
  return static_cast<int>(
      std::count_if(tenant.users.begin(), tenant.users.end(), [&](const TestUser& user) {
        return std::any_of(user.licenses.begin(), user.licenses.end(),
                           [&](const TestLicense& license) {
                             return license.product == product && HoldsSeat(license);
                           });
      }));
}

PolicySet Policies(const std::vector<std::string>& documents) {
  std::vector<SourceFile> files;
  for (const auto& document : documents) {
    // The path is the document's name, so that the order of the texts leaves no trace.
    const auto begin = document.find("name: ") + 6;
    const auto end = document.find_first_of("},\n", begin);
    files.push_back({document.substr(begin, end - begin) + ".yaml", document});
  }
  auto loaded = LoadPolicies(files, {});
  if (!loaded.ok()) {
    std::string findings;
    for (const auto& diagnostic : loaded.diagnostics) findings += Render(diagnostic, "");
    throw std::invalid_argument(findings);
  }
  return std::move(loaded.policies);
}

std::string Grants(std::string_view name, std::string_view subjects, std::string_view licenses,
                   int priority) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: {}}}\n"
      "spec:\n  priority: {}\n  subjects: {}\n  licenses: {}\n",
      name, priority, subjects, licenses);
}

std::string Manages(std::string_view product, std::string_view management,
                    std::string_view unassign) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {{name: manages {0}}}\n"
      "spec:\n  product: {0}\n  management: {1}\n  unassign: {2}\n",
      product, management, unassign);
}

std::string Limits(std::string_view name, std::string_view max_unassign) {
  return Guards(name, fmt::format("maxUnassign: {}", max_unassign));
}

std::string Guards(std::string_view name, std::string_view says) {
  return fmt::format(
      "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {{name: {}}}\n"
      "spec: {{{}}}\n",
      name, says);
}

GuardedPlan PlanOf(const TestTenant& tenant, const std::vector<std::string>& documents) {
  return PlanOf(tenant.Read(), Policies(documents));
}

GuardedPlan PlanOf(const ObservedState& observed, const PolicySet& policies,
                   const PlanMemory& memory) {
  auto plan = MakePlan({.tenant = "contoso",
                        .policies = policies,
                        .policy_revision = "sha256:test",
                        .observed = observed,
                        .memory = memory});
  if (!plan) throw std::invalid_argument(plan.error().message);
  return std::move(plan).value();
}

std::string Brief(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& change : plan.changes) lines.push_back(BriefChange(change));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string BriefDrift(const Plan& plan) {
  std::vector<std::string> lines;
  for (const auto& drift : plan.drift) {
    lines.push_back(fmt::format("{} {} {}: {}", NameOf(drift.user.guid), NameOf(drift.product.guid),
                                ToString(drift.kind), drift.cause));
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

void Carry(const Change& change, TestTenant& tenant) {
  if (change.group) {
    auto& group = tenant.Group(NameOf(change.group->id.guid));
    Alter(group.licenses, change);
    group.processing_state = "QueuedForProcessing";
    return;
  }
  if (change.reprocesses()) return ReprocessUser(NameOf(change.user.guid), tenant);
  auto& user = tenant.User(NameOf(change.user.guid));
  if (!change.usage_location.empty()) user.usage_location = change.usage_location;
  Alter(user.licenses, change);
}

void ReprocessUser(std::string_view name, TestTenant& tenant) {
  auto& licenses = tenant.User(name).licenses;
  std::erase_if(licenses, [&](const TestLicense& license) {
    if (license.source != AssignmentSource::kGroup) return false;
    const auto group = std::ranges::find(tenant.groups, license.group, &TestGroup::name);
    if (group == tenant.groups.end()) return true;
    const bool member = std::ranges::find(group->members, name) != group->members.end();
    const auto gives = [&](const TestLicense& given) { return given.product == license.product; };
    return !member || std::ranges::none_of(group->licenses, gives);
  });
  for (auto& license : licenses) {
    if (license.source != AssignmentSource::kGroup) continue;
    license.state = AssignmentState::kActive;
    license.error.clear();
  }
}

void Process(std::string_view name, TestTenant& tenant) {
  auto& group = tenant.Group(name);
  for (const auto& member : group.members) {
    auto& licenses = tenant.User(member).licenses;
    std::erase_if(licenses, [&](const TestLicense& license) {
      return license.source == AssignmentSource::kGroup && license.group == name;
    });
    for (auto license : group.licenses) {
      license.source = AssignmentSource::kGroup;
      license.group = name;
      licenses.push_back(std::move(license));
    }
  }
  group.processing_state = "ProcessingComplete";
}

}  // namespace seatkeeper::test
