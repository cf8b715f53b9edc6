#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {

void AddAcceptCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "accept", "Prints the policy change that makes a present drift wanted",
      "Example: seatkeeper accept ada@contoso.com --reason pilot --expires 2030-12-31\n"
      "A patch for `git apply`, in a file of its own: a grant of what the user holds. It is "
      "planned\n"
      "with before it is shown; where anything but this drift would change, nothing is printed.\n"
      "Exit codes: 0 done; 1 error, or there is no such drift; 64 wrong usage; 65 invalid policy "
      "or\n"
      "config; 69 tenant unreachable or reading incomplete; 77 missing permission");
  auto& options = parsed.accept;
  command.add_option("user", options.user, "Principal name or object id")
      ->type_name("USER")
      ->required();
  command
      .add_option("--product", options.product,
                  "Only this one: part number, SKU id or product name [all of the user's drift]")
      ->type_name("PRODUCT");
  command.add_option("--reason", options.reason, "Why; stands in the file")
      ->type_name("TEXT")
      ->required();
  command.add_option("--expires", options.expires, "The last day on which it is wanted")
      ->type_name("DATE")
      ->required();
  command.add_option("--out", options.out, "Write the patch to this file")->type_name("FILE");
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

}  // namespace seatkeeper
