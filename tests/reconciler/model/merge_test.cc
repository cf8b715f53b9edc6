#include "reconciler/model/merge.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/reconciler/model/same_reading.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::IdOf;
using test::TestTenant;
using Names = std::set<std::string>;

void ExpectSame(const Result<ObservedState>& merged, const ObservedState& full) {
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  test::ExpectSameReading(*merged, full);
}

void ExpectSame(const TestTenant& earlier, const TestTenant& now, const Names& changed) {
  ExpectSame(MergeReading(earlier.Read(), now.Reread(changed)), now.Read());
}

TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "E3"}, {.name = "E5", .plans = {"P1", "P2"}}};
  tenant.groups = {{.name = "g1", .members = {"ada", "cleo"}}};
  tenant.users = {
      {.name = "ada", .department = "Sales", .licenses = {{"E5", {"P1"}}, {"E3"}}},
      {.name = "bob", .licenses = {{"E5", {}, AssignmentSource::kGroup, "g1"}}},
      {.name = "cleo",
       .licenses = {{.product = "E3", .off = {"P2"}, .error = "CountViolation", .updated = "t1"}}},
      {.name = "dan"},
  };
  return tenant;
}

TEST(MergeReading, OfNothingIsTheEarlierReading) { ExpectSame(Contoso(), Contoso(), {}); }

TEST(MergeReading, OfUsersWhoDidNotChangeIsTheEarlierReading) {
  ExpectSame(Contoso(), Contoso(), {"ada", "cleo"});
  ExpectSame(Contoso(), Contoso(), {"ada", "bob", "cleo", "dan"});
}

TEST(MergeReading, TakesWhatWasReadAgain) {
  auto now = Contoso();
  now.User("bob").department = "Engineering";
  now.User("bob").usage_location = "NO";
  now.User("bob").enabled = false;
  ExpectSame(Contoso(), now, {"bob"});
}

TEST(MergeReading, AddsNewUsersInTheirPlaces) {
  auto now = Contoso();
  now.users.push_back({.name = "aaa", .department = "Sales", .licenses = {{"E3"}}});
  now.users.push_back({.name = "bert", .licenses = {{"E5", {"P2"}}}});
  now.users.push_back({.name = "zoe"});
  ExpectSame(Contoso(), now, {"aaa", "bert", "zoe"});
  ExpectSame({}, now, {"aaa", "ada", "bert", "bob", "cleo", "dan", "zoe"});
}

TEST(MergeReading, DropsWhoWasNamedAndNotFound) {
  auto now = Contoso();
  now.users.erase(now.users.begin() + 3);
  now.users.erase(now.users.begin());
  ExpectSame(Contoso(), now, {"ada", "dan"});
  ExpectSame(Contoso(), now, {"dan", "bob", "ada", "a stranger"});
  now.users.clear();
  ExpectSame(Contoso(), now, {"ada", "bob", "cleo", "dan"});
}

TEST(MergeReading, KeepsWhoWasNamedAsGoneAndFound) {
  const auto now = Contoso();
  auto change = now.Reread({"ada"});
  change.changed = {IdOf<UserId>("ada"), IdOf<UserId>("ada")};
  ExpectSame(MergeReading(Contoso().Read(), std::move(change)), now.Read());
}

TEST(MergeReading, TakesWhoWasReadAgainWithoutBeingNamed) {
  auto now = Contoso();
  now.User("bob").department = "Engineering";
  now.users.push_back({.name = "eve"});
  auto change = now.Reread({"bob", "eve"});
  change.changed.clear();
  ExpectSame(MergeReading(Contoso().Read(), std::move(change)), now.Read());
}

TEST(MergeReading, TranslatesAssignments) {
  auto now = Contoso();
  now.products.insert(now.products.begin(), {.name = "A1"});  // Every product gets a new number.
  now.products.push_back({.name = "F1"});
  now.User("ada").licenses = {
      {.product = "F1", .off = {"P1"}, .error = "Other", .updated = "t2"},
      {.product = "A1", .off = {"P9", "P1"}, .error = "CountViolation", .updated = "t1"},
      {"E5", {"P2"}, AssignmentSource::kUnknown},
      {"E5", {"P2"}, AssignmentSource::kGroup, "g1", AssignmentState::kError}};
  now.User("dan").licenses = {{"X1"}};
  ExpectSame(Contoso(), now, {"ada", "dan"});
}

TEST(MergeReading, TellsUnknownAssignmentsFromNone) {
  auto now = Contoso();
  now.User("ada").licenses.clear();
  now.User("bob") = {.name = "bob", .assignments_known = false};
  ExpectSame(Contoso(), now, {"ada", "bob"});
  ExpectSame(now, Contoso(), {"ada", "bob"});
}

TEST(MergeReading, ListsAProductAsLongAsItIsSubscribedOrHeld) {
  auto earlier = Contoso();
  earlier.products.push_back({.name = "OLD"});
  earlier.User("dan").licenses = {{"X1"}, {"X2"}};
  earlier.User("bob").licenses = {{"X2"}};
  auto now = earlier;
  now.products = {{.name = "E5", .seats = 7}};  // OLD is gone; E3 is only held any more.
  now.User("dan").licenses.clear();             // X1 is held by nobody any more, X2 by bob.
  ExpectSame(earlier, now, {"dan"});
}

