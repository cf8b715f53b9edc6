// How long loading 10,000 policy documents in 1,000 files takes, against yaml-cpp merely parsing
// the same bytes, on the same number of threads and in the same run. Medians of interleaved rounds.

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/findings.h"
#include "daemon/policy_load.h"

namespace seatkeeper {
namespace {

constexpr int kFiles = 1'000;
constexpr int kRounds = 7;

std::string LicensePolicyText(int file, int document) {
  return fmt::format(R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata:
  name: team-{0}-{1}
  tenants: [tenant-{0}]
spec:
  priority: {1}00
  subjects:
    rule: >-
      (user.department -eq "Team {0}") -and (user.accountEnabled -eq true)
      -and (user.country -in ["FR", "DE", "NL"])
    groups: [All of team {0}, Guests of team {0}]
    users: [lead-{0}@contoso.example]
    where: user.userType -eq "Member"
    except:
      groups: [Contractors]
  licenses:
    - product: SPE_E5            # the suite
      disabledPlans: [YAMMER_ENTERPRISE, SWAY, TEAMS1]
    - product: Visio Plan 2
---
)",
                     file, document);
}

std::string FileText(int file) {
  std::string text;
  for (int document = 0; document < 8; ++document) text += LicensePolicyText(file, document);
  text += fmt::format(R"(apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {{name: e5-{0}, tenants: [tenant-{0}]}}
spec:
  product: SPE_E5
  management: full
  unassign: {{after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {{name: limits-{0}, tenants: [tenant-{0}]}}
spec:
  maxUnassign: {{seats: 25, percent: 5}}
)",
                      file);
  return text;
}

// One file, a typing error in every document: what the carets cost.
SourceFile FaultyFile(int documents) {
  SourceFile file{"faulty.yaml", ""};
  for (int i = 0; i < documents; ++i) {
    auto text = LicensePolicyText(0, i);
    text.replace(text.find("disabledPlans"), 13, "disabledPlan");
    text.replace(text.find("Visio Plan 2"), 12, "Visio Plam 2");
    file.text += text;
  }
  return file;
}

double MillisecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const auto end = std::chrono::steady_clock::now();
  return std::chrono::duration<double, std::milli>(end - start).count();
}

void ParseWithYamlCpp(const std::vector<SourceFile>& files, unsigned threads) {
  std::atomic<std::size_t> next = 0;
  const auto serve = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) YAML::LoadAll(files[i].text);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(serve);
  serve();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// False when the files are not the good ones that they are meant to be.
bool Compare(const std::vector<SourceFile>& files, const LoadOptions& options, unsigned threads) {
  std::vector<double> yaml_cpp;
  std::vector<double> ours;
  bool good = true;
  for (int round = 0; round < kRounds; ++round) {
    yaml_cpp.push_back(MillisecondsOf([&] { ParseWithYamlCpp(files, threads); }));
    ours.push_back(MillisecondsOf([&] {
      const auto loaded = LoadOnThreads(files, options, threads);
      const auto& policies = loaded.policies;
      good = good && loaded.diagnostics.empty() &&
             policies.license_policies.size() + policies.product_policies.size() +
                     policies.guardrails.size() ==
                 std::size_t{kFiles} * 10;
    }));
  }
  fmt::print("{:>7}  {:>9.0f} ms  {:>9.0f} ms  {:>6.2f}\n", threads, Median(yaml_cpp), Median(ours),
             Median(ours) / Median(yaml_cpp));
  return good;
}

void MeasureFindings(int documents) {
  const std::vector<SourceFile> files{FaultyFile(documents)};
  std::size_t findings = 0;
  std::size_t bytes = 0;
  const auto milliseconds = MillisecondsOf([&] {
    const auto loaded = LoadPolicies(files, {});
    findings = loaded.diagnostics.size();
    bytes = RenderFindingsText(loaded.diagnostics, FindingLines(files)).size();
  });
  fmt::print("{:>6} findings in one file, {} bytes of text: {:.0f} ms\n", findings, bytes,
             milliseconds);
}

}  // namespace
}  // namespace seatkeeper

int main() {
  using namespace seatkeeper;
  std::vector<SourceFile> files;
  LoadOptions options;
  std::size_t bytes = 0;
  for (int i = 0; i < kFiles; ++i) {
    files.push_back({fmt::format("policies/teams/team-{:04}.yaml", i), FileText(i)});
    options.tenants.insert(fmt::format("tenant-{}", i));
    bytes += files.back().text.size();
  }
  fmt::print("{} documents in {} files, {} bytes; medians of {} rounds\n", 10 * kFiles, kFiles,
             bytes, kRounds);
  fmt::print("threads   YAML::LoadAll     seatkeeper   ratio\n");
  bool good = true;
  for (const unsigned threads : {1U, 2U}) good = Compare(files, options, threads) && good;
  for (const int documents : {2'500, 5'000}) MeasureFindings(documents);
  if (!good) fmt::print("the files did not load as they should: the figures mean nothing\n");
  return good ? 0 : 1;
}
