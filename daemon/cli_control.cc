#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

void AddSuspend(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "suspend", "Stops all changes; reading, planning and reporting go on",
      "Example: seatkeeper suspend --tenant contoso --reason \"migration this weekend\"\n"
      "Works beside a running daemon or apply: requests under way are finished, nothing more\n"
      "is sent. Kept in the store until `seatkeeper resume`, also across restarts.\n"
      "Exit codes: 0 suspended; 1 error; 64 wrong usage; 65 invalid config");
  command.add_option("--reason", parsed.suspend.reason, "Why; shown wherever something is held")
      ->type_name("TEXT")
      ->required();
  AddCommon(command, parsed, kTenants);
}

void AddResume(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "resume", "Lets changes go on after `suspend`, and relies on a store that is in doubt",
      "Example: seatkeeper resume --tenant contoso --reason \"restored from Tuesday's backup\"\n"
      "What is due is done in the daemon's next cycle, or by `seatkeeper apply`.\n"
      "A store is in doubt when it is new for a tenant, or heard nothing of it for three\n"
      "intervals. For 24 hours afterwards maxUnassign allows only removals that are approved.\n"
      "Exit codes: 0 done, or nothing stood in the way; 1 error; 64 wrong usage; 65 invalid\n"
      "config");
  command.add_option("--reason", parsed.resume.reason, "Why; kept in the store")->type_name("TEXT");
  AddCommon(command, parsed, kTenants);
}

}  // namespace

void AddControlCommands(CLI::App& app, Parsed& parsed) {
  AddSuspend(app, parsed);
  AddResume(app, parsed);
}

}  // namespace seatkeeper
