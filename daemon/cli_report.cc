#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"
#include "daemon/config_schema.h"

namespace seatkeeper {

void AddReportCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "report", "Prints unused and wasted seats, what they cost, and how many can be returned",
      "Example: seatkeeper report --tenant contoso --format csv\n"
      "A seat is wasted for the first of these that holds: disabled account, inactive, guest,\n"
      "self-service, overlap. Who is inactive is known with --inactive-days, or where the config\n"
      "has inactiveDays; the tenant needs Entra ID P1 or P2 for it and the application\n"
      "AuditLog.Read.All.\n"
      "With several tenants, one after the other (JSON: one document after the other; HTML: one\n"
      "file, which fetches nothing).\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid policy or config; 69 tenant\n"
      "unreachable or reading incomplete; 77 missing permission");
  auto& options = parsed.report;
  command
      .add_option("--inactive-days", options.inactive_days,
                  "Who did not sign in for so many days is inactive [as the config says]")
      ->type_name("DAYS")
      ->check(CLI::Range(1, kInactiveDaysMost));
  command.add_flag("--users", options.users, "Name who holds each wasted seat, and why");
  AddFormat(command, parsed, {"text", "csv", "json", "html"});
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

}  // namespace seatkeeper
