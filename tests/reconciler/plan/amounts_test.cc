#include "reconciler/plan/amounts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "reconciler/plan/planner.h"
#include "tests/support/plan_builder.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::Grants;
using test::IdOf;
using test::Manages;
using test::TestTenant;

const SkuId kE5 = IdOf<SkuId>("E5");
const char* const kEverybody = "{rule: user.accountEnabled -eq true}";

std::string Limits(std::string_view spec) {
  return "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: limits}\nspec: {" +
         std::string(spec) + "}\n";
}

std::vector<const Guardrails*> Pointers(const std::vector<Guardrails>& documents) {
  std::vector<const Guardrails*> pointers;
  for (const auto& document : documents) pointers.push_back(&document);
  return pointers;
}

// ada holds F1, bob nothing, cleo F1, dan nothing.
TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .seats = 10}, {.name = "E3"}, {.name = "F1", .seats = 2}};
  tenant.users = {{.name = "ada", .licenses = {{"F1"}}},
                  {.name = "bob"},
                  {.name = "cleo", .licenses = {{"F1"}}},
                  {.name = "dan"}};
  return tenant;
}

// What a plan depends on beside tenant and documents.
struct Circumstances {
  Ceilings ceilings{};
  int given = 0;  // Of E5 in the last 24 hours.
};

Plan PlanIn(const TestTenant& tenant, const std::vector<std::string>& documents,
            const Circumstances& circumstances = {}) {
  const auto policies = test::Policies(documents);
  const auto observed = tenant.Read();
  PlanInput input{.tenant = "contoso",
                  .policies = policies,
                  .observed = observed,
                  .assignments_in_window = {{kE5, circumstances.given}},
                  .ceilings = circumstances.ceilings};
  auto plan = MakePlan(input);
  if (!plan) throw std::invalid_argument(plan.error().message);
  return plan->plan();
}

int AssignedAfter(const Plan& plan, std::string_view product) {
  const auto found = std::find_if(plan.products.begin(), plan.products.end(),
                                  [&](const auto& one) { return one.part_number == product; });
  return found == plan.products.end() ? -1 : found->assigned_after;
}

