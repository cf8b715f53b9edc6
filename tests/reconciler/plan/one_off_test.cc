#include "reconciler/plan/one_off.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "reconciler/plan/one_off_report.h"
#include "reconciler/plan/planner.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::Guards;
using test::IdOf;
using test::Limits;
using test::Manages;
using test::TestTenant;
using testing::AllOf;
using testing::HasSubstr;

const std::string kNoLimits = Limits("none", "off");

TestTenant Tenant() {
  return {.users = {{.name = "ada"},
                    {.name = "bob", .licenses = {{"E3"}}},
                    {.name = "cleo", .licenses = {{"E3"}, {"VISIO"}}},
                    {.name = "dan",
                     .licenses = {{.product = "E3",
                                   .source = AssignmentSource::kGroup,
                                   .group = "Sales"}}}},
          .products = {{.name = "E5"}, {.name = "E3"}, {.name = "VISIO", .seats = 2}},
          .groups = {{.name = "Sales", .members = {"dan"}, .licenses = {{"E3"}}}}};
}

OneOff Wanted(OneOff::Kind kind, const std::vector<std::string>& products,
              const std::vector<std::string>& users) {
  OneOff one_off{.kind = kind, .users = {}, .products = products, .said = "root@host: ticket 4711"};
  for (const auto& user : users) {
    one_off.users.push_back({.value = user + "@contoso.com", .at = {}});
  }
  return one_off;
}
OneOff Assign(const std::vector<std::string>& products, const std::vector<std::string>& users) {
  return Wanted(OneOff::Kind::kAssign, products, users);
}
OneOff Unassign(const std::vector<std::string>& products, const std::vector<std::string>& users) {
  return Wanted(OneOff::Kind::kUnassign, products, users);
}

struct Planned {
  Plan plan;
  OneOffReport report;
};

Planned PlanOf(const OneOff& one_off, const TestTenant& tenant,
               const std::vector<std::string>& documents = {kNoLimits},
               const PlanMemory& memory = {}) {
  const auto observed = tenant.Read();
  const auto policies = test::Policies(documents);
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .policy_revision = "sha256:test",
                  .observed = observed,
                  .now = observed.read_at,
                  .memory = memory};
  input.one_off = &one_off;
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  auto report = ReportOneOff(input, plan->plan());
  if (!report) throw std::invalid_argument(report.error().message);
  return {plan->plan(), *std::move(report)};
}

std::string Text(const std::vector<OneOffReport::Line>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += fmt::format("{}{}: {}\n", line.user.substr(0, line.user.find('@')),
                        line.product ? " " + test::NameOf(line.product->guid) : "", line.text);
  }
  return text;
}

std::string Later(const OneOffReport& report) {
  std::string text;
  for (const auto& each : report.later) {
    text += fmt::format("{}: {}: {}\n", test::NameOf(each.product.guid), each.text,
                        fmt::join(each.users, ", "));
  }
  return text;
}

TEST(OneOff, GivesAndTakesWhatAPersonNamesEvenWhereNoPolicyNamesTheProduct) {
  const auto assigned = PlanOf(Assign({"E5"}, {"ada", "bob"}), Tenant());
  EXPECT_EQ(Brief(assigned.plan), "go 1 ada +E5\ngo 1 bob +E5");
  const auto& change = assigned.plan.changes.at(0);
  EXPECT_EQ(change.origin.policy, "assign");
  EXPECT_EQ(ToString(change.origin.at), "root@host: ticket 4711");
  EXPECT_EQ(Later(assigned.report),
            "E5: no policy file names the product: it stays: ada@contoso.com, bob@contoso.com\n");
  EXPECT_FALSE(assigned.report.is_partial());

  const auto taken = PlanOf(Unassign({"E3"}, {"bob"}), Tenant());
  EXPECT_EQ(Brief(taken.plan), "go 1 bob -E3") << "cleo has it, too, and is not named";
  EXPECT_EQ(taken.plan.changes.at(0).origin.policy, "unassign");
}

