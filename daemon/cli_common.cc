#include "daemon/cli_commands.h"

namespace seatkeeper {
namespace {

constexpr const char* kCommonGroup = "Common options";

}  // namespace

void AddCommon(CLI::App& command, Parsed& parsed, unsigned set) {
  auto& common = parsed.common;
  command.add_option("--config", common.config_path, "Config file [env SEATKEEPER_CONFIG]")
      ->group(kCommonGroup)
      ->type_name("FILE")
      ->capture_default_str();
  if (set & kTenants) {
    command.add_option("--tenant", common.tenants, "Only this tenant; may be repeated [all]")
        ->group(kCommonGroup)
        ->type_name("NAME")
        ->allow_extra_args(false);
  }
  if (set & kPolicy) {
    command.add_option("--policy", common.policy, "Policy directory instead of the config's")
        ->group(kCommonGroup)
        ->type_name("DIR");
  }
  if (set & (kPolicy | kProducts)) {
    command
        .add_option("--product-catalog", common.product_catalog,
                    "Microsoft's table of product names (CSV), before the built-in facts")
        ->group(kCommonGroup)
        ->type_name("FILE");
  }
  if (set & kLog) {
    command
        .add_option("--log-level", parsed.log_level,
                    "trace, debug, info, warn or error [warn; run: info]")
        ->group(kCommonGroup)
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
    command.add_option("--log-format", parsed.log_format, "Log lines to stderr as text or json")
        ->group(kCommonGroup)
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }
  if (set & kColor) {
    command.add_flag("--no-color", common.no_color, "No colours, as with NO_COLOR set")
        ->group(kCommonGroup);
  }
}

void AddFormat(CLI::App& command, Parsed& parsed, std::vector<std::string> formats) {
  std::string names;
  for (const auto& format : formats) names += (names.empty() ? "" : "|") + format;
  command.add_option("--format", parsed.format, "How to print")
      ->type_name(names)
      ->check(CLI::IsMember(std::move(formats)))
      ->capture_default_str();
}

void AddSnapshot(CLI::App& command, std::string& snapshot) {
  command
      .add_option("--snapshot", snapshot,
                  "Read the tenant from this file; then neither network nor store is used")
      ->type_name("FILE");
}

CLI::App& AddCommand(CLI::App& app, const char* name, const char* purpose, const char* footer) {
  auto& command = *app.add_subcommand(name, purpose);
  command.footer(footer);
  return command;
}

}  // namespace seatkeeper
