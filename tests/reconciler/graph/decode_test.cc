#include "reconciler/graph/decode.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using rule::Property;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DecodeTest : public ::testing::Test {
 protected:
  /// One page of users, decoded and finished.
  ObservedState Users(const std::string& users) {
    std::string body = R"({"value":[)" + users + "]}";
    const auto page = DecodePage(PageKind::kUsers, body, sink_);
    EXPECT_TRUE(page.ok()) << page.error().message;
    return sink_.Finish("t", {});
  }
  std::string UsersError(const std::string& users) {
    return ErrorOf(PageKind::kUsers, R"({"value":[)" + users + "]}");
  }
  std::string ErrorOf(PageKind kind, std::string body) {
    const auto page = DecodePage(kind, body, sink_);
    if (page.ok()) return "no error";
    EXPECT_EQ(page.error().kind, ErrorKind::kIncomplete);
    return page.error().message;
  }
  static std::string User(const std::string& rest) {
    return R"({"id":")" + Guid(1) + "\"" + rest + "}";
  }

  ObservedBuilder sink_{AllProperties()};
};

TEST_F(DecodeTest, ReadsAUserWhateverTheOrderOfFields) {
  const auto state = Users(R"({"department":"Finance","@odata.type":"#microsoft.graph.user",
    "accountEnabled":true,"unknown":{"a":[1,2,{"b":null}]},"usageLocation":null,
    "onPremisesExtensionAttributes":{"extensionAttribute1":"x","extensionAttribute2":null,"other":1},
    "userPrincipalName":"mia\u00e9@contoso.com","id":")" +
                           Guid(7) + R"(","city":""})");
  ASSERT_EQ(state.users.size(), 1U);
  EXPECT_EQ(state.users.id(0).ToString(), Guid(7));
  EXPECT_EQ(state.users.user_principal_name(0), "mia\xC3\xA9@contoso.com");
  EXPECT_EQ(state.users.strings(Property::kDepartment)->text(0), "Finance");
  EXPECT_EQ(state.users.strings(Property::kUsageLocation)->code(0), StringColumn::kNull);
  EXPECT_EQ(state.users.strings(Property::kJobTitle)->code(0), StringColumn::kAbsent);
  EXPECT_TRUE(state.users.strings(Property::kCity)->has_text(0)) << "empty is not absent";
  EXPECT_EQ(state.users.strings(Property::kExtensionAttribute1)->text(0), "x");
  EXPECT_EQ(state.users.strings(Property::kExtensionAttribute2)->code(0), StringColumn::kNull);
  EXPECT_EQ(state.users.strings(Property::kExtensionAttribute3)->code(0), StringColumn::kAbsent);
  EXPECT_EQ(state.users.booleans(Property::kAccountEnabled)->value(0), BooleanColumn::Value::kTrue);
  EXPECT_FALSE(state.users.assignments_known(0));
}

