#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

const std::string kDelta = "/v1.0/users/delta";
constexpr std::chrono::hours kWeek{7 * 24};

std::string Path(const std::string& link) {
  return link.substr(std::string("http://graph.test").size());
}

struct Round {
  std::vector<json> objects;
  std::string link;  // to begin the next one with
  int pages = 0;
  int empty_pages = 0;
  std::map<std::string, json> Last() const {
    std::map<std::string, json> last;
    for (const auto& object : objects) last[object.at("id")] = object;
    return last;
  }
  std::set<std::string> Ids() const {
    std::set<std::string> ids;
    for (const auto& object : objects) ids.insert(object.at("id").get<std::string>());
    return ids;
  }
};

Round Follow(Bench& bench, const std::string& from, const Headers& headers = {}) {
  Round round;
  for (auto target = from; round.link.empty();) {
    const json page = bench.GetJson(target, headers);
    ++round.pages;
    round.empty_pages += page.at("value").empty() ? 1 : 0;
    for (const auto& object : page.at("value")) round.objects.push_back(object);
    EXPECT_NE(page.contains("@odata.nextLink"), page.contains("@odata.deltaLink"));
    if (page.contains("@odata.nextLink")) target = Path(page["@odata.nextLink"]);
    if (page.contains("@odata.deltaLink")) round.link = Path(page["@odata.deltaLink"]);
  }
  return round;
}

std::string Latest(Bench& bench, const std::string& select) {
  return Follow(bench, kDelta + "?$select=" + select + "&$deltatoken=latest").link;
}

void Set(Bench& bench, const std::string& user, const json& properties) {
  bench.Edit({{{"op", "setUser"}, {"user", user}, {"set", properties}}});
}

TEST(UserDelta, BeginsWithEverybody) {
  Bench bench(ManyUsers(250));
  const auto round = Follow(bench, kDelta + "?$select=displayName");
  EXPECT_EQ(round.Ids().size(), 250U);
  EXPECT_GE(round.pages, 3);
  EXPECT_TRUE(Follow(bench, round.link).objects.empty());
}

TEST(UserDelta, FromNowNamesNobodyYet) {
  Bench bench;
  const auto round = Follow(bench, kDelta + "?$select=department&$deltatoken=latest");
  EXPECT_EQ(round.pages, 1);
  EXPECT_TRUE(round.objects.empty());
}

TEST(UserDelta, NamesWhoChangedWithAllThatIsSelectedAndSet) {
  Bench bench;
  const auto link = Latest(bench, "department,jobTitle,assignedLicenses");
  Set(bench, kAda, {{"department", "Moon"}});
  const auto changed = Follow(bench, link).Last();
  ASSERT_TRUE(changed.contains(kAda));
  EXPECT_EQ(changed.at(kAda)["department"], "Moon");
  EXPECT_TRUE(changed.at(kAda).contains("assignedLicenses"));
  EXPECT_FALSE(changed.at(kAda).contains("jobTitle")) << "never set: left out";
  EXPECT_FALSE(changed.contains(kBen));
}

TEST(UserDelta, SaysOnlyWhatChangedWhereThatIsPreferred) {
  Bench bench;
  Set(bench, kAda, {{"department", "Moon"}, {"jobTitle", "Pilot"}});
  const auto link = Latest(bench, "department,jobTitle");
  Set(bench, kAda, {{"department", nullptr}});
  const auto changed = Follow(bench, link, {{"Prefer", "return=minimal"}}).Last();
  EXPECT_EQ(changed.at(kAda), (json{{"id", kAda}, {"department", nullptr}}));
}

TEST(UserDelta, DoesNotTrackWhatIsNotSelected) {
  Bench bench;
  const auto link = Latest(bench, "department");
  Set(bench, kAda, {{"jobTitle", "Pilot"}});
  bench.Assign(kCleo, {Bench::License(kE3)});
  EXPECT_TRUE(Follow(bench, link).objects.empty());
}

