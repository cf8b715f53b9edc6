#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {

void AddTestCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "test", "Runs the policy tests (`kind: PolicyTest`) of the policy files",
      "Example: seatkeeper test policies/\n"
      "Each test makes up users, groups and seats, and says what the policies must give them.\n"
      "They are planned by what the daemon plans with; neither tenant nor network is needed.\n"
      "tap and junit are for CI systems, github annotates the lines of a pull request.\n"
      "Exit codes: 0 all tests passed; 1 a test failed, or there is none; 64 wrong usage; 65\n"
      "invalid policy or config");
  command.add_option("paths", parsed.test.paths, "Files or directories [the config's policy]")
      ->type_name("PATH");
  AddFormat(command, parsed, {"text", "tap", "junit", "github"});
  AddCommon(command, parsed, kTenants | kPolicy);
}

}  // namespace seatkeeper
