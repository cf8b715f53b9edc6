// report, through the real executables: its figures against what the tenant holds.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reconciler/model/time.h"
#include "reconciler/store/sqlite_store.h"
#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kDays = 90;

class ReportCommand : public EndToEnd {
 protected:
  json Printed(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "report");
    arguments.insert(arguments.end(), {"--format", "json"});
    const auto done = Seatkeeper(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.exit_code == 0 ? json::parse(done.out) : json();
  }
  // Of SPE_E5.
  json Suite() const {
    const auto report = Printed({});
    for (const auto& product : report["products"]) {
      if (product["partNumber"] == "SPE_E5") return product;
    }
    return {};
  }
  // As a cycle of that day would have.
  void RecordDay(const ProductDay& day) const {
    auto store = OpenSqliteStore(folder() / "seatkeeper.db");
    ASSERT_TRUE(store.ok()) << store.error().message;
    const auto lease = (*store)->AcquireLease(
        {.tenant_id = "11111111-1111-1111-1111-111111111111", .cloud = "global"}, "a test",
        WallTime(day.day), std::chrono::seconds(1));
    ASSERT_TRUE(lease.ok()) << lease.error().message;
    ASSERT_TRUE((*store)->RecordProductDays(*lease, {day}).ok());
    ASSERT_TRUE((*store)->ReleaseLease(*lease).ok());
  }
};

// Empty where it is null or missing, or the moment by which the service says "never".
std::string TextOf(const json& of, const std::string& key) {
  const auto found = of.find(key);
  if (found == of.end() || !found->is_string()) return "";
  return *found == "0001-01-01T00:00:00Z" ? "" : found->get<std::string>();
}

bool SeemsInactive(const json& user) {
  const auto since = std::chrono::system_clock::now() - std::chrono::days(kDays);
  const auto old = [&](const std::string& text) { return ParseTime(text).value() < since; };
  const auto sign_ins = user.value("signInActivity", json::object());
  if (const auto last = TextOf(sign_ins, "lastSuccessfulSignInDateTime"); !last.empty()) {
    return old(last);
  }
  const auto created = TextOf(user, "createdDateTime");
  return TextOf(sign_ins, "lastSignInDateTime").empty() &&
         TextOf(sign_ins, "lastNonInteractiveSignInDateTime").empty() && !created.empty() &&
         old(created);
}

// What is wrong with the account; empty: nothing.
std::string ReasonOf(const json& user) {
  if (!user.value("accountEnabled", true)) return "disabled_account";
  if (SeemsInactive(user)) return "inactive";
  return TextOf(user, "userType") == "Guest" ? "guest" : "";
}

std::set<std::string> HeldBy(const json& user) {
  std::set<std::string> held;
  for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
    if (row["state"] == "Active" || row["state"] == "ActiveWithError") held.insert(row["skuId"]);
  }
  return held;
}

