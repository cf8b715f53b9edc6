#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "reconciler/file/decode_snapshot.h"
#include "reconciler/file/snapshot.h"
#include "tests/support/fake_clock.h"

namespace seatkeeper::test {
namespace {

using rule::Property;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename IdType>
IdType MakeId(std::uint64_t kind, std::uint64_t number) {
  std::ostringstream text;
  text << std::hex;
  text.fill('0');
  text.width(8);
  text << (kind + 0xa0) << "-0000-0000-0000-";
  text.width(12);
  text << number;
  return *IdType::Parse(text.str());
}

WallTime SomeTime() { return *ParseTime("2026-01-05T08:00:00.123Z"); }

ObservedState Reload(const std::string& text, PropertySet properties) {
  std::string copy = text;
  ObservedBuilder sink(properties);
  const auto info = DecodeSnapshot(copy, {}, sink);
  EXPECT_TRUE(info.ok()) << info.error().message;
  return sink.Finish(info.ok() ? info->tenant : "", info.ok() ? info->read_at : WallTime{});
}

/// States with every oddity that a reading can hold.
class StateMaker {
 public:
  explicit StateMaker(std::uint64_t seed) : random_(seed) {}

  ObservedState Make(PropertySet properties) {
    ObservedBuilder sink(properties);
    for (std::uint64_t user = 0, users = Below(12); user < users; ++user) AddUser(sink, user);
    for (std::uint64_t product = 0; product < Below(4); ++product) AddProduct(sink, product);
    for (std::uint64_t group = 0; group < Below(3); ++group) AddGroup(sink, group);
    for (std::uint64_t link = 0; link < Below(3); ++link) AddLink(sink, link);
    if (Below(2) == 0) sink.SubscriptionsKnown();
    for (std::uint64_t i = 0; i < Below(3); ++i) {
      sink.AddSubscription({.id = "s" + std::to_string(i),
                            .sku_part_number = Text(),
                            .is_trial = i == 0 ? std::optional(true) : std::nullopt,
                            .created = "2026-01-01T00:00:00Z",
                            .total_licenses = 5});
    }
    return sink.Finish("tenant \"x\"", SomeTime());
  }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_.Next() % bound; }
  std::string Text() {
    static const char* kTexts[] = {
        "", "plain", "Z\xC3\xBCrich", "quote\" back\\slash", "tab\tnul\x01", "\xF0\x9F\x98\x80"};
    return kTexts[Below(std::size(kTexts))];
  }

  void AddUser(ObservedBuilder& sink, std::uint64_t number) {
    sink.BeginUser(MakeId<UserId>(1, number));
    for (const auto& info : rule::Properties()) {
      const auto choice = Below(3);
      // Those that are never absent: what is not set is left out by the service.
      const bool sign_in = info.rule_name.starts_with("signInActivity.");
      if (choice == 0 || sign_in) sink.SetNull(info.property);
      if (choice == 1) AddProperty(sink, info);
    }
    if (Below(2) == 0) {
      sink.SetExtension("extension_0a_Badge", Text());
    } else {
      sink.SetExtensionNull("extension_0a_badge");
    }
    if (Below(4) != 0) AddAssignments(sink);
    const char* const types[] = {"#microsoft.graph.agentUser", "#microsoft.graph.\"new\"", ""};
    if (Below(4) == 0) sink.SetAccountType(types[Below(3)]);
    sink.EndUser();
  }

  void AddProperty(ObservedBuilder& sink, const rule::PropertyInfo& info) {
    const std::string texts[] = {Text(), Text()};
    const std::vector<std::string_view> items(texts, texts + Below(3));
    const AssignedPlanInput plans[] = {
        {"000000a3-0000-0000-0000-00000000000A", texts[0], "Deleted"},
        {"000000a3-0000-0000-0000-00000000000b", texts[1], ""}};
    switch (info.type) {
      case rule::PropertyType::kBoolean:
        return sink.SetBoolean(info.property, Below(2) == 0);
      case rule::PropertyType::kString:
        return sink.SetText(info.property, texts[0]);
      case rule::PropertyType::kDateTime:
        return sink.SetTime(info.property,
                            SomeTime() - std::chrono::milliseconds(Below(1'000'000'000'000)));
      case rule::PropertyType::kStringList:
        return sink.SetList(info.property, items);
      case rule::PropertyType::kPlanList:
        return sink.SetPlans(std::span(plans).first(Below(3)));
    }
  }

