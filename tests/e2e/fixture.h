#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {

/// HTTP GET of a page of 127.0.0.1; empty when it does not answer 200.
std::string HttpGet(int port, const std::string& path);

/// The real executables against each other: a simulated tenant in a process of its own, a config
/// and policies in a folder of their own, and `seatkeeper` as a user would start it.
class EndToEnd : public testing::Test {
 protected:
  EndToEnd();

  /// `arguments` beside the listening ones, for example {"--users", "50"}.
  void StartTenant(const std::vector<std::string>& arguments);
  /// A config for the tenant; `extra` are further lines of the tenant's entry.
  void WriteConfig(const std::string& extra = "", const std::string& endpoint_scheme = "http");
  void WritePolicy(const std::string& name, const std::string& text);
  /// The example policies, with the guardrails that a first clean-up needs.
  void UseExamplePolicies();

  Completed Seatkeeper(const std::vector<std::string>& arguments) const;
  /// The same where no file can grow beyond a size.
  Completed SeatkeeperWithin(std::uint64_t file_size_max,
                             const std::vector<std::string>& arguments) const;
  /// Approves everything that an `apply` holds now.
  void ApproveAll(const std::string& reason) const;
  /// With a limit on its files, of which Process::SetFileSizeMax makes another one.
  void StartDaemon(std::optional<std::uint64_t> file_size_max = std::nullopt);
  /// As if the store had lain there for an hour: leases have run out, answers are overdue.
  void LetAnHourPass() const;
  /// As TrustStore (trusted_store.h).
  void TrustStoreOfTenant() const;
  std::string Metrics() const;
  /// The value of the first sample that starts with `series`; empty when there is none.
  std::string Metric(const std::string& series) const;

  nlohmann::json State() const;
  void PutState(const nlohmann::json& state) const;
  void Edit(const nlohmann::json& operations) const;
  void SetFaults(const nlohmann::json& rules) const;
  void ClearFaults() const;
  /// How many seconds the Date of the tenant's answers is ahead.
  void SetClockSkew(int seconds) const;
  /// Further applications that may sign in (tests/simulator/applications.h).
  void SetApplications(const nlohmann::json& applications) const;
  /// What the tenant was asked after request `since`, a line of its log each.
  std::vector<nlohmann::json> RequestsAfter(std::uint64_t since) const;
  /// Requests that changed something, over all time.
  int EffectiveWrites() const;

  std::filesystem::path folder() const { return folder_.path(); }
  int tenant_port() const { return tenant_port_; }
  int daemon_port() const { return daemon_port_; }
  Process& daemon() { return *daemon_; }

 private:
  std::string Control(const std::string& method, const std::string& path,
                      const std::string& body) const;

  TempFolder folder_;
  std::unique_ptr<Process> tenant_;
  std::unique_ptr<Process> daemon_;
  int tenant_port_ = 0;
  int daemon_port_ = 0;
};

}  // namespace seatkeeper::test
