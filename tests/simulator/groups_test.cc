#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

std::set<std::string> Ids(const json& page) {
  std::set<std::string> ids;
  for (const json& entry : page.at("value")) ids.insert(entry.at("id"));
  return ids;
}

TEST(Groups, AreFoundByTheirExactName) {
  Bench bench;
  EXPECT_EQ(Ids(bench.GetJson("/v1.0/groups?$filter=displayName%20eq%20'All%20O''Hara'")),
            std::set<std::string>{kAll});
  EXPECT_EQ(Ids(bench.GetJson("/v1.0/groups?$filter=displayName+eq+'frontline'")).size(), 0U);
  EXPECT_EQ(bench.Get("/v1.0/groups?$filter=displayName+eq+'All+O'Hara'").status, 400);
  EXPECT_EQ(bench.Get("/v1.0/groups?$filter=mail+eq+'x'").status, 400);
}

TEST(Groups, ShowTheirLicencesOnlyWhenSelected) {
  Bench bench;
  EXPECT_FALSE(bench.GetJson("/v1.0/groups/" + kFrontline).contains("assignedLicenses"));
  const json group = bench.GetJson("/v1.0/groups/" + kFrontline +
                                   "?$select=id,assignedLicenses,licenseProcessingState");
  EXPECT_EQ(group["assignedLicenses"][0]["skuId"], kF3);
  EXPECT_EQ(group["licenseProcessingState"]["state"], "ProcessingComplete");
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kFrontline + "?$select=members").status, 400);
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kAda).status, 404);
}

TEST(Groups, ArePaged) {
  Bench bench;
  const json page = bench.GetJson("/v1.0/groups?$top=1");
  EXPECT_EQ(page["value"].size(), 1U);
  EXPECT_TRUE(page.contains("@odata.nextLink"));
  EXPECT_EQ(bench.Get("/v1.0/groups?$top=1000").status, 400);
}

TEST(Members, AreDirectOrTransitive) {
  Bench bench;
  const json direct = bench.GetJson("/v1.0/groups/" + kAll + "/members");
  EXPECT_EQ(Ids(direct), (std::set<std::string>{kAda, kFrontline}));
  EXPECT_EQ(direct["value"][0]["@odata.type"], "#microsoft.graph.user");
  EXPECT_EQ(direct["value"][1]["@odata.type"], "#microsoft.graph.group");
  EXPECT_EQ(Ids(bench.GetJson("/v1.0/groups/" + kAll + "/transitiveMembers")),
            (std::set<std::string>{kAda, kBen, kFrontline}));
}

TEST(Members, CanBeAskedForByTheUser) {
  Bench bench;
  const auto check = [&](const std::string& user, const json& groups) {
    return bench.Send("POST", "/v1.0/users/" + user + "/checkMemberGroups", {{"groupIds", groups}});
  };
  const std::string nobody = "00000000-0000-0000-0000-00000000dead";
  EXPECT_EQ(Parse(check(kBen, {kAll, kFrontline, nobody}))["value"], json({kAll, kFrontline}));
  EXPECT_EQ(Parse(check(kAda, {kAll, kFrontline}))["value"], json::array({kAll}));
  EXPECT_EQ(Parse(check(kAda, json::array()))["value"], json::array());
  EXPECT_EQ(check(kAda, json::array({"All"})).status, 400);
  EXPECT_EQ(check(kAda, json(std::vector<std::string>(21, kAll))).status, 400);
  EXPECT_EQ(check(nobody, json::array({kAll})).status, 404);
}

TEST(Members, OfGroupsInACircleEnd) {
  Bench bench;
  bench.Edit({{{"op", "addMember"}, {"group", kFrontline}, {"user", kAll}}});
  EXPECT_EQ(Ids(bench.GetJson("/v1.0/groups/" + kAll + "/transitiveMembers")),
            (std::set<std::string>{kAda, kBen, kFrontline, kAll}));
}

TEST(Members, CastToUsersNeedsAnAdvancedQueryOnEveryPage) {
  Bench bench;
  const std::string path = "/v1.0/groups/" + kAll + "/transitiveMembers/microsoft.graph.user";
  const json page = bench.GetJson(path + "?$count=true&$select=id&$top=1", kEventual);
  EXPECT_EQ(page["@odata.count"], 2);
  const std::string next = page["@odata.nextLink"].get<std::string>().substr(17);
  EXPECT_EQ(bench.Get(next).status, 400) << "the link does not carry the header";
  EXPECT_EQ(Ids(bench.GetJson(next, kEventual)), std::set<std::string>{kBen});
  EXPECT_EQ(bench.Get(path, kEventual).status, 400) << "$count is missing";
  EXPECT_EQ(bench.Get(path + "?$count=true").status, 400);
}

TEST(Members, DirectOnesCastToUsersAreUsersOnly) {
  Bench bench;
  const std::string path = "/v1.0/groups/" + kAll + "/members/microsoft.graph.user";
  EXPECT_EQ(Ids(bench.GetJson(path + "?$count=true&$select=id", kEventual)),
            std::set<std::string>{kAda});
  EXPECT_EQ(bench.Get(path + "?$count=true").status, 400);
}

TEST(Members, AreCounted) {
  Bench bench;
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kAll + "/members/$count", kEventual).body, "2");
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kAll + "/transitiveMembers/$count", kEventual).body, "3");
  EXPECT_EQ(bench.Get("/v1.0/groups/" + kAll + "/members/$count").status, 400);
}

TEST(Members, CostMoreUnits) {
  Bench bench;
  const Response direct = bench.Get("/v1.0/groups/" + kAll + "/members");
  EXPECT_EQ(FindHeader(direct.headers, "x-ms-resource-unit"), "3");
  const Response all = bench.Get("/v1.0/groups/" + kAll + "/transitiveMembers?$select=id");
  EXPECT_EQ(FindHeader(all.headers, "x-ms-resource-unit"), "4");
}

TEST(Members, WithoutTheRightToReadUsersHaveOnlyAnId) {
  SimulatorOptions options;
  options.roles = {"GroupMember.Read.All"};
  Bench bench(SmallTenant(), options);
  const json user = bench.GetJson("/v1.0/groups/" + kFrontline + "/members")["value"][0];
  EXPECT_EQ(user["id"], kBen);
  EXPECT_EQ(user["@odata.type"], "#microsoft.graph.user");
  EXPECT_EQ(user["userPrincipalName"], nullptr);
}

TEST(Tenant, ListsProductsWithRecomputedSeats) {
  Bench bench;
  EXPECT_EQ(bench.Consumed(kE3), 1) << "not the number in the document";
  const json selected = bench.GetJson("/v1.0/subscribedSkus?$select=skuId")["value"][0];
  EXPECT_EQ(selected, (json{{"skuId", kE3}}));
  EXPECT_EQ(bench.Get("/v1.0/subscribedSkus?$filter=skuId+eq+'x'").status, 400);
}

TEST(Tenant, ListsSubscriptionsAndItself) {
  Bench bench;
  EXPECT_EQ(bench.GetJson("/v1.0/directory/subscriptions")["value"][0]["skuId"], kE3);
  const json self = bench.GetJson("/v1.0/organization")["value"][0];
  EXPECT_EQ(self["id"], "11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(self["displayName"], "Contoso");
}

}  // namespace
}  // namespace seatkeeper::sim::test
