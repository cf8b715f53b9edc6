#include "reconciler/graph/decode_property.h"

#include <gmock/gmock.h>

#include "reconciler/graph/decode.h"
#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using rule::Property;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DecodePropertyTest : public ::testing::Test {
 protected:
  DecodePropertyTest() {
    auto properties = AllProperties();
    properties.Add(rule::DirectoryExtension{.name = "extension_0a_Badge"});
    sink_.emplace(properties);
  }
  /// One user with these fields, decoded and finished.
  ObservedState User(const std::string& fields) {
    std::string body = UserText(fields);
    const auto decoded = DecodeUser(body, *sink_);
    EXPECT_TRUE(decoded.ok()) << decoded.error().message;
    return sink_->Finish("t", {});
  }
  std::string ErrorOf(const std::string& fields) {
    std::string body = UserText(fields);
    const auto decoded = DecodeUser(body, *sink_);
    return decoded.ok() ? "no error" : decoded.error().message;
  }
  static std::string UserText(const std::string& fields) {
    return R"({"id":")" + Guid(1) + R"(")" + (fields.empty() ? "" : "," + fields) + "}";
  }
  static std::vector<std::string> List(const ObservedState& state, Property property) {
    std::vector<std::string> texts;
    const auto* column = state.users.lists(property);
    for (const auto item : column->List(column->code(0))) {
      texts.emplace_back(column->items().Text(item));
    }
    return texts;
  }

  std::optional<ObservedBuilder> sink_;
};

TEST_F(DecodePropertyTest, ListsOfTexts) {
  const auto state = User(R"("otherMails":[],"proxyAddresses":["smtp:a\u00e9@x","SMTP:b@x"])");
  EXPECT_THAT(List(state, Property::kProxyAddresses), ElementsAre("SMTP:b@x", "smtp:a\xC3\xA9@x"));
  const auto* mails = state.users.lists(Property::kOtherMails);
  EXPECT_GE(mails->code(0), ListColumn::kFirstList) << "empty is neither null nor absent";
  EXPECT_THAT(List(state, Property::kOtherMails), ElementsAre());
}

TEST_F(DecodePropertyTest, OfPhonesAndSipAddressesTheFirstCounts) {
  const auto state = User(R"("businessPhones":["+1 5","+1 6"],"imAddresses":["sip:a@x"])");
  EXPECT_EQ(state.users.strings(Property::kTelephoneNumber)->text(0), "+1 5");
  EXPECT_EQ(state.users.strings(Property::kSipProxyAddress)->text(0), "sip:a@x");
  const auto none = User(R"("businessPhones":[],"imAddresses":null)");
  EXPECT_EQ(none.users.strings(Property::kTelephoneNumber)->code(0), StringColumn::kNull);
  EXPECT_EQ(none.users.strings(Property::kSipProxyAddress)->code(0), StringColumn::kNull);
}

TEST_F(DecodePropertyTest, Times) {
  const auto state =
      User(R"("createdDateTime":"2024-02-29T23:59:59.1234567Z","employeeHireDate":null)");
  EXPECT_EQ(FormatTime(*state.users.times(Property::kCreatedDateTime)->time(0)),
            "2024-02-29T23:59:59.123Z");
  EXPECT_TRUE(state.users.times(Property::kEmployeeHireDate)->is_null(0));
}

TEST_F(DecodePropertyTest, NobodySignedInInYearOne) {
  const auto state = User(R"("signInActivity":{"lastSignInDateTime":"0001-01-01T00:00:00Z",
      "lastSignInRequestId":"","lastNonInteractiveSignInDateTime":"",
      "lastSuccessfulSignInDateTime":"2026-01-04T10:00:00Z"})");
  EXPECT_TRUE(state.users.times(Property::kLastSignIn)->is_null(0));
  EXPECT_TRUE(state.users.times(Property::kLastNonInteractiveSignIn)->is_null(0));
  EXPECT_TRUE(state.users.times(Property::kLastSuccessfulSignIn)->time(0));
}

TEST_F(DecodePropertyTest, SignInTimesAndExtensionsThatAreLeftOutAreNull) {
  for (const char* fields : {"", R"("signInActivity":null,"extension_0a_Badge":null)"}) {
    const auto state = User(fields);
    EXPECT_TRUE(state.users.times(Property::kLastSignIn)->is_null(0)) << fields;
    EXPECT_TRUE(state.users.times(Property::kLastSuccessfulSignIn)->is_null(0)) << fields;
    EXPECT_EQ(state.users.extension("extension_0a_badge")->code(0), StringColumn::kNull) << fields;
    EXPECT_FALSE(state.users.times(Property::kCreatedDateTime)->is_null(0)) << "absent";
  }
}

TEST_F(DecodePropertyTest, ExtensionsMayBeSpeltInAnyCase) {
  const auto state = User(R"("EXTENSION_0A_badge":"B7","extension_0a_other":"x")");
  EXPECT_EQ(state.users.extension("extension_0a_badge")->text(0), "B7");
}

TEST_F(DecodePropertyTest, AssignedPlans) {
  const auto state = User(
      R"("assignedPlans":[{"assignedDateTime":"x","capabilityStatus":"Enabled","service":"exchange",
      "servicePlanId":")" +
      Guid(3) + R"("},{"servicePlanId":")" + Guid(4) + R"(","service":null}])");
  const auto* plans = state.users.plans();
  const auto set = plans->PlanSet(plans->code(0));
  ASSERT_EQ(set.size(), 2U);
  std::vector<std::string> read;
  for (const auto index : set) {
    const auto& plan = plans->plans()[index];
    read.push_back(std::string(plans->texts().Text(plan.service_plan_id)) + " " +
                   std::string(plans->texts().Text(plan.service)) + " " +
                   std::string(plans->texts().Text(plan.capability_status)));
  }
  EXPECT_THAT(read, ElementsAre(Guid(3) + " exchange Enabled", Guid(4) + "  "));
}

TEST_F(DecodePropertyTest, MalformedValuesNameTheirPath) {
  EXPECT_THAT(ErrorOf(R"("otherMails":"a@x")"), HasSubstr("otherMails: not a list"));
  EXPECT_THAT(ErrorOf(R"("proxyAddresses":["a",null])"),
              HasSubstr("proxyAddresses[1]: not a text"));
  EXPECT_THAT(ErrorOf(R"("businessPhones":"+1")"), HasSubstr("businessPhones: not a list"));
  EXPECT_THAT(ErrorOf(R"("createdDateTime":"yesterday")"),
              HasSubstr("createdDateTime: not a time like 2026-01-05T08:00:00Z"));
  EXPECT_THAT(ErrorOf(R"("employeeHireDate":"")"), HasSubstr("employeeHireDate: not a time"));
  EXPECT_THAT(ErrorOf(R"("signInActivity":"never")"), HasSubstr("signInActivity: not an object"));
  EXPECT_THAT(ErrorOf(R"("signInActivity":{"lastSignInDateTime":7})"),
              HasSubstr("signInActivity.lastSignInDateTime: not a text"));
  EXPECT_THAT(ErrorOf(R"("assignedPlans":[{"service":"exchange"}])"),
              HasSubstr("assignedPlans[0].servicePlanId: missing"));
  EXPECT_THAT(ErrorOf(R"("assignedPlans":[{"servicePlanId":"x"}])"),
              HasSubstr("assignedPlans[0].servicePlanId: not a GUID"));
  EXPECT_THAT(ErrorOf(R"("extension_0a_badge":12)"), HasSubstr("extension_0a_badge: not a text"));
}

}  // namespace
}  // namespace seatkeeper::test
