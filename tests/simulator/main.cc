#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/simulator/core.h"
#include "tests/simulator/directory.h"
#include "tests/simulator/generate.h"
#include "tests/simulator/server.h"
#include "tests/simulator/snapshot.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 64;
constexpr int kExitBadData = 65;

struct Arguments {
  std::string listen = "127.0.0.1:0";
  std::string port_file;
  std::string tenant_file;
  std::size_t users = 2000;
  std::vector<std::string> tls;
  std::string tenant_id;
  SimulatorOptions simulator;
};

WallTimeMs Now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// "writes=300": another size of one of the service's limits; its period stays. Units are those of
// tenants of every size.
void SetFigure(QuotaFigures& quota, const std::string& text) {
  const std::map<std::string, std::vector<Limit*>> limits{
      {"units", {&quota.small_units, &quota.medium_units, &quota.large_units}},
      {"writes", {&quota.writes}},
      {"appUnits", {&quota.application_units}},
      {"appWrites", {&quota.application_writes}},
      {"tenantWrites", {&quota.tenant_writes}}};
  const std::size_t equals = std::min(text.find('='), text.size());
  const auto found = limits.find(text.substr(0, equals));
  const double amount = equals == text.size() ? 0 : std::atof(text.c_str() + equals + 1);
  if (found == limits.end() || !(amount >= 1)) {
    throw CLI::ValidationError("--quota",
                               "NAME=AMOUNT expected, with units, writes, appUnits, appWrites or "
                               "tenantWrites and at least 1, not " +
                                   text);
  }
  for (Limit* limit : found->second) limit->amount = amount;
}

