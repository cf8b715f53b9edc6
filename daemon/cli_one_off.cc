#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

constexpr const char* kExits =
    "Exit codes: 0 done; 1 error, or declined; 3 something is held; 4 some changes failed, or\n"
    "something could not be done; 64 wrong usage; 65 invalid policy, config or list; 69 tenant\n"
    "unreachable or reading incomplete; 77 missing permission";

void AddWhom(CLI::App& command, Parsed& parsed) {
  auto& options = parsed.one_off;
  command
      .add_option("--product", options.products,
                  "Part number, SKU id or product name; may be repeated")
      ->type_name("PRODUCT")
      ->allow_extra_args(false);
  command
      .add_option("--users", options.users,
                  "Principal names or object ids, with commas between; may be repeated")
      ->type_name("USER,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--users-from", options.users_from,
                  "Users from a CSV file: its column userPrincipalName, user or id, else the first")
      ->type_name("FILE");
  command.add_option("--reason", options.reason, "Why; history keeps it")->type_name("TEXT");
}

void AddHow(CLI::App& command, Parsed& parsed) {
  auto& options = parsed.one_off;
  command.add_flag("--no-policy", options.no_policy,
                   "There are no policy files: the built-in guardrails hold");
  command.add_flag("--yes", options.yes, "Do not ask");
  command.add_flag("--full", options.full, "Show long lists whole");
  AddFormat(command, parsed, {"text", "json"});
  AddCommon(command, parsed, kTenants | kPolicy | kColor | kLog);
}

}  // namespace

void AddOneOffCommands(CLI::App& app, Parsed& parsed) {
  const std::string assign =
      std::string(
          "Example: seatkeeper assign --product SPE_E3 --users ada@contoso.com --reason pilot\n"
          "As a plan of its own, with every guardrail. Says when policy will take it back. Asks\n"
          "first on a terminal; elsewhere --yes is needed.\n") +
      kExits;
  AddWhom(AddCommand(app, "assign", "Gives users products once, beside policy", assign.c_str()),
          parsed);
  AddHow(*app.get_subcommand("assign"), parsed);
  const std::string unassign =
      std::string(
          "Example: seatkeeper unassign --product SPE_E3 --users ada@contoso.com --reason over\n"
          "As a plan of its own: every guardrail and window holds, but nothing waits as long as\n"
          "`unassign.after` says, which is about what policy takes. What comes through a group\n"
          "stays, and is named. Says whom policy will give it again. Asks first on a terminal;\n"
          "elsewhere --yes is needed.\n") +
      kExits;
  auto& command = AddCommand(app, "unassign", "Takes products from users once, beside policy",
                             unassign.c_str());
  AddWhom(command, parsed);
  command.add_flag("--all-products", parsed.one_off.all_products,
                   "Instead of --product: all that each user holds directly");
  AddHow(command, parsed);
}

}  // namespace seatkeeper
