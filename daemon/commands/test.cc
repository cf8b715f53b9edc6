#include <algorithm>
#include <filesystem>
#include <set>

#include "daemon/commands/command.h"
#include "daemon/findings.h"
#include "daemon/policy_load.h"
#include "daemon/policy_paths.h"
#include "daemon/policy_test_run.h"
#include "daemon/policy_test_text.h"
#include "policy/text.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

using Names = std::set<std::string, std::less<>>;

// What tests are run for where nobody says it: a policy without tenants is for any.
constexpr const char* kAnyTenant = "tenant";

template <typename Documents>
void AddTenants(const Documents& documents, Names& tenants) {
  for (const auto& document : documents) {
    for (const auto& tenant : document.tenants) {
      if (tenant.value != "all") tenants.insert(tenant.value);
    }
  }
}

// The tenants that --tenant or the config name; without either, those that policies name.
Names TenantsOf(const PolicySet& policies, const Names& known,
                const std::vector<std::string>& only) {
  if (!only.empty()) return {only.begin(), only.end()};
  if (!known.empty()) return known;
  Names tenants;
  AddTenants(policies.license_policies, tenants);
  AddTenants(policies.product_policies, tenants);
  AddTenants(policies.product_ladders, tenants);
  AddTenants(policies.guardrails, tenants);
  if (tenants.empty()) tenants.insert(kAnyTenant);
  return tenants;
}

Names TenantsOf(const PolicyTest& test, const Names& all, const std::vector<std::string>& only) {
  Names tenants;
  AddTenants(std::vector<PolicyTest>{test}, tenants);
  if (tenants.empty()) return all;
  if (!only.empty()) {
    std::erase_if(tenants, [&](const std::string& tenant) { return !all.contains(tenant); });
  }
  return tenants;
}

std::vector<PolicyTestOutcome> RunAll(const PolicySet& policies, const Names& known,
                                      const CommonOptions& common, const ProductCatalog& catalog) {
  const auto today = SystemClock().Now();
  const auto lifted = WithoutLimits(policies);
  const auto all = TenantsOf(policies, known, common.tenants);
  std::vector<PolicyTestOutcome> outcomes;
  for (const auto& test : policies.policy_tests) {
    const auto tenants = TenantsOf(test, all, common.tenants);
    for (const auto& tenant : tenants) {
      outcomes.push_back(RunPolicyTest(test, lifted, tenant, catalog, today));
      if (tenants.size() > 1) outcomes.back().name += " in " + tenant;
    }
  }
  return outcomes;
}

std::string RenderGithub(const std::vector<PolicyTestOutcome>& outcomes,
                         const FindingLines& lines) {
  std::error_code failure;
  const auto folder = std::filesystem::current_path(failure).string();
  std::string text;
  for (const auto& outcome : outcomes) {
    text += RenderFindingsGithub(outcome.findings, lines, folder);
  }
  return text;
}

std::string Render(OutputFormat format, const std::vector<PolicyTestOutcome>& outcomes,
                   const std::vector<SourceFile>& files) {
  const FindingLines lines(files);
  switch (format) {
    case OutputFormat::kTap:
      return RenderTestsTap(outcomes);
    case OutputFormat::kJunit:
      return RenderTestsJunit(outcomes);
    case OutputFormat::kGithub:
      return RenderGithub(outcomes, lines);
    default:
      return RenderTestsText(outcomes, lines);
  }
}

}  // namespace

ExitCode RunTest(const CommonOptions& common, const TestOptions& options, CommandContext& context) {
  // Policies may name tenants that are not tested now.
  auto any_tenant = common;
  any_tenant.tenants.clear();
  const auto chosen = ChoosePolicyPaths(any_tenant, options.paths, context);
  if (!chosen) return Report(chosen.error(), context);
  for (const auto& tenant : common.tenants) {
    const auto& known = chosen->options.tenants;
    if (known.empty() || known.contains(tenant)) continue;
    return Report(UsageError("no tenant " + Quoted(tenant) + " is configured"), context);
  }
  std::vector<Diagnostic> findings;
  const auto files = ReadPolicyPaths(chosen->paths, findings);
  const auto loaded = LoadOnThreads(files, chosen->options);
  findings.insert(findings.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  PrintErrors(findings, files, context.err);
  if (HasErrors(findings)) {
    return Report(MakeError(ErrorKind::kInvalid, "the policy does not load: nothing was tested"),
                  context);
  }
  const auto outcomes =
      RunAll(loaded.policies, chosen->options.tenants, common, chosen->options.catalog);
  if (outcomes.empty()) {
    return Report(
        MakeError(ErrorKind::kNotFound, "there is no PolicyTest in " + chosen->paths.front()),
        context);
  }
  context.out << Render(options.format, outcomes, files);
  const auto failed = static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(),
                    [](const PolicyTestOutcome& outcome) { return !outcome.passed(); }));
  context.err << Count(outcomes.size(), "test") << ", " << failed << " failed\n";
  return failed == 0 ? ExitCode::kOk : ExitCode::kError;
}

}  // namespace seatkeeper
