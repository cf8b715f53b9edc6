// Who is inactive, asked by the config: the daemon's metrics, the report and doctor.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kAsks = "    interval: 1s\n    inactiveDays: 90\n";

class Inactive : public EndToEnd {
 protected:
  void Start(const std::vector<std::string>& arguments, const std::string& config) {
    StartTenant(arguments);
    WriteConfig(config);
    UseExamplePolicies();
  }
  json Report(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {"report", "--format", "json"});
    const auto done = Seatkeeper(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.exit_code == 0 ? json::parse(done.out) : json();
  }
  static int InactiveSeats(const json& report) {
    int seats = 0;
    const json none = json::array();
    const auto& products = report.contains("products") ? report["products"] : none;
    for (const auto& product : products) seats += product["wasted"]["inactive"].get<int>();
    return seats;
  }
  std::string Wasted(const std::string& product, const std::string& reason) const {
    return Metric(
        fmt::format(R"(seatkeeper_seats_wasted{{product="{}",reason="{}")", product, reason));
  }
  int Readings(const std::string& kind) const {
    const auto value = Metric("seatkeeper_readings_total{kind=\"" + kind + "\"");
    return value.empty() ? 0 : std::stoi(value);
  }
  std::string DaemonLog() const { return ReadFile(folder() / "daemon.err"); }
};

TEST_F(Inactive, TheDaemonCountsWhatTheReportDoes) {
  Start({"--users", "600"}, kAsks);
  StartDaemon();
  ASSERT_TRUE(PollUntil([this] { return Readings("changes") >= 1; })) << DaemonLog();
  EXPECT_EQ(Readings("full"), 1) << "in between who changed is read all the same";
  const auto report = Report();
  EXPECT_TRUE(report["inactiveKnown"].get<bool>());
  EXPECT_EQ(report["inactiveAfterDays"], 90) << "as the config says";
  EXPECT_GT(InactiveSeats(report), 0);
  int compared = 0;
  for (const auto& product : report["products"]) {
    const auto name = product["partNumber"].get<std::string>();
    const auto shown = Wasted(name, "inactive");
    if (shown.empty()) continue;
    ++compared;
    EXPECT_EQ(std::stoi(shown), product["wasted"]["inactive"].get<int>()) << name;
  }
  EXPECT_GT(compared, 3);
  EXPECT_LT(InactiveSeats(Report({"--inactive-days", "3650"})), InactiveSeats(report))
      << "the command line counts more";
  int kept = 0;
  for (const auto& product : report["products"]) {
    for (const auto& day : product["days"]) kept += day.value("inactive", 0);
  }
  EXPECT_GT(kept, 0) << "the store has it, too";
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(Inactive, NobodyAsksUnlessTheConfigSaysSo) {
  Start({"--users", "100"}, "    interval: 1s\n");
  StartDaemon();
  ASSERT_TRUE(PollUntil([this] { return Readings("full") >= 1; })) << DaemonLog();
  EXPECT_NE(Wasted("SPE_E5", "guest"), "");
  EXPECT_THAT(Metrics(), Not(HasSubstr("reason=\"inactive\"")));
  for (const auto& request : RequestsAfter(0)) {
    EXPECT_THAT(request["target"].get<std::string>(), Not(HasSubstr("signInActivity")));
  }
}

TEST_F(Inactive, RefusedSignInsStopNoCycle) {
  Start({"--users", "100", "--no-premium"}, kAsks);
  StartDaemon();
  ASSERT_TRUE(PollUntil([this] { return Readings("changes") >= 2; })) << DaemonLog();
  EXPECT_EQ(Metric("seatkeeper_cycles_total{result=\"failed\""), "0");
  EXPECT_NE(Wasted("SPE_E5", "guest"), "");
  EXPECT_THAT(Metrics(), Not(HasSubstr("reason=\"inactive\"")));
  const auto log = DaemonLog();
  const auto first = log.find("who is inactive is not known");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_THAT(log, HasSubstr("P1 or P2"));
  EXPECT_EQ(log.find("who is inactive is not known", first + 1), std::string::npos) << log;
  const auto report = Report();
  EXPECT_FALSE(report["inactiveKnown"].get<bool>());
  EXPECT_THAT(report["signInsRefused"].get<std::string>(), HasSubstr("P1 or P2"));
  EXPECT_EQ(InactiveSeats(report), 0);
}

TEST_F(Inactive, DoctorSaysWhatIsNotKnownWithoutThePermission) {
  Start({"--users", "20", "--roles",
         "User.Read.All,LicenseAssignment.Read.All,Organization.Read.All,GroupMember.Read.All"},
        "");
  EXPECT_THAT(Seatkeeper({"doctor"}).out, Not(HasSubstr("AuditLog.Read.All")));
  WriteConfig(kAsks);
  EXPECT_THAT(Seatkeeper({"doctor"}).out,
              HasSubstr("warn  contoso permissions: AuditLog.Read.All is missing, for reading "
                        "sign-in times for inactiveDays: who is inactive is not known"));
}

}  // namespace
}  // namespace seatkeeper::test
