#include "reconciler/model/observed_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/reconciler/model/same_reading.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using rule::Property;
using test::IdOf;
using test::TestTenant;

ObservedBuilder Builder() { return ObservedBuilder(AllProperties()); }

void AddUser(ObservedBuilder& builder, const char* name, const char* department) {
  builder.BeginUser(IdOf<UserId>(name));
  builder.SetText(Property::kUserPrincipalName, std::string(name) + "@contoso.com");
  if (department != nullptr) builder.SetText(Property::kDepartment, department);
  builder.EndUser();
}

TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E5", .plans = {"P3", "P1"}}, {.name = "E3", .plans = {"P2"}}};
  tenant.groups = {{.name = "g2", .members = {"bob", "ada", "bob"}}, {.name = "g1"}};
  tenant.users = {
      {.name = "cleo", .department = "Sales", .licenses = {{"E3"}, {"E5", {"P3", "P1"}}}},
      {.name = "ada",
       .department = "Engineering",
       .licenses = {{"E5", {"P1"}, AssignmentSource::kGroup, "g2"}, {"E5", {}}, {"X1"}}},
      {.name = "bob", .department = ""},
  };
  return tenant;
}

TEST(ObservedBuilder, GivesTheSameTableWhateverTheOrder) {
  const auto original = Contoso().Read();
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    auto shuffled = Contoso();
    std::shuffle(shuffled.users.begin(), shuffled.users.end(), random);
    std::shuffle(shuffled.products.begin(), shuffled.products.end(), random);
    std::shuffle(shuffled.groups.begin(), shuffled.groups.end(), random);
    for (auto& user : shuffled.users) {
      std::shuffle(user.licenses.begin(), user.licenses.end(), random);
    }
    test::ExpectSameReading(original, shuffled.Read());
  }
}

TEST(ObservedBuilder, OrdersRowsOfOneSourceByWhatTheySay) {
  const auto tenant = [](bool swapped) {
    TestTenant result;
    result.users = {{.name = "eve", .licenses = {{"E5", {"P9"}}}},  // Numbers P9's set first.
                    {.name = "ada", .licenses = {{"E5", {"P1"}}, {"E5", {"P9"}}}}};
    if (swapped) {
      std::swap(result.users[0], result.users[1]);
      std::swap(result.users[0].licenses[0], result.users[0].licenses[1]);
    }
    return result.Read();
  };
  test::ExpectSameReading(tenant(false), tenant(true));
}

TEST(ObservedBuilder, WhoIsAnAgentFollowsTheUserThroughSorting) {
  TestTenant tenant;
  tenant.users = {{.name = "zoe", .type = "#microsoft.graph.agentUser"},
                  {.name = "ada"},
                  {.name = "eve", .type = "#microsoft.graph.user"},
                  {.name = "bot", .type = "#microsoft.graph.somethingNew"}};
  const auto observed = tenant.Read();
  EXPECT_EQ(observed.users.not_people(),
            (std::map<Row, std::string>{{1, "#microsoft.graph.somethingNew"},
                                        {3, "#microsoft.graph.agentUser"}}));
  EXPECT_TRUE(observed.users.is_person(0));
  EXPECT_FALSE(observed.users.is_person(3));
}

TEST(ObservedBuilder, LastWordOnARepeatedUserHolds) {
  auto builder = Builder();
  builder.BeginUser(IdOf<UserId>("ada"));
  builder.SetText(Property::kDepartment, "Sales");
  builder.SetText(Property::kCity, "Paris");
  builder.SetBoolean(Property::kAccountEnabled, true);
  builder.SetAccountType("#microsoft.graph.agentUser");
  builder.AssignmentsKnown();
  builder.AddAssignment({.product = IdOf<SkuId>("E5"), .source = AssignmentSource::kDirect});
  builder.EndUser();
  AddUser(builder, "bob", "Sales");
  AddUser(builder, "ada", "Engineering");
  EXPECT_EQ(builder.user_count(), 2U);

  const auto observed = builder.Finish("t", WallTime{});
  ASSERT_EQ(observed.users.size(), 2U);
  const Row ada = *observed.users.Find(IdOf<UserId>("ada"));
  EXPECT_EQ(observed.users.strings(Property::kDepartment)->text(ada), "Engineering");
  EXPECT_EQ(observed.users.strings(Property::kCity)->code(ada), StringColumn::kAbsent);
  EXPECT_EQ(observed.users.booleans(Property::kAccountEnabled)->value(ada),
            BooleanColumn::Value::kAbsent);
  EXPECT_TRUE(observed.users.is_person(ada));
  EXPECT_FALSE(observed.users.assignments_known(ada));
  EXPECT_TRUE(observed.users.assignments(ada).empty());
}

TEST(ObservedBuilder, TellsUnknownAssignmentsFromNone) {
  TestTenant tenant;
  tenant.users = {{.name = "ada", .assignments_known = false}, {.name = "bob"}};
  const auto observed = tenant.Read();
  EXPECT_FALSE(observed.users.assignments_known(0));
  EXPECT_TRUE(observed.users.assignments_known(1));
  EXPECT_TRUE(observed.users.assignments(1).empty());
}

