#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

const std::string kDelta = "/v1.0/groups/delta";

std::string Path(const std::string& link) {
  return link.substr(std::string("http://graph.test").size());
}

// A round, and what whoever keeps the members of the groups makes of it.
struct Round {
  std::vector<json> objects;
  std::string link;  // to begin the next one with
  int pages = 0;
};

Round Follow(Bench& bench, const std::string& from) {
  Round round;
  for (auto target = from; round.link.empty(); ++round.pages) {
    const json page = bench.GetJson(target);
    for (const auto& object : page.at("value")) round.objects.push_back(object);
    EXPECT_NE(page.contains("@odata.nextLink"), page.contains("@odata.deltaLink"));
    if (page.contains("@odata.nextLink")) target = Path(page["@odata.nextLink"]);
    if (page.contains("@odata.deltaLink")) round.link = Path(page["@odata.deltaLink"]);
  }
  return round;
}

using Members = std::map<std::string, std::set<std::string>>;

void Merge(const Round& round, Members& members) {
  for (const json& object : round.objects) {
    const std::string id = object.at("id");
    if (object.contains("@removed")) {
      members.erase(id);
      continue;
    }
    auto& of_group = members[id];
    for (const json& member : object.value("members@delta", json::array())) {
      if (member.contains("@removed")) {
        EXPECT_EQ(member["@removed"]["reason"], "deleted");
        of_group.erase(member.at("id"));
      } else {
        of_group.insert(member.at("id").get<std::string>());
      }
    }
  }
}

std::string Latest(Bench& bench, const std::string& select) {
  return Follow(bench, kDelta + "?$select=" + select + "&$deltatoken=latest").link;
}

TEST(GroupDelta, BeginsWithEveryGroupAndItsMembers) {
  Bench bench;
  const Round round = Follow(bench, kDelta);
  Members members;
  Merge(round, members);
  EXPECT_EQ(members, (Members{{kFrontline, {kBen}}, {kAll, {kAda, kFrontline}}}));
  for (const json& object : round.objects) {
    EXPECT_TRUE(object.contains("displayName"));
    EXPECT_FALSE(object.contains("description")) << "never set: left out";
    for (const json& member : object["members@delta"]) {
      EXPECT_EQ(member["@odata.type"],
                member["id"] == kFrontline ? "#microsoft.graph.group" : "#microsoft.graph.user");
    }
  }
}

TEST(GroupDelta, SelectsMembersLikeAProperty) {
  Bench bench;
  const Round names = Follow(bench, kDelta + "?$select=displayName");
  for (const json& object : names.objects) {
    EXPECT_EQ(object.size(), 2U) << object;
  }
  const Round members = Follow(bench, kDelta + "?$select=members");
  for (const json& object : members.objects) {
    EXPECT_FALSE(object.contains("displayName"));
    EXPECT_TRUE(object.contains("members@delta"));
  }
  EXPECT_EQ(bench.Get(kDelta + "?$select=colour").status, 400);
}

TEST(GroupDelta, LargeGroupsComeInSlices) {
  json tenant = ManyUsers(25);
  std::set<std::string> ids;
  for (const json& user : tenant["users"]) ids.insert(user["id"]);
  tenant["groups"] = {{{"id", kAll}, {"displayName", "All"}, {"members", ids}}};
  SimulatorOptions options;
  options.delta_page = 4;
  Bench bench(tenant, options);
  const Round round = Follow(bench, kDelta);
  EXPECT_GE(round.objects.size(), 7U) << "the same group again and again";
  EXPECT_GE(round.pages, 2);
  for (const json& object : round.objects) EXPECT_LE(object["members@delta"].size(), 4U);
  Members members;
  Merge(round, members);
  EXPECT_EQ(members[kAll], ids);
}

TEST(GroupDelta, NobodyIsSkippedWhenOthersLeaveBetweenTwoPages) {
  json tenant = ManyUsers(30);
  std::set<std::string> ids;
  for (const json& user : tenant["users"]) ids.insert(user["id"]);
  tenant["groups"] = {{{"id", kAll}, {"displayName", "All"}, {"members", ids}}};
  SimulatorOptions options;
  options.delta_page = 3;
  Bench bench(tenant, options);
  const json first = bench.GetJson(kDelta);
  bench.Edit({{{"op", "removeMember"}, {"group", kAll}, {"user", *ids.begin()}}});
  Members members;
  Merge({.objects = first["value"].get<std::vector<json>>(), .link = {}}, members);
  const Round rest = Follow(bench, Path(first["@odata.nextLink"]));
  Merge(rest, members);
  EXPECT_EQ(members[kAll], ids) << "the round ends where it began";
  Merge(Follow(bench, rest.link), members);
  ids.erase(ids.begin());
  EXPECT_EQ(members[kAll], ids);
}

TEST(GroupDelta, TellsWhoCameAndWhoLeft) {
  Bench bench;
  const Round start = Follow(bench, kDelta);
  Members members;
  Merge(start, members);
  bench.Edit({{{"op", "addMember"}, {"group", kFrontline}, {"user", kCleo}},
              {{"op", "removeMember"}, {"group", kFrontline}, {"user", kBen}},
              {{"op", "deleteUser"}, {"user", kAda}}});
  const Round next = Follow(bench, start.link);
  Merge(next, members);
  EXPECT_EQ(members, (Members{{kFrontline, {kCleo}}, {kAll, {kFrontline}}}));
}

