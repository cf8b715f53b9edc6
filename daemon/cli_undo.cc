#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {

void AddUndoCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "undo", "Puts back what an applied plan took, as a new plan",
      "Example: seatkeeper undo 1f2e3d4c5b6a7988 --user ada@contoso.com\n"
      "`history` says which plan it was. Products that were unassigned, service plans that were\n"
      "turned off and both halves of swaps come back, where everything is still as that plan left\n"
      "it. What it only gave stays. Asks first on a terminal; elsewhere --yes is needed.\n"
      "What comes back is pinned: nothing alters it until policy wants the same, or --unpin says\n"
      "so.\n"
      "Exit codes: 0 done; 1 error, or declined; 3 something is held; 4 some changes failed, or\n"
      "something cannot be put back; 64 wrong usage; 65 invalid policy or config; 69 tenant\n"
      "unreachable or reading incomplete; 77 missing permission");
  auto& options = parsed.undo;
  command.add_option("plan", options.plan_id, "The plan, as `history` calls it")
      ->type_name("PLAN-ID");
  command
      .add_option("--user", options.users,
                  "Only of this user or group: principal name, display name or object id; may be "
                  "repeated [all]")
      ->type_name("USER")
      ->allow_extra_args(false);
  command
      .add_option("--since", options.since,
                  "Instead of a plan: all since 2026-11-21T09:00:00Z, or that long ago: 24h")
      ->type_name("TIME");
  command
      .add_option("--revision", options.revision,
                  "Instead of a plan: all by this policy revision, or what it begins with")
      ->type_name("REVISION");
  command.add_flag("--unpin", options.unpin,
                   "Put nothing back; let policy decide again about what was");
  command.add_flag("--yes", options.yes, "Do not ask");
  command.add_flag("--full", options.full, "Show long lists whole");
  AddFormat(command, parsed, {"text", "json"});
  AddCommon(command, parsed, kTenants | kPolicy | kColor | kLog);
}

}  // namespace seatkeeper
