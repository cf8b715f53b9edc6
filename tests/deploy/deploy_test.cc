// What Prometheus rules and dashboards ask for is what the daemon shows.

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/metric_names.h"
#include "tests/support/process.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kRoot(SOURCE_DIR);
const std::filesystem::path kRules = kRoot / "deploy/prometheus/seatkeeper.rules.yaml";

std::set<std::string> Matches(const std::string& text, const std::string& pattern, int group) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end;
       ++match) {
    found.insert(match->str(group));
  }
  return found;
}

// What is recorded has colons in its name; what histograms show has other names.
std::set<std::string> NamesThatExist() {
  auto names = Matches(ReadFile(kRules), R"(record: (\S+))", 1);
  names.merge(MetricNames());
  return names;
}

std::vector<std::string> UnknownIn(const std::string& text) {
  const auto known = NamesThatExist();
  std::vector<std::string> unknown;
  for (const auto& name : Matches(text, R"([a-z_]*:?seatkeeper_[a-z_]+(:[a-z0-9_]+)?)", 0)) {
    if (!known.contains(name)) unknown.push_back(name);
  }
  return unknown;
}

TEST(PrometheusRules, NameMetricsThatExist) {
  EXPECT_THAT(UnknownIn(ReadFile(kRules)), IsEmpty());
  EXPECT_THAT(UnknownIn(ReadFile(kRoot / "tests/deploy/alerts.yaml")), IsEmpty());
  EXPECT_THAT(UnknownIn("sum(seatkeeper_users) > seatkeeper_nonsense"),
              ElementsAre("seatkeeper_nonsense"));
}

TEST(PrometheusRules, EveryAlertIsTestedBothWaysAndSaysWhatToDo) {
  const auto rules = ReadFile(kRules);
  const auto tests = ReadFile(kRoot / "tests/deploy/alerts.yaml");
  const auto alerts = Matches(rules, R"(alert: (\S+))", 1);
  EXPECT_GT(alerts.size(), 10U);
  for (const auto& alert : alerts) {
    EXPECT_NE(tests.find("- expr: ALERTS{alertname=\"" + alert + "\", alertstate=\"firing\"}"),
              std::string::npos)
        << alert << " is never seen firing";
    EXPECT_NE(tests.find("- expr: ALERTS{alertname=\"" + alert + "\"}"), std::string::npos)
        << alert << " is never seen calm";
    const auto from = rules.find("alert: " + alert + "\n");
    const auto rule = rules.substr(from, rules.find("- alert:", from) - from);
    for (const auto* part : {"severity: ", "summary: ", "description: ", "runbook: "}) {
      EXPECT_NE(rule.find(part), std::string::npos) << alert << " lacks " << part;
    }
  }
}

TEST(PrometheusRules, AreListedInTheReadme) {
  const auto readme = ReadFile(kRoot / "README.md");
  for (const auto& alert : Matches(ReadFile(kRules), R"(alert: (\S+))", 1)) {
    EXPECT_NE(readme.find("| `" + alert + "` |"), std::string::npos) << alert;
  }
}

class Dashboards : public testing::TestWithParam<const char*> {
 protected:
  std::string text() const { return ReadFile(kRoot / "deploy/grafana" / GetParam()); }
};

TEST_P(Dashboards, NameMetricsThatExist) { EXPECT_THAT(UnknownIn(text()), IsEmpty()); }

TEST_P(Dashboards, ExplainEveryPanelAndLinkToDashboardsThatExist) {
  const auto board = json::parse(text());
  std::set<int> ids;
  for (const auto& panel : board["panels"]) {
    EXPECT_TRUE(ids.insert(panel["id"].get<int>()).second) << panel["title"];
    if (panel["type"] == "row") continue;
    EXPECT_NE(panel.value("description", ""), "") << panel["title"];
    EXPECT_FALSE(panel["fieldConfig"]["defaults"]["thresholds"]["steps"].empty()) << panel["title"];
  }
  std::set<std::string> linked;
  for (const auto& link : board["links"]) linked.insert(link["url"]);
  EXPECT_FALSE(linked.empty());
  for (const auto& uid : Matches(text(), R"(/d/([a-z-]+)/)", 1)) {
    EXPECT_TRUE(uid == "seatkeeper-fleet" || uid == "seatkeeper-tenant") << uid;
  }
  EXPECT_EQ(board["uid"],
            std::string("seatkeeper-") + std::filesystem::path(GetParam()).stem().string());
}

INSTANTIATE_TEST_SUITE_P(Deploy, Dashboards, testing::Values("fleet.json", "tenant.json"),
                         [](const auto& tested) {
                           return std::filesystem::path(tested.param).stem().string();
                         });

}  // namespace
}  // namespace seatkeeper::test