TEST(GroupDelta, DoesNotTrackWhatIsNotSelected) {
  Bench bench;
  const auto names = Latest(bench, "displayName");
  const auto members = Latest(bench, "members");
  bench.AddMember(kFrontline, kCleo);
  EXPECT_TRUE(Follow(bench, names).objects.empty());
  EXPECT_FALSE(Follow(bench, members).objects.empty());
  bench.Edit({{{"op", "setGroup"}, {"group", kAll}, {"set", {{"description", "x"}}}}});
  EXPECT_TRUE(Follow(bench, names).objects.empty());
  bench.Edit({{{"op", "setGroup"}, {"group", kAll}, {"set", {{"displayName", "Everybody"}}}}});
  EXPECT_EQ(Follow(bench, names).objects.front()["displayName"], "Everybody");
}

TEST(GroupDelta, TellsNewAndDeletedGroups) {
  json tenant = SmallTenant();
  tenant["groups"][1]["groupTypes"] = {"Unified"};
  tenant["groups"][0].erase("assignedLicenses");
  Bench bench(tenant);
  const std::string added = "b0000000-0000-4000-8000-000000000009";
  const auto link = Latest(bench, "displayName,members");
  bench.Edit({{{"op", "addGroup"},
               {"group", {{"id", added}, {"displayName", "New"}, {"members", {kDan}}}}},
              {{"op", "deleteGroup"}, {"group", kFrontline}},
              {{"op", "deleteGroup"}, {"group", kAll}}});
  std::map<std::string, json> last;
  const Round round = Follow(bench, link);
  for (const json& object : round.objects) last[object["id"]] = object;
  EXPECT_EQ(last[added]["members@delta"][0]["id"], kDan);
  EXPECT_EQ(last[kFrontline]["@removed"]["reason"], "deleted") << "a security group is gone";
  EXPECT_EQ(last[kAll]["@removed"]["reason"], "changed") << "this one can be restored";
}

TEST(GroupDelta, CanBeLimitedToSomeIds) {
  Bench bench;
  const std::string only = kDelta + "?$select=members&$filter=id%20eq%20'" + kAll + "'";
  const Round start = Follow(bench, only);
  for (const json& object : start.objects) EXPECT_EQ(object["id"], kAll);
  bench.AddMember(kFrontline, kCleo);
  EXPECT_TRUE(Follow(bench, start.link).objects.empty());
  bench.AddMember(kAll, kCleo);
  EXPECT_FALSE(Follow(bench, start.link).objects.empty());
  std::string many = "id%20eq%20'" + kAll + "'";
  for (int i = 1; i < 50; ++i) many += "%20or%20id%20eq%20'" + kFrontline + "'";
  EXPECT_EQ(bench.Get(kDelta + "?$filter=" + many).status, 200);
  EXPECT_EQ(bench.Get(kDelta + "?$filter=" + many + "%20or%20id%20eq%20'x'").status, 400);
  EXPECT_EQ(bench.Get(kDelta + "?$filter=displayName%20eq%20'x'").status, 400);
}

TEST(GroupDelta, HasTheRulesOfLinks) {
  Bench bench;
  const auto link = Latest(bench, "members");
  EXPECT_EQ(bench.Get(link + "&$select=members").status, 400);
  EXPECT_EQ(bench.Get(kDelta + "?$deltatoken=made-up").status, 400);
  for (const char* option : {"$top=5", "$orderby=displayName", "$expand=members"}) {
    EXPECT_EQ(bench.Get(kDelta + "?" + option).status, 400) << option;
  }
  ASSERT_EQ(bench.Raw({"PUT", "/_sim/delta", {}, R"({"forget": true})"}).status, 204);
  const auto gone = bench.Get(link);
  EXPECT_EQ(gone.status, 410);
  const auto again = FindHeader(gone.headers, "Location");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(Follow(bench, Path(*again)).objects.front()["id"], kFrontline);
}

TEST(GroupDelta, RepeatsReplaysAndSendsEmptyPages) {
  SimulatorOptions options;
  options.delta_page = 2;
  Bench bench(SmallTenant(), options);
  Round round = Follow(bench, kDelta + "?$select=members");
  Members members;
  Merge(round, members);
  const std::vector<std::string> people{kAda, kBen, kCleo, kDan};
  std::set<std::size_t> counts;
  for (int i = 0; i < 40; ++i) {
    const auto& user = people[static_cast<std::size_t>(i) % people.size()];
    const Group* group = bench.simulator.directory().FindGroup(kAll);
    const char* op = group->HasMember(user) ? "removeMember" : "addMember";
    bench.Edit({{{"op", op}, {"group", kAll}, {"user", user}}});
    round = Follow(bench, round.link);
    counts.insert(round.objects.size());
    Merge(round, members);
    const auto& now = bench.simulator.directory().FindGroup(kAll)->members;
    ASSERT_EQ(members[kAll], std::set<std::string>(now.begin(), now.end())) << i;
  }
  EXPECT_GT(*counts.rbegin(), 1U);
}

}  // namespace
}  // namespace seatkeeper::sim::test
