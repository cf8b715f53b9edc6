#include "reconciler/plan/usage_location.h"

#include <gmock/gmock.h>

#include "reconciler/plan/reading_needs.h"
#include "reconciler/plan/render_json.h"
#include "reconciler/plan/render_text.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::BriefDrift;
using test::Grants;
using test::Manages;
using test::PlanOf;
using test::TestTenant;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const kAda = "{users: [ada@contoso.com]}";
const char* const kEverybody = "{rule: user.objectId -ne null}";

// Ada is somewhere, and nobody has said where.
TestTenant Tenant(const std::string& country = "") {
  TestTenant tenant;
  tenant.products = {{.name = "E3", .plans = {"P1"}}, {.name = "E5"}};
  tenant.users = {{.name = "ada", .usage_location = "", .country = country}, {.name = "zoe"}};
  return tenant;
}

std::string Locating(const std::string& name, const std::string& licenses,
                     const std::string& location, int priority = 0) {
  return Grants(name, kAda, licenses, priority) + "  usageLocation: " + location + "\n";
}

Plan Planned(const std::string& country, const std::string& location) {
  return PlanOf(Tenant(country), {Locating("p", "[{product: E3}]", location)}).plan();
}

TEST(UsageLocation, ComesFromThePropertyOrElseTheDefault) {
  struct Row {
    const char* country;
    const char* location;
    const char* plan;
  };
  const Row rows[] = {
      {"DE", "{from: country}", "go 1 ada +E3 @DE"},
      {"no", "{from: country}", "go 1 ada +E3 @NO"},
      {"DE", "{from: country, default: FR}", "go 1 ada +E3 @DE"},
      {"", "{from: country, default: FR}", "go 1 ada +E3 @FR"},
      {"Germany", "{from: country, default: FR}", "go 1 ada +E3 @FR"},
      {"DE", "{default: FR}", "go 1 ada +E3 @FR"},
      {"", "{from: country}", ""},
      {"Germany", "{from: country}", ""},
      {"DE ", "{from: country}", ""},
      {"ZZ", "{from: country}", ""},
      {"UK", "{from: country}", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Brief(Planned(row.country, row.location)), row.plan)
        << row.country << " " << row.location;
  }
}

TEST(UsageLocation, WhatIsNoCodeIsExplained) {
  EXPECT_THAT(BriefDrift(Planned("Germany", "{from: country}")),
              HasSubstr("p takes it from country, which says \"Germany\": no two-letter country"));
  EXPECT_THAT(BriefDrift(Planned("", "{from: country}")),
              HasSubstr("p takes it from country, which is empty"));
  EXPECT_THAT(Planned("Germany", "{from: country, default: FR}").warnings,
              ElementsAre("policy p gives 1 user its default usage location FR, for their country "
                          "is no two-letter country code: \"Germany\" of ada@contoso.com"));
  EXPECT_THAT(Planned("", "{from: country, default: FR}").warnings, IsEmpty());
}

TEST(UsageLocation, ThatIsThereIsLeftAlone) {
  auto tenant = Tenant("DE");
  tenant.User("ada").usage_location = "NO";
  EXPECT_EQ(Brief(PlanOf(tenant, {Locating("p", "[{product: E3}]", "{from: country}")}).plan()),
            "go 1 ada +E3");
}

TEST(UsageLocation, ComesOnlyTogetherWithAGrant) {
  auto tenant = Tenant("DE");
  tenant.Product("E3").seats = 0;
  const auto without_seat = PlanOf(tenant, {Locating("p", "[{product: E3}]", "{from: country}")});
  EXPECT_EQ(Brief(without_seat.plan()), "");
  EXPECT_EQ(without_seat.plan().waiting.size(), 1U);

  tenant.users[0].licenses = {{.product = "E3"}};
  EXPECT_EQ(Brief(PlanOf(tenant, {Locating("p", "[{product: E3}]", "{from: country}")}).plan()), "")
      << "she has what she is granted";
}

// The highest priority that comes to a code wins; what is lower may serve where it comes to none.
TEST(UsageLocation, IsSaidByTheHighestPriority) {
  const auto plan = [](const std::string& high, const std::string& low, const char* country) {
    return Brief(PlanOf(Tenant(country), {Locating("high", "[{product: E3}]", high, 5),
                                          Locating("low", "[{product: E5}]", low)})
                     .plan());
  };
  EXPECT_EQ(plan("{default: FR}", "{default: AT}", ""), "go 1 ada +E3 +E5 @FR");
  EXPECT_EQ(plan("{from: country}", "{default: AT}", "DE"), "go 1 ada +E3 +E5 @DE");
  EXPECT_EQ(plan("{from: country}", "{default: AT}", ""), "go 1 ada +E3 +E5 @AT");
}

