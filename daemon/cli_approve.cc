#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {

void AddApproveCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "approve", "Releases what guardrails hold under a digest; or lists that",
      "Example: seatkeeper approve sha256:bc845b34541c --reason \"leavers of November\"\n"
      "Releases exactly what was held under the digest, as long as it is held for the same\n"
      "reason, each once; who comes later stays held. Changes nothing by itself: the next cycle\n"
      "of the daemon, or `apply`, does. Asks first on a terminal; elsewhere --yes is needed.\n"
      "Works beside a running daemon.\n"
      "Exit codes: 0 approved, or listed; 1 error, declined, or the digest releases nothing;\n"
      "64 wrong usage; 65 invalid config");
  auto& options = parsed.approve;
  command
      .add_option("digest", options.digest,
                  "As the plan shows it; the first 12 digits do where they mean one set")
      ->type_name("DIGEST");
  command.add_option("--reason", options.reason, "Why it may happen; kept in the journal")
      ->type_name("TEXT");
  command
      .add_option("--expires", options.expires, "The last day (UTC) on which it counts [in 7 days]")
      ->type_name("DATE");
  command.add_flag("--list", options.list, "List what is held, and what was approved");
  command.add_flag("--yes", options.yes, "Do not ask");
  command.add_flag("--full", options.full, "Show long lists whole");
  AddFormat(command, parsed, {"text", "json"});
  AddCommon(command, parsed, kTenants | kColor | kProducts);
}

}  // namespace seatkeeper
