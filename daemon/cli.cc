#include "daemon/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <sstream>

#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::array<std::string_view, 11> kCommands{"validate", "plan",    "apply",   "run",
                                                     "snapshot", "select",  "history", "doctor",
                                                     "schema",   "version", "help"};

constexpr const char* kCommonGroup = "Common options";

// What CLI11 writes into; turned into the typed options once everything was read.
struct Parsed {
  CommonOptions common;
  std::string log_level;
  std::string log_format = "text";
  std::string format = "text";
  ValidateOptions validate;
  PlanOptions plan;
  ApplyOptions apply;
  RunOptions run;
  SnapshotOptions snapshot;
  SelectOptions select;
  HistoryOptions history;
  SchemaOptions schema;
};

enum CommonSet : unsigned {
  kPlain = 0,
  kTenants = 1,
  kPolicy = 2,
  kColor = 4,
  kLog = 8,
  kProducts = 16
};

void AddCommon(CLI::App& command, Parsed& parsed, unsigned set) {
  auto& common = parsed.common;
  command.add_option("--config", common.config_path, "Config file [env SEATKEEPER_CONFIG]")
      ->group(kCommonGroup)
      ->type_name("FILE")
      ->capture_default_str();
  if (set & kTenants) {
    command.add_option("--tenant", common.tenants, "Only this tenant; may be repeated [all]")
        ->group(kCommonGroup)
        ->type_name("NAME")
        ->allow_extra_args(false);
  }
  if (set & kPolicy) {
    command.add_option("--policy", common.policy, "Policy directory instead of the config's")
        ->group(kCommonGroup)
        ->type_name("DIR");
  }
  if (set & (kPolicy | kProducts)) {
    command
        .add_option("--product-catalog", common.product_catalog,
                    "Microsoft's table of product names (CSV), before the built-in facts")
        ->group(kCommonGroup)
        ->type_name("FILE");
  }
  if (set & kLog) {
    command
        .add_option("--log-level", parsed.log_level,
                    "trace, debug, info, warn or error [warn; run: info]")
        ->group(kCommonGroup)
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    command.add_option("--log-format", parsed.log_format, "Log lines to stderr as text or json")
        ->group(kCommonGroup)
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }
  if (set & kColor) {
    command.add_flag("--no-color", common.no_color, "No colours, as with NO_COLOR set")
        ->group(kCommonGroup);
  }
}

void AddFormat(CLI::App& command, Parsed& parsed, std::vector<std::string> formats) {
  std::string names;
  for (const auto& format : formats) names += (names.empty() ? "" : "|") + format;
  command.add_option("--format", parsed.format, "How to print")
      ->type_name(names)
      ->check(CLI::IsMember(std::move(formats)))
      ->capture_default_str();
}

void AddSnapshot(CLI::App& command, std::string& snapshot) {
  command
      .add_option("--snapshot", snapshot,
                  "Read the tenant from this file; then neither network nor store is used")
      ->type_name("FILE");
}

CLI::App& AddCommand(CLI::App& app, const char* name, const char* purpose, const char* footer) {
  auto& command = *app.add_subcommand(name, purpose);
  command.footer(footer);
  return command;
}

void AddValidate(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "validate", "Checks policy files offline; every problem with file:line:column",
      "Example: seatkeeper validate policies/\n"
      "--tenant says which tenant names policies may use, instead of the config's.\n"
      "--format github annotates the lines of a pull request, sarif is for code scanning.\n"
      "Exit codes: 0 valid (warnings allowed), 64 wrong usage, 65 invalid");
  command.add_option("paths", parsed.validate.paths, "Files or directories [the config's policy]")
      ->type_name("PATH");
  AddFormat(command, parsed, {"text", "json", "github", "sarif"});
  AddCommon(command, parsed, kTenants | kPolicy);
}

void AddPlan(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "plan", "Prints what would change, and why; changes nothing",
      "Example: seatkeeper plan --tenant contoso --out contoso.plan.json\n"
      "With several tenants, one plan after the other (JSON: one document after the other).\n"
      "Exit codes: 0 nothing to change, or changes without --detailed-exitcode; 1 error;\n"
      "2 changes, with --detailed-exitcode; 3 something is held (wins over 2); 64 wrong usage;\n"
      "65 invalid policy or config; 69 tenant unreachable or reading incomplete; 77 missing\n"
      "permission");
  AddFormat(command, parsed, {"text", "json"});
  command.add_option("--out", parsed.plan.out, "Save the plan, as JSON, for `apply FILE`")
      ->type_name("FILE");
  command.add_flag("--detailed-exitcode", parsed.plan.detailed_exit_code,
                   "Exit with 2 when there are changes");
  command.add_flag("--full", parsed.plan.full, "Show long lists whole");
  AddSnapshot(command, parsed.plan.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kColor | kLog);
}