void DeclareQuota(CLI::App& app, QuotaFigures& quota) {
  app.add_flag("!--no-quota", quota.enforced, "Let everything through, however much it is");
  app.add_option("--quota-scale", quota.scale,
                 "Let the service's limits fill up so many times as fast")
      ->check(CLI::Range(0.001, 100'000.0))
      ->capture_default_str();
  app.add_option_function<std::vector<std::string>>(
         "--quota",
         [&quota](const std::vector<std::string>& figures) {
           for (const std::string& figure : figures) SetFigure(quota, figure);
         },
         "Another size of a limit: units, writes, appUnits, appWrites or tenantWrites")
      ->type_name("NAME=AMOUNT");
}

void Declare(CLI::App& app, Arguments& arguments) {
  SimulatorOptions& simulator = arguments.simulator;
  app.add_option("--listen", arguments.listen,
                 "Address to listen on: HOST:PORT, or :PORT for 127.0.0.1; port 0 takes any")
      ->capture_default_str();
  app.add_option("--port-file", arguments.port_file, "Write the port to this file when ready");
  auto* file = app.add_option("--tenant", arguments.tenant_file,
                              "Load the tenant from this snapshot (JSON)");
  app.add_option("--users", arguments.users, "Generate a tenant with this many users")
      ->check(CLI::Range(std::size_t{2}, std::size_t{1'000'000}))
      ->excludes(file)
      ->capture_default_str();
  app.add_option("--seed", simulator.seed, "Seed of the generated tenant and of all that is drawn")
      ->capture_default_str();
  app.add_option("--tls", arguments.tls, "Speak HTTPS with this certificate and key (PEM files)")
      ->expected(2)
      ->type_name("CERT KEY");
  app.add_option("--tenant-id", arguments.tenant_id,
                 "Tenant id [the snapshot's, or " + simulator.tenant_id + "]");
  app.add_option("--client-id", simulator.client_id, "The application that may ask for tokens")
      ->capture_default_str();
  app.add_option("--client-secret", simulator.client_secret, "Its secret")->capture_default_str();
  app.add_option_function<std::uint32_t>(
         "--group-delay",
         [&simulator](std::uint32_t delay) {
           simulator.group_delay = std::chrono::milliseconds(delay);
         },
         "Milliseconds until the members of a group have the licences it was given")
      ->default_str(std::to_string(simulator.group_delay.count()));
  app.add_option_function<std::int64_t>(
         "--clock-skew",
         [&simulator](std::int64_t skew) { simulator.clock_skew = std::chrono::seconds(skew); },
         "Seconds that the Date of answers is ahead; negative: behind")
      ->default_str("0");
  app.add_flag("!--no-premium", simulator.premium,
               "A tenant without Entra ID P1 or P2: signInActivity is refused");
  DeclareQuota(app, simulator.quota);
  app.add_option("--roles", simulator.roles, "Its application permissions, separated by commas")
      ->delimiter(',')
      ->capture_default_str();
}

// Throws CLI::ValidationError, so that it is reported like any other wrong argument.
ServerOptions ReadListen(const Arguments& arguments) {
  ServerOptions options;
  const std::size_t colon = arguments.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : arguments.listen.substr(colon + 1);
  const bool number = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if (!number || std::stoi(port) > 65535) {
    throw CLI::ValidationError("--listen", "HOST:PORT expected, not " + arguments.listen);
  }
  if (colon > 0) options.host = arguments.listen.substr(0, colon);
  options.port = std::stoi(port);
  if (!arguments.tls.empty()) {
    options.certificate_file = arguments.tls[0];
    options.key_file = arguments.tls[1];
  }
  return options;
}

Directory LoadTenant(Arguments& arguments) {
  if (arguments.tenant_file.empty()) {
    return GenerateTenant({arguments.users, arguments.simulator.seed, Now()});
  }
  std::ifstream file(arguments.tenant_file, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) throw SnapshotError("cannot be read");
  Tenant tenant = ParseSnapshot(text.str(), Now());
  if (!tenant.id.empty()) arguments.simulator.tenant_id = tenant.id;
  return std::move(tenant.directory);
}

// Readers see no file or the whole port, never a part.
void WritePortFile(const std::string& path, int port) {
  const std::string temporary = fmt::format("{}.{}", path, getpid());
  std::ofstream file(temporary);
  file << port << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (!file || error) throw ServerError("cannot write " + path);
}

int Run(Arguments& arguments, const ServerOptions& listen) {
  // Blocked before any thread starts, so that only sigwait gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Directory directory;
  try {
    directory = LoadTenant(arguments);
  } catch (const SnapshotError& error) {
    fmt::print(stderr, "seatkeeper-sim: {}: {}\n", arguments.tenant_file, error.what());
    return kExitBadData;
  }
  if (!arguments.tenant_id.empty()) arguments.simulator.tenant_id = ToLower(arguments.tenant_id);
  Simulator simulator(arguments.simulator, std::move(directory));
  Server server(simulator, listen, Now);
  server.Start();
  if (!arguments.port_file.empty()) WritePortFile(arguments.port_file, server.port());
  fmt::print("{}\n", server.Url());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  server.Stop();
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "A fake Microsoft 365 tenant: Microsoft Graph, its token endpoint, and a control "
      "plane under /_sim/ (state, log, faults, groupLicensing, clock, healthz).",
      "seatkeeper-sim");
  Arguments arguments;
  Declare(app, arguments);
  ServerOptions listen;
  try {
    app.parse(argc, argv);
    std::erase(arguments.simulator.roles, "");  // --roles "" asks for a token without any
    listen = ReadListen(arguments);
    if (!arguments.tenant_id.empty() && !IsGuid(arguments.tenant_id)) {
      throw CLI::ValidationError("--tenant-id", "a GUID is expected");
    }
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kExitUsage;
  }
  try {
    return Run(arguments, listen);
  } catch (const ServerError& error) {
    fmt::print(stderr, "seatkeeper-sim: {}\n", error.what());
    return kExitError;
  }
}

}  // namespace
}  // namespace seatkeeper::sim

int main(int argc, char** argv) { return seatkeeper::sim::Main(argc, argv); }
