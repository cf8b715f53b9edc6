#include "reconciler/file/decode_snapshot.h"

#include <gmock/gmock.h>

namespace seatkeeper::test {
namespace {

using Status = GroupReading::Status;
using ::testing::HasSubstr;

constexpr char kReadAt[] = R"("readAt":"2026-01-05T08:00:00Z",)";

std::string Guid(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

class DecodeSnapshotTest : public ::testing::Test {
 protected:
  ObservedState Decode(std::string fields, std::vector<std::string> groups = {}) {
    std::string text = "{" + std::string(kReadAt) + fields + "}";
    const auto info = DecodeSnapshot(
        text, {.properties = PlanningProperties(), .groups = std::move(groups)}, sink_);
    EXPECT_TRUE(info.ok()) << info.error().message;
    return sink_.Finish("t", {});
  }
  std::string ErrorOf(std::string text) {
    const auto info = DecodeSnapshot(text, {}, sink_);
    if (info.ok()) return "no error";
    EXPECT_EQ(info.error().kind, ErrorKind::kInvalid);
    return info.error().message;
  }
  static std::string GroupJson(int id, const std::string& name, const std::string& members) {
    return R"({"id":")" + Guid(id) + R"(","displayName":")" + name + "\"" +
           (members.empty() ? "" : ",\"members\":" + members) + "}";
  }
  static std::string Quoted(int id) { return "\"" + Guid(id) + "\""; }

  ObservedBuilder sink_{AllProperties()};
};

TEST_F(DecodeSnapshotTest, SaysWhoseItIsAndWhenItWasRead) {
  std::string text = R"({"apiVersion":"seatkeeper/v1","kind":"Snapshot","tenant":"abc",
                         "readAt":"2026-01-05T08:00:00Z","users":[]})";
  const auto info = DecodeSnapshot(text, {}, sink_);
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->tenant, "abc");
  EXPECT_EQ(FormatTime(info->read_at), "2026-01-05T08:00:00Z");
}

TEST_F(DecodeSnapshotTest, TakesRawExportsOfGraph) {
  const auto state = Decode(R"("users":{"@odata.context":"x","value":[{"id":)" + Quoted(1) +
                            R"(,"assignedLicenses":[{"skuId":)" + Quoted(20) +
                            R"(,"disabledPlans":[]}]}]},"subscribedSkus":{"value":[{"skuId":)" +
                            Quoted(20) + "}]}");
  ASSERT_EQ(state.users.size(), 1U);
  ASSERT_EQ(state.users.assignments(0).size(), 1U);
  EXPECT_EQ(state.users.assignments(0)[0].source, AssignmentSource::kUnknown);
  EXPECT_TRUE(state.products[0].subscribed);
  EXPECT_FALSE(state.subscriptions.has_value()) << "left out is unknown, not none";
}