void AddApply(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "apply", "Applies a fresh plan, or a saved one if it still holds",
      "Example: seatkeeper apply contoso.plan.json\n"
      "Asks first on a terminal; elsewhere --yes is needed. Interrupted once, it finishes the\n"
      "requests under way and stops; twice, it leaves at once.\n"
      "Exit codes: 0 done, or nothing to change; 1 error, declined, or the saved plan no longer\n"
      "holds; 3 something is held; 4 some changes failed; 64 wrong usage; 65 invalid policy or\n"
      "config; 69 tenant unreachable or reading incomplete; 77 missing permission");
  command.add_option("planfile", parsed.apply.plan_file, "A plan that `plan --out` saved")
      ->type_name("PLANFILE");
  AddFormat(command, parsed, {"text", "json"});
  command.add_flag("--yes", parsed.apply.yes, "Do not ask");
  command.add_flag("--full", parsed.apply.full, "Show long lists whole");
  AddCommon(command, parsed, kTenants | kPolicy | kColor | kLog);
}

void AddRun(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "run", "Runs the daemon: keeps every tenant the way policy says",
      "Example: seatkeeper run --config /etc/seatkeeper/seatkeeper.yaml --log-format json\n"
      "SIGHUP reads config and policy again. SIGTERM or SIGINT finishes the requests under way\n"
      "and ends; a second one ends at once. Serves /metrics, /healthz and /readyz.\n"
      "Exit codes: 0 stopped on request; 1 error; 64 wrong usage; 65 invalid config");
  command
      .add_option("--port-file", parsed.run.port_file,
                  "Write the port of the HTTP listener to this file when it is bound")
      ->type_name("FILE");
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSnapshotCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "snapshot", "Saves what was read of a tenant to one JSON file",
      "Example: seatkeeper snapshot --tenant contoso --out contoso.json\n"
      "Groups are those that the policy names. Sign-in times, assigned plans, directory "
      "extensions,\n"
      "direct members and direct reports are saved where a rule of the policy uses them.\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid config; 69 tenant unreachable or\n"
      "reading incomplete; 77 missing permission");
  command.add_option("--out", parsed.snapshot.out, "Write here, readable by you alone [stdout]")
      ->type_name("FILE");
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSelect(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "select", "Prints the users that a selection rule picks",
      "Example: seatkeeper select 'user.department -eq \"Sales\"' --tenant contoso\n"
      "Columns: principal name, object id, display name; separated by tabs.\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid rule or config; 69 tenant\n"
      "unreachable or reading incomplete; 77 missing permission");
  command.add_option("rule", parsed.select.rule, "A rule as in `subjects.rule`")
      ->type_name("RULE")
      ->required();
  AddFormat(command, parsed, {"text", "json"});
  AddSnapshot(command, parsed.select.snapshot);
  AddCommon(command, parsed, kTenants | kLog);
}

void AddHistory(CLI::App& app, Parsed& parsed) {
  auto& command =
      AddCommand(app, "history", "Prints what was changed, when, why and by which policy revision",
                 "Example: seatkeeper history --user ada@contoso.com --since 7d\n"
                 "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid config");
  auto& options = parsed.history;
  command.add_option("--user", options.user, "Principal name or object id")->type_name("USER");
  command.add_option("--product", options.product, "Part number, SKU id or product name")
      ->type_name("PRODUCT");
  command
      .add_option("--since", options.since,
                  "2026-11-21, 2026-11-21T09:00:00Z, or that long ago: 7d, 24h")
      ->type_name("TIME");
  command.add_option("--limit", options.limit, "At most so many, the newest")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  AddFormat(command, parsed, {"text", "json", "csv"});
  AddCommon(command, parsed, kTenants | kProducts);
}

void AddDoctor(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "doctor", "Checks config, policy, store, sign-in, permissions and clock",
      "Example: seatkeeper doctor --tenant contoso\n"
      "One line per check: ok, warn or FAIL, and how to mend it.\n"
      "Exit codes: 0 no check failed; 1 error; 64 wrong usage; 65 invalid policy or config;\n"
      "69 tenant unreachable; 77 missing permission");
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSchema(CLI::App& app, Parsed& parsed) {
  auto& command =
      AddCommand(app, "schema", "Prints the JSON Schema of policy and config files",
                 "Example: seatkeeper schema > seatkeeper.schema.json\n"
                 "Editors check and complete a file that begins with\n"
                 "# yaml-language-server: $schema=seatkeeper.schema.json\n"
                 "Without KIND, the schema takes every document by its kind. Draft 2020-12.\n"
                 "Exit codes: 0 done; 64 wrong usage");
  command.add_option("kind", parsed.schema.kind, "One kind of document, as LicensePolicy [all]")
      ->type_name("KIND");
}

