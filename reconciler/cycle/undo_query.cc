#include "reconciler/cycle/undo_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kDigest = "sha256:";

Result<void> CheckOneRevision(const std::vector<JournalEntry>& entries, const UndoQuery& query) {
  std::set<std::string> revisions;
  for (const auto& entry : entries) revisions.insert(entry.policy_revision);
  if (query.revision.empty() || revisions.size() < 2) return {};
  return Error{.kind = ErrorKind::kUsage,
               .message = fmt::format("{} begins several policy revisions: {}",
                                      Quoted(query.revision), fmt::join(revisions, ", ")),
               .position = {},
               .service = {}};
}

}  // namespace

bool Means(const std::vector<std::string>& users, const Subject& subject,
           const std::string& subject_name) {
  if (users.empty()) return true;
  const auto id = std::visit([](const auto& any) { return any.ToString(); }, subject);
  return std::ranges::any_of(users, [&](const std::string& user) {
    return AsciiLower(user) == id || FoldCase(user) == FoldCase(subject_name);
  });
}

Result<std::vector<JournalEntry>> FindUndone(Store& store, const TenantKey& tenant,
                                             const UndoQuery& query) {
  HistoryQuery history{.tenant = tenant,
                       .user = {},
                       .product = {},
                       .since = query.since,
                       .limit = std::numeric_limits<std::size_t>::max()};
  if (!query.plan_id.empty()) history.plan_id = query.plan_id;
  if (!query.revision.empty()) {
    const bool whole = query.revision.starts_with(kDigest);
    history.revision = whole ? query.revision : std::string(kDigest) + query.revision;
  }
  auto rows = store.History(history);
  if (!rows) return std::move(rows).error();
  std::vector<JournalEntry> entries;
  for (auto& row : *rows) {
    const auto& entry = row.entry;
    const auto& name = entry.group ? entry.group->display_name : entry.user_principal_name;
    if (Means(query.users, entry.subject(), name)) entries.push_back(std::move(row.entry));
  }
  if (auto one = CheckOneRevision(entries, query); !one) return std::move(one).error();
  return entries;
}

void AddUndoNeeds(const std::vector<JournalEntry>& entries, ReadRequest& request) {
  for (const auto& entry : entries) {
    if (!entry.group) continue;
    const auto id = entry.group->id.ToString();
    InsertUnique(request.groups, id);
    InsertUnique(request.licensed_groups, id);
  }
}

std::vector<Pin> PinsToWrite(const Plan& plan, const std::string& who, WallTime now) {
  std::vector<Pin> pins;
  if (!plan.undone) return pins;
  std::set<Subject> going;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kGo) going.insert(change.subject());
  }
  for (auto pin : plan.undone->pins) {
    if (!going.contains(pin.subject)) continue;
    pin.who = who;
    pin.at = now;
    pins.push_back(std::move(pin));
  }
  return pins;
}

}  // namespace seatkeeper