TEST(MergeReading, DropsTextsAndPlanSetsThatNobodyHas) {
  auto now = Contoso();
  now.User("cleo").licenses = {};
  now.User("ada").licenses = {{"E5"}};
  ExpectSame(Contoso(), now, {"cleo", "ada"});
}

TEST(MergeReading, TakesEverythingElseFromTheNewReading) {
  auto now = Contoso();
  now.Product("E5").seats = 3;
  now.groups = {{.name = "g1", .members = {"dan"}},
                {.name = "g2", .status = GroupReading::Status::kAmbiguous}};
  auto change = now.Reread({});
  change.reread.linked = {{.link = {.of = IdOf<GroupId>("g1").guid}}};
  change.reread.subscriptions.emplace().push_back({.id = "s1"});
  const auto merged = MergeReading(Contoso().Read(), std::move(change));
  ExpectSame(merged, now.Read());
  EXPECT_EQ(merged->FindGroup(IdOf<GroupId>("g1"))->members,
            std::vector<UserId>{IdOf<UserId>("dan")});
  EXPECT_EQ(merged->FindReference("g2")->status, GroupReading::Status::kAmbiguous);
  EXPECT_NE(merged->FindLinked({.of = IdOf<GroupId>("g1").guid}), nullptr);
  ASSERT_TRUE(merged->subscriptions);
  EXPECT_EQ(merged->subscriptions->at(0).id, "s1");
}

TEST(MergeReading, FindsNamesAsTheyAreNow) {
  auto earlier = Contoso();
  earlier.User("bob").principal_name = "ADA@contoso.com";
  auto now = Contoso();
  now.User("dan").principal_name = "Cleo@Contoso.com";
  const auto merged = MergeReading(earlier.Read(), now.Reread({"bob", "dan"}));
  ExpectSame(merged, now.Read());
  EXPECT_EQ(merged->users.FindByPrincipalName("ada@contoso.com"), Row{0});
  EXPECT_FALSE(merged->users.FindByPrincipalName("cleo@contoso.com"));
  EXPECT_FALSE(merged->users.FindByPrincipalName("dan@contoso.com"));
}

TEST(MergeReading, ANameOfThreeUsersIsNobodysUntilTwoOfThemHaveAnother) {
  auto now = Contoso();
  for (const auto* name : {"ada", "bob", "cleo"}) now.User(name).principal_name = "x@contoso.com";
  const auto merged = MergeReading(Contoso().Read(), now.Reread({"ada", "bob", "cleo"}));
  ExpectSame(merged, now.Read());
  EXPECT_FALSE(merged->users.FindByPrincipalName("x@contoso.com"));
  auto later = Contoso();
  later.User("cleo").principal_name = "x@contoso.com";
  const auto after = MergeReading(*merged, later.Reread({"ada", "bob"}));
  ExpectSame(after, later.Read());
  EXPECT_EQ(after->users.FindByPrincipalName("X@contoso.com"), Row{2});
}

TEST(MergeReading, CanBeDoneAgainAndAgain) {
  auto earlier = Contoso().Read();
  auto now = Contoso();
  for (int day = 0; day < 20; ++day) {
    auto& user = now.users[static_cast<std::size_t>(day % 4)];
    user.department = "Department " + std::to_string(day);
    user.licenses.push_back({.product = "E3", .updated = "day " + std::to_string(day)});
    if (user.licenses.size() > 3) user.licenses.erase(user.licenses.begin());
    auto merged = MergeReading(earlier, now.Reread({user.name}));
    ExpectSame(merged, now.Read());
    earlier = *std::move(merged);
  }
}

TEST(MergeReading, RefusesWhatDoesNotBelongTogether) {
  const auto refused = [](ObservedState earlier, ReadingChange change) {
    const auto merged = MergeReading(earlier, std::move(change));
    return !merged.ok() && merged.error().kind == ErrorKind::kIncomplete;
  };
  const auto now = Contoso();
  auto other = now.Reread({});
  other.reread.tenant = "fabrikam";
  EXPECT_TRUE(refused(now.Read(), std::move(other)));

  auto narrow = ObservedBuilder(PropertySet{}).Finish("tenant-id", now.Read().read_at);
  EXPECT_TRUE(refused(now.Read(), {{}, std::move(narrow)}));
  auto more = AllProperties();
  more.Add(rule::DirectoryExtension{"extension_0123456789abcdef0123456789abcdef_badge"});
  auto wide = ObservedBuilder(more).Finish("tenant-id", now.Read().read_at);
  EXPECT_TRUE(refused(now.Read(), {{}, std::move(wide)}));

  auto old = now.Reread({});
  old.reread.read_at -= std::chrono::milliseconds(1);
  EXPECT_TRUE(refused(now.Read(), std::move(old)));
}

}  // namespace
}  // namespace seatkeeper
