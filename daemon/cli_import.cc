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
      "With --adopt what they describe becomes seatkeeper's own besides: under `management: "
      "owned`\n"
      "it may be taken away once no policy grants it any more. Asks first on a terminal; "
      "elsewhere\n"
      "--yes is needed. It needs the tenant itself and a store that is not in doubt.\n"
      "Exit codes: 0 done; 1 error, declined, or there is nothing to describe; 64 wrong usage;\n"
      "65 invalid config, or with --adopt policy; 69 tenant unreachable or reading incomplete;\n"
      "77 missing permission");
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
  auto* adopt = command.add_flag("--adopt", options.adopt,
                                 "Make what is described seatkeeper's own, for management `owned`");
  command.add_flag("--yes", options.yes, "With --adopt: do not ask")->needs(adopt);
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kProducts | kLog);
}

}  // namespace seatkeeper
