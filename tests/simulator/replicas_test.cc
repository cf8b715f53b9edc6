#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/simulator/test_support.h"

// Writes take a while: replicas that hear of them at different times, and a second write to the
// same object while the first is under way.

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

void PutReplicas(Bench& bench, int lag_ms, int replicas) {
  const json document{{"lag", lag_ms}, {"replicas", replicas}};
  ASSERT_EQ(bench.Send("PUT", "/_sim/faults", document).status, 204);
}

std::size_t ListedRows(Bench& bench, const std::string& user) {
  const json page = bench.GetJson("/v1.0/users?$select=id,licenseAssignmentStates");
  for (const json& listed : page["value"]) {
    if (listed["id"] == user) return listed["licenseAssignmentStates"].size();
  }
  return 99;
}

TEST(Replicas, ShowAWriteAndThenDoNot) {
  Bench bench;
  PutReplicas(bench, 60'000, 3);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  std::vector<std::size_t> seen;
  for (int i = 0; i < 30; ++i) seen.push_back(ListedRows(bench, kCleo));
  EXPECT_EQ(std::set<std::size_t>(seen.begin(), seen.end()), (std::set<std::size_t>{0, 1}));
  EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end())) << "not once and for all";
  EXPECT_EQ(bench.Rows(kCleo).size(), 1U) << "a read by id sees it at once";
  bench.now += seconds(60);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ListedRows(bench, kCleo), 1U);
}

TEST(Replicas, HearOfAWriteOneAfterTheOther) {
  Bench bench;
  PutReplicas(bench, 60'000, 3);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  const auto share = [&] {
    std::size_t shown = 0;
    for (int i = 0; i < 300; ++i) shown += ListedRows(bench, kCleo);
    return static_cast<double>(shown) / 300;
  };
  EXPECT_NEAR(share(), 1.0 / 3, 0.1);
  bench.now += seconds(30);
  EXPECT_NEAR(share(), 2.0 / 3, 0.1);
}

TEST(Replicas, AloneAreTheLag) {
  Bench bench;
  PutReplicas(bench, 60'000, 1);
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ListedRows(bench, kCleo), 0U);
  for (const json& wrong : {json(0), json(101), json("two")}) {
    EXPECT_EQ(bench.Send("PUT", "/_sim/faults", {{"replicas", wrong}}).status, 400) << wrong;
  }
}

class Busy : public testing::Test {
 protected:
  Busy() { bench.Send("PUT", "/_sim/faults", {{"busy", 2000}}); }

  static void ExpectConcurrent(const Response& response) {
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(CodeOf(response), "Directory_ConcurrencyViolation");
  }

  Bench bench;
};

TEST_F(Busy, ASecondWriteToTheSameUserIsRefused) {
  ASSERT_EQ(bench.Assign(kCleo, Bench::License(kE3)).status, 200);
  ExpectConcurrent(bench.Assign(kCleo, Bench::License(kVisio)));
  ExpectConcurrent(bench.Send("PATCH", "/v1.0/users/" + kCleo, {{"usageLocation", "AT"}}));
  ExpectConcurrent(bench.Send("POST", "/v1.0/users/" + kCleo + "/reprocessLicenseAssignment"));
  EXPECT_EQ(bench.Rows(kCleo).size(), 1U);
  EXPECT_EQ(bench.Assign(kBen, Bench::License(kVisio)).status, 200) << "other users are free";
  bench.now += milliseconds(1999);
  ExpectConcurrent(bench.Assign(kCleo, json::array(), {kE3}));
  bench.now += milliseconds(1);
  EXPECT_EQ(bench.Assign(kCleo, json::array(), {kE3}).status, 200);
}

TEST_F(Busy, ASecondWriteToTheSameGroupIsRefused) {
  ASSERT_EQ(bench.LicenseGroup(kAll, Bench::License(kVisio)).status, 202);
  ExpectConcurrent(bench.LicenseGroup(kAll, json::array(), {kVisio}));
  EXPECT_EQ(bench.LicenseGroup(kFrontline, Bench::License(kPhone, {kPhonePlan})).status, 202);
}

TEST_F(Busy, WhatWaitsInABatchIsNotRefused) {
  const json headers{{"Content-Type", "application/json"}};
  const json location{{"id", "1"},
                      {"method", "PATCH"},
                      {"url", "/users/" + kDan},
                      {"headers", headers},
                      {"body", {{"usageLocation", "FR"}}}};
  const json assignment{
      {"id", "2"},
      {"dependsOn", {"1"}},
      {"method", "POST"},
      {"url", "/users/" + kDan + "/assignLicense"},
      {"headers", headers},
      {"body", {{"addLicenses", Bench::License(kE3)}, {"removeLicenses", json::array()}}}};
  const json batch{{"requests", {location, assignment}}};
  const json answers = Parse(bench.Send("POST", "/v1.0/$batch", batch));
  for (const json& answer : answers["responses"]) {
    EXPECT_LT(answer["status"], 300) << answer;
  }
  ExpectConcurrent(bench.Assign(kDan, json::array(), {kE3}));
}

}  // namespace
}  // namespace seatkeeper::sim::test
