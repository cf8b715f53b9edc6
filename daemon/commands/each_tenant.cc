#include "daemon/commands/each_tenant.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/login.h"
#include "reconciler/http/system_clock.h"
#include "reconciler/plan/printable.h"
#include "reconciler/store/sqlite_store.h"

namespace seatkeeper {

ExitCode ForEachTenant(const CommonOptions& common, const std::string& reason,
                       const ActInStore& act, CommandContext& context) {
  const auto config = OpenConfig(common, context);
  if (!config) return Report(config.error(), context);
  const auto tenants = SelectTenants(*config, common.tenants);
  if (!tenants) return Report(tenants.error(), context);
  auto store = OpenSqliteStore(config->store_path);
  if (!store) return Report(store.error(), context);
  const SuspendedBy word{.who = Login(), .reason = reason, .at = SystemClock().Now()};
  for (const auto& tenant : *tenants) {
    const auto said = act(**store, tenant, word);
    if (!said) return Report(said.error(), context);
    context.out << fmt::format("{}: {}\n", tenant.name, Printable(*said));
  }
  return ExitCode::kOk;
}

Result<std::unique_ptr<Store>> OpenExistingStore(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    return MakeError(ErrorKind::kStore, "there is no store at " + path + " yet");
  }
  auto store = OpenSqliteStore(path);
  if (!store) return std::move(store).error();
  return std::unique_ptr<Store>(std::move(store).value());
}

}  // namespace seatkeeper