TEST(ObservedBuilder, SortsPlansAndDropsRepeats) {
  TestTenant tenant;
  tenant.users = {{.name = "ada", .licenses = {{"E5", {"P2", "P1", "P2"}}}},
                  {.name = "bob", .licenses = {{"E5", {"P1", "P2"}}}},
                  {.name = "cleo", .licenses = {{"E5"}}}};
  const auto observed = tenant.Read();
  const auto plans = [&](Row row) { return observed.users.assignments(row)[0].disabled_plans; };
  EXPECT_EQ(plans(0), plans(1));
  EXPECT_EQ(plans(2), 0U);
  EXPECT_EQ(observed.plan_sets[plans(0)],
            (std::vector<PlanId>{IdOf<PlanId>("P1"), IdOf<PlanId>("P2")}));
}

TEST(ObservedBuilder, TakesTheErrorNoneForNoError) {
  for (const auto* none : {"None", "none", ""}) {
    TestTenant tenant;
    tenant.users = {{.name = "ada", .licenses = {{.product = "E5", .error = none}}}};
    EXPECT_EQ(tenant.Read().users.assignments(0)[0].error, 0U) << none;
  }
  TestTenant tenant;
  tenant.users = {{.name = "ada", .licenses = {{.product = "E5", .error = "CountViolation"}}}};
  const auto observed = tenant.Read();
  EXPECT_EQ(observed.texts[observed.users.assignments(0)[0].error], "CountViolation");
}

TEST(ObservedBuilder, ListsProductsThatOnlyAssignmentsName) {
  const auto observed = Contoso().Read();
  const auto x1 = observed.FindProduct(IdOf<SkuId>("X1"));
  ASSERT_TRUE(x1);
  EXPECT_FALSE(observed.products[*x1].subscribed);
  EXPECT_TRUE(observed.products[*observed.FindProduct(IdOf<SkuId>("E5"))].subscribed);
  EXPECT_FALSE(observed.FindProduct(IdOf<SkuId>("E9")));
  EXPECT_EQ(observed.products[*x1].name(), IdOf<SkuId>("X1").ToString());
}

TEST(ObservedBuilder, FindsUsersByNameInAnyCaseUnlessItStandsTwice) {
  auto builder = Builder();
  AddUser(builder, "ada", nullptr);
  AddUser(builder, "bob", nullptr);
  builder.BeginUser(IdOf<UserId>("eve"));
  builder.SetText(Property::kUserPrincipalName, "BOB@contoso.com");
  builder.EndUser();
  builder.BeginUser(IdOf<UserId>("zoe"));
  builder.SetText(Property::kUserPrincipalName, "ZO\xC3\x8B@contoso.com");
  builder.EndUser();
  const auto observed = builder.Finish("t", WallTime{});
  EXPECT_EQ(observed.users.FindByPrincipalName("ADA@Contoso.com"), Row{0});
  EXPECT_EQ(observed.users.FindByPrincipalName("zo\xC3\xAB@contoso.com"), Row{3});
  EXPECT_FALSE(observed.users.FindByPrincipalName("bob@contoso.com"));
  EXPECT_FALSE(observed.users.FindByPrincipalName("nobody@contoso.com"));
}

TEST(ObservedBuilder, HasNoColumnForWhatWasNotSelected) {
  ObservedBuilder builder(PropertySet{});
  AddUser(builder, "ada", "Sales");
  const auto observed = builder.Finish("t", WallTime{});
  EXPECT_EQ(observed.users.strings(Property::kDepartment), nullptr);
  EXPECT_EQ(observed.users.booleans(Property::kUserPrincipalName), nullptr);
  EXPECT_EQ(observed.users.user_principal_name(0), "ada@contoso.com");
}

TEST(ObservedBuilder, TellsSubscriptionsNotReadFromNone) {
  auto builder = Builder();
  EXPECT_FALSE(builder.Finish("t", WallTime{}).subscriptions);
  builder.SubscriptionsKnown();
  EXPECT_TRUE(builder.Finish("t", WallTime{}).subscriptions);
}

TEST(ObservedBuilder, IsEmptyAndUsableAfterFinish) {
  auto builder = Builder();
  AddUser(builder, "ada", "Sales");
  EXPECT_EQ(builder.Finish("t", WallTime{}).users.size(), 1U);
  EXPECT_EQ(builder.user_count(), 0U);
  AddUser(builder, "bob", "Sales");
  const auto second = builder.Finish("t", WallTime{});
  ASSERT_EQ(second.users.size(), 1U);
  EXPECT_EQ(second.users.user_principal_name(0), "bob@contoso.com");
}

TEST(ObservedBuilder, ListsAGroupOnceThatWasReadByNameAndById) {
  TestTenant tenant;
  tenant.groups = {{.name = "g1", .members = {"ada"}}, {.name = "g1", .members = {"ada"}}};
  EXPECT_EQ(tenant.Read().groups.size(), 1U);
}

}  // namespace
}  // namespace seatkeeper