TEST(AllowedAdditions, IsTheLargerOfBothParts) {
  const struct {
    std::optional<int> seats;
    std::optional<double> percent;
    int purchased;
    std::optional<int> allowed;
  } rows[] = {
      {500, 10.0, 1000, 500}, {500, 10.0, 5000, 500}, {500, 10.0, 5010, 501},
      {500, 10.0, 0, 500},    {{}, 10.0, 1009, 100},  {{}, 10.0, 5, 1},
      {3, {}, 1000, 3},       {0, {}, 1000, 0},       {{}, {}, 1000, {}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(AllowedAdditions({.seats = row.seats, .percent = row.percent}, row.purchased),
              row.allowed)
        << row.seats.value_or(-1) << " " << row.percent.value_or(-1) << " of " << row.purchased;
  }
}

TEST(MaxAssign, DocumentsLimitEachOnItsOwn) {
  const auto limits = [](const std::vector<Guardrails>& documents) {
    return MaxAssignLimits(Pointers(documents));
  };
  const AmountLimit off;
  const AmountLimit built_in{.seats = 500, .percent = 10.0};
  const AmountLimit few{.seats = 7};
  const AmountLimit share{.percent = 1.0};
  EXPECT_EQ(limits({}), std::vector{built_in});
  EXPECT_EQ(limits({{.max_unassign = few}}), std::vector{built_in});
  EXPECT_EQ(limits({{.max_assign = off}}), std::vector<AmountLimit>{});
  EXPECT_EQ(limits({{.max_assign = off}, {.max_assign = few}}), std::vector{few});
  EXPECT_EQ(limits({{.max_assign = few}, {.max_assign = share}}), (std::vector{few, share}));
  // Together they allow seven of any product and one percent of any: not the larger of the two.
  GuardInput input{.max_assign = limits({{.max_assign = few}, {.max_assign = share}})};
  input.purchased[test::Sku(1)] = 300;
  std::vector<Change> changes;
  for (int i = 1; i <= 3; ++i) changes.push_back(test::Assign(i, test::Sku(1)));
  HoldAmounts(changes, input);
  EXPECT_EQ(changes[0].verdict, Verdict::kGo) << "three of three hundred";
  changes.push_back(test::Assign(4, test::Sku(1)));
  HoldAmounts(changes, input);
  EXPECT_EQ(changes[0].verdict, Verdict::kHeld);
}

TEST(MaxChanges, TheStrictestDocumentHolds) {
  const auto strictest = [](const std::vector<Guardrails>& documents) {
    return StrictestMaxChanges(Pointers(documents));
  };
  EXPECT_EQ(strictest({}), 1000);
  EXPECT_EQ(strictest({{.max_assign = AmountLimit{}}}), 1000);
  EXPECT_EQ(strictest({{.max_changes = FigureLimit{}}}), std::nullopt);
  EXPECT_EQ(strictest({{.max_changes = FigureLimit{}}, {.max_changes = FigureLimit{5000.0}}}),
            5000);
  EXPECT_EQ(strictest({{.max_changes = FigureLimit{7.0}}, {.max_changes = FigureLimit{9.0}}}), 7);
}

TEST(MaxAssign, HoldsAllAdditionsOfTheProductAndNoOthers) {
  const auto five =
      Grants("five", "{users: [bob@contoso.com, dan@contoso.com]}", "[{product: E5}]");
  const auto three = Grants("three", "{users: [ada@contoso.com]}", "[{product: E3}]");
  const auto plan = PlanIn(Contoso(), {five, three, Limits("maxAssign: {seats: 1}")});
  EXPECT_EQ(Brief(plan), "go 1 ada +E3\nheld bob +E5 [maxAssign]\nheld dan +E5 [maxAssign]");
  EXPECT_EQ(Brief(PlanIn(Contoso(), {five, Limits("maxAssign: {seats: 2}")})),
            "go 1 bob +E5\ngo 1 dan +E5");
  const auto& held = plan.changes.at(1).held.at(0);
  EXPECT_EQ(held.value, "2 additions planned");
  EXPECT_EQ(held.limit, "1 (1 seats) in 24 hours");
  EXPECT_NE(held.release.find("raise maxAssign in a Guardrails document"), std::string::npos);
  EXPECT_EQ(held.product, kE5);
}

TEST(MaxAssign, CountsWhatTheWindowHasSeen) {
  const std::vector<std::string> documents = {
      Grants("five", "{users: [bob@contoso.com]}", "[{product: E5}]"),
      Limits("maxAssign: {seats: 2, percent: 30}")};
  EXPECT_EQ(Brief(PlanIn(Contoso(), documents, {.given = 2})), "go 1 bob +E5");
  const auto plan = PlanIn(Contoso(), documents, {.given = 3});
  EXPECT_EQ(Brief(plan), "held bob +E5 [maxAssign]");
  EXPECT_EQ(plan.changes[0].held[0].value, "1 additions planned, 3 in the last 24 hours");
  EXPECT_EQ(plan.changes[0].held[0].limit,
            "3 (2 seats or 30 % of 10 purchased, whichever is more) in 24 hours");
}

TEST(MaxAssign, WhoGetsNoSeatAnywayDoesNotCount) {
  auto tenant = Contoso();
  tenant.Product("E5").seats = 1;
  EXPECT_EQ(Brief(PlanIn(tenant, {Grants("five", kEverybody, "[{product: E5}]"),
                                  Limits("maxAssign: {seats: 1}")})),
            "go 1 ada +E5");
}

TEST(MaxAssign, ASwapWaitsWholeAndItsSeatStaysTaken) {
  const auto ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, F1]}\n";
  const auto up = Grants("up", "{users: [ada@contoso.com, cleo@contoso.com]}", "[{product: E5}]");
  const auto f1 = Grants("f1", "{users: [bob@contoso.com]}", "[{product: F1}]");
  const std::vector<std::string> documents = {ladder, up, f1, Manages("F1", "full"),
                                              Manages("E5", "full")};
  EXPECT_EQ(Brief(PlanIn(Contoso(), documents)),
            "go 1 ada +E5 -F1\ngo 1 cleo +E5 -F1\ngo 2 bob +F1");
  auto limited = documents;
  limited.push_back(Limits("maxAssign: {seats: 1}"));
  const auto plan = PlanIn(Contoso(), limited);
  EXPECT_EQ(Brief(plan), "held ada +E5 -F1 [maxAssign]\nheld cleo +E5 -F1 [maxAssign]");
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.waiting[0].user_principal_name, "bob@contoso.com");
}

