#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/commands/each_tenant.h"
#include "reconciler/plan/doubt.h"

namespace seatkeeper {
namespace {

Result<void> EndSuspension(Store& store, const TenantConfig& tenant, const SuspendedBy& word,
                           std::vector<std::string>& said) {
  const auto resumed = store.Resume(KeyOf(tenant), word);
  if (!resumed) return resumed.error();
  if (!resumed->suspension.empty()) {
    said.push_back("resumed; it was " + Describe(resumed->suspension));
  }
  return {};
}

// Stands up for the store, where it is in doubt: what was removed on the day before is not known,
// so the day's allowance counts as spent.
Result<void> EndDoubt(Store& store, const TenantConfig& tenant, const SuspendedBy& word,
                      std::vector<std::string>& said) {
  const auto key = KeyOf(tenant);
  const auto standing = store.Standing(key);
  if (!standing) return standing.error();
  const auto doubt = JudgeStore(*standing, word.at, tenant.interval);
  if (!doubt) return {};
  const TrustNote note{.who = word.who, .reason = word.reason, .at = word.at};
  if (auto done = store.TrustStore(key, note); !done) return done;
  said.push_back(fmt::format(
      "{}; it is relied on again. Until {} maxUnassign allows no removals unapproved, and what was "
      "approved before counts no longer, for what was removed before is not known",
      StoreHolds(tenant.name, *doubt).value, FormatTime(word.at + kAllowanceSpentFor)));
  return {};
}

Result<std::string> ResumeOne(Store& store, const TenantConfig& tenant, const SuspendedBy& word) {
  std::vector<std::string> said;
  for (const auto end : {EndSuspension, EndDoubt}) {
    if (auto done = end(store, tenant, word, said); !done) return std::move(done).error();
  }
  if (said.empty()) return std::string("was not suspended, and the store is not in doubt");
  return fmt::format("{}", fmt::join(said, "; "));
}

}  // namespace

ExitCode RunResume(const CommonOptions& common, const ResumeOptions& options,
                   CommandContext& context) {
  return ForEachTenant(common, options.reason, ResumeOne, context);
}

}  // namespace seatkeeper