  void AddLink(ObservedBuilder& sink, std::uint64_t number) {
    using Status = GroupReading::Status;
    LinkedUsers linked{
        .link = {.kind = static_cast<Link::Kind>(Below(2)), .of = MakeId<GroupId>(4, number).guid}};
    const Status statuses[] = {Status::kFound, Status::kMissing, Status::kUnreadable};
    linked.status = statuses[Below(3)];
    if (linked.status != Status::kFound) linked.detail = Text();
    for (std::uint64_t i = 0; linked.status == Status::kFound && i < Below(4); ++i) {
      linked.users.push_back(MakeId<UserId>(1, i));
    }
    sink.AddLinked(std::move(linked));
  }

  void AddAssignments(ObservedBuilder& sink) {
    sink.AssignmentsKnown();
    for (std::uint64_t i = 0, count = Below(5); i < count; ++i) {
      std::vector<PlanId> plans;
      for (std::uint64_t p = 0; p < Below(4); ++p) plans.push_back(MakeId<PlanId>(3, Below(4)));
      const auto source = static_cast<AssignmentSource>(Below(3));
      const bool plain = Below(2) == 0;
      sink.AddAssignment(
          {.product = MakeId<SkuId>(2, Below(3)),
           .source = source,
           .group = source == AssignmentSource::kGroup ? MakeId<GroupId>(4, Below(3)) : GroupId{},
           .state = plain ? AssignmentState::kActive : static_cast<AssignmentState>(Below(5)),
           .disabled_plans = plans,
           .error = plain ? "" : "CountViolation",
           .updated = plain ? "" : "2026-01-04T09:12:33.1234567Z"});
    }
  }

  void AddProduct(ObservedBuilder& sink, std::uint64_t number) {
    Product product{.id = MakeId<SkuId>(2, number), .raw_id = "raw", .part_number = Text()};
    product.consumed = static_cast<int>(Below(100));
    product.prepaid = {static_cast<int>(Below(100)), 1, 2, 3};
    product.plans = {{MakeId<PlanId>(3, 2), "B", "Success", "User"},
                     {MakeId<PlanId>(3, 1), "", "", "Company"}};
    product.subscription_ids = {"s2", "s1"};
    sink.AddProduct(std::move(product));
  }

  void AddGroup(ObservedBuilder& sink, std::uint64_t number) {
    Group group{.id = MakeId<GroupId>(4, number), .display_name = Text()};
    for (std::uint64_t i = 0; i < Below(4); ++i) group.members.push_back(MakeId<UserId>(1, i));
    group.licenses = {{MakeId<SkuId>(2, 1), {MakeId<PlanId>(3, 1)}}};
    if (Below(3) != 0) group.security_enabled = Below(2) == 0;
    if (Below(2) == 0) group.processing_state = "ProcessingInProgress";
    sink.AddGroup(std::move(group));
  }

  FixedRandom random_;
};

TEST(SnapshotRoundTrip, ModelAndTextSurviveForAnyState) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    PropertySet properties = seed % 3 == 0 ? PlanningProperties() : AllProperties();
    if (seed % 2 == 0) properties.Add(rule::DirectoryExtension{.name = "extension_0a_badge"});
    const ObservedState state = StateMaker(seed).Make(properties);
    const std::string text = RenderSnapshot(state);
    const ObservedState again = Reload(text, properties);
    ASSERT_EQ(RenderSnapshot(again), text) << "seed " << seed;
    ASSERT_EQ(again.groups.size(), state.groups.size());
    for (std::size_t i = 0; i < state.groups.size(); ++i) {
      ASSERT_EQ(Fingerprint(again.groups[i]), Fingerprint(state.groups[i])) << "seed " << seed;
      ASSERT_EQ(again.groups[i].processing_state, state.groups[i].processing_state);
    }
    ASSERT_EQ(again.users.size(), state.users.size());
    ASSERT_EQ(again.tenant, state.tenant);
    ASSERT_EQ(again.read_at, state.read_at);
    ASSERT_EQ(again.subscriptions.has_value(), state.subscriptions.has_value());
    ASSERT_EQ(again.linked.size(), state.linked.size());
    ASSERT_EQ(again.users.not_people(), state.users.not_people());
    for (Row row = 0; row < state.users.size(); ++row) {
      ASSERT_EQ(again.Fingerprint(row), state.Fingerprint(row))
          << "seed " << seed << " user " << row << "\n"
          << text;
    }
  }
}

TEST(SnapshotRoundTrip, AbsentStaysAbsentNullStaysNullAndUnselectedIsLeftOut) {
  ObservedBuilder sink(PlanningProperties());
  sink.BeginUser(MakeId<UserId>(1, 1));
  sink.SetNull(Property::kUsageLocation);
  sink.SetText(Property::kUserType, "Member");
  sink.EndUser();
  const std::string text = RenderSnapshot(sink.Finish("t", SomeTime()));
  EXPECT_THAT(text, HasSubstr("\n{\"id\":\"000000a1-0000-0000-0000-000000000001\","
                              "\"usageLocation\":null,\"userType\":\"Member\"}\n"));
  EXPECT_THAT(text, Not(HasSubstr("assignedLicenses"))) << "unknown is not nothing";
  EXPECT_THAT(text, Not(HasSubstr("subscriptions")));
}