TEST(MaxAssign, NothingElseIsLostMeanwhile) {
  const auto plan =
      PlanIn(Contoso(), {Grants("five", "{users: [ada@contoso.com]}", "[{product: E5}]"),
                         Manages("F1", "full"), Limits("maxUnassign: off, maxAssign: {seats: 0}")});
  EXPECT_EQ(Brief(plan), "go 1 cleo -F1\nheld ada +E5 -F1 [maxAssign]");
}

TEST(MaxAssign, AHeldRungIsNotGivenInsteadOfAnotherOne) {
  auto tenant = Contoso();
  tenant.Product("E5").seats = 0;
  tenant.User("cleo").licenses.clear();
  const auto ladder =
      "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
      "spec: {products: [E5, E3, F1], fallback: true}\n";
  const std::vector<std::string> documents = {
      ladder, Grants("five", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]"),
      Manages("F1", "full")};
  EXPECT_EQ(Brief(PlanIn(tenant, documents)), "go 1 ada +E3 -F1\ngo 1 bob +E3");
  auto limited = documents;
  limited.push_back(Limits("maxAssign: {seats: 1}"));
  EXPECT_EQ(Brief(PlanIn(tenant, limited)),
            "held ada +E3 -F1 [maxAssign]\nheld bob +E3 [maxAssign]");
}

TEST(MaxAssign, AGroupCountsAsTheSeatsItsMembersNeed) {
  auto tenant = Contoso();
  tenant.groups = {{.name = "STAFF", .members = {"ada", "bob", "cleo"}}};
  tenant.User("ada").licenses.push_back({"E5"});
  const auto staff =
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: staff}\n"
      "spec: {subjects: {groups: [STAFF]}, delivery: group, licenses: [{product: E5}]}\n";
  const auto dan = Grants("dan", "{users: [dan@contoso.com]}", "[{product: E5}]");
  EXPECT_EQ(Brief(PlanIn(tenant, {staff, dan, Limits("maxAssign: {seats: 3}")})),
            "go 1 group STAFF +E5*2\ngo 1 dan +E5");
  const auto plan = PlanIn(tenant, {staff, dan, Limits("maxAssign: {seats: 2}")});
  EXPECT_EQ(Brief(plan), "held group STAFF +E5*2 [maxAssign]\nheld dan +E5 [maxAssign]");
  EXPECT_EQ(AssignedAfter(plan, "E5"), 1) << "ada's own";
}

TEST(MaxAssign, AGroupLosesNothingBeforeItIsGivenSomething) {
  auto tenant = Contoso();
  tenant.groups = {{.name = "STAFF", .members = {"bob", "dan"}, .licenses = {{"E3"}}}};
  test::Process("STAFF", tenant);
  const auto staff = [](std::string_view says) {
    return "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: " +
           std::string(says.substr(0, 6)) +
           "}\nspec: {subjects: {groups: [STAFF]}, delivery: group, " + std::string(says) + "}\n";
  };
  const std::vector<std::string> documents = {staff("licenses: [{product: E5}]"),
                                              staff("revoke: [E3]"), Manages("E3", "full"),
                                              Limits("maxUnassign: off, maxAssign: {seats: 1}")};
  EXPECT_EQ(Brief(PlanIn(tenant, documents)),
            "deferred group STAFF -E3\nheld group STAFF +E5*2 [maxAssign]");
}

