#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli.h"
#include "daemon/config.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"
#include "daemon/logging.h"
#include "policy/diagnostic.h"
#include "reconciler/cycle/cycle.h"

namespace seatkeeper {

/// What a command works with beside its options. Data goes to `out`, everything else to `err`.
struct CommandContext {
  std::ostream& out;
  std::ostream& err;
  Environment environment;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool in_is_terminal = false;
  /// Puts a yes-or-no question to the person at the terminal; an interruption is a no.
  std::function<bool(const std::string& question)> ask;
};

// One function per command, each in a file of its own.
ExitCode RunValidate(const CommonOptions& common, const ValidateOptions& options,
                     CommandContext& context);
ExitCode RunPlan(const CommonOptions& common, const PlanOptions& options, CommandContext& context);
/// `plan --against`. REQUIRES: options.against is given.
ExitCode RunPlanAgainst(const CommonOptions& common, const PlanOptions& options,
                        CommandContext& context);
ExitCode RunApply(const CommonOptions& common, const ApplyOptions& options,
                  CommandContext& context);
/// The same with the plan that puts back what those changes took: a fresh one.
ExitCode ApplyUndo(const CommonOptions& common, const ApplyOptions& options, const UndoQuery& undo,
                   CommandContext& context);
/// The same with the plan of what a person wants done once.
ExitCode ApplyOneOff(const CommonOptions& common, const ApplyOptions& options,
                     const OneOff& one_off, CommandContext& context);
ExitCode RunOneOff(const CommonOptions& common, const OneOffOptions& options,
                   CommandContext& context);
ExitCode RunAccept(const CommonOptions& common, const AcceptOptions& options,
                   CommandContext& context);
ExitCode RunImport(const CommonOptions& common, const ImportOptions& options,
                   CommandContext& context);
ExitCode RunUndo(const CommonOptions& common, const UndoOptions& options, CommandContext& context);
ExitCode RunDaemon(const CommonOptions& common, const RunOptions& options, CommandContext& context);
ExitCode RunSnapshot(const CommonOptions& common, const SnapshotOptions& options,
                     CommandContext& context);
ExitCode RunSelect(const CommonOptions& common, const SelectOptions& options,
                   CommandContext& context);
ExitCode RunProducts(const CommonOptions& common, const ProductsOptions& options,
                     CommandContext& context);
ExitCode RunCoverage(const CommonOptions& common, const CoverageOptions& options,
                     CommandContext& context);
ExitCode RunExplain(const CommonOptions& common, const ExplainOptions& options,
                    CommandContext& context);
ExitCode RunHistory(const CommonOptions& common, const HistoryOptions& options,
                    CommandContext& context);
ExitCode RunSuspend(const CommonOptions& common, const SuspendOptions& options,
                    CommandContext& context);
ExitCode RunResume(const CommonOptions& common, const ResumeOptions& options,
                   CommandContext& context);
ExitCode RunApprove(const CommonOptions& common, const ApproveOptions& options,
                    CommandContext& context);
ExitCode RunDoctor(const CommonOptions& common, const DoctorOptions& options,
                   CommandContext& context);
ExitCode RunReport(const CommonOptions& common, const ReportOptions& options,
                   CommandContext& context);
ExitCode RunTest(const CommonOptions& common, const TestOptions& options, CommandContext& context);
ExitCode RunSchema(const SchemaOptions& options, CommandContext& context);

/// Runs what the command line says. Catches nothing: there is nothing to catch.
ExitCode RunCommand(const CommandLine& line, CommandContext& context);

/// An error without position or service: what most commands have to say.
Error MakeError(ErrorKind kind, std::string message);
/// Likewise, of what was asked for on the command line.
Error UsageError(std::string message);

/// "seatkeeper: error: file:line:column: message" to err; the exit code that goes with it.
ExitCode Report(const Error& error, CommandContext& context);

/// Every finding with its line and caret, to `to`.
void PrintFindings(const std::vector<Diagnostic>& findings, const std::vector<SourceFile>& files,
                   std::ostream& to);

/// The errors alone, and how many warnings there are: for commands that are not about the files.
void PrintErrors(const std::vector<Diagnostic>& findings, const std::vector<SourceFile>& files,
                 std::ostream& to);

/// The config, its findings printed. kInvalid when it does not load or does not exist.
Result<Config> OpenConfig(const CommonOptions& common, CommandContext& context);

/// What a command that looks at tenants works on.
struct Workplace {
  std::vector<TenantConfig> tenants;     ///< Those to work on: --tenant, or all.
  std::vector<std::string> known_names;  ///< Of all configured tenants; empty without a config.
  std::string policy_path;               ///< --policy, or the config's; empty: none.
  std::string product_catalog;           ///< --product-catalog; empty: none.
  std::string store_path;                ///< ":memory:" with a snapshot.
  std::vector<NotifyTarget> notify{};    ///< The config's; with a snapshot none.
};

/// From config and options. With `snapshot` there is one tenant, read from that file, and then a
/// config is not needed: the tenant is called as --tenant says, or "snapshot".
Result<Workplace> OpenWorkplace(const CommonOptions& common, const std::string& snapshot,
                                CommandContext& context);

/// The policy, its findings printed. kInvalid when it does not load.
Result<PolicyInForce> OpenPolicy(const Workplace& workplace, CommandContext& context);
/// Likewise, or an empty one where there is none: a snapshot is looked at without, too. Then it is
/// told what is `missing` for that.
Result<PolicyInForce> OpenPolicyOrNone(const Workplace& workplace, std::string_view missing,
                                       CommandContext& context);

/// Where to keep memory for a command that only looks: an existing store, or none on disk.
std::string StoreToLookAt(const Workplace& workplace);

/// A cycle that only looks at the tenant, or at its `snapshot` unless that is empty: the plan says
/// what an `apply` would do. A snapshot knows no store.
CycleRequest Looking(const TenantConfig& tenant, const std::string& snapshot);

/// "1 change", "2 changes".
std::string Count(std::size_t number, std::string_view noun);

}  // namespace seatkeeper
