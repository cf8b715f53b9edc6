#include "daemon/commands/command.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "daemon/cycle_result.h"
#include "daemon/findings.h"
#include "daemon/policy_load.h"
#include "daemon/policy_source.h"
#include "daemon/runtime.h"
#include "daemon/version.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

bool Exists(const std::string& path) {
  std::error_code failure;
  return fs::exists(path, failure);
}

TenantConfig SnapshotTenant(const std::string& name, const std::string& snapshot) {
  TenantConfig tenant;
  tenant.name = name;
  tenant.provider = TenantConfig::Provider::kFile;
  tenant.cloud = "file";
  tenant.path = snapshot;
  return tenant;
}

Result<Workplace> SnapshotWorkplace(const CommonOptions& common, const std::string& snapshot,
                                    CommandContext& context) {
  Workplace workplace{.tenants = {},
                      .known_names = {},
                      .policy_path = common.policy,
                      .product_catalog = common.product_catalog,
                      .store_path = ":memory:"};
  std::string name = common.tenants.empty() ? "snapshot" : common.tenants.front();
  Ceilings ceilings;
  // With it, what is held has the same digest as in a plan of the tenant itself.
  std::optional<TenantId> tenant_id;
  if (common.tenants.size() > 1) {
    return UsageError("--snapshot is about one tenant, not several");
  }
  if (common.config_given || Exists(common.config_path)) {
    auto config = OpenConfig(common, context);
    if (!config) return std::move(config).error();
    auto selected = SelectTenants(*config, common.tenants);
    if (!selected) return std::move(selected).error();
    if (selected->size() != 1) {
      return UsageError("several tenants are configured: say whose snapshot it is with --tenant");
    }
    name = selected->front().name;
    ceilings = selected->front().ceilings;
    tenant_id = selected->front().tenant_id;
    for (const auto& tenant : config->tenants) workplace.known_names.push_back(tenant.name);
    if (workplace.policy_path.empty()) workplace.policy_path = config->policy_path;
  }
  workplace.tenants.push_back(SnapshotTenant(name, snapshot));
  workplace.tenants.back().ceilings = ceilings;
  workplace.tenants.back().tenant_id = tenant_id;
  return workplace;
}

}  // namespace

ExitCode RunCommand(const CommandLine& line, CommandContext& context) {
  return std::visit(
      Overloaded{[&](const ValidateOptions& o) { return RunValidate(line.common, o, context); },
                 [&](const PlanOptions& o) { return RunPlan(line.common, o, context); },
                 [&](const ApplyOptions& o) { return RunApply(line.common, o, context); },
                 [&](const RunOptions& o) { return RunDaemon(line.common, o, context); },
                 [&](const SnapshotOptions& o) { return RunSnapshot(line.common, o, context); },
                 [&](const SelectOptions& o) { return RunSelect(line.common, o, context); },
                 [&](const ProductsOptions& o) { return RunProducts(line.common, o, context); },
                 [&](const ReportOptions& o) { return RunReport(line.common, o, context); },
                 [&](const CoverageOptions& o) { return RunCoverage(line.common, o, context); },
                 [&](const ExplainOptions& o) { return RunExplain(line.common, o, context); },
                 [&](const HistoryOptions& o) { return RunHistory(line.common, o, context); },
                 [&](const SuspendOptions& o) { return RunSuspend(line.common, o, context); },
                 [&](const ResumeOptions& o) { return RunResume(line.common, o, context); },
                 [&](const ApproveOptions& o) { return RunApprove(line.common, o, context); },
                 [&](const UndoOptions& o) { return RunUndo(line.common, o, context); },
                 [&](const OneOffOptions& o) { return RunOneOff(line.common, o, context); },
                 [&](const AcceptOptions& o) { return RunAccept(line.common, o, context); },
                 [&](const ImportOptions& o) { return RunImport(line.common, o, context); },
                 [&](const DoctorOptions& o) { return RunDoctor(line.common, o, context); },
                 [&](const TestOptions& o) { return RunTest(line.common, o, context); },
                 [&](const SchemaOptions& o) { return RunSchema(o, context); },
                 [&](const VersionOptions&) {
                   context.out << "seatkeeper " << kVersion << "\n";
                   return ExitCode::kOk;
                 }},
      line.command);
}

Error MakeError(ErrorKind kind, std::string message) {
  return {.kind = kind, .message = std::move(message), .position = {}, .service = {}};
}

Error UsageError(std::string message) { return MakeError(ErrorKind::kUsage, std::move(message)); }

