#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

#include "daemon/approval_findings.h"
#include "daemon/commands/command.h"
#include "daemon/findings.h"
#include "daemon/policy_load.h"
#include "daemon/policy_source.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

struct Checked {
  std::vector<std::string> paths;
  LoadOptions options;
};

// Which files, and which tenants they may name. Works without a config where the paths are given.
Result<Checked> WhatToCheck(const CommonOptions& common, const ValidateOptions& options,
                            CommandContext& context) {
  Checked checked{.paths = options.paths, .options = {}};
  checked.options.tenants = {common.tenants.begin(), common.tenants.end()};
  if (checked.paths.empty() && !common.policy.empty()) checked.paths = {common.policy};
  if (!checked.paths.empty() && !common.config_given) return checked;
  auto config = OpenConfig(common, context);
  if (!config) return std::move(config).error();
  if (checked.paths.empty()) checked.paths = {config->policy_path};
  if (common.tenants.empty()) {
    for (const auto& tenant : config->tenants) checked.options.tenants.insert(tenant.name);
  }
  return checked;
}

Diagnostic AboutWhole(const std::string& path, std::string code, std::string message) {
  return {.code = std::move(code),
          .message = std::move(message),
          .hint = {},
          .at = {.file = path, .line = 0, .column = 0}};
}

// Every file once, though two paths lead to it. What cannot be read is a finding like any other.
std::vector<SourceFile> ReadAll(const std::vector<std::string>& paths,
                                std::vector<Diagnostic>& findings) {
  std::map<std::string, SourceFile> files;
  for (const auto& path : paths) {
    auto tree = ReadPolicyTree(path);
    if (!tree) {
      const bool missing = tree.error().kind == ErrorKind::kNotFound;
      findings.push_back(
          AboutWhole(path, missing ? "no-such-path" : "unreadable-path", tree.error().message));
      continue;
    }
    for (auto& file : tree->files) {
      auto name = std::filesystem::path(file.path).lexically_normal().string();
      files.try_emplace(std::move(name), std::move(file));
    }
  }
  std::vector<SourceFile> all;
  all.reserve(files.size());
  for (auto& [name, file] : files) all.push_back(std::move(file));
  return all;
}

std::string RenderFindings(OutputFormat format, const std::vector<Diagnostic>& findings,
                           const std::vector<SourceFile>& files) {
  const FindingLines lines(files);
  std::error_code failure;
  const auto folder = std::filesystem::current_path(failure).string();
  switch (format) {
    case OutputFormat::kJson:
      return RenderFindingsJson(findings, lines, CountFindings(findings, files.size()));
    case OutputFormat::kGithub:
      return RenderFindingsGithub(findings, lines, folder);
    case OutputFormat::kSarif:
      return RenderFindingsSarif(findings, lines, folder);
    case OutputFormat::kText:
    case OutputFormat::kCsv:
      break;
  }
  return RenderFindingsText(findings, lines);
}

}  // namespace

ExitCode RunValidate(const CommonOptions& common, const ValidateOptions& options,
                     CommandContext& context) {
  auto checked = WhatToCheck(common, options, context);
  if (!checked) return Report(checked.error(), context);
  auto catalog = ReadProductCatalog(common.product_catalog);
  if (!catalog) return Report(catalog.error(), context);
  checked->options.catalog = std::move(catalog->catalog);
  std::vector<Diagnostic> findings;
  const auto files = ReadAll(checked->paths, findings);
  auto loaded = LoadOnThreads(files, checked->options);
  if (findings.empty() && loaded.ok() && loaded.policies.empty()) {
    const auto& path = checked->paths.front();
    findings.push_back(AboutWhole(path, "no-policy", "there is no policy document in " + path));
  }
  std::ranges::move(FindEndedApprovals(loaded.policies.approvals, SystemClock().Now()),
                    std::back_inserter(findings));
  std::move(loaded.diagnostics.begin(), loaded.diagnostics.end(), std::back_inserter(findings));
  Sort(findings);
  context.out << RenderFindings(options.format, findings, files);
  const auto counts = CountFindings(findings, files.size());
  context.err << Count(counts.files, "file") << ", " << Count(counts.errors, "error") << ", "
              << Count(counts.warnings, "warning") << "\n";
  return counts.errors == 0 ? ExitCode::kOk : ExitCode::kInvalid;
}

}  // namespace seatkeeper
