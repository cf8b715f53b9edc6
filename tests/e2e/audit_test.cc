// Who brought drift about, as the tenant's audit log says.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

class Audit : public EndToEnd {
 protected:
  // Somebody who holds no Visio is given it, by somebody.
  void Start(const std::string& config) {
    StartTenant({"--users", "60"});
    WriteConfig(config);
    WritePolicy("visio.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: visio}
spec:
  subjects: {rule: user.department -eq "Nowhere"}
  licenses: [{product: VISIOCLIENT}]
)");
    const auto state = State();
    for (const auto& user : state["users"]) {
      const bool located = user.value("usageLocation", json()).is_string();
      if (!located || Holds(user)) continue;
      (giver_.empty() ? giver_ : taker_) = user["userPrincipalName"];
      if (!taker_.empty()) break;
    }
    ASSERT_FALSE(taker_.empty());
    Edit({{{"op", "assign"}, {"user", taker_}, {"skuId", kVisio}, {"by", giver_}}});
  }
  static bool Holds(const json& user) {
    for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
      if (row["skuId"] == kVisio) return true;
    }
    return false;
  }
  json DriftOfTaker() const {
    const auto done = Seatkeeper({"plan", "--format", "json"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    if (done.exit_code != 0) return {};
    const auto plan = json::parse(done.out);
    for (const auto& drift : plan["drift"]) {
      if (drift["user"]["userPrincipalName"] == taker_) return drift;
    }
    ADD_FAILURE() << "no drift of " << taker_;
    return {};
  }
  bool AskedTheLog() const {
    for (const auto& request : RequestsAfter(0)) {
      if (request["target"].get<std::string>().find("auditLogs") != std::string::npos) return true;
    }
    return false;
  }

  std::string giver_;
  std::string taker_;
};

TEST_F(Audit, PlanAndExplainNameWhoGaveWhatNobodyGrants) {
  Start("    auditLog: 7d\n");
  const auto drift = DriftOfTaker();
  EXPECT_EQ(drift["kind"], "extra");
  ASSERT_TRUE(drift.contains("author")) << drift;
  EXPECT_EQ(drift["author"]["kind"], "user");
  EXPECT_EQ(drift["author"]["name"], giver_);
  EXPECT_EQ(drift["author"]["certain"], true);
  const auto plan = Seatkeeper({"plan"});
  EXPECT_THAT(plan.out, HasSubstr(taker_ + ": by " + giver_));
  const auto explained = Seatkeeper({"explain", taker_});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("by " + giver_));
}

TEST_F(Audit, ItIsNotReadUnlessTheConfigSaysSo) {
  Start("");
  EXPECT_FALSE(DriftOfTaker().contains("author"));
  EXPECT_FALSE(AskedTheLog());
}

TEST_F(Audit, ALogThatMayNotBeReadStopsNothing) {
  Start("    auditLog: 7d\n");
  SetFaults(json::parse(
      R"([{"match": {"path": "/auditLogs*"}, "fault": {"kind": "status", "status": 403}}])"));
  EXPECT_FALSE(DriftOfTaker().contains("author"));
  EXPECT_TRUE(AskedTheLog());
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_THAT(done.err, HasSubstr("who changed licences cannot be told"));
  EXPECT_THAT(done.out, Not(HasSubstr(giver_ + " at")));
}

}  // namespace
}  // namespace seatkeeper::test