TEST(UserDelta, TracksLicencesOnlyByTheMergedOnes) {
  Bench bench;
  const auto merged = Latest(bench, "assignedLicenses");
  const auto states = Latest(bench, "licenseAssignmentStates");
  ASSERT_EQ(bench.Assign(kCleo, {Bench::License(kE3)}).status, 200);
  EXPECT_EQ(Follow(bench, merged).Ids(), std::set<std::string>{kCleo});
  EXPECT_TRUE(Follow(bench, states).objects.empty());
}

TEST(UserDelta, DoesNotSeeWhereALicenceComesFrom) {
  Bench bench;
  const auto link = Latest(bench, "assignedLicenses,licenseAssignmentStates");
  // Ben has it from a group; now directly, too.
  ASSERT_EQ(bench.Assign(kBen, {Bench::License(kF3)}).status, 200);
  EXPECT_TRUE(Follow(bench, link).objects.empty());
}

TEST(UserDelta, DoesNotTrackSignIns) {
  Bench bench;
  const auto link = Latest(bench, "signInActivity,department");
  Set(bench, kAda, {{"signInActivity", {{"lastSignInDateTime", "2026-01-01T00:00:00Z"}}}});
  EXPECT_TRUE(Follow(bench, link).objects.empty());
}

TEST(UserDelta, TellsDeletedRestoredAndPurged) {
  Bench bench;
  auto link = Latest(bench, "displayName,assignedLicenses");
  bench.Edit({{{"op", "deleteUser"}, {"user", kAda}}});
  auto round = Follow(bench, link);
  EXPECT_EQ(round.Last().at(kAda), (json{{"id", kAda}, {"@removed", {{"reason", "changed"}}}}));
  bench.Edit({{{"op", "restoreUser"}, {"user", kAda}}});
  round = Follow(bench, round.link);
  EXPECT_FALSE(round.Last().at(kAda).contains("@removed"));
  EXPECT_EQ(round.Last().at(kAda)["assignedLicenses"][0]["skuId"], kE3) << "comes back with it";
  bench.Edit({{{"op", "deleteUser"}, {"user", kAda}}, {{"op", "purgeUser"}, {"user", kAda}}});
  round = Follow(bench, round.link);
  EXPECT_EQ(round.Last().at(kAda)["@removed"]["reason"], "deleted");
}

TEST(UserDelta, NamesWhoIsNew) {
  Bench bench;
  const auto link = Latest(bench, "displayName");
  bench.Edit({{{"op", "addUser"},
               {"user",
                {{"id", "a0000000-0000-4000-8000-000000000009"},
                 {"userPrincipalName", "eve@contoso.example"},
                 {"displayName", "Eve"}}}}});
  EXPECT_EQ(Follow(bench, link).Last().at("a0000000-0000-4000-8000-000000000009")["displayName"],
            "Eve");
}

