#include "tests/e2e/fixture.h"

#include <fmt/format.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reconciler/http/system_clock.h"
#include "reconciler/store/sqlite_db.h"
#include "reconciler/store/sqlite_store.h"
#include "tests/support/poll.h"
#include "tests/support/trusted_store.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;

// The port that a program wrote once it listens; 0 when it never does.
int AwaitPort(const std::filesystem::path& file) {
  if (!PollUntil([&] { return std::filesystem::exists(file); })) return 0;
  return std::stoi(ReadFile(file));
}

}  // namespace

std::string HttpGet(int port, const std::string& path) {
  const auto result = httplib::Client("127.0.0.1", port).Get(path);
  return result && result->status == 200 ? result->body : "";
}

EndToEnd::EndToEnd() {
  WriteFile(folder() / "client-secret", "simulated-secret\n");
  std::filesystem::create_directories(folder() / "policies");
}

void EndToEnd::StartTenant(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{SIMULATOR, "--listen", "127.0.0.1:0", "--port-file",
                               (folder() / "tenant.port").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  tenant_ = std::make_unique<Process>(all, folder() / "tenant.out", folder() / "tenant.err");
  tenant_port_ = AwaitPort(folder() / "tenant.port");
  ASSERT_GT(tenant_port_, 0) << ReadFile(folder() / "tenant.err");
}

void EndToEnd::WriteConfig(const std::string& extra, const std::string& endpoint_scheme) {
  const auto base = fmt::format("{}://127.0.0.1:{}", endpoint_scheme, tenant_port_);
  WriteFile(folder() / "seatkeeper.yaml", fmt::format(R"(apiVersion: seatkeeper/v1
kind: Config
policy: {{path: policies}}
store: {{sqlite: {{path: seatkeeper.db}}}}
server: {{listen: 127.0.0.1:0}}
tenants:
  - name: contoso
    provider: graph
    tenantId: 11111111-1111-1111-1111-111111111111
    auth: {{clientId: 22222222-2222-2222-2222-222222222222, clientSecretFile: client-secret}}
    endpoints: {{graph: "{}", login: "{}"}}
{})",
                                                      base, base, extra));
}

void EndToEnd::WritePolicy(const std::string& name, const std::string& text) {
  WriteFile(folder() / "policies" / name, text);
}

void EndToEnd::UseExamplePolicies() {
  const auto example = std::filesystem::path(SOURCE_DIR) / "examples/contoso";
  const auto options = std::filesystem::copy_options::recursive;
  for (const auto* from : {"policies", "cleanup"}) {
    std::filesystem::copy(example / from, folder() / "policies", options);
  }
}

Completed EndToEnd::Seatkeeper(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{SEATKEEPER};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return RunProgram(all, {.folder = folder(), .extra = {}});
}

Completed EndToEnd::SeatkeeperWithin(std::uint64_t file_size_max,
                                     const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{SEATKEEPER};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return RunProgram(all, {.folder = folder(), .extra = {}, .file_size_max = file_size_max});
}

void EndToEnd::ApproveAll(const std::string& reason) const {
  const auto held = [&] { return Seatkeeper({"apply", "--yes"}).exit_code == 3; };
  EXPECT_TRUE(PollUntil(held)) << "nothing is held";
  const auto plan = nlohmann::json::parse(Seatkeeper({"plan", "--format", "json"}).out);
  const auto done =
      Seatkeeper({"approve", plan.value("heldDigest", ""), "--reason", reason, "--yes"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

void EndToEnd::StartDaemon(std::optional<std::uint64_t> file_size_max) {
  std::filesystem::remove(folder() / "daemon.port");
  daemon_ = std::make_unique<Process>(
      std::vector<std::string>{SEATKEEPER, "run", "--port-file", "daemon.port"},
      folder() / "daemon.out", folder() / "daemon.err",
      ProcessOptions{.folder = folder(), .extra = {}, .file_size_max = file_size_max});
  daemon_port_ = AwaitPort(folder() / "daemon.port");
  ASSERT_GT(daemon_port_, 0) << ReadFile(folder() / "daemon.err");
}

void EndToEnd::LetAnHourPass() const {
  const auto db = SqliteDb::Open((folder() / "seatkeeper.db").string());
  ASSERT_TRUE(db) << db.error().message;
  const auto done = (*db)->Exec(
      "UPDATE leases SET expires_at = 0;"
      "UPDATE changes SET intended_at = intended_at - 3600000, answered_at = answered_at - "
      "3600000 WHERE state IN ('intended', 'accepted', 'ambiguous');");
  ASSERT_TRUE(done) << done.error().message;
}

void EndToEnd::TrustStoreOfTenant() const {
  const TenantKey tenant{.tenant_id = "11111111-1111-1111-1111-111111111111", .cloud = "global"};
  const auto now = SystemClock().Now();
  auto store = OpenSqliteStore((folder() / "seatkeeper.db").string());
  ASSERT_TRUE(store) << store.error().message;
  TrustStore(**store, tenant, now);
}

std::string EndToEnd::Metrics() const { return HttpGet(daemon_port_, "/metrics"); }

std::string EndToEnd::Metric(const std::string& series) const {
  std::istringstream text(Metrics());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(series)) return line.substr(line.rfind(' ') + 1);
  }
  return "";
}

std::string EndToEnd::Control(const std::string& method, const std::string& path,
                              const std::string& body) const {
  httplib::Client client("127.0.0.1", tenant_port_);
  client.set_read_timeout(60);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  const auto result = client.send(request);
  EXPECT_TRUE(result) << method << ' ' << path;
  if (!result) return "";
  EXPECT_LT(result->status, 300) << method << ' ' << path << ": " << result->body;
  return result->body;
}

json EndToEnd::State() const { return json::parse(Control("GET", "/_sim/state", "")); }

void EndToEnd::PutState(const json& state) const { Control("PUT", "/_sim/state", state.dump()); }

void EndToEnd::Edit(const json& operations) const {
  Control("PATCH", "/_sim/state", operations.dump());
}

void EndToEnd::SetFaults(const json& rules) const { Control("PUT", "/_sim/faults", rules.dump()); }

void EndToEnd::ClearFaults() const { Control("DELETE", "/_sim/faults", ""); }

void EndToEnd::SetClockSkew(int seconds) const {
  Control("PUT", "/_sim/clock", json{{"skewSeconds", seconds}}.dump());
}

void EndToEnd::SetApplications(const json& applications) const {
  Control("PUT", "/_sim/applications", applications.dump());
}

std::vector<json> EndToEnd::RequestsAfter(std::uint64_t since) const {
  std::vector<json> requests;
  std::istringstream lines(Control("GET", fmt::format("/_sim/log?since={}", since), ""));
  for (std::string line; std::getline(lines, line);) requests.push_back(json::parse(line));
  return requests;
}

int EndToEnd::EffectiveWrites() const {
  int writes = 0;
  for (const auto& entry : RequestsAfter(0)) {
    const auto parts = entry.contains("items") ? entry["items"] : json::array({entry});
    for (const auto& part : parts) writes += part.value("effective", false) ? 1 : 0;
  }
  return writes;
}

}  // namespace seatkeeper::test