TEST(SnapshotRoundTrip, AgentsAreWrittenAsSuch) {
  ObservedBuilder sink(PlanningProperties());
  sink.BeginUser(MakeId<UserId>(1, 1));
  sink.SetAccountType("#microsoft.graph.agentUser");
  sink.EndUser();
  sink.BeginUser(MakeId<UserId>(1, 2));
  sink.SetAccountType("#microsoft.graph.user");
  sink.EndUser();
  EXPECT_THAT(RenderSnapshot(sink.Finish("t", SomeTime())),
              HasSubstr("\n{\"id\":\"000000a1-0000-0000-0000-000000000001\","
                        "\"@odata.type\":\"#microsoft.graph.agentUser\"},\n"
                        "{\"id\":\"000000a1-0000-0000-0000-000000000002\"}\n"));
}

TEST(SnapshotRoundTrip, EverythingIsWrittenInGraphsShape) {
  PropertySet properties;
  for (const auto property :
       {Property::kOtherMails, Property::kTelephoneNumber, Property::kSipProxyAddress,
        Property::kEmployeeHireDate, Property::kLastSignIn, Property::kAssignedPlans}) {
    properties.Add(property);
  }
  properties.Add(rule::DirectoryExtension{.name = "extension_0a_Badge"});
  ObservedBuilder sink(properties);
  sink.BeginUser(MakeId<UserId>(1, 1));
  const std::vector<std::string_view> mails = {"b@x", "a@x"};
  sink.SetList(Property::kOtherMails, mails);
  sink.SetText(Property::kTelephoneNumber, "+1");
  sink.SetNull(Property::kSipProxyAddress);
  sink.SetTime(Property::kEmployeeHireDate, SomeTime());
  sink.SetNull(Property::kLastSignIn);
  const AssignedPlanInput plan{"000000a3-0000-0000-0000-00000000000A", "exchange", "Enabled"};
  sink.SetPlans(std::span(&plan, 1));
  sink.SetExtension("extension_0a_badge", "B7");
  sink.EndUser();
  sink.AddLinked({.link = {Link::Kind::kDirectReports, MakeId<UserId>(1, 9).guid},
                  .status = GroupReading::Status::kFound,
                  .users = {MakeId<UserId>(1, 1)}});
  const std::string text = RenderSnapshot(sink.Finish("t", SomeTime()));
  for (const char* part :
       {R"("otherMails":["a@x","b@x"])", R"("businessPhones":["+1"])", R"("imAddresses":[])",
        R"("employeeHireDate":"2026-01-05T08:00:00.123Z")",
        R"("signInActivity":{"lastSignInDateTime":null})",
        R"("assignedPlans":[{"servicePlanId":"000000a3-0000-0000-0000-00000000000a",)"
        R"("service":"exchange","capabilityStatus":"Enabled"}])",
        R"("extension_0a_Badge":"B7")",
        R"({"kind":"directReports","of":"000000a1-0000-0000-0000-000000000009",)"
        R"("status":"found","users":["000000a1-0000-0000-0000-000000000001"]})"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(SnapshotRoundTrip, MergedLicencesHoldThePlansThatEveryHoldingRowHasOff) {
  const auto plan = [](int n) { return MakeId<PlanId>(3, static_cast<std::uint64_t>(n)); };
  ObservedBuilder sink(PlanningProperties());
  sink.BeginUser(MakeId<UserId>(1, 1));
  sink.AssignmentsKnown();
  const SkuId product = MakeId<SkuId>(2, 1);
  const std::vector<PlanId> first = {plan(1), plan(2)};
  const std::vector<PlanId> second = {plan(2), plan(3)};
  sink.AddAssignment(
      {.product = product, .source = AssignmentSource::kDirect, .disabled_plans = first});
  sink.AddAssignment({.product = product,
                      .source = AssignmentSource::kGroup,
                      .group = MakeId<GroupId>(4, 1),
                      .disabled_plans = second});
  sink.AddAssignment({.product = product,
                      .source = AssignmentSource::kGroup,
                      .group = MakeId<GroupId>(4, 2),
                      .state = AssignmentState::kError});
  sink.EndUser();
  const std::string text = RenderSnapshot(sink.Finish("t", SomeTime()));
  EXPECT_THAT(text, HasSubstr("\"assignedLicenses\":[{\"skuId\":\"" + product.ToString() +
                              "\",\"disabledPlans\":[\"" + plan(2).ToString() + "\"]}]"));
}

}  // namespace
}  // namespace seatkeeper::test