TEST(UserDelta, ShowsLaterWhatLags) {
  Bench bench;
  const auto link = Latest(bench, "department");
  bench.PutFaults({}, 60'000);
  Set(bench, kAda, {{"department", "Moon"}});
  const auto early = Follow(bench, link);
  EXPECT_TRUE(early.objects.empty());
  bench.now += std::chrono::minutes(2);
  EXPECT_EQ(Follow(bench, early.link).Ids(), std::set<std::string>{kAda});
}

TEST(UserDelta, RepeatsReplaysAndSendsEmptyPages) {
  SimulatorOptions options;
  options.delta_page = 3;
  Bench bench(ManyUsers(40), options);
  auto link = Latest(bench, "department");
  int repeats = 0;
  int empty = 0;
  int replays = 0;
  for (int i = 0; i < 40; ++i) {
    const auto before = bench.GetJson("/v1.0/users?$select=id&$top=999")["value"];
    std::set<std::string> touched;
    for (int j = 0; j < 7; ++j) {
      touched.insert(before[static_cast<std::size_t>((i * 7 + j) % 40)]["id"]);
      Set(bench, before[static_cast<std::size_t>((i * 7 + j) % 40)]["id"],
          {{"department", std::to_string(i)}});
    }
    const auto round = Follow(bench, link);
    const auto ids = round.Ids();
    for (const auto& id : touched) ASSERT_TRUE(ids.contains(id)) << "nobody is left out";
    repeats += round.objects.size() > ids.size() ? 1 : 0;
    replays += ids.size() > touched.size() ? 1 : 0;
    empty += round.empty_pages;
    link = round.link;
  }
  EXPECT_GT(repeats, 0);
  EXPECT_GT(replays, 0);
  EXPECT_GT(empty, 0);
}

TEST(UserDelta, ARoundEndsWhereItBegan) {
  SimulatorOptions options;
  options.delta_page = 1;
  Bench bench(SmallTenant(), options);
  const auto first = bench.GetJson(kDelta + "?$select=department");
  Set(bench, kAda, {{"department", "Moon"}});
  const auto rest = Follow(bench, Path(first.at("@odata.nextLink")));
  EXPECT_TRUE(Follow(bench, rest.link).Ids().contains(kAda)) << "not lost between two rounds";
}

TEST(UserDelta, LinksStandAlone) {
  Bench bench;
  const auto link = Latest(bench, "department");
  EXPECT_EQ(bench.Get(link + "&$select=department").status, 400);
  EXPECT_EQ(bench.Get(kDelta + "?$deltatoken=made-up").status, 400);
  for (const char* option : {"$top=5", "$orderby=displayName", "$expand=manager"}) {
    EXPECT_EQ(bench.Get(kDelta + "?" + option).status, 400) << option;
  }
  EXPECT_EQ(bench.Get(kDelta + "?$select=aboutMe").status, 501);
}

TEST(UserDelta, TokensDie) {
  Bench bench;
  const auto link = Latest(bench, "department");
  bench.now += kWeek;
  bench.token = Parse(bench.Raw({"POST",
                                 "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
                                 {{"Content-Type", "application/x-www-form-urlencoded"}},
                                 TokenForm()}))["access_token"];
  EXPECT_EQ(bench.Get(link).status, 200);
  bench.now += std::chrono::seconds(1);
  const auto refused = bench.Get(link);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(CodeOf(refused), "SyncStateNotFound");
}

TEST(UserDelta, AfterMaintenanceEverythingStartsOver) {
  Bench bench;
  const auto link = Latest(bench, "department");
  const auto forgot = bench.Raw({"PUT", "/_sim/delta", {}, R"({"forget": true})"});
  ASSERT_EQ(forgot.status, 204);
  const auto gone = bench.Get(link);
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(CodeOf(gone), "resyncRequired");
  const auto again = FindHeader(gone.headers, "Location");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(Follow(bench, Path(*again)).Ids().size(), 4U);
}

TEST(UserDelta, CanBeLimitedToSomeIds) {
  Bench bench;
  const std::string only =
      "$select=department&$filter=id%20eq%20'" + kAda + "'%20or%20id%20eq%20'" + kBen + "'";
  const auto round = Follow(bench, kDelta + "?" + only);
  EXPECT_EQ(round.Ids(), (std::set<std::string>{kAda, kBen}));
  Set(bench, kCleo, {{"department", "Moon"}});
  EXPECT_TRUE(Follow(bench, round.link).objects.empty());
  Set(bench, kBen, {{"department", "Moon"}});
  EXPECT_EQ(Follow(bench, round.link).Ids(), std::set<std::string>{kBen});
  for (const char* wrong : {"department%20eq%20'x'", "id%20eq%20'x'%20and%20id%20eq%20'y'"}) {
    EXPECT_EQ(bench.Get(kDelta + "?$filter=" + wrong).status, 400) << wrong;
  }
}

TEST(UserDelta, GoesByItsOtherNames) {
  Bench bench;
  for (const char* name : {"delta()", "microsoft.graph.delta()"}) {
    const auto round = Follow(bench, std::string("/v1.0/users/") + name + "?$deltatoken=latest");
    EXPECT_TRUE(round.objects.empty()) << name;
  }
}

TEST(UserDelta, NeedsAPermissionToReadUsers) {
  SimulatorOptions options;
  options.roles = {"GroupMember.Read.All"};
  Bench bench(SmallTenant(), options);
  EXPECT_EQ(bench.Get(kDelta).status, 403);
}

}  // namespace
}  // namespace seatkeeper::sim::test
