#include <CLI/CLI.hpp>

#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

void AddExplain(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "explain", "Says why a user has, lacks, gains, loses or keeps each product",
      "Example: seatkeeper explain ada@contoso.com --tenant contoso\n"
      "For every product that the user holds or that a document names: what is held and from\n"
      "where, what policy wants and which line decides, what it outranks, and where it stands in\n"
      "the plan. The last changes come from the journal, where there is one.\n"
      "With several tenants, those that have the user (JSON: one document after the other).\n"
      "Exit codes: 0 done; 1 error, or no such user; 64 wrong usage; 65 invalid policy or\n"
      "config; 69 tenant unreachable or reading incomplete; 77 missing permission");
  command.add_option("user", parsed.explain.user, "Principal name or object id")
      ->type_name("USER")
      ->required();
  command
      .add_option("--product", parsed.explain.product,
                  "Only this one: part number, SKU id or product name")
      ->type_name("PRODUCT");
  AddFormat(command, parsed, {"text", "json"});
  AddSnapshot(command, parsed.explain.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddCoverage(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "coverage", "Prints how many of those that a policy selects have its products, and who",
      "Example: seatkeeper coverage --tenant contoso --policy-name engineering\n"
      "Per policy and product: all, partial or none; directly, through a group, or both; and the\n"
      "names of who lacks it, or of who holds what the policy revokes.\n"
      "With several tenants, one after the other (JSON: one document after the other).\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid policy or config; 69 tenant\n"
      "unreachable or reading incomplete; 77 missing permission");
  auto& options = parsed.coverage;
  command
      .add_option("--policy-name", options.policies,
                  "Only the LicensePolicy of this name; may be repeated [all]")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--product", options.product,
                  "Only this one: part number, SKU id or product name")
      ->type_name("PRODUCT");
  AddFormat(command, parsed, {"text", "json"});
  command.add_flag("--full", options.full, "Show long lists whole");
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddProducts(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "products", "Prints the tenant's products: names, seats, management, service plans",
      "Example: seatkeeper products --tenant contoso --product SPE_E5\n"
      "Service plans are shown with --plans, or of one product with --product; JSON has them\n"
      "always. Free seats are those purchased and in force, less those assigned.\n"
      "With several tenants, one after the other (JSON: one document after the other).\n"
      "Exit codes: 0 done; 1 error, or the tenant does not own the product; 64 wrong usage; 65\n"
      "invalid policy or config; 69 tenant unreachable or reading incomplete; 77 missing\n"
      "permission");
  auto& options = parsed.products;
  command
      .add_option("--product", options.product,
                  "Only this one, with its service plans: part number, SKU id or name")
      ->type_name("PRODUCT");
  command.add_flag("--plans", options.plans, "Show the service plans of every product");
  AddFormat(command, parsed, {"text", "json"});
  AddSnapshot(command, options.snapshot);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSnapshotCommand(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "snapshot", "Saves what was read of a tenant to one JSON file",
      "Example: seatkeeper snapshot --tenant contoso --out contoso.json\n"
      "With --only-needed the properties that rules and planning use are saved, and no others.\n"
      "With --pseudonymize, these, and people go by pseudonyms that the key decides: rules on "
      "what\n"
      "is kept select the same people. Whom the policies name keeps the name.\n"
      "Groups are those that the policy names. Sign-in times, assigned plans, directory "
      "extensions,\n"
      "direct members and direct reports are saved where a rule of the policy uses them.\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid config; 69 tenant unreachable or\n"
      "reading incomplete; 77 missing permission");
  command.add_option("--out", parsed.snapshot.out, "Write here, readable by you alone [stdout]")
      ->type_name("FILE");
  auto& options = parsed.snapshot;
  command.add_flag("--only-needed", options.only_needed,
                   "Save the properties that rules and planning use, and no others");
  command.add_flag("--pseudonymize", options.pseudonymize,
                   "Likewise, and call people by pseudonyms");
  command.add_option("--key-file", options.key_file, "The secret key of the pseudonyms")
      ->type_name("FILE");
  command
      .add_option("--keep", options.keep,
                  "Save this property, too, and as it is; named as in rules; may be repeated")
      ->type_name("PROPERTY")
      ->allow_extra_args(false);
  AddCommon(command, parsed, kTenants | kPolicy | kLog);
}

void AddSelect(CLI::App& app, Parsed& parsed) {
  auto& command = AddCommand(
      app, "select", "Prints the users that a selection rule picks",
      "Example: seatkeeper select 'user.department -eq \"Sales\"' --tenant contoso\n"
      "Columns: principal name, object id, display name; separated by tabs.\n"
      "Exit codes: 0 done; 1 error; 64 wrong usage; 65 invalid rule or config; 69 tenant\n"
      "unreachable or reading incomplete; 77 missing permission");
  command.add_option("rule", parsed.select.rule, "A rule as in `subjects.rule`")
      ->type_name("RULE")
      ->required();
  AddFormat(command, parsed, {"text", "json"});
  AddSnapshot(command, parsed.select.snapshot);
  AddCommon(command, parsed, kTenants | kLog);
}

}  // namespace

void AddLookCommands(CLI::App& app, Parsed& parsed) {
  AddExplain(app, parsed);
  AddCoverage(app, parsed);
  AddProducts(app, parsed);
  AddSelect(app, parsed);
  AddSnapshotCommand(app, parsed);
}

}  // namespace seatkeeper
