#include "tests/reconciler/plan/one_of_everything.h"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/revision.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {
namespace {

std::string Priced(std::string_view product, std::string_view management, std::string_view keys) {
  return Manages(product, management) + fmt::format("  {}\n", keys);
}

TestTenant EverythingTenant() {
  TestTenant tenant;
  tenant.products = {{.name = "SPE_E5", .seats = 3, .plans = {"EXCHANGE_S_ENT", "YAMMER_ENT"}},
                     {.name = "SPE_E3", .seats = 9, .plans = {"EXCHANGE_S_STD"}},
                     {.name = "SPE_F1", .seats = 9, .plans = {"TEAMS1", "SWAY"}},
                     {.name = "VISIOCLIENT", .seats = 2},
                     {.name = "POWER_BI_PRO", .seats = 9},
                     {.name = "PLAN_A", .seats = 1},
                     {.name = "PLAN_B", .seats = 1},
                     {.name = "PROJECT", .seats = 9, .plans = {"SHAREPOINTWAC"}},
                     {.name = "FLOW", .seats = 9},
                     {.name = "STREAM"},
                     {.name = "TEAMS", .seats = 60},
                     {.name = "VIVA", .seats = 9}};
  tenant.users = {
      {.name = "ada", .licenses = {{"SPE_E3"}}},
      {.name = "bob", .licenses = {{"SPE_E3"}}},
      {.name = "cleo", .licenses = {{"VISIOCLIENT"}}},
      {.name = "dan", .licenses = {{"VISIOCLIENT"}}},
      {.name = "eve", .licenses = {{"POWER_BI_PRO", {}, AssignmentSource::kGroup, "finance"}}},
      {.name = "fay", .licenses = {{"VISIOCLIENT"}}, .usage_location = ""},
      {.name = "gus", .licenses = {{"SPE_E5"}}},
      {.name = "hal", .licenses = {{"PLAN_A"}}},
      {.name = "ida", .licenses = {{"PLAN_B"}}},
      {.name = "jo", .licenses = {{"SPE_E3"}}},
      {.name = "kim", .licenses = {{"SPE_F1"}, {"TEAMS"}}},
      {.name = "lee", .licenses = {{"SPE_E5", {"YAMMER_ENT"}}}},
      {.name = "mia"},
      {.name = "nan", .licenses = {{"POWER_BI_PRO"}, {"FLOW"}}},
      {.name = "oda", .licenses = {{"FLOW"}}},
      {.name = "pam",
       .licenses = {{"VIVA",
                     {},
                     AssignmentSource::kGroup,
                     "viva",
                     AssignmentState::kError,
                     "CountViolation"}}},
  };
  for (int i = 0; i < 23; ++i) tenant.users.push_back({.name = fmt::format("staff{:02}", i)});
  tenant.users.back().usage_location = "";
  for (const auto* name : {"ron", "sue", "tom", "uma", "vic"}) {
    tenant.users.push_back({.name = name, .licenses = {{"STREAM"}}});
  }
  tenant.groups = {{.name = "projects", .members = {"mia", "nan"}},
                   {.name = "old projects", .members = {"gus"}, .licenses = {{"PROJECT"}}},
                   {.name = "viva", .members = {"pam"}, .licenses = {{"VIVA"}}}};
  Process("old projects", tenant);
  return tenant;
}

std::vector<std::string> EverythingDocuments() {
  std::string staff;
  for (int i = 0; i < 23; ++i) staff += fmt::format("staff{:02}@contoso.com, ", i);
  const auto user = [](std::string_view name) {
    return fmt::format("{{users: [{}@contoso.com]}}", name);
  };
  return {Grants("engineering",
                 "{users: [ada@contoso.com, bob@contoso.com, jo@contoso.com, lee@contoso.com, "
                 "fay@contoso.com]}",
                 "[{product: SPE_E5, disabledPlans: [YAMMER_ENT]}]", 10),
          Grants("late", user("mia"), "[{product: SPE_E5, disabledPlans: [YAMMER_ENT]}]"),
          Grants("frontline", user("kim"), "[{product: SPE_F1, disabledPlans: [SWAY]}]"),
          Grants("hal", user("hal"), "[{product: PLAN_B}]"),
          Grants("ida", user("ida"), "[{product: PLAN_A}]"),
          "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: projects}\n"
          "spec: {subjects: {groups: [projects]}, licenses: [{product: PROJECT}], "
          "delivery: group}\n",
          "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: old projects}\n"
          "spec: {subjects: {groups: [old projects]}, revoke: [PROJECT], delivery: group}\n",
          "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: viva}\n"
          "spec: {subjects: {groups: [viva]}, licenses: [{product: VIVA}], delivery: group}\n",
          Manages("PROJECT", "full"),
          Manages("STREAM", "full"),
          Grants("visio", "{groups: [Visio Users]}", "[{product: VISIOCLIENT}]"),
          Grants("staff", fmt::format("{{users: [{}]}}", staff), "[{product: TEAMS}]") +
              "  expires: 2026-03-31\n  usageLocation: {default: FR}\n",
          "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
          "spec: {products: [SPE_E5, SPE_E3], fallback: true}\n",
          Priced("SPE_E5", "full",
                 "unitPrice: {amount: 57.00, currency: USD, per: month}\n  spare: {min: 3}"),
          Priced("SPE_E3", "full",
                 "unitPrice: {amount: 400, currency: EUR, per: year}\n  spare: {max: 2}"),
          Priced("SPE_F1", "full", "reserve: 2"),
          Priced("TEAMS", "full", "unitPrice: {amount: 1204.5, currency: USD, per: month}"),
          Priced("PLAN_A", "full", "unitPrice: {amount: 9.99, currency: EUR, per: month}"),
          Priced("PLAN_B", "full", "unitPrice: {amount: 4.99, currency: EUR, per: month}"),
          Manages("VISIOCLIENT", "full"),
          Manages("FLOW", "full", "{after: 7d}"),
          Manages("POWER_BI_PRO", "assign-only"),
          Limits("default", "{seats: 3}"),
          Guards("mailboxes", "mailboxLoss: allow")};
}

// Of those who lose STREAM the first is approved; the others are still too many.
Release ApprovalOfOne(const Plan& plan) {
  for (auto& set : HeldSetsOf(plan)) {
    if (set.reasons.front().about != IdOf<SkuId>("STREAM")) continue;
    set.items.resize(1);
    return {.by = {.approval = "command 7",
                   .digest = set.digest,
                   .who = "ada@laptop",
                   .reason = "left the company"},
            .items = set.items};
  }
  throw std::invalid_argument("nothing of STREAM is held");
}

// Of whom the audit log tells: eve got POWER_BI_PRO from a group, nan from somebody; of gus it does
// not say what.
std::vector<LicenseEvent> AuditedEvents(WallTime read_at) {
  const auto event = [&](std::string_view user, Actor actor, std::string name) {
    return LicenseEvent{.at = read_at - std::chrono::hours(30),
                        .user = IdOf<UserId>(user),
                        .actor = actor,
                        .name = std::move(name)};
  };
  std::vector<LicenseEvent> events = {
      event("eve", Actor::kGroupLicensing, "Microsoft Entra ID Group-Based Licensing"),
      event("nan", Actor::kUser, "root@contoso.com"), event("gus", Actor::kApplication, "HR sync")};
  for (auto& each : std::span(events).first(2)) {
    each.names_products = true;
    each.gained = {IdOf<SkuId>("POWER_BI_PRO")};
  }
  return events;
}

}  // namespace

