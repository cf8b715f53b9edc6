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

}  // namespace

void AddFileCommands(CLI::App& app, Parsed& parsed) {
  AddValidate(app, parsed);
  AddSchema(app, parsed);
}

}  // namespace seatkeeper