TEST(OneOff, DoesNothingThatPolicyWants) {
  const std::vector<std::string> documents{
      kNoLimits, Grants("all", "{users: [ada@contoso.com]}", "[{product: VISIO}]"),
      Manages("E3", "full")};
  EXPECT_EQ(Brief(PlanOf(Assign({"E5"}, {"bob"}), Tenant(), documents).plan), "go 1 bob +E5")
      << "neither ada's VISIO nor the E3 that nobody is granted";
}

TEST(OneOff, TakesAllThatAUserHoldsAndSaysWhatAGroupGoesOnGiving) {
  const auto planned = PlanOf(Unassign({}, {"cleo", "dan", "ada"}), Tenant());
  EXPECT_EQ(Brief(planned.plan), "go 1 cleo -E3 -VISIO");
  EXPECT_THAT(Text(planned.report.not_done),
              AllOf(HasSubstr("dan E3: "), HasSubstr("can only be taken away there: Sales")));
  EXPECT_TRUE(planned.report.is_partial());
}

TEST(OneOff, OthersGoOnWhereOneCannot) {
  auto tenant = Tenant();
  tenant.User("ada").usage_location = "";
  tenant.users.push_back({.name = "eve"});
  tenant.users.push_back({.name = "fay"});
  const auto planned = PlanOf(Assign({"VISIO"}, {"ada", "bob", "cleo", "eve", "nobody"}), tenant);
  EXPECT_EQ(planned.plan.CountWith(Verdict::kGo), 1U) << "one seat is free";
  const auto text = Text(planned.report.not_done);
  EXPECT_THAT(text, AllOf(HasSubstr("ada VISIO: "), HasSubstr("usage location"),
                          HasSubstr("but no seat is free"),
                          HasSubstr("nobody: no user has this principal name")));
  EXPECT_EQ(Text(planned.report.needless), "cleo VISIO: is assigned directly already\n");
}

TEST(OneOff, AMistypedProductIsNotHalfOfWhatWasMeant) {
  EXPECT_THROW(PlanOf(Assign({"E5", "VISIOO"}, {"ada"}), Tenant()), std::invalid_argument);
}

TEST(OneOff, EveryGuardrailHolds) {
  const std::vector<std::string> protects{kNoLimits,
                                          Guards("ours", "protected: {users: [bob@contoso.com]}")};
  const auto guarded = PlanOf(Unassign({"E3"}, {"bob", "cleo"}), Tenant(), protects);
  EXPECT_THAT(Brief(guarded.plan), AllOf(HasSubstr("go 1 cleo -E3"), HasSubstr("protected")));

  const auto few =
      PlanOf(Unassign({"E3"}, {"bob", "cleo"}), Tenant(), {Limits("few", "{seats: 1}")});
  EXPECT_EQ(few.plan.CountWith(Verdict::kGo), 0U) << "all of the product, not those above";
  EXPECT_THAT(Brief(few.plan), HasSubstr("maxUnassign"));

  const auto none = PlanOf(Unassign({"E3"}, {"bob", "cleo"}), Tenant(), {});
  EXPECT_THAT(Brief(none.plan), HasSubstr("maxUnassign")) << "without any document, too";

  const std::vector<std::string> unknown{kNoLimits,
                                         Grants("lost", "{groups: [Gone]}", "[{product: E3}]")};
  EXPECT_THAT(Brief(PlanOf(Unassign({"E3"}, {"bob"}), Tenant(), unknown).plan),
              HasSubstr("reference"));
}

TEST(OneOff, FreezesDelayWhatTakesAwayAndNotWhatGives) {
  const std::vector<std::string> documents{
      kNoLimits, Guards("always", "freezes: [{from: 2001-01-01, to: 2090-01-01, reason: audit}]")};
  const auto taken = PlanOf(Unassign({"E3"}, {"bob"}), Tenant(), documents);
  EXPECT_THAT(Brief(taken.plan), AllOf(HasSubstr("deferred"), HasSubstr("bob -E3")));
  EXPECT_EQ(Brief(PlanOf(Assign({"E5"}, {"bob"}), Tenant(), documents).plan), "go 1 bob +E5");
}