TEST_F(DecodeSnapshotTest, OnePageOfSeveralIsRefused) {
  EXPECT_THAT(ErrorOf(R"({"users":{"@odata.nextLink":"https://x","value":[]}})"),
              HasSubstr("users.@odata.nextLink: only one page"));
}

TEST_F(DecodeSnapshotTest, ProblemsNameTheirPlace) {
  EXPECT_THAT(ErrorOf(R"({"users":[]})"), HasSubstr("add \"readAt\""));
  EXPECT_THAT(ErrorOf(R"({"readAt":"2026-01-05T08:00:00Z"})"), HasSubstr("no list 'users'"));
  EXPECT_THAT(ErrorOf(R"({"readAt":"yesterday"})"), HasSubstr("readAt: not a time"));
  EXPECT_THAT(ErrorOf(R"({"kind":"Plan"})"), HasSubstr("kind: 'Plan' instead of 'Snapshot'"));
  EXPECT_THAT(ErrorOf(R"({"users":[{"id":"x"}]})"), HasSubstr("users[0]: id is not a GUID"));
  EXPECT_THAT(ErrorOf(R"({"users":[{"id":)" + Quoted(1) + R"(,"displayName":7}]})"),
              HasSubstr("users[0].displayName: not a text (near byte "));
  EXPECT_THAT(ErrorOf("nonsense"), ::testing::Not("no error"));
  EXPECT_THAT(ErrorOf(""), ::testing::Not("no error"));
}

TEST_F(DecodeSnapshotTest, NestedGroupsCountWithTheirMembersCyclesIncluded) {
  const auto state = Decode(
      R"("users":[],"groups":[)" + GroupJson(50, "Top", "[" + Quoted(1) + "," + Quoted(51) + "]") +
          "," + GroupJson(51, "Middle", R"([{"id":)" + Quoted(2) + "}," + Quoted(52) + "]") + "," +
          GroupJson(52, "Bottom", "[" + Quoted(3) + "," + Quoted(50) + "]") + "]",
      {"top", Guid(52)});
  const auto* top = state.FindReference("top");
  ASSERT_NE(top, nullptr);
  ASSERT_EQ(top->status, Status::kFound) << "names compare without letter case";
  EXPECT_EQ(state.FindGroup(top->id)->members.size(), 3U);
  EXPECT_EQ(state.FindGroup(state.FindReference(Guid(52))->id)->members.size(), 3U);
}

TEST_F(DecodeSnapshotTest, EveryRequestedGroupIsAnswered) {
  const auto state = Decode(R"("users":[],"groups":[)" + GroupJson(50, "Twins", "[]") + "," +
                                GroupJson(51, "Twins", "[]") + "," + GroupJson(52, "Unlisted", "") +
                                "," + GroupJson(53, "Around", "[" + Quoted(52) + "]") + "]",
                            {"Twins", "Nobody", "Unlisted", "Around", Guid(50), Guid(99)});
  EXPECT_EQ(state.FindReference("Twins")->status, Status::kAmbiguous);
  EXPECT_EQ(state.FindReference("Nobody")->status, Status::kMissing);
  EXPECT_EQ(state.FindReference("Unlisted")->status, Status::kUnreadable);
  EXPECT_EQ(state.FindReference("Around")->status, Status::kUnreadable)
      << "a nested group without its members hides some";
  EXPECT_EQ(state.FindReference(Guid(50))->status, Status::kFound);
  EXPECT_EQ(state.FindReference(Guid(99))->status, Status::kMissing);
}

TEST_F(DecodeSnapshotTest, WhatARuleNeedsMustHaveBeenExported) {
  auto needed = PlanningProperties();
  for (const auto property : {rule::Property::kEmployeeHireDate, rule::Property::kLastSignIn,
                              rule::Property::kExtensionAttribute3, rule::Property::kCity}) {
    needed.Add(property);
  }
  needed.Add(rule::DirectoryExtension{.name = "extension_0a_badge"});
  const auto error_of = [&](const std::string& user) {
    ObservedBuilder sink(needed);
    std::string text = "{" + std::string(kReadAt) + R"("users":[{"id":)" + Quoted(1) + user + "}]}";
    const auto info = DecodeSnapshot(text, {.properties = needed}, sink);
    return info.ok() ? "no error" : info.error().message;
  };
  EXPECT_THAT(error_of(R"(,"city":null)"),
              HasSubstr("No user of the snapshot has user.employeeHireDate, "
                        "user.signInActivity.lastSignInDateTime, user.extensionAttribute3, "
                        "user.extension_0a_badge, which a rule needs"));
  EXPECT_EQ(error_of(R"(,"city":"Wien","employeeHireDate":null,"signInActivity":null,
                        "onPremisesExtensionAttributes":{},"Extension_0A_badge":null)"),
            "no error");
  ObservedBuilder sink(needed);
  std::string nobody = "{" + std::string(kReadAt) + R"("users":[]})";
  EXPECT_TRUE(DecodeSnapshot(nobody, {.properties = needed}, sink).ok()) << "nobody lacks anything";
}

TEST_F(DecodeSnapshotTest, EveryRequestedLinkIsAnswered) {
  const Link members{Link::Kind::kDirectMembers, GroupId::Parse(Guid(50))->guid};
  const Link reports{Link::Kind::kDirectReports, UserId::Parse(Guid(7))->guid};
  std::string text = "{" + std::string(kReadAt) + R"("users":[],"groups":[)" +
                     GroupJson(50, "Sales", "[" + Quoted(3) + "]") +
                     R"(],"links":[{"kind":"directReports","of":)" + Quoted(7) + R"(,"users":[)" +
                     Quoted(2) + "," + Quoted(1) + R"(]},{"kind":"directReports","of":)" +
                     Quoted(8) + R"(,"status":"missing","detail":"gone"}]})";
  const auto info = DecodeSnapshot(
      text, {.properties = PlanningProperties(), .links = {members, reports}}, sink_);
  ASSERT_TRUE(info.ok()) << info.error().message;
  const auto state = sink_.Finish("t", {});
  EXPECT_EQ(state.FindLinked(members)->status, Status::kUnreadable)
      << "members of a group may be those of groups nested in it";
  EXPECT_THAT(state.FindLinked(members)->detail, HasSubstr("direct members"));
  ASSERT_EQ(state.FindLinked(reports)->status, Status::kFound);
  EXPECT_EQ(state.FindLinked(reports)->users.front().ToString(), Guid(1)) << "ordered";
  EXPECT_EQ(state.FindLinked({Link::Kind::kDirectReports, UserId::Parse(Guid(8))->guid})->status,
            Status::kMissing);
}

TEST_F(DecodeSnapshotTest, MalformedLinksNameTheirPlace) {
  const auto error_of = [this](const std::string& link) {
    return ErrorOf(R"({"links":[)" + link + "]}");
  };
  EXPECT_THAT(error_of(R"({"kind":"friends"})"),
              HasSubstr("links[0].kind: 'friends' is not known here"));
  EXPECT_THAT(error_of(R"({"of":)" + Quoted(1) + R"(,"users":[]})"), HasSubstr("kind: missing"));
  EXPECT_THAT(error_of(R"({"kind":"directMembers","users":[]})"), HasSubstr("of: missing"));
  EXPECT_THAT(error_of(R"({"kind":"directMembers","of":)" + Quoted(1) + "}"),
              HasSubstr("users: missing"));
  const std::string twice = R"({"kind":"directMembers","of":)" + Quoted(1) + R"(,"users":[]})";
  EXPECT_THAT(error_of(twice + "," + twice), HasSubstr("links[1]: the same link twice"));
}

TEST_F(DecodeSnapshotTest, GroupsToBeLicensedNeedTheirDirectMembers) {
  const auto link = [](int group) {
    return Link{Link::Kind::kDirectMembers, GroupId::Parse(Guid(group))->guid};
  };
  std::string text = "{" + std::string(kReadAt) + R"("users":[],"groups":[)" +
                     GroupJson(50, "Sales", "[" + Quoted(3) + "," + Quoted(4) + "]") + "," +
                     GroupJson(51, "Support", "[" + Quoted(3) + "]") +
                     R"(],"links":[{"kind":"directMembers","of":)" + Quoted(50) + R"(,"users":[)" +
                     Quoted(3) + "]}]}";
  const auto info = DecodeSnapshot(text,
                                   {.properties = PlanningProperties(),
                                    .groups = {"Nobody", "Sales", "Support"},
                                    .licensed_groups = {"Nobody", "Sales", "Support"}},
                                   sink_);
  ASSERT_TRUE(info.ok()) << info.error().message;
  const auto state = sink_.Finish("t", {});
  EXPECT_EQ(state.linked.size(), 2U);
  EXPECT_EQ(state.FindLinked(link(50))->users.size(), 1U);
  EXPECT_EQ(state.FindLinked(link(51))->status, Status::kUnreadable);
}

TEST_F(DecodeSnapshotTest, DecodesSomeGroupsWithoutTheirMembers) {
  std::string text = R"({"subscribedSkus":5,"users":[{"id":)" + Quoted(1) + R"(}],"groups":[)" +
                     GroupJson(50, "Sales", "[" + Quoted(1) + "]") + "," +
                     GroupJson(51, "Support", "[]") + "]}";
  ASSERT_TRUE(
      DecodeSnapshotSubjects(text, {*GroupId::Parse(Guid(50)), *GroupId::Parse(Guid(99))}, sink_)
          .ok());
  const auto state = sink_.Finish("t", {});
  EXPECT_EQ(state.users.size(), 0U);
  ASSERT_EQ(state.groups.size(), 1U);
  EXPECT_EQ(state.groups[0].display_name, "Sales");
  EXPECT_TRUE(state.groups[0].members.empty());
}

TEST_F(DecodeSnapshotTest, DecodesSomeUsersAlone) {
  std::string text = R"({"groups":5,"users":[{"id":)" + Quoted(1) + R"(},{"id":)" + Quoted(2) +
                     R"(,"displayName":"Two"}]})";
  ASSERT_TRUE(
      DecodeSnapshotSubjects(text, {*UserId::Parse(Guid(2)), *UserId::Parse(Guid(3))}, sink_).ok());
  const auto state = sink_.Finish("t", {});
  ASSERT_EQ(state.users.size(), 1U);
  EXPECT_EQ(state.users.display_name(0), "Two");
}

}  // namespace
}  // namespace seatkeeper::test
