#include "reconciler/plan/desired.h"

#include <gtest/gtest.h>

#include "reconciler/plan/selection.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::Manages;
using test::PlanOf;
using test::Policies;
using test::TestTenant;

TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P1", "P2"}, .company_plans = {"CO"}},
                     {.name = "E3"}};
  tenant.users = {{.name = "ada", .department = "Eng"},
                  {.name = "bob", .department = "Eng"},
                  {.name = "cleo", .department = "Sales"},
                  {.name = "dan", .department = "Sales"}};
  tenant.groups = {{.name = "crew", .members = {"bob", "cleo", "stranger"}}};
  return tenant;
}

std::string Selected(const TestTenant& tenant, const std::string& subjects) {
  const auto policies = Policies({Grants("p", subjects, "[{product: E5}]")});
  const auto observed = tenant.Read();
  RuleEvaluator evaluator(observed, WallTime{});
  const auto selected = SelectSubjects(policies.license_policies[0], observed, evaluator);
  std::string names;
  selected.rows.ForEach([&](Row row) { names += test::NameOf(observed.users.id(row).guid)[0]; });
  for (const auto& reference : selected.unresolved) {
    names += (reference.in_except ? " except:" : " ") + reference.what;
  }
  return names;
}

Error ErrorOf(const std::vector<std::string>& documents) {
  const auto policies = Policies(documents);
  const auto observed = Contoso().Read();
  auto desired = ResolveDesired(policies, "contoso", observed, WallTime{});
  if (desired) throw std::logic_error("resolved, though it should not");
  return std::move(desired).error();
}

TEST(Selection, UnitesNarrowsAndExcepts) {
  const auto tenant = Contoso();
  const char* const eng = R"(rule: user.department -eq "Eng")";
  EXPECT_EQ(Selected(tenant, "{" + std::string(eng) + "}"), "ab");
  EXPECT_EQ(Selected(tenant, "{groups: [crew]}"), "bc");
  EXPECT_EQ(Selected(tenant, "{users: [DAN@contoso.com]}"), "d");
  EXPECT_EQ(Selected(tenant, "{users: [\"" + test::IdOf<UserId>("dan").ToString() + "\"]}"), "d");
  EXPECT_EQ(
      Selected(tenant, "{" + std::string(eng) + ", groups: [crew], users: [dan@contoso.com]}"),
      "abcd");
  EXPECT_EQ(Selected(tenant, R"({groups: [crew], where: user.department -eq "Sales"})"), "c");
  EXPECT_EQ(Selected(tenant, "{" + std::string(eng) + ", except: {groups: [crew]}}"), "a");
  EXPECT_EQ(Selected(tenant, "{" + std::string(eng) + ", except: {users: [ada@contoso.com]}}"),
            "b");
  EXPECT_EQ(Selected(tenant, "{groups: [crew], except: {" + std::string(eng) + "}}"), "c");
}

TEST(Selection, NamesWhatItCannotResolve) {
  auto tenant = Contoso();
  EXPECT_EQ(Selected(tenant, "{groups: [nobody]}"), " group \"nobody\" (p.yaml:6:23) was not read");
  EXPECT_EQ(Selected(tenant, "{groups: [crew], except: {users: [eve@contoso.com]}}"),
            "bc except:user \"eve@contoso.com\" (p.yaml:6:47) was not found");
  tenant.groups[0].status = GroupReading::Status::kAmbiguous;
  EXPECT_EQ(Selected(tenant, "{groups: [crew]}"),
            " group \"crew\" (p.yaml:6:23) names more than one group; use its object id");
  tenant.groups[0].status = GroupReading::Status::kMissing;
  EXPECT_EQ(Selected(tenant, "{groups: [crew]}"), " group \"crew\" (p.yaml:6:23) does not exist");
}

struct Unresolved {
  const char* subjects;
  const char* plan;
};

// bob holds E3 (fully managed), which nobody grants; cleo holds E5, which is granted to others.
TEST(Desired, UnresolvedReferenceHoldsRemovalsOfWhatItsPolicyGrants) {
  auto tenant = Contoso();
  tenant.users[1].licenses = {{"E3"}};
  tenant.users[2].licenses = {{"E5"}};
  const Unresolved rows[] = {
      {"{users: [ada@contoso.com], groups: [nobody]}",
       "go 1 ada +E5\ngo 1 bob -E3\nheld cleo -E5 [reference]"},
      {"{users: [ada@contoso.com, nobody@contoso.com]}",
       "go 1 ada +E5\ngo 1 bob -E3\nheld cleo -E5 [reference]"},
      {"{users: [ada@contoso.com], except: {groups: [nobody]}}",
       "go 1 bob -E3\nheld ada +E5 [reference]\nheld cleo -E5 [reference]"},
      {"{users: [ada@contoso.com], except: {users: [nobody@contoso.com]}}",
       "go 1 bob -E3\nheld ada +E5 [reference]\nheld cleo -E5 [reference]"},
  };
  for (const auto& row : rows) {
    const auto guarded = PlanOf(tenant, {Grants("p", row.subjects, "[{product: E5}]"),
                                         Manages("E5", "full"), Manages("E3", "full")});
    EXPECT_EQ(Brief(guarded.plan()), row.plan) << row.subjects;
    EXPECT_EQ(guarded.plan().warnings.size(), 1U);
  }
}

TEST(Desired, UnresolvedExceptHoldsPlansThatItsPolicyShapes) {
  auto tenant = Contoso();
  tenant.users[1].licenses = {{"E5"}};
  const auto guarded = PlanOf(
      tenant, {Grants("high", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]", 10),
               Grants("low", "{users: [ada@contoso.com, bob@contoso.com], except: {groups: [no]}}",
                      "[{product: E5, disabledPlans: [P1]}]"),
               Manages("E5", "full")});
  EXPECT_EQ(Brief(guarded.plan()), "held ada +E5(-P1) [reference]\nheld bob ~E5(-P1) [reference]");
}

