#include "tests/simulator/snapshot.h"

#include <gmock/gmock.h>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

std::string ErrorOf(const json& document) {
  try {
    ReadSnapshot(document, kNow);
  } catch (const SnapshotError& error) {
    return error.what();
  }
  return "";
}

// As an administrator saves it from the service: whole answers, either letter case, odd extras.
TEST(Snapshot, AcceptsRawExports) {
  const json document{
      {"users",
       {{"@odata.context", "https://graph.microsoft.com/v1.0/$metadata#users"},
        {"value",
         {{{"id", ToUpper(kAda)},
           {"userPrincipalName", "Ada@Contoso.example"},
           {"@odata.type", "#microsoft.graph.user"},
           {"extension_ab12_costCenter", "7"},
           {"licenseAssignmentStates",
            {{{"skuId", ToUpper(kE3)}, {"assignedByGroup", nullptr}, {"error", nullptr}}}}}}}}},
      {"subscribedSkus", {{"value", {{{"skuId", ToUpper(kE3)}, {"skuPartNumber", "SPE_E3"}}}}}}};
  Bench bench(document);
  const json user = bench.GetJson("/v1.0/users/" + kAda +
                                  "?$select=id,userPrincipalName,extension_ab12_costCenter,"
                                  "assignedLicenses,licenseAssignmentStates");
  EXPECT_EQ(user["userPrincipalName"], "Ada@Contoso.example");
  EXPECT_EQ(user["extension_ab12_costCenter"], "7");
  EXPECT_EQ(user["assignedLicenses"][0]["skuId"], kE3);
  EXPECT_EQ(user["licenseAssignmentStates"][0]["state"], "Active");
  EXPECT_EQ(user["licenseAssignmentStates"][0]["error"], nullptr);
  EXPECT_EQ(bench.Consumed(kE3), 1);
}

TEST(Snapshot, KeepsGivenRowsAndComputesMissingOnes) {
  json tenant = SmallTenant();
  tenant["users"][1]["licenseAssignmentStates"] = json::array();
  EXPECT_EQ(Bench(tenant).Rows(kBen), json::array()) << "given: the group is not applied";
  tenant["users"][1].erase("licenseAssignmentStates");
  tenant["users"][1]["assignedLicenses"] = {{{"skuId", kF3}, {"disabledPlans", json::array()}},
                                            {{"skuId", kE3}, {"disabledPlans", {kTeamsPlan}}}};
  const json rows = Bench(tenant).Rows(kBen);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["skuId"], kE3);
  EXPECT_EQ(rows[0]["assignedByGroup"], nullptr) << "no group gives it";
  EXPECT_EQ(rows[1]["assignedByGroup"], kFrontline);
}

TEST(Snapshot, NamesThePlaceOfAnError) {
  EXPECT_EQ(ErrorOf(json::array()), "the document must be an object");
  EXPECT_EQ(ErrorOf({{"kind", "Plan"}}), "kind: must be Snapshot");
  EXPECT_EQ(ErrorOf({{"apiVersion", "v9"}}), "apiVersion: must be seatkeeper/v1");
  EXPECT_EQ(ErrorOf({{"users", 7}}), "users: must be a list");
  EXPECT_EQ(ErrorOf({{"users", {json::object()}}}), "users[0].id: missing or not a string");
  json rows{{"id", kAda}, {"licenseAssignmentStates", {{{"state", "Active"}}}}};
  EXPECT_EQ(ErrorOf({{"users", {rows}}}),
            "users[0].licenseAssignmentStates[0].skuId: missing or not a string");
  EXPECT_EQ(ErrorOf({{"users", {{{"id", kAda}}, {{"id", ToUpper(kAda)}}}}}),
            "the id " + kAda + " is used twice");
  EXPECT_THROW(ParseSnapshot("{", kNow), SnapshotError);
}

}  // namespace
}  // namespace seatkeeper::sim::test
