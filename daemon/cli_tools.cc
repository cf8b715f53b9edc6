#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

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

void AddHistory(CLI::App& app, Parsed& parsed) {
  auto& command =
      AddCommand(app, "history", "Prints what was changed, when, why and by which policy revision",
                 "Example: seatkeeper history --user ada@contoso.com --since 7d\n"
                 "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid config");
  auto& options = parsed.history;
  command
      .add_option("--user", options.user,
                  "Principal name, a group's display name (former ones, too), or object id")
      ->type_name("USER");
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
      app, "doctor",
      "Checks config, policy, store, notify, sign-in, permissions, clock, quota, subscriptions and "
      "groups",
      "Example: seatkeeper doctor --tenant contoso\n"
      "One line per check: ok, warn or FAIL, and how to mend it.\n"
      "Exit codes: 0 no check failed; 1 error; 64 wrong usage; 65 invalid policy or config;\n"
      "69 tenant unreachable; 77 missing permission");
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSchema(CLI::App& app, Parsed& parsed) {
  auto& command =
      AddCommand(app, "schema", "Prints the JSON Schema of policy and config files and of plans",
                 "Example: seatkeeper schema > seatkeeper.schema.json\n"
                 "Editors check and complete a file that begins with\n"
                 "# yaml-language-server: $schema=seatkeeper.schema.json\n"
                 "Without KIND, the schema takes every document by its kind. Draft 2020-12.\n"
                 "`seatkeeper schema Plan` describes what `plan --format json` prints.\n"
                 "Exit codes: 0 done; 64 wrong usage");
  command.add_option("kind", parsed.schema.kind, "One kind of document, as LicensePolicy [all]")
      ->type_name("KIND");
}

}  // namespace

void AddToolCommands(CLI::App& app, Parsed& parsed) {
  AddValidate(app, parsed);
  AddHistory(app, parsed);
  AddDoctor(app, parsed);
  AddSchema(app, parsed);
}

}  // namespace seatkeeper