TEST(OneOff, ARemovalThatAPersonNamesDoesNotWaitForPolicysTime) {
  const std::vector<std::string> documents{
      kNoLimits, Manages("E3", "full", "{after: 30d, confirmations: 5}"),
      Grants("bobs", "{users: [bob@contoso.com]}", "[{product: E3}]")};
  EXPECT_EQ(Brief(PlanOf(Unassign({"E3"}, {"bob"}), Tenant(), documents).plan), "go 1 bob -E3");
}

TEST(OneOff, WhatUndoPutBackStays) {
  PlanMemory memory;
  memory.pins.push_back({.number = 1,
                         .subject = IdOf<UserId>("bob"),
                         .subject_name = "bob@contoso.com",
                         .product = IdOf<SkuId>("E3"),
                         .plan_id = "p1",
                         .who = "ada@host"});
  EXPECT_THAT(Brief(PlanOf(Unassign({"E3"}, {"bob"}), Tenant(), {kNoLimits}, memory).plan),
              HasSubstr("pinned"));
  const auto given = PlanOf(Assign({"E3"}, {"bob", "ada"}), Tenant(), {kNoLimits}, memory);
  EXPECT_TRUE(given.plan.ended_pins.empty()) << "only policy ends a pin";
}

TEST(OneOff, SaysWhenPolicyTakesItBack) {
  const auto after = [](const std::string& management, const std::string& more = "") {
    const std::vector<std::string> documents{
        kNoLimits, Manages("E5", management, "{after: 7d}"),
        more.empty() ? Grants("others", "{users: [bob@contoso.com]}", "[{product: E5}]") : more};
    return Later(PlanOf(Assign({"E5"}, {"ada"}), Tenant(), documents).report);
  };
  EXPECT_THAT(after("full"), HasSubstr("will take this back after 7 days: ada"));
  EXPECT_THAT(after("owned"), HasSubstr("will take this back after 7 days"))
      << "what seatkeeper assigns is its own";
  EXPECT_THAT(after("assign-only"), HasSubstr("it stays, as drift"));
  EXPECT_THAT(after("observe"), HasSubstr("it stays, as drift"));
  EXPECT_THAT(after("full", Grants("hers", "{users: [ada@contoso.com]}", "[{product: E5}]")),
              HasSubstr("policy hers"));
  EXPECT_THAT(after("full", Grants("hers", "{users: [ada@contoso.com]}", "[{product: E5}]")),
              HasSubstr("grants it, too: it stays"));
}

TEST(OneOff, SaysThatPolicyGivesItAgain) {
  const std::vector<std::string> documents{
      kNoLimits, Grants("bobs", "{users: [bob@contoso.com]}", "[{product: E3}]")};
  const auto later = Later(PlanOf(Unassign({"E3"}, {"bob", "cleo"}), Tenant(), documents).report);
  EXPECT_THAT(later, AllOf(HasSubstr("policy bobs"),
                           HasSubstr("will give this again in the next cycle: bob"),
                           HasSubstr("no policy grants it: it stays away: cleo")));
}

TEST(OneOff, OfALadderOnlyTheHighestRungGrantedComesBack) {
  const std::vector<std::string> documents{
      kNoLimits, Grants("low", "{users: [bob@contoso.com]}", "[{product: E3}]"),
      Grants("high", "{users: [bob@contoso.com]}", "[{product: E5}]"), Manages("E3", "full"),
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3]}\n"};
  EXPECT_THAT(Later(PlanOf(Unassign({"E3"}, {"bob"}), Tenant(), documents).report),
              HasSubstr("it stays away"));
}

}  // namespace
}  // namespace seatkeeper