TEST(Desired, MembersWhoAreNotUsersAreNobody) {
  EXPECT_EQ(Selected(Contoso(), "{groups: [crew]}"), "bc");
}

TEST(Desired, AppliesToNamedTenantsOnly) {
  const auto policy = [](const std::string& tenants) {
    auto text = Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]");
    return text.replace(text.find("name: p"), 7, "name: p, tenants: [" + tenants + "]");
  };
  EXPECT_EQ(Brief(PlanOf(Contoso(), {policy("contoso")}).plan()), "go 1 ada +E5");
  EXPECT_EQ(Brief(PlanOf(Contoso(), {policy("Contoso")}).plan()), "go 1 ada +E5");
  EXPECT_EQ(Brief(PlanOf(Contoso(), {policy("all")}).plan()), "go 1 ada +E5");
  EXPECT_EQ(Brief(PlanOf(Contoso(), {policy("fabrikam")}).plan()), "");
}

TEST(Desired, RefusesAnUnknownProductWithPlaceAndSuggestion) {
  const auto error = ErrorOf({Grants("p", "{groups: [crew]}", "[{product: SPE_E55}]")});
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_EQ(ToString(*error.position), "p.yaml:7:24");
  EXPECT_NE(error.message.find("did you mean SPE_E5?"), std::string::npos) << error.message;
}

TEST(Desired, RefusesPlansThatCannotBe) {
  const auto company =
      ErrorOf({Grants("p", "{groups: [crew]}", "[{product: E5, disabledPlans: [CO]}]")});
  EXPECT_NE(company.message.find("belongs to the whole company"), std::string::npos);
  EXPECT_EQ(ToString(*company.position), "p.yaml:7:44");
  const auto unknown =
      ErrorOf({Grants("p", "{groups: [crew]}", "[{product: E5, enabledPlans: [P11]}]")});
  EXPECT_NE(unknown.message.find("did you mean P1?"), std::string::npos) << unknown.message;
}

TEST(Desired, RefusesAProductThatIsManagedTwiceUnderTwoNames) {
  auto second = Manages(test::IdOf<SkuId>("E5").ToString(), "observe");
  const auto error = ErrorOf({Manages("E5", "full"), second});
  EXPECT_NE(error.message.find("managed twice"), std::string::npos) << error.message;
}

TEST(Desired, HighestPriorityThatSaysSomethingOfPlansWinsWhole) {
  auto tenant = Contoso();
  const std::string both = "{users: [ada@contoso.com]}";
  const auto plan = [&](int one, int two) {
    return Brief(PlanOf(tenant, {Grants("one", both, "[{product: E5, disabledPlans: [P1]}]", one),
                                 Grants("two", both, "[{product: E5, disabledPlans: [P2]}]", two),
                                 Grants("zzz", both, "[{product: E5}]", 100)})
                     .plan());
  };
  EXPECT_EQ(plan(2, 1), "go 1 ada +E5(-P1)");
  EXPECT_EQ(plan(1, 2), "go 1 ada +E5(-P2)");
}

TEST(Desired, EnabledPlansDisableEverythingElseThatCanBeSwitched) {
  EXPECT_EQ(Brief(PlanOf(Contoso(), {Grants("p", "{users: [ada@contoso.com]}",
                                            "[{product: E5, enabledPlans: [P2]}]")})
                      .plan()),
            "go 1 ada +E5(-P1)");
  EXPECT_EQ(Brief(PlanOf(Contoso(), {Grants("p", "{users: [ada@contoso.com]}",
                                            "[{product: E5, enabledPlans: []}]")})
                      .plan()),
            "go 1 ada +E5(-P1 -P2)");
}

TEST(Desired, DisagreementAtOnePriorityChangesNothingAndIsReported) {
  const std::vector<std::string> documents = {
      Grants("one", "{users: [ada@contoso.com]}", "[{product: E5, disabledPlans: [P1]}]"),
      Grants("two", "{users: [ada@contoso.com]}", "[{product: E5, disabledPlans: [P2]}]"),
      Manages("E5", "full")};
  for (const std::vector<std::string>& off :
       {std::vector<std::string>{}, {"P1"}, {"P2"}, {"P1", "P2"}}) {
    auto holder = Contoso();
    holder.users[0].licenses = {{"E5", off}};
    const auto guarded = PlanOf(holder, documents);
    EXPECT_EQ(Brief(guarded.plan()), "");
    EXPECT_EQ(
        BriefDrift(guarded.plan()),
        "ada E5 plans: one (one.yaml:7:24) and two (two.yaml:7:24) have the same priority and "
        "differ on service plans");
  }
  const auto missing = PlanOf(Contoso(), documents);
  EXPECT_EQ(Brief(missing.plan()), "");
  EXPECT_NE(BriefDrift(missing.plan()).find("same priority"), std::string::npos);
}

TEST(Desired, AgreementAtOnePriorityIsNoConflict) {
  EXPECT_EQ(Brief(PlanOf(Contoso(), {Grants("one", "{users: [ada@contoso.com]}",
                                            "[{product: E5, disabledPlans: [P1]}]"),
                                     Grants("two", "{users: [ada@contoso.com]}",
                                            "[{product: E5, enabledPlans: [P2]}]")})
                      .plan()),
            "go 1 ada +E5(-P1)");
}

}  // namespace
}  // namespace seatkeeper