std::string ListOfCommands() {
  std::string list;
  for (const auto command : kCommands) list += (list.empty() ? "" : ", ") + std::string(command);
  return list;
}

CommandLineEnd Usage(const std::string& message) {
  return {.code = ExitCode::kUsage, .out = {}, .err = "seatkeeper: " + message + "\n"};
}

OutputFormat FormatOf(const std::string& name) {
  if (name == "json") return OutputFormat::kJson;
  if (name == "github") return OutputFormat::kGithub;
  if (name == "sarif") return OutputFormat::kSarif;
  return name == "csv" ? OutputFormat::kCsv : OutputFormat::kText;
}

template <typename Options>
CommandLine WithFormat(const CommonOptions& common, Options options, const Parsed& parsed) {
  options.format = FormatOf(parsed.format);
  return {.common = common, .command = std::move(options)};
}

CommandLine Finish(const std::string& command, Parsed parsed, const Environment& environment) {
  auto& common = parsed.common;
  common.no_color = common.no_color || environment("NO_COLOR").has_value();
  common.log_format = parsed.log_format == "json" ? LogFormat::kJson : LogFormat::kText;
  const auto usual = command == "run" ? LogLevel::kInfo : LogLevel::kWarning;
  common.log_level = ParseLogLevel(parsed.log_level).value_or(usual);
  if (command == "validate") return WithFormat(common, parsed.validate, parsed);
  if (command == "plan") return WithFormat(common, parsed.plan, parsed);
  if (command == "apply") return WithFormat(common, parsed.apply, parsed);
  if (command == "select") return WithFormat(common, parsed.select, parsed);
  if (command == "history") return WithFormat(common, parsed.history, parsed);
  if (command == "run") return {.common = common, .command = parsed.run};
  if (command == "snapshot") return {.common = common, .command = parsed.snapshot};
  if (command == "schema") return {.common = common, .command = parsed.schema};
  if (command == "doctor") return {.common = common, .command = DoctorOptions{}};
  return {.common = common, .command = VersionOptions{}};
}

// What stands in the place of a command but is none. CLI11 would call it an unexpected argument.
std::optional<CommandLineEnd> CheckCommand(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return Usage("a command is missing; there are: " + ListOfCommands());
  const auto& name = arguments.front();
  if (name.starts_with('-')) return std::nullopt;
  if (std::find(kCommands.begin(), kCommands.end(), name) != kCommands.end()) return std::nullopt;
  auto nearest = SuggestNearest(name, {kCommands.begin(), kCommands.end()});
  if (!nearest.empty()) nearest = "; " + nearest;
  return Usage("there is no command " + Quoted(name) + nearest + "\nCommands: " + ListOfCommands() +
               "\nMore: seatkeeper help");
}

}  // namespace

std::variant<CommandLine, CommandLineEnd> ParseCommandLine(std::vector<std::string> arguments,
                                                           const Environment& environment) {
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.insert(arguments.begin() + (arguments.empty() ? 0 : 1), "--help");
  }
  if (!arguments.empty() && arguments.front() == "--version") arguments.front() = "version";
  if (auto end = CheckCommand(arguments)) return *end;

  Parsed parsed;
  if (const auto config = environment("SEATKEEPER_CONFIG")) {
    parsed.common.config_path = *config;
    parsed.common.config_given = true;
  }
  CLI::App app("Keeps Microsoft 365 licences the way policy files say.", "seatkeeper");
  app.require_subcommand(1);
  app.footer("`seatkeeper help COMMAND` says more, with an example and the exit codes.");
  for (const auto add : {AddValidate, AddPlan, AddApply, AddRun, AddSnapshotCommand, AddSelect,
                         AddHistory, AddDoctor, AddSchema}) {
    add(app, parsed);
  }
  AddCommand(app, "version", "Prints the version",
             "Example: seatkeeper version\nExit codes: 0 done");
  AddCommand(app, "help", "Explains the commands",
             "Example: seatkeeper help plan\nExit codes: 0 done");
  try {
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& stop) {
    std::ostringstream out;
    std::ostringstream err;
    const bool good = app.exit(stop, out, err) == 0;
    return CommandLineEnd{.code = good ? ExitCode::kOk : ExitCode::kUsage,
                          .out = out.str(),
                          .err = good ? "" : "seatkeeper: " + err.str()};
  }
  const auto& chosen = *app.get_subcommands().front();
  if (const auto* config = chosen.get_option_no_throw("--config"); config && config->count() > 0) {
    parsed.common.config_given = true;
  }
  return Finish(chosen.get_name(), std::move(parsed), environment);
}

}  // namespace seatkeeper