TEST(MaxChanges, HoldsEverythingAboveIt) {
  const auto everybody = Grants("three", kEverybody, "[{product: E3}]");
  EXPECT_EQ(PlanIn(Contoso(), {everybody, Limits("maxChanges: 4")}).CountWith(Verdict::kGo), 4U);
  const auto plan = PlanIn(Contoso(), {everybody, Limits("maxChanges: 3")});
  EXPECT_EQ(Brief(plan),
            "held ada +E3 [maxChanges]\nheld bob +E3 [maxChanges]\nheld cleo +E3 [maxChanges]\n"
            "held dan +E3 [maxChanges]");
  const auto& held = plan.changes[0].held.at(0);
  EXPECT_EQ(held.value, "4 changes planned");
  EXPECT_EQ(held.limit, "3 in one cycle");
  EXPECT_FALSE(held.product);
  EXPECT_EQ(plan.digest, "");
  EXPECT_EQ(AssignedAfter(plan, "E3"), 0) << "nothing is given";
}

TEST(MaxChanges, CountsUsersAndGroupsWhateverHappensToThem) {
  auto tenant = Contoso();
  tenant.groups = {{.name = "STAFF", .members = {"bob", "dan"}}};
  const std::vector<std::string> documents = {
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: staff}\n"
      "spec: {subjects: {groups: [STAFF]}, delivery: group, licenses: [{product: E5}]}\n",
      Grants("ada", "{users: [ada@contoso.com]}", "[{product: E3}, {product: E5}]")};
  auto two = documents;
  two.push_back(Limits("maxChanges: 2"));
  EXPECT_EQ(Brief(PlanIn(tenant, two)), "go 1 group STAFF +E5*2\ngo 1 ada +E3 +E5");
  auto one = documents;
  one.push_back(Limits("maxChanges: 1"));
  const auto plan = PlanIn(tenant, one);
  EXPECT_EQ(Brief(plan), "held group STAFF +E5*2 [maxChanges]\nheld ada +E3 +E5 [maxChanges]");
  EXPECT_EQ(AssignedAfter(plan, "E5"), 0);
}

TEST(MaxChanges, WhatAnotherGuardrailHoldsDoesNotCount) {
  const std::vector<std::string> documents = {
      Grants("five", "{users: [bob@contoso.com, dan@contoso.com]}", "[{product: E5}]"),
      Grants("three", "{users: [ada@contoso.com]}", "[{product: E3}]"),
      Limits("maxAssign: {seats: 1}, maxChanges: 1")};
  EXPECT_EQ(Brief(PlanIn(Contoso(), documents)),
            "go 1 ada +E3\nheld bob +E5 [maxAssign]\nheld dan +E5 [maxAssign]");
}

TEST(BuiltInAmounts, HoldWhereNobodySaysOtherwise) {
  const auto held = [](int users, int seats, const std::vector<std::string>& limits = {}) {
    TestTenant tenant;
    tenant.products = {{.name = "E5", .seats = seats}};
    for (int i = 0; i < users; ++i) tenant.users.push_back({.name = "u" + std::to_string(i)});
    auto documents = limits;
    documents.push_back(Grants("five", kEverybody, "[{product: E5}]"));
    return PlanIn(tenant, documents).CountWith(Verdict::kHeld);
  };
  EXPECT_EQ(held(500, 500), 0U);
  EXPECT_EQ(held(501, 501), 501U);
  EXPECT_EQ(held(600, 6000), 0U) << "10 percent of what is purchased";
  EXPECT_EQ(held(601, 6000), 601U);
  EXPECT_EQ(held(501, 501, {Limits("maxAssign: off")}), 0U);
  EXPECT_EQ(held(1000, 10000), 0U);
  EXPECT_EQ(held(1001, 20000), 1001U) << "maxChanges";
  EXPECT_EQ(held(1001, 20000, {Limits("maxChanges: off")}), 0U);
}