TEST_F(DecodeTest, WhatAPersonIsAskedForMustNotBeLeftOut) {
  PropertySet properties;
  properties.Add(Property::kDepartment);
  properties.Add(Property::kExtensionAttribute1);
  properties.Add(Property::kLastSignIn);
  const auto error_of = [&](const std::string& fields) -> std::string {
    ObservedBuilder sink(properties);
    std::string body = R"({"value":[)" +
                       User(R"(,"accountEnabled":true,"displayName":null,"usageLocation":null,)"
                            R"("userPrincipalName":"u@contoso.com","userType":null)" +
                            fields) +
                       "]}";
    const auto page = DecodePage(PageKind::kUsers, body, sink, LeftOut::kIncomplete);
    return page.ok() ? "" : page.error().message;
  };
  const std::string attributes = R"(,"onPremisesExtensionAttributes":{})";
  EXPECT_EQ(error_of(R"(,"department":null)" + attributes), "") << "sign-in times may be missing";
  EXPECT_THAT(error_of(attributes), HasSubstr("value[0].department: missing"));
  EXPECT_THAT(error_of(R"(,"department":"HR")"),
              HasSubstr("value[0].onPremisesExtensionAttributes: missing"));
  EXPECT_EQ(error_of(R"(,"@odata.type":"#microsoft.graph.agentUser")"), "") << "left alone anyway";
}

TEST_F(DecodeTest, WhoSaysToBeSomethingElseIsNoPerson) {
  const auto typed = [](int number, const std::string& before, const std::string& behind) {
    return "{" + before + R"("id":")" + Guid(number) + "\"" + behind + "}";
  };
  const auto state = Users(
      typed(1, R"("@odata.type":"#microsoft.graph.agentUser",)", "") + "," +
      typed(2, R"("city":"Rome",)",
            R"(,"accountEnabled":true,"@odata.type":"#microsoft.graph.AgentUser")") +
      "," + typed(3, "", R"(,"@odata.type":"#microsoft.graph.somethingNew","city":"Bern")") + "," +
      typed(4, "", "") + "," + typed(5, R"("@odata.type":"#Microsoft.Graph.User",)", "") + "," +
      typed(6, R"("@odata.type":null,)", ""));
  std::vector<bool> people;
  for (Row row = 0; row < state.users.size(); ++row) people.push_back(state.users.is_person(row));
  EXPECT_THAT(people, ElementsAre(false, false, false, true, true, true));
  EXPECT_EQ(state.users.not_people().at(2), "#microsoft.graph.somethingNew");
  EXPECT_EQ(state.users.strings(Property::kCity)->text(1), "Rome") << "read like everybody";
  EXPECT_THAT(UsersError(User(R"(,"@odata.type":7)")),
              HasSubstr("value[0].@odata.type: not a text"));
}

TEST_F(DecodeTest, OneReadAgainByItsIdMayBeAnAgent) {
  std::string body = User(R"(,"@odata.type":"#microsoft.graph.agentUser")");
  ASSERT_TRUE(DecodeUser(body, sink_).ok());
  EXPECT_FALSE(sink_.Finish("t", {}).users.is_person(0));
}

TEST_F(DecodeTest, RowsSayWhereAnAssignmentComesFrom) {
  const auto state = Users(User(R"(,"assignedLicenses":[],"licenseAssignmentStates":[
    {"skuId":"AAAAAAAA-0000-0000-0000-000000000001","assignedByGroup":null,"state":"Active",
     "error":"None","disabledPlans":["BBBBBBBB-0000-0000-0000-000000000001"],
     "lastUpdatedDateTime":"2026-01-04T09:12:33Z"},
    {"skuId":"aaaaaaaa-0000-0000-0000-000000000001","assignedByGroup":")" +
                                Guid(9) +
                                R"(","state":"Error","error":"CountViolation"},
    {"skuId":"aaaaaaaa-0000-0000-0000-000000000002","error":null}])"));
  ASSERT_TRUE(state.users.assignments_known(0));
  const auto rows = state.users.assignments(0);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].source, AssignmentSource::kDirect);
  EXPECT_EQ(rows[0].error, 0U);
  EXPECT_EQ(state.texts[rows[0].updated], "2026-01-04T09:12:33Z");
  EXPECT_EQ(state.plan_sets[rows[0].disabled_plans][0].ToString(),
            "bbbbbbbb-0000-0000-0000-000000000001");
  EXPECT_EQ(rows[1].product, rows[0].product) << "letter case of GUIDs does not matter";
  EXPECT_EQ(rows[1].source, AssignmentSource::kGroup);
  EXPECT_EQ(rows[1].group.ToString(), Guid(9));
  EXPECT_FALSE(rows[1].holds_seat());
  EXPECT_EQ(state.texts[rows[1].error], "CountViolation");
  EXPECT_EQ(rows[2].source, AssignmentSource::kUnknown);
  EXPECT_EQ(rows[2].error, 0U);
}

TEST_F(DecodeTest, MergedLicencesWithoutARowAreOfUnknownSource) {
  const auto state = Users(User(R"(,"assignedLicenses":[
    {"skuId":")" + Guid(21) + R"(","disabledPlans":[")" +
                                Guid(31) + R"("]},
    {"skuId":")" + Guid(22) + R"("}],"licenseAssignmentStates":[
    {"skuId":")" + Guid(22) + R"(","assignedByGroup":null,"state":"Active"}])"));
  const auto rows = state.users.assignments(0);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].source, AssignmentSource::kUnknown);
  EXPECT_TRUE(rows[0].holds_seat());
  EXPECT_EQ(state.plan_sets[rows[0].disabled_plans].size(), 1U);
  EXPECT_EQ(rows[1].source, AssignmentSource::kDirect);
}

TEST_F(DecodeTest, WithoutRowsEverythingIsOfUnknownSource) {
  const auto state =
      Users(User(R"(,"assignedLicenses":[{"skuId":")" + Guid(21) + R"(","disabledPlans":[]}])"));
  ASSERT_EQ(state.users.assignments(0).size(), 1U);
  EXPECT_EQ(state.users.assignments(0)[0].source, AssignmentSource::kUnknown);
}

TEST_F(DecodeTest, EmptyListsAreKnownToBeNothing) {
  EXPECT_TRUE(Users(User(R"(,"licenseAssignmentStates":[])")).users.assignments_known(0));
}

TEST_F(DecodeTest, WrongTypesNameTheirPath) {
  const std::string good = User("");
  EXPECT_THAT(UsersError(good + "," + User(R"(,"accountEnabled":"yes")")),
              HasSubstr("value[1].accountEnabled: not true or false"));
  EXPECT_THAT(UsersError(User(R"(,"department":5)")), HasSubstr("value[0].department: not a text"));
  EXPECT_THAT(UsersError(User(R"(,"assignedLicenses":{})")),
              HasSubstr("value[0].assignedLicenses: not a list"));
  EXPECT_THAT(UsersError(User(R"(,"assignedLicenses":[{"skuId":"x"}])")),
              HasSubstr("value[0].assignedLicenses[0].skuId: not a GUID"));
  EXPECT_THAT(UsersError(User(R"(,"licenseAssignmentStates":[{"state":"Active"}])")),
              HasSubstr("value[0].licenseAssignmentStates[0].skuId: missing"));
  EXPECT_THAT(UsersError(User(R"(,"onPremisesExtensionAttributes":{"extensionAttribute4":true})")),
              HasSubstr("onPremisesExtensionAttributes.extensionAttribute4: not a text"));
  EXPECT_THAT(UsersError(R"({"displayName":"x"})"), HasSubstr("value[0].id: missing"));
  EXPECT_THAT(UsersError("17"), HasSubstr("value[0]: not an object"));
}

TEST_F(DecodeTest, PagesThatAreNotWholeAreRefused) {
  EXPECT_THAT(ErrorOf(PageKind::kUsers, "{}"), HasSubstr("no list 'value'"));
  EXPECT_THAT(ErrorOf(PageKind::kUsers, R"({"value":null})"), HasSubstr("value: not a list"));
  EXPECT_THAT(ErrorOf(PageKind::kUsers, "<html></html>"), ::testing::Not("no error"));
  EXPECT_THAT(ErrorOf(PageKind::kUsers, ""), ::testing::Not("no error"));
  EXPECT_THAT(ErrorOf(PageKind::kUsers, "[]"), HasSubstr("not an object"));
  const std::string whole = R"({"@odata.nextLink":"https://x/y","value":[)" +
                            User(R"(,"department":"Fi\u006eance","assignedLicenses":[])") + "]}";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(ErrorOf(PageKind::kUsers, whole.substr(0, length)), ::testing::Not("no error"))
        << "cut to " << length;
  }
}

TEST_F(DecodeTest, PagesCarryTheirLinkAndTheNumberOfDistinctUsers) {
  std::string first = R"({"value":[)" + User("") + "," + User("") +
                      R"(],"@odata.nextLink":"https://graph.test/next"})";
  const auto page = DecodePage(PageKind::kUsers, first, sink_);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->next_link, "https://graph.test/next");
  EXPECT_EQ(page->distinct_users, 1U);
}

