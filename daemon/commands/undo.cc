#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/commands/each_tenant.h"
#include "daemon/history_text.h"
#include "daemon/login.h"
#include "policy/text.h"
#include "reconciler/cycle/undo_query.h"
#include "reconciler/http/system_clock.h"

namespace seatkeeper {
namespace {

Result<UndoQuery> MakeQuery(const UndoOptions& options) {
  const int said = static_cast<int>(!options.plan_id.empty()) +
                   static_cast<int>(!options.since.empty()) +
                   static_cast<int>(!options.revision.empty());
  if (said != 1)
    return UsageError("say what to undo: a PLAN-ID, --since or --revision, one of them");
  UndoQuery query{.plan_id = options.plan_id,
                  .since = {},
                  .revision = options.revision,
                  .users = options.users,
                  .who = Login()};
  if (options.since.empty()) return query;
  query.since = ParseSince(options.since, SystemClock().Now());
  if (!query.since) {
    return UsageError(
        "--since must be a day, a time in UTC or a span, such as 2026-11-21, "
        "2026-11-21T09:00:00Z or 24h, but is " +
        Quoted(options.since));
  }
  return query;
}

std::string WhatIsMeant(const UndoQuery& query) {
  std::string what = "no change since then";
  if (!query.plan_id.empty()) what = "no change of plan " + Quoted(query.plan_id);
  if (!query.revision.empty()) what = "no change by policy revision " + Quoted(query.revision);
  if (!query.users.empty()) what += fmt::format(" of {}", fmt::join(query.users, ", "));
  return what;
}

// The tenants in whose journal there is something of the kind.
Result<std::vector<std::string>> Concerned(const CommonOptions& common, const UndoQuery& query,
                                           CommandContext& context) {
  const auto config = OpenConfig(common, context);
  if (!config) return config.error();
  const auto tenants = SelectTenants(*config, common.tenants);
  if (!tenants) return tenants.error();
  auto store = OpenExistingStore(config->store_path);
  if (!store) return std::move(store).error();
  std::vector<std::string> names;
  for (const auto& tenant : *tenants) {
    const auto found = FindUndone(**store, KeyOf(tenant), query);
    if (!found) return found.error();
    if (!found->empty()) names.push_back(tenant.name);
  }
  if (names.empty()) {
    return MakeError(ErrorKind::kNotFound, "the journal has " + WhatIsMeant(query));
  }
  return names;
}

ExitCode Unpin(const CommonOptions& common, const UndoOptions& options, CommandContext& context) {
  if (options.plan_id.empty() || !options.since.empty() || !options.revision.empty()) {
    return Report(UsageError("--unpin takes the PLAN-ID that was undone, and --user"), context);
  }
  std::size_t ended = 0;
  const auto unpin_one = [&](Store& store, const TenantConfig& tenant,
                             const SuspendedBy& word) -> Result<std::string> {
    auto pins = store.Pins(KeyOf(tenant));
    if (!pins) return std::move(pins).error();
    std::vector<std::int64_t> numbers;
    for (const auto& pin : *pins) {
      if (pin.plan_id != options.plan_id) continue;
      if (Means(options.users, pin.subject, pin.subject_name)) numbers.push_back(pin.number);
    }
    if (numbers.empty()) return std::string("nothing of that is pinned");
    ended += numbers.size();
    const PinEnd end{.who = word.who, .at = word.at};
    if (auto done = store.EndPins(KeyOf(tenant), numbers, end); !done) {
      return std::move(done).error();
    }
    return Count(numbers.size(), "pin") + " ended: policy decides again about what was put back";
  };
  const auto code = ForEachTenant(common, "", unpin_one, context);
  if (code != ExitCode::kOk || ended > 0) return code;
  return Report(MakeError(ErrorKind::kNotFound,
                          "nothing is pinned that was put back of plan " + Quoted(options.plan_id)),
                context);
}

}  // namespace

ExitCode RunUndo(const CommonOptions& common, const UndoOptions& options, CommandContext& context) {
  if (options.unpin) return Unpin(common, options, context);
  const auto query = MakeQuery(options);
  if (!query) return Report(query.error(), context);
  auto tenants = Concerned(common, *query, context);
  if (!tenants) return Report(tenants.error(), context);
  auto narrowed = common;
  narrowed.tenants = *std::move(tenants);
  const ApplyOptions apply{
      .plan_file = {}, .format = options.format, .yes = options.yes, .full = options.full};
  return ApplyUndo(narrowed, apply, *query, context);
}

}  // namespace seatkeeper
