// `import --adopt`: what people assigned becomes seatkeeper's own, and nothing else does.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";

class Adopt : public EndToEnd {
 protected:
  void SetUp() override {
    StartTenant({"--users", "40", "--seed", "7"});
    WriteConfig();
    Edit({{{"op", "setSku"}, {"skuId", kE5}, {"set", {{"prepaidUnits", {{"enabled", 500}}}}}}});
    for (const auto* name : {"eve", "fay", "hal"}) {
      Edit({{{"op", "addUser"},
             {"user", {{"userPrincipalName", Address(name)}, {"usageLocation", "FR"}}}}});
    }
    Assign("eve");
    Assign("fay");
  }

  static std::string Address(const std::string& name) { return name + "@contoso.example"; }
  void Assign(const std::string& name) {
    Edit({{{"op", "assign"}, {"user", Address(name)}, {"skuId", kE5}}});
  }
  void Unassign(const std::string& name) {
    Edit({{{"op", "unassign"}, {"user", Address(name)}, {"skuId", kE5}}});
  }

  void UsePolicy(const std::string& grantee, const std::string& management) {
    WritePolicy("p.yaml", R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: p}
spec:
  subjects: {users: [)" + Address(grantee) +
                              R"(]}
  licenses: [{product: SPE_E5}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: )" +
                              management + R"(, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {maxUnassign: off, mailboxLoss: allow}
)");
  }

  Completed Import(const std::string& out = "imported") {
    return Seatkeeper({"import", "--adopt", "--yes", "--product", "SPE_E5", "--out", out});
  }

  /// Whom the plan would take E5 from, whatever holds it.
  bool Loses(const std::string& name) const {
    const auto done = Seatkeeper({"plan", "--format", "json"});
    EXPECT_TRUE(done.exit_code == 0 || done.exit_code == 3) << done.err;
    const auto plan = json::parse(done.out);
    for (const auto& change : plan["changes"]) {
      if (change["user"].value("userPrincipalName", "") != Address(name)) continue;
      const auto& remove = change["remove"];
      if (std::find(remove.begin(), remove.end(), json(kE5)) != remove.end()) return true;
    }
    return false;
  }
};

TEST_F(Adopt, OwnedTakesWhatWasAdoptedAndOnlyThen) {
  TrustStoreOfTenant();
  UsePolicy("fay", "owned");
  EXPECT_FALSE(Loses("eve")) << "a person gave it";

  const auto imported = Import();
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.err, HasSubstr("Proven: a plan with these policies changes nothing"));
  EXPECT_THAT(imported.err, HasSubstr("from now on it may take what it does not grant"));
  EXPECT_THAT(imported.err, HasSubstr("Adopted "));
  EXPECT_TRUE(std::filesystem::exists(folder() / "imported/by-name.yaml"));
  EXPECT_TRUE(Loses("eve"));
  EXPECT_FALSE(Loses("fay")) << "the policy grants it";
  EXPECT_EQ(EffectiveWrites(), 0) << "adopting changes nothing in the tenant";

  const auto history = Seatkeeper({"history", "--user", Address("eve")});
  EXPECT_THAT(history.out, HasSubstr(" contoso eve@contoso.example =SPE_E5 adopted\n    by "));
  EXPECT_THAT(history.out, HasSubstr(" with `import --adopt`, adoption "));
  const auto lines = json::parse(Seatkeeper({"history", "--format", "json"}).out);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0]["state"], "adopted");

  // Said again it is no news.
  const auto again = Import("again");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("There is nothing to adopt."));
  EXPECT_EQ(json::parse(Seatkeeper({"history", "--format", "json"}).out), lines);
}

TEST_F(Adopt, ImportAloneAdoptsNothing) {
  TrustStoreOfTenant();
  UsePolicy("fay", "owned");
  const auto imported = Seatkeeper({"import", "--product", "SPE_E5", "--out", "imported"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.err, Not(HasSubstr("dopt")));
  EXPECT_FALSE(Loses("eve"));
}

TEST_F(Adopt, WhatWentAndCameBackIsNoLongerOwned) {
  TrustStoreOfTenant();
  UsePolicy("hal", "assign-only");
  ASSERT_EQ(Import().exit_code, 0);
  Unassign("eve");
  const auto seen = Seatkeeper({"apply", "--yes"});
  ASSERT_EQ(seen.exit_code, 0) << seen.err;
  Assign("eve");
  UsePolicy("hal", "owned");
  EXPECT_TRUE(Loses("fay"));
  EXPECT_FALSE(Loses("eve")) << "somebody gave it anew, after a reading without it";
}

TEST_F(Adopt, ItsOwnReadingEndsOwnershipLikeAnyOther) {
  TrustStoreOfTenant();
  ASSERT_EQ(Import().exit_code, 0);
  Unassign("eve");
  Assign("hal");
  const auto again = Import("again");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("Adopted 1 assignment of 1 user"));
  Assign("eve");
  UsePolicy("fay", "owned");
  EXPECT_TRUE(Loses("hal"));
  EXPECT_FALSE(Loses("eve"));
}

TEST_F(Adopt, IsRefusedWhereItsWordWouldRestOnNothing) {
  UsePolicy("fay", "owned");
  const auto doubted = Import();
  EXPECT_EQ(doubted.exit_code, 1);
  EXPECT_THAT(doubted.err, HasSubstr("store-in-doubt: the store is new for this tenant"));
  EXPECT_THAT(doubted.err, HasSubstr("seatkeeper resume --tenant contoso"));
  ASSERT_EQ(Seatkeeper({"resume"}).exit_code, 0);

  const auto unasked = Seatkeeper({"import", "--adopt", "--out", "imported"});
  EXPECT_EQ(unasked.exit_code, 64);
  EXPECT_THAT(unasked.err, HasSubstr("--yes"));
  EXPECT_EQ(Seatkeeper({"import", "--yes", "--out", "imported"}).exit_code, 64);

  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  const auto saved =
      Seatkeeper({"import", "--adopt", "--yes", "--snapshot", "tenant.json", "--out", "imported"});
  EXPECT_EQ(saved.exit_code, 64);
  EXPECT_THAT(saved.err, HasSubstr("--adopt takes no --snapshot: what is adopted may be taken"));

  SetClockSkew(3600);
  const auto skewed = Import();
  EXPECT_EQ(skewed.exit_code, 1);
  EXPECT_THAT(skewed.err, HasSubstr("clock-in-doubt"));
  SetClockSkew(0);

  WritePolicy("broken.yaml", "kind: LicensePolcy\n");
  EXPECT_EQ(Import().exit_code, 65) << "what is under other management is not known";
  std::filesystem::remove(folder() / "policies/broken.yaml");

  EXPECT_FALSE(std::filesystem::exists(folder() / "imported")) << "nothing was written";
  EXPECT_FALSE(Loses("eve"));
  EXPECT_EQ(Import().exit_code, 0) << "and now nothing is in the way";
}

}  // namespace
}  // namespace seatkeeper::test