TEST(UsageLocation, OfOnePriorityMustAgree) {
  const auto plan = [](const std::string& other) {
    return PlanOf(Tenant("DE"), {Locating("a", "[{product: E3}]", "{from: country}"),
                                 Locating("b", "[{product: E3}]", other)})
        .plan();
  };
  EXPECT_EQ(Brief(plan("{default: DE}")), "go 1 ada +E3 @DE") << "they say the same in other words";
  const auto differing = plan("{default: FR}");
  EXPECT_EQ(Brief(differing), "");
  EXPECT_THAT(BriefDrift(differing), HasSubstr("a (a.yaml:8:18) and b (b.yaml:8:18) have the same "
                                               "priority and differ on it: DE and FR"));
}

// A policy that has lost to a revocation grants nothing and so says nothing.
TEST(UsageLocation, IsNotSaidByWhoGrantsNothing) {
  const auto revoke = std::string(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: r}\n"
      "spec: {priority: 9, subjects: {users: [ada@contoso.com]}, revoke: [E5]}\n");
  const auto plan =
      PlanOf(Tenant(), {Locating("lost", "[{product: E5}]", "{default: FR}", 5),
                        Grants("p", kEverybody, "[{product: E3}]"), revoke, Manages("E5", "full")})
          .plan();
  EXPECT_THAT(Brief(plan), Not(HasSubstr("ada")));
  EXPECT_THAT(BriefDrift(plan), HasSubstr("the user has no usage location"));
}

// What a policy says holds for the user: another policy's grant goes along.
TEST(UsageLocation, ServesEverythingThatTheUserIsGranted) {
  EXPECT_EQ(Brief(PlanOf(Tenant(), {Locating("p", "[{product: E3}]", "{default: FR}"),
                                    Grants("q", kAda, "[{product: E5}]")})
                      .plan()),
            "go 1 ada +E3 +E5 @FR");
}

TEST(UsageLocation, OfADoubtfulPolicyIsHeldWithWhatRestsOnIt) {
  auto tenant = Tenant();
  const auto doubtful = Grants("doubtful", "{users: [ada@contoso.com], except: {groups: [gone]}}",
                               "[{product: E3}]", 5) +
                        "  usageLocation: {default: FR}\n";
  EXPECT_EQ(Brief(PlanOf(tenant, {doubtful, Grants("q", kAda, "[{product: E5}]")}).plan()),
            "held ada +E3 +E5 @FR [reference]");
  tenant.User("ada").usage_location = "DE";
  EXPECT_EQ(Brief(PlanOf(tenant, {doubtful, Grants("q", kAda, "[{product: E5}]")}).plan()),
            "go 1 ada +E5\nheld ada +E3 [reference]");
}

TEST(UsageLocation, IsPartOfTheChange) {
  const auto french = Planned("", "{default: FR}");
  const auto german = Planned("", "{default: DE}");
  ASSERT_EQ(french.changes.size(), 1U);
  ASSERT_EQ(german.changes.size(), 1U);
  EXPECT_NE(french.changes[0].id, german.changes[0].id);
  EXPECT_NE(french.digest, german.digest);
  EXPECT_EQ(DescribeChange(french, french.changes[0]), "+ E3, usage location FR");
  EXPECT_THAT(RenderPlanJson(french), HasSubstr("\"usageLocation\":\"FR\""));
  auto located = Tenant();
  located.User("ada").usage_location = "FR";
  const auto without = PlanOf(located, {Locating("p", "[{product: E3}]", "{default: FR}")}).plan();
  EXPECT_THAT(RenderPlanJson(without), Not(HasSubstr("usageLocation")));
}

TEST(UsageLocation, ThePropertyIsRead) {
  const auto policies =
      test::Policies({Locating("p", "[{product: E3}]", "{from: extensionAttribute4}"),
                      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
                      "metadata: {name: q, tenants: [fabrikam]}\nspec: {subjects: {users: "
                      "[a@b.c]}, licenses: [{product: E3}], usageLocation: {from: city}}\n"});
  const auto needs = ReadingNeeds(policies, "contoso");
  EXPECT_TRUE(needs.properties.Has(rule::Property::kExtensionAttribute4));
  EXPECT_FALSE(needs.properties.Has(rule::Property::kCity));
  EXPECT_TRUE(SetsUsageLocations(policies, "contoso"));
  EXPECT_FALSE(
      SetsUsageLocations(test::Policies({Grants("p", kAda, "[{product: E3}]")}), "contoso"));
}

}  // namespace
}  // namespace seatkeeper
