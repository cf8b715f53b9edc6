#include "daemon/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <sstream>

#include "daemon/cli_commands.h"
#include "daemon/cli_documents.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

constexpr std::array<std::string_view, 26> kCommands{
    "validate", "plan",     "apply",    "approve", "run",   "explain",    "coverage",
    "products", "select",   "snapshot", "history", "undo",  "suspend",    "resume",
    "doctor",   "schema",   "version",  "help",    "test",  "completion", "man",
    "assign",   "unassign", "report",   "accept",  "import"};

constexpr const char* kCommonGroup = "Common options";

std::string ListOfCommands() {
  std::string list;
  for (const auto command : kCommands) list += (list.empty() ? "" : ", ") + std::string(command);
  return list;
}

CommandLineEnd Usage(const std::string& message) {
  return {.code = ExitCode::kUsage, .out = {}, .err = "seatkeeper: " + message + "\n"};
}

CommandLineEnd Printed(std::string text) {
  return {.code = ExitCode::kOk, .out = std::move(text), .err = {}};
}

void AddCompletion(CLI::App& app, std::string& shell) {
  auto& command = AddCommand(app, "completion", "Prints a script that completes command lines",
                             "Example: seatkeeper completion bash > seatkeeper.bash\n"
                             "bash: source it, or put it into bash-completion's completions as\n"
                             "seatkeeper; zsh: source it; fish: put it into its completions as\n"
                             "seatkeeper.fish.\n"
                             "Exit codes: 0 done; 64 wrong usage");
  command.add_option("shell", shell, "For which shell")
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
}

OutputFormat FormatOf(const std::string& name) {
  if (name == "json") return OutputFormat::kJson;
  if (name == "github") return OutputFormat::kGithub;
  if (name == "sarif") return OutputFormat::kSarif;
  if (name == "markdown") return OutputFormat::kMarkdown;
  if (name == "tap") return OutputFormat::kTap;
  if (name == "junit") return OutputFormat::kJunit;
  if (name == "html") return OutputFormat::kHtml;
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
  if (command == "test") return WithFormat(common, parsed.test, parsed);
  if (command == "plan") return WithFormat(common, parsed.plan, parsed);
  if (command == "apply") return WithFormat(common, parsed.apply, parsed);
  if (command == "select") return WithFormat(common, parsed.select, parsed);
  if (command == "products") return WithFormat(common, parsed.products, parsed);
  if (command == "report") return WithFormat(common, parsed.report, parsed);
  if (command == "coverage") return WithFormat(common, parsed.coverage, parsed);
  if (command == "explain") return WithFormat(common, parsed.explain, parsed);
  if (command == "approve") return WithFormat(common, parsed.approve, parsed);
  if (command == "history") return WithFormat(common, parsed.history, parsed);
  if (command == "undo") return WithFormat(common, parsed.undo, parsed);
  if (command == "assign" || command == "unassign") {
    if (command == "unassign") parsed.one_off.kind = OneOff::Kind::kUnassign;
    return WithFormat(common, parsed.one_off, parsed);
  }
  if (command == "accept") return {.common = common, .command = parsed.accept};
  if (command == "import") return {.common = common, .command = parsed.importing};
  if (command == "suspend") return {.common = common, .command = parsed.suspend};
  if (command == "resume") return {.common = common, .command = parsed.resume};
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
  for (const auto add : {AddChangeCommands, AddApproveCommand, AddUndoCommand, AddControlCommands,
                         AddLookCommands, AddToolCommands, AddTestCommand, AddReportCommand,
                         AddOneOffCommands, AddAcceptCommand, AddImportCommand}) {
    add(app, parsed);
  }
  AddCommand(app, "version", "Prints the version",
             "Example: seatkeeper version\nExit codes: 0 done");
  AddCommand(app, "help", "Explains the commands",
             "Example: seatkeeper help plan\nExit codes: 0 done");
  std::string shell;
  AddCompletion(app, shell);
  AddCommand(app, "man", "Prints the manual page",
             "Example: seatkeeper man > seatkeeper.1\n"
             "`man -l seatkeeper.1` shows it; packages put it into man1.\n"
             "Exit codes: 0 done");
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
  if (chosen.get_name() == "completion") return Printed(CompletionScript(app, shell));
  if (chosen.get_name() == "man") return Printed(ManualPage(app));
  if (const auto* config = chosen.get_option_no_throw("--config"); config && config->count() > 0) {
    parsed.common.config_given = true;
  }
  return Finish(chosen.get_name(), std::move(parsed), environment);
}

}  // namespace seatkeeper
