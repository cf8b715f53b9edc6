#include <algorithm>
#include <filesystem>
#include <iterator>

#include "daemon/approval_findings.h"
#include "daemon/commands/command.h"
#include "daemon/findings.h"
#include "daemon/policy_load.h"
#include "daemon/policy_paths.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

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
    default:
      return RenderFindingsText(findings, lines);
  }
}

}  // namespace

ExitCode RunValidate(const CommonOptions& common, const ValidateOptions& options,
                     CommandContext& context) {
  const auto checked = ChoosePolicyPaths(common, options.paths, context);
  if (!checked) return Report(checked.error(), context);
  std::vector<Diagnostic> findings;
  const auto files = ReadPolicyPaths(checked->paths, findings);
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