TEST(Ceilings, HoldEvenAgainstOff) {
  const auto five =
      Grants("five", "{users: [bob@contoso.com, dan@contoso.com]}", "[{product: E5}]");
  const auto off = Limits("maxUnassign: off, maxAssign: off, maxChanges: off");
  auto plan = PlanIn(Contoso(), {five, off}, {.ceilings = {.max_assign = AmountLimit{.seats = 1}}});
  EXPECT_EQ(Brief(plan), "held bob +E5 [maxAssign]\nheld dan +E5 [maxAssign]");
  EXPECT_EQ(plan.changes[0].held[0].release,
            "raise ceilings.maxAssign in the config: no policy exceeds or lifts it");
  plan = PlanIn(Contoso(), {five, off}, {.ceilings = {.max_changes = 1}});
  EXPECT_EQ(Brief(plan), "held bob +E5 [maxChanges]\nheld dan +E5 [maxChanges]");
  plan = PlanIn(Contoso(), {five, off, Manages("F1", "full")},
                {.ceilings = {.max_unassign = AmountLimit{.seats = 1}}});
  EXPECT_EQ(Brief(plan),
            "go 1 bob +E5\ngo 1 dan +E5\nheld ada -F1 [maxUnassign]\nheld cleo -F1 [maxUnassign]");
  EXPECT_EQ(plan.changes[2].held[0].release,
            "raise ceilings.maxUnassign in the config: no policy exceeds or lifts it");
}

TEST(Ceilings, NeverLoosenWhatIsStricter) {
  const Ceilings high{.max_unassign = AmountLimit{.seats = 90},
                      .max_assign = AmountLimit{.seats = 90},
                      .max_changes = 90};
  const auto five =
      Grants("five", "{users: [bob@contoso.com, dan@contoso.com]}", "[{product: E5}]");
  EXPECT_EQ(Brief(PlanIn(Contoso(), {five, Manages("F1", "full")}, {.ceilings = high})),
            "go 1 bob +E5\ngo 1 dan +E5\nheld ada -F1 [maxUnassign]\nheld cleo -F1 [maxUnassign]")
      << "the built-in one of a product with two holders";
  const auto plan = PlanIn(Contoso(), {five, Limits("maxAssign: {seats: 1}")}, {.ceilings = high});
  EXPECT_EQ(Brief(plan), "held bob +E5 [maxAssign]\nheld dan +E5 [maxAssign]");
  EXPECT_NE(plan.changes[0].held[0].release.find("Guardrails document"), std::string::npos);
  EXPECT_EQ(Brief(PlanIn(Contoso(), {five, Limits("maxChanges: 1")}, {.ceilings = high})),
            "held bob +E5 [maxChanges]\nheld dan +E5 [maxChanges]");
}

TEST(HoldAmounts, JudgesPlansHoweverTheyCameAbout) {
  std::vector<Change> changes = {test::Assign(1, test::Sku(1)), test::Assign(2, test::Sku(1)),
                                 test::Assign(3, test::Sku(2)),
                                 test::AssignGroup(4, test::Sku(2), 3)};
  GuardInput input{.max_assign = {{.seats = 3}}};
  auto judged = changes;
  HoldAmounts(judged, input);
  EXPECT_EQ(judged[0].verdict, Verdict::kGo);
  EXPECT_EQ(judged[2].verdict, Verdict::kHeld) << "four of the second product";
  EXPECT_EQ(judged[3].verdict, Verdict::kHeld);
  EXPECT_EQ(judged[3].wave, 0);
  judged = changes;
  HoldAmounts(judged, {.max_changes = 3});
  for (const auto& change : judged) EXPECT_EQ(change.verdict, Verdict::kHeld);
  judged = changes;
  HoldAmounts(judged, {.max_changes = 4});
  for (const auto& change : judged) EXPECT_EQ(change.verdict, Verdict::kGo);
}

}  // namespace
}  // namespace seatkeeper
