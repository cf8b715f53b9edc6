#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {

void AddImportCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "import", "Writes policies that describe the tenant as it is",
      "Example: seatkeeper import --out imported\n"
      "Who holds a product directly is explained by rules where that is possible, and named where\n"
      "not. A plan with these policies changes nothing: that is tried before anything is written.\n"
      "Nothing in them can take anything away.\n"
      "Exit codes: 0 done; 1 error, or there is nothing to describe; 64 wrong usage; 65 invalid\n"
      "config; 69 tenant unreachable or reading incomplete; 77 missing permission");
  auto& options = parsed.importing;
  command
      .add_option("--out", options.out,
                  "Write the files into this directory, which is empty or not there [stdout]")
      ->type_name("DIR");
  command
      .add_option("--product", options.products,
                  "Only this one: part number, SKU id or product name; may be repeated [all]")
      ->type_name("PRODUCT")
      ->allow_extra_args(false);
  command
      .add_option("--group", options.groups,
                  "A group whose membership may be the reason, by name or object id; may be "
                  "repeated [none]")
      ->type_name("GROUP")
      ->allow_extra_args(false);
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kProducts | kLog);
}

}  // namespace seatkeeper
