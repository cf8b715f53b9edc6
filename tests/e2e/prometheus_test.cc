// A real Prometheus, with the rules of deploy/, scrapes the daemon; the dashboards' queries are
// asked of it as Grafana would.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::filesystem::path kDeploy = std::filesystem::path(SOURCE_DIR) / "deploy";

// Bound and given back: Prometheus cannot say which one it took.
int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

class PrometheusTest : public EndToEnd {
 protected:
  void StartPrometheus() {
    WriteFile(folder() / "prometheus.yml",
              "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
              "rule_files: ['" +
                  (kDeploy / "prometheus/seatkeeper.rules.yaml").string() +
                  "']\n"
                  "scrape_configs:\n"
                  "  - job_name: seatkeeper\n"
                  "    static_configs: [{targets: ['127.0.0.1:" +
                  std::to_string(daemon_port()) + "']}]\n");
    port_ = FreePort();
    prometheus_ = std::make_unique<Process>(
        std::vector<std::string>{"/usr/bin/prometheus", "--config.file=prometheus.yml",
                                 "--storage.tsdb.path=data",
                                 "--web.listen-address=127.0.0.1:" + std::to_string(port_)},
        folder() / "prometheus.out", folder() / "prometheus.err",
        ProcessOptions{.folder = folder(), .extra = {}});
    ASSERT_TRUE(PollUntil([&] { return !HttpGet(port_, "/-/ready").empty(); }))
        << ReadFile(folder() / "prometheus.err");
  }
  json Api(const std::string& path) const {
    return json::parse(HttpGet(port_, "/api/v1/" + path), nullptr, false);
  }
  // What the query finds, or null where Prometheus refuses it.
  json Find(const std::string& query) const {
    const auto answer = Api("query?query=" + httplib::detail::encode_query_param(query));
    return answer.is_object() ? answer["data"]["result"] : json();
  }
  bool Finds(const std::string& query) const {
    const auto found = Find(query);
    return found.is_array() && !found.empty();
  }
  // Some things change, some are held, and then the policy does not load. Nothing listens where
  // `notify` tells it.
  void StartEverything() {
    StartTenant({"--users", "120", "--seed", "4"});
    UseExamplePolicies();
    WriteFile(folder() / "teams", fmt::format("http://127.0.0.1:{}/teams", FreePort()));
    WriteConfig(
        "    mode: enforce\n    interval: 1s\n"
        "notify: [{type: teams, urlFile: teams}]\n");
    StartDaemon();
    StartPrometheus();
    ASSERT_TRUE(PollUntil([&] { return Finds("increase(seatkeeper_cycles_total[1m]) > 0"); }));
    WritePolicy("bad.yaml", "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nnonsense: true\n");
    daemon().Signal(SIGHUP);
    ASSERT_TRUE(PollUntil([&] { return Finds("ALERTS{alertname='SeatkeeperPolicyNotLoading'}"); }))
        << Metrics();
  }

  int port_ = 0;
  std::unique_ptr<Process> prometheus_;
};

void CollectExpressions(const json& value, std::set<std::string>& expressions) {
  if (value.is_object() && value.contains("expr")) expressions.insert(value["expr"]);
  if (value.is_structured()) {
    for (const auto& part : value) CollectExpressions(part, expressions);
  }
}

// label_values(METRIC, LABEL), which is Grafana's, as a query.
std::string AsQuery(const std::string& variable) {
  static const std::regex kLabelValues(R"(label_values\((.*), (\w+)\))");
  return std::regex_replace(variable, kLabelValues, "count by ($2) ($1)");
}

std::string Filled(std::string query) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"$tenant", "contoso"}, {"$product", ".*"}, {"$__rate_interval", "1m"}}) {
    for (auto at = query.find(name); at != std::string::npos; at = query.find(name)) {
      query.replace(at, name.size(), value);
    }
  }
  return query;
}

std::set<std::string> QueriesOf(const std::string& dashboard) {
  const auto board = json::parse(ReadFile(kDeploy / "grafana" / dashboard));
  std::set<std::string> queries;
  CollectExpressions(board, queries);
  for (const auto& variable : board["templating"]["list"]) {
    if (variable["type"] == "query") queries.insert(AsQuery(variable["query"]["query"]));
  }
  return queries;
}

TEST_F(PrometheusTest, FindsDataForEveryQueryOfTheDashboards) {
  StartEverything();
  for (const auto* dashboard : {"fleet.json", "tenant.json"}) {
    const auto queries = QueriesOf(dashboard);
    EXPECT_GT(queries.size(), 10U) << dashboard;
    for (const auto& query : queries) {
      EXPECT_TRUE(PollUntil([&] { return Finds(Filled(query)); }, std::chrono::seconds(20)))
          << dashboard << ": " << query;
    }
  }
}

TEST_F(PrometheusTest, EvaluatesEveryRule) {
  StartEverything();
  json groups;
  const auto all_well = [&] {
    groups = Api("rules")["data"]["groups"];
    for (const auto& group : groups) {
      for (const auto& rule : group["rules"]) {
        if (rule["health"] != "ok") return false;
      }
    }
    return groups.size() == 2;
  };
  EXPECT_TRUE(PollUntil(all_well)) << groups.dump(1);
  const auto alerts = Api("alerts")["data"]["alerts"];
  ASSERT_THAT(alerts, Not(IsEmpty()));
  EXPECT_THAT(alerts.dump(), Not(HasSubstr("error expanding template")));
  // What every rule asks for is there: only series that say nothing is wrong may be missing.
  EXPECT_TRUE(Finds("tenant:seatkeeper_changes_failed:increase1h"));
}

}  // namespace
}  // namespace seatkeeper::test