Plan OneOfEverything() {
  const auto observed = EverythingTenant().Read();
  const auto policies = Policies(EverythingDocuments());
  const auto since = [&](std::string_view user, std::chrono::hours ago) {
    return std::pair(UserProduct{IdOf<UserId>(user), IdOf<SkuId>("SPE_E5")},
                     observed.read_at - ago);
  };
  const auto audited = AuditedEvents(observed.read_at);
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "sha256:test",
                  .observed = observed,
                  .now = observed.read_at,
                  .license_events = audited};
  input.can_reprocess = true;
  input.memory.waiting = {since("bob", std::chrono::hours(100)),
                          since("mia", std::chrono::hours(9))};
  // Told, and not holding: what goes is to be seen, too.
  input.doubts.told = {StoreHolds("contoso", {.kind = StoreDoubt::Kind::kNew})};
  // nan does not need it any more and has not for a while; oda since now.
  const auto began = observed.read_at - std::chrono::hours(50);
  input.memory.deferrals = {.entries = {{.subject = IdOf<UserId>("nan"),
                                         .product = IdOf<SkuId>("FLOW"),
                                         .plans = {},
                                         .first_seen = began,
                                         .since = began + std::chrono::hours(2),
                                         .confirmed_at = observed.read_at}},
                            .last_reading = observed.read_at - std::chrono::minutes(5)};
  // A name that meant another product: nothing of it would go, so nothing is held for that.
  input.accepted_revision =
      SummarizeRevision(policies, input.tenant, "sha256:accepted", observed, input.catalog);
  input.accepted_revision->names.at("power_bi_pro").product = IdOf<SkuId>("POWER_BI");
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  input.releases = {ApprovalOfOne(plan->plan())};
  plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  return plan->plan();
}

}  // namespace seatkeeper::test
