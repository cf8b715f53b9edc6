#include <string>
#include <utility>

#include "daemon/commands/command.h"
#include "daemon/commands/each_tenant.h"

namespace seatkeeper {
namespace {

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

Result<std::string> SuspendOne(Store& store, const TenantConfig& tenant, const SuspendedBy& word) {
  auto suspension = store.Suspend(KeyOf(tenant), word);
  if (!suspension) return std::move(suspension).error();
  if (suspension->size() == 1) {
    return std::string("suspended: requests under way are finished, nothing more is sent");
  }
  suspension->pop_back();
  return "was already " + Describe(*suspension) + "; this reason is added";
}

}  // namespace

ExitCode RunSuspend(const CommonOptions& common, const SuspendOptions& options,
                    CommandContext& context) {
  if (IsBlank(options.reason)) {
    return Report(UsageError("--reason must say something"), context);
  }
  return ForEachTenant(common, options.reason, SuspendOne, context);
}

}  // namespace seatkeeper
