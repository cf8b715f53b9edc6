#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/environment.h"
#include "daemon/exit_code.h"
#include "daemon/logging.h"
#include "reconciler/plan/one_off.h"

namespace seatkeeper {

/// Options of every command.
struct CommonOptions {
  std::string config_path = "seatkeeper.yaml";
  bool config_given = false;         ///< By --config or SEATKEEPER_CONFIG.
  std::vector<std::string> tenants;  ///< Empty: all.
  std::string policy;                ///< Overrides the config's; empty: not given.
  std::string product_catalog;       ///< A CSV file; empty: not given.
  LogLevel log_level = LogLevel::kWarning;
  LogFormat log_format = LogFormat::kText;
  bool no_color = false;  ///< --no-color, or NO_COLOR is set.
};

enum class OutputFormat { kText, kJson, kCsv, kGithub, kSarif, kTap, kJunit, kMarkdown, kHtml };

struct ValidateOptions {
  std::vector<std::string> paths;
  OutputFormat format = OutputFormat::kText;
};
struct PlanOptions {
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
  std::string against;  ///< The base policy; empty: compare with none.
  std::string out;
  bool detailed_exit_code = false;
  bool full = false;
};
struct ApplyOptions {
  std::string plan_file;
  OutputFormat format = OutputFormat::kText;
  bool yes = false;
  bool full = false;
  bool no_policy = false;  ///< For a one-off alone: there are no policy files.
};
struct RunOptions {
  std::string port_file;
};
struct SnapshotOptions {
  std::string out;
  bool only_needed = false;
  bool pseudonymize = false;
  std::string key_file;           ///< With pseudonymize.
  std::vector<std::string> keep;  ///< Properties, by their names in rules.
};
struct SelectOptions {
  std::string rule;
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
};
struct ProductsOptions {
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
  std::string product;  ///< Only this one, with its service plans; empty: all.
  bool plans = false;
};
struct ReportOptions {
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
  std::optional<int> inactive_days;  ///< Nothing: as the tenant's config says, if it does.
  bool users = false;                ///< Name who holds each wasted seat.
};
struct CoverageOptions {
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
  std::vector<std::string> policies;  ///< By name; empty: all.
  std::string product;                ///< Empty: all.
  bool full = false;
};
struct ExplainOptions {
  std::string user;
  OutputFormat format = OutputFormat::kText;
  std::string snapshot;
  std::string product;  ///< Empty: all.
};
struct HistoryOptions {
  std::string user;
  std::string product;
  std::string since;
  std::size_t limit = 1000;
  OutputFormat format = OutputFormat::kText;
};
struct SuspendOptions {
  std::string reason;
};
struct ResumeOptions {
  std::string reason;  ///< May be empty.
};
struct ApproveOptions {
  std::string digest;  ///< Or the beginning of it.
  std::string reason;
  std::string expires;  ///< A day; empty: in a week.
  bool list = false;
  bool yes = false;
  bool full = false;
  OutputFormat format = OutputFormat::kText;
};
struct UndoOptions {
  std::string plan_id;
  std::vector<std::string> users;  ///< Empty: all.
  std::string since;
  std::string revision;
  bool unpin = false;
  bool yes = false;
  bool full = false;
  OutputFormat format = OutputFormat::kText;
};
struct OneOffOptions {
  OneOff::Kind kind = OneOff::Kind::kAssign;
  std::vector<std::string> products;
  std::vector<std::string> users;
  std::string users_from;  ///< A CSV file; empty: not given.
  std::string reason;
  bool all_products = false;
  bool no_policy = false;
  bool yes = false;
  bool full = false;
  OutputFormat format = OutputFormat::kText;
};
struct AcceptOptions {
  std::string user;
  std::string product;  ///< Empty: all of the user's drift.
  std::string reason;
  std::string expires;  ///< A day.
  std::string out;      ///< Empty: stdout.
  std::string snapshot;
};
struct ImportOptions {
  std::string out;                    ///< A directory; empty: stdout.
  std::vector<std::string> products;  ///< Empty: all.
  std::vector<std::string> groups;    ///< Whose membership may explain who holds what.
  std::string snapshot;
  bool adopt = false;
  bool yes = false;  ///< Only with adopt.
};
struct TestOptions {
  std::vector<std::string> paths;
  OutputFormat format = OutputFormat::kText;
};
struct DoctorOptions {};
struct SchemaOptions {
  std::string kind;  ///< Empty: all.
};
struct VersionOptions {};

struct CommandLine {
  CommonOptions common;
  std::variant<ValidateOptions, PlanOptions, ApplyOptions, RunOptions, SnapshotOptions,
               SelectOptions, ProductsOptions, CoverageOptions, ExplainOptions, HistoryOptions,
               SuspendOptions, ResumeOptions, ApproveOptions, UndoOptions, DoctorOptions,
               SchemaOptions, VersionOptions, TestOptions, ReportOptions, OneOffOptions,
               AcceptOptions, ImportOptions>
      command;
};

/// The line was answered by itself: help, or a mistake.
struct CommandLineEnd {
  ExitCode code = ExitCode::kOk;
  std::string out;
  std::string err;
};

/// Reads the arguments without the program's name. Pure. What is not understood ends with kUsage;
/// nothing is accepted and ignored.
std::variant<CommandLine, CommandLineEnd> ParseCommandLine(std::vector<std::string> arguments,
                                                           const Environment& environment);

}  // namespace seatkeeper