TEST_F(DecodeTest, ReadsProducts) {
  std::string body =
      R"({"value":[{"id":"a_b","skuId":")" + Guid(5) +
      R"(","skuPartNumber":"SPE_E3","appliesTo":"User","capabilityStatus":"Enabled",
    "consumedUnits":212,"prepaidUnits":{"enabled":250,"warning":1,"suspended":2,"lockedOut":3},
    "subscriptionIds":["s1"],"accountName":"contoso",
    "servicePlans":[{"servicePlanId":")" +
      Guid(6) +
      R"(","servicePlanName":"EXCHANGE","provisioningStatus":"Success","appliesTo":"User"}]},
    {"skuId":")" +
      Guid(4) + R"(","prepaidUnits":null}]})";
  ASSERT_TRUE(DecodePage(PageKind::kProducts, body, sink_).ok());
  const auto state = sink_.Finish("t", {});
  ASSERT_EQ(state.products.size(), 2U);
  const Product& product = state.products[1];
  EXPECT_EQ(product.part_number, "SPE_E3");
  EXPECT_EQ(product.consumed, 212);
  EXPECT_EQ(product.prepaid.enabled, 250);
  EXPECT_EQ(product.prepaid.locked_out, 3);
  ASSERT_EQ(product.plans.size(), 1U);
  EXPECT_EQ(product.plans[0].name, "EXCHANGE");
  EXPECT_THAT(product.subscription_ids, ::testing::ElementsAre("s1"));
  EXPECT_TRUE(state.products[0].subscribed);
}