TEST_F(ReportCommand, CountsWhatTheTenantHolds) {
  StartTenant({"--users", "600"});
  WriteConfig();
  UseExamplePolicies();
  std::map<std::string, std::map<std::string, int>> expected;
  std::map<std::string, int> users;
  const auto state = State();
  for (const auto& user : state["users"]) {
    for (const auto& product : HeldBy(user)) ++expected[product][ReasonOf(user)];
  }
  const auto report = Printed({"--inactive-days", std::to_string(kDays), "--users"});
  EXPECT_TRUE(report["inactiveKnown"].get<bool>());
  int paid = 0;
  for (const auto& product : report["products"]) {
    if (product["partNumber"] == "FLOW_FREE") {
      EXPECT_EQ(product["billing"], "free");
      EXPECT_EQ(product["returnable"], 0) << "ten thousand seats that nobody pays for";
    }
    if (product["billing"] != "paid") continue;
    ++paid;
    auto& of = expected[product["skuId"]];
    for (const auto* reason : {"disabled_account", "inactive", "guest"}) {
      EXPECT_EQ(product["wasted"][reason], of[reason]) << product["partNumber"] << " " << reason;
      users[reason] += of[reason];
    }
  }
  EXPECT_GT(paid, 3);
  EXPECT_GT(users["disabled_account"], 0);
  EXPECT_GT(users["inactive"], 0);
  int wasted = 0;
  for (const auto& product : report["products"]) wasted += product["wastedInAll"].get<int>();
  EXPECT_EQ(report["wastedSeats"].size(), static_cast<std::size_t>(wasted));
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(ReportCommand, EachSubscriptionSaysWhatItGivesBackWhen) {
  StartTenant({"--users", "300"});
  WriteConfig();
  UseExamplePolicies();
  std::map<std::string, json> bought;
  const auto state = State();
  for (const auto& each : state["subscriptions"]) bought[each["id"]] = each;
  const auto report = Printed({});
  EXPECT_TRUE(report["subscriptionsKnown"].get<bool>());
  int renewals = 0;
  for (const auto& product : report["products"]) {
    int returnable = 0;
    for (const auto& renewal : product["renewals"]) {
      const auto& subscription = bought.at(renewal["subscription"]);
      EXPECT_EQ(subscription["skuId"], product["skuId"]);
      EXPECT_EQ(renewal["seats"], subscription["totalLicenses"]);
      EXPECT_EQ(renewal["at"], subscription["nextLifecycleDateTime"]);
      returnable += renewal["returnable"].get<int>();
      ++renewals;
    }
    EXPECT_EQ(returnable, product["returnable"]) << product["partNumber"];
  }
  EXPECT_GT(renewals, 3);
}

TEST_F(ReportCommand, SaysWhatChangedSinceTheStoreBegan) {
  StartTenant({"--users", "100"});
  WriteConfig();
  WritePolicy("nobody.yaml",
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: nobody}\nspec:\n"
              "  subjects: {rule: user.department -eq \"Nobody\"}\n"
              "  licenses: [{product: SPE_E5}]\n"
              "---\napiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: e5}\nspec:\n"
              "  product: SPE_E5\n  unitPrice: {amount: 57.00, currency: USD, per: month}\n");
  EXPECT_THAT(Suite()["days"], IsEmpty()) << "who only looks leaves nothing";
  ASSERT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  const auto suite = Suite();
  ASSERT_EQ(suite["days"].size(), 1U);
  const auto& today = suite["days"][0];
  for (const auto* figure : {"purchased", "assigned", "unused"}) {
    EXPECT_EQ(today[figure], suite[figure]) << figure;
  }
  const int assigned = today["assigned"];
  const auto day = ParseTime(today["day"].get<std::string>() + "T00:00:00Z");
  ASSERT_TRUE(day);
  RecordDay({.day = std::chrono::floor<std::chrono::days>(*day) - std::chrono::days(40),
             .product = *SkuId::Parse(suite["skuId"].get<std::string>()),
             .purchased = today["purchased"].get<int>(),
             .assigned = assigned - 2,
             .wasted = today["wasted"].get<int>()});
  EXPECT_EQ(Suite()["days"].size(), 2U);
  const auto text = Seatkeeper({"report"}).out;
  EXPECT_THAT(text, HasSubstr(fmt::format("assigned {} to {}", assigned - 2, assigned)));
  EXPECT_THAT(text, HasSubstr("in the last 30 days of these: purchased unchanged, assigned +2"));
  EXPECT_THAT(text, HasSubstr("a month at today's price: unused USD "));
  EXPECT_THAT(Seatkeeper({"report", "--format", "html"}).out,
              AllOf(HasSubstr("<polyline class=\"wasted-line\""),
                    HasSubstr("<polyline class=\"unused-line\"")));
  const auto costs = Printed({})["costByDay"];
  ASSERT_EQ(costs["currencies"].size(), 1U);
  EXPECT_EQ(costs["currencies"][0]["currency"], "USD");
  const auto& cost_of_days = costs["currencies"][0]["days"];
  ASSERT_EQ(cost_of_days.size(), 2U);
  const auto unused = [&](std::size_t at) {
    return std::stod(cost_of_days[at]["unused"].get<std::string>());
  };
  EXPECT_DOUBLE_EQ(unused(0) - unused(1), 2 * 57.0) << "two seats more were free then";
  EXPECT_EQ(Suite()["days"][1]["monthlyUnused"], cost_of_days[1]["unused"]);
}

TEST_F(ReportCommand, WithoutSignInsTheRestIsStillTold) {
  StartTenant({"--users", "100", "--no-premium"});
  WriteConfig();
  UseExamplePolicies();
  const auto plain = Printed({});
  const auto refused = Printed({"--inactive-days", "30"});
  EXPECT_FALSE(refused["inactiveKnown"].get<bool>());
  EXPECT_THAT(refused["signInsRefused"].get<std::string>(), HasSubstr("P1 or P2"));
  EXPECT_EQ(refused["products"], plain["products"]);
  EXPECT_THAT(Seatkeeper({"report", "--inactive-days", "30"}).out,
              HasSubstr("Inactive: not known. They were not read"));
}

TEST_F(ReportCommand, ASnapshotIsReportedOnWithoutPolicyAlwaysTheSame) {
  StartTenant({"--users", "100"});
  WriteConfig();
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  std::filesystem::remove(folder() / "seatkeeper.yaml");
  const auto first = Seatkeeper({"report", "--snapshot", "tenant.json"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("there is no policy"));
  EXPECT_THAT(first.out, AllOf(HasSubstr("SPE_E5"), HasSubstr("No price is known of"),
                               Not(HasSubstr("a month"))));
  EXPECT_EQ(Seatkeeper({"report", "--snapshot", "tenant.json"}).out, first.out);
}

}  // namespace
}  // namespace seatkeeper::test
