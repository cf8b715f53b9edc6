#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

void AddPlan(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "plan", "Prints what would change, and why; changes nothing",
      "Example: seatkeeper plan --tenant contoso --out contoso.plan.json\n"
      "With several tenants, one plan after the other (JSON: one document after the other).\n"
      "With --against, what this policy does that the one in DIR does not, as for a pull request:\n"
      "removals are shown as if they had waited as long as `unassign` asks. Markdown is made for\n"
      "the comment of a pull request.\n"
      "Exit codes: 0 nothing to change, or changes without --detailed-exitcode; 1 error;\n"
      "2 changes, with --detailed-exitcode; 3 something is held (wins over 2); 64 wrong usage;\n"
      "65 invalid policy or config; 69 tenant unreachable or reading incomplete; 77 missing\n"
      "permission");
  AddFormat(command, parsed, {"text", "json", "markdown"});
  command
      .add_option("--against", parsed.plan.against,
                  "Compare with the policy in this directory; needs --snapshot")
      ->type_name("DIR");
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

}  // namespace

void AddChangeCommands(CLI::App& app, Parsed& parsed) {
  AddPlan(app, parsed);
  AddApply(app, parsed);
  AddRun(app, parsed);
}

}  // namespace seatkeeper