TEST_F(DecodeTest, NumbersMustBeWholeAndInRange) {
  const auto product = [](const std::string& units) {
    return R"({"value":[{"skuId":")" + Guid(5) + R"(","consumedUnits":)" + units + "}]}";
  };
  EXPECT_THAT(ErrorOf(PageKind::kProducts, product("1.5")), HasSubstr("not a whole number"));
  EXPECT_THAT(ErrorOf(PageKind::kProducts, product("\"7\"")), HasSubstr("not a whole number"));
  EXPECT_THAT(ErrorOf(PageKind::kProducts, product("99999999999")), HasSubstr("beyond"));
  EXPECT_EQ(ErrorOf(PageKind::kProducts, product("-3")), "no error");
}

TEST_F(DecodeTest, MembersAreSplitByType) {
  std::string body = R"({"value":[{"@odata.type":"#microsoft.graph.user","id":")" + Guid(1) +
                     R"("},{"id":")" + Guid(2) + R"(","@odata.type":"#microsoft.graph.group"},
                     {"id":")" +
                     Guid(3) + R"(","@odata.type":"#microsoft.graph.agentUser"}]})";
  const auto page = DecodePage(PageKind::kMembers, body, sink_);
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_EQ(page->members.size(), 2U);
  EXPECT_EQ(page->others.size(), 1U);
  EXPECT_THAT(ErrorOf(PageKind::kMembers, R"({"value":[{"id":")" + Guid(1) + R"("}]})"),
              HasSubstr("value[0].@odata.type: missing"));
}

TEST_F(DecodeTest, GroupsCarryTheirLicencesAndHowFarTheServiceIs) {
  const auto group = [this](const std::string& fields) {
    std::string body = R"({"id":")" + Guid(9) + R"(","displayName":"Sales",)" + fields + "}";
    const auto page = DecodePage(PageKind::kGroup, body, sink_);
    EXPECT_TRUE(page.ok()) << page.error().message;
    return page.ok() ? page->groups.at(0) : Group{};
  };
  const auto hides = [&](const std::string& visibility) {
    std::string body = R"({"id":")" + Guid(9) + R"(","visibility":)" + visibility + "}";
    const auto page = DecodePage(PageKind::kGroup, body, sink_);
    EXPECT_TRUE(page.ok()) << page.error().message;
    return page.ok() && !page->hiding.empty();
  };
  EXPECT_TRUE(hides(R"("HiddenMembership")"));
  EXPECT_FALSE(hides(R"("Private")"));
  EXPECT_FALSE(hides("null"));
  const auto whole = group(R"("securityEnabled":true,"assignedLicenses":[{"skuId":")" + Guid(21) +
                           R"(","disabledPlans":[")" + Guid(31) +
                           R"("]}],"licenseProcessingState":{"state":"QueuedForProcessing"})");
  EXPECT_EQ(whole.security_enabled, true);
  EXPECT_EQ(whole.processing_state, "QueuedForProcessing");
  EXPECT_FALSE(whole.processed());
  ASSERT_EQ(whole.licenses.size(), 1U);
  EXPECT_EQ(whole.licenses[0].disabled_plans.size(), 1U);
  EXPECT_TRUE(group(R"("licenseProcessingState":{"state":"ProcessingComplete"})").processed());
  EXPECT_FALSE(group(R"("licenseProcessingState":"ProcessingInProgress")").processed());
  const auto never = group(R"("licenseProcessingState":null,"securityEnabled":null)");
  EXPECT_TRUE(never.processed()) << "a group that never had licences";
  EXPECT_EQ(never.security_enabled, std::nullopt);
  EXPECT_THAT(ErrorOf(PageKind::kGroup, R"({"id":")" + Guid(9) + R"(","securityEnabled":"yes"})"),
              HasSubstr("securityEnabled: not true or false"));
  EXPECT_THAT(ErrorOf(PageKind::kGroup,
                      R"({"id":")" + Guid(9) + R"(","licenseProcessingState":{"state":5}})"),
              HasSubstr("licenseProcessingState.state: not a text"));
}

TEST_F(DecodeTest, CountsAreBareNumbers) {
  std::string body =
      "\xEF\xBB\xBF"
      "1234\r\n";
  EXPECT_EQ(DecodePage(PageKind::kUserCount, body, sink_)->count, 1234U);
  for (const char* bad : {"", "x", "12x", "-1", "99999999999999", "{\"value\":3}"}) {
    EXPECT_EQ(ErrorOf(PageKind::kUserCount, bad), "the count is not a number") << bad;
  }
}

TEST_F(DecodeTest, SubscriptionsAreKnownEvenWhenThereAreNone) {
  std::string body = R"({"value":[]})";
  ASSERT_TRUE(DecodePage(PageKind::kSubscriptions, body, sink_).ok());
  const auto state = sink_.Finish("t", {});
  ASSERT_TRUE(state.subscriptions.has_value());
  EXPECT_TRUE(state.subscriptions->empty());
}

}  // namespace
}  // namespace seatkeeper::test