ExitCode Report(const Error& error, CommandContext& context) {
  context.err << "seatkeeper: error: " << Describe(error) << "\n";
  return ExitCodeOf(error.kind);
}

void PrintFindings(const std::vector<Diagnostic>& findings, const std::vector<SourceFile>& files,
                   std::ostream& to) {
  to << RenderFindingsText(findings, FindingLines(files));
}

void PrintErrors(const std::vector<Diagnostic>& findings, const std::vector<SourceFile>& files,
                 std::ostream& to) {
  std::vector<Diagnostic> errors;
  for (const auto& finding : findings) {
    if (finding.severity == Severity::kError) errors.push_back(finding);
  }
  PrintFindings(errors, files, to);
  if (errors.size() == findings.size()) return;
  to << Count(findings.size() - errors.size(), "warning")
     << " in the policy: `seatkeeper validate` shows them\n";
}

Result<Config> OpenConfig(const CommonOptions& common, CommandContext& context) {
  auto loaded = LoadConfig(common.config_path, context.environment);
  if (!loaded) {
    const bool missing = loaded.error().kind == ErrorKind::kNotFound;
    return MakeError(ErrorKind::kInvalid,
                     loaded.error().message +
                         (missing ? "; name the config with --config or SEATKEEPER_CONFIG" : ""));
  }
  PrintFindings(loaded->diagnostics, {{.path = common.config_path, .text = loaded->text}},
                context.err);
  if (!loaded->ok()) {
    return MakeError(ErrorKind::kInvalid, common.config_path + " is not a valid config");
  }
  return std::move(loaded->config);
}

Result<Workplace> OpenWorkplace(const CommonOptions& common, const std::string& snapshot,
                                CommandContext& context) {
  if (!snapshot.empty()) return SnapshotWorkplace(common, snapshot, context);
  auto config = OpenConfig(common, context);
  if (!config) return std::move(config).error();
  auto tenants = SelectTenants(*config, common.tenants);
  if (!tenants) return std::move(tenants).error();
  Workplace workplace{.tenants = std::move(tenants).value(),
                      .known_names = {},
                      .policy_path = common.policy.empty() ? config->policy_path : common.policy,
                      .product_catalog = common.product_catalog,
                      .store_path = config->store_path,
                      .notify = config->notify};
  for (const auto& tenant : config->tenants) workplace.known_names.push_back(tenant.name);
  return workplace;
}

Result<PolicyInForce> OpenPolicy(const Workplace& workplace, CommandContext& context) {
  if (workplace.policy_path.empty()) {
    return UsageError("there is no config: name the policy with --policy");
  }
  auto reading =
      ReadPolicies({.path = workplace.policy_path, .product_catalog = workplace.product_catalog},
                   workplace.known_names);
  if (!reading) {
    auto error = std::move(reading).error();
    error.kind = ErrorKind::kInvalid;
    return error;
  }
  PrintErrors(reading->loaded.diagnostics, reading->tree.files, context.err);
  if (!reading->loaded.ok()) {
    return MakeError(ErrorKind::kInvalid,
                     "the policy in " + workplace.policy_path + " does not load");
  }
  return PolicyInForce{.policies = std::move(reading->loaded.policies),
                       .revision = std::move(reading->tree.revision),
                       .outdated = false,
                       .catalog = std::move(reading->catalog)};
}

Result<PolicyInForce> OpenPolicyOrNone(const Workplace& workplace, std::string_view missing,
                                       CommandContext& context) {
  if (!workplace.policy_path.empty()) return OpenPolicy(workplace, context);
  auto catalog = ReadProductCatalog(workplace.product_catalog);
  if (!catalog) return std::move(catalog).error();
  context.err << "seatkeeper: there is no policy: " << missing << "\n";
  return PolicyInForce{
      .policies = {}, .revision = {}, .outdated = false, .catalog = std::move(catalog->catalog)};
}

CycleRequest Looking(const TenantConfig& tenant, const std::string& snapshot) {
  return {.tenant = tenant.name,
          .key = KeyOf(tenant),
          .holder = Runtime::Holder(),
          .ceilings = tenant.ceilings,
          .mode = CycleRequest::Mode::kPlan,
          .interval = tenant.interval,
          .new_store =
              snapshot.empty() ? CycleRequest::NewStore::kPasses : CycleRequest::NewStore::kNoStore,
          .audit_reach = tenant.audit_log,
          .confirm = {}};
}

std::string StoreToLookAt(const Workplace& workplace) {
  return Exists(workplace.store_path) ? workplace.store_path : ":memory:";
}

std::string Count(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace seatkeeper
