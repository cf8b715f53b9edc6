#include "reconciler/store/journal_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "policy/text.h"
#include "reconciler/seams/planted.h"
#include "reconciler/store/approval_json.h"
#include "reconciler/store/journal_json.h"
#include "reconciler/store/pin_rows.h"
#include "reconciler/store/suspension_rows.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kUserSubject = "user";
constexpr std::string_view kGroupSubject = "group";

std::string LeaningText(const std::optional<ChangeState>& leaning) {
  return leaning ? std::string(ToString(*leaning)) : std::string();
}

std::optional<std::int64_t> RetryAfterMillis(const ServiceError& service) {
  if (!service.retry_after) return std::nullopt;
  return service.retry_after->count();
}

/// What one event says, whichever way the entry came to it.
struct Event {
  std::optional<std::int64_t> at;
  ChangeState state;
  int attempt;
  int sightings;
  std::optional<ChangeState> leaning;
  const ServiceError& service;
  const std::string& message;
};

Result<void> AppendEvent(SqliteDb& db, const Lease& lease, std::int64_t change,
                         const Event& event) {
  auto insert = db.Prepare(
      "INSERT INTO change_events (change, at, fence, state, attempt, sightings, leaning,"
      " service_status, service_code, service_request_id, message)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  return insert->Bind(change)
      .Bind(event.at)
      .Bind(lease.fence)
      .Bind(ToString(event.state))
      .Bind(event.attempt)
      .Bind(event.sightings)
      .Bind(LeaningText(event.leaning))
      .Bind(event.service.status)
      .Bind(event.service.code)
      .Bind(EncodeRequest(event.service))
      .Bind(event.message)
      .Run();
}

std::string SubjectId(const JournalEntry& entry) {
  return entry.group ? entry.group->id.ToString() : entry.user.ToString();
}

const std::string& SubjectName(const JournalEntry& entry) {
  return entry.group ? entry.group->display_name : entry.user_principal_name;
}

/// Whose change a row is. False when that cannot be told.
bool ReadSubject(const Statement& row, JournalEntry& entry) {
  if (row.Text(28) == kUserSubject) {
    const auto user = UserId::Parse(row.Text(5));
    if (user) entry.user = *user;
    entry.user_principal_name = row.Text(6);
    return user.has_value();
  }
  const auto group = GroupId::Parse(row.Text(5));
  auto losses = DecodeCounts(row.Text(30));
  if (row.Text(28) != kGroupSubject || !group || !losses) return false;
  entry.group = LicensedGroup{.id = *group,
                              .display_name = row.Text(6),
                              .members = static_cast<int>(row.Int(29)),
                              .losses = std::move(*losses)};
  return true;
}

Result<void> RefuseSecondOpenChange(SqliteDb& db, const Lease& lease, const JournalEntry& entry) {
  auto open = db.Prepare(
      "SELECT id, state FROM changes WHERE tenant_id = ? AND cloud = ? AND user_id = ?"
      " AND state IN ('intended', 'accepted', 'ambiguous')");
  if (!open) return std::move(open).error();
  open->Bind(lease.tenant.tenant_id).Bind(lease.tenant.cloud).Bind(SubjectId(entry));
  auto row = open->Step();
  if (!row) return std::move(row).error();
  if (!*row) return {};
  return Error{.kind = ErrorKind::kConflict,
               .message = fmt::format("{} {} has an open change already: {} is {}.",
                                      entry.group ? "Group" : "User", SubjectName(entry),
                                      open->Text(0), open->Text(1)),
               .position = {},
               .service = {}};
}

/// What an update needs to know of the row it alters.
struct Present {
  std::int64_t seq = 0;
  ChangeState state = ChangeState::kIntended;
  int attempt = 1;
};

Result<Present> FindPresent(SqliteDb& db, const Lease& lease, const JournalUpdate& update) {
  auto select = db.Prepare(
      "SELECT seq, state, attempt FROM changes WHERE id = ? AND tenant_id = ? AND cloud = ?");
  if (!select) return std::move(select).error();
  select->Bind(update.id).Bind(lease.tenant.tenant_id).Bind(lease.tenant.cloud);
  auto row = select->Step();
  if (!row) return std::move(row).error();
  if (!*row) {
    return Error{.kind = ErrorKind::kNotFound,
                 .message = fmt::format("The journal has no change {}.", update.id),
                 .position = {},
                 .service = {}};
  }
  const auto state = ParseChangeState(select->Text(1));
  if (!state || (!IsOpen(*state) && !IsPlanted(PlantedBug::kOutcomeOverwritten))) {
    return Error{.kind = ErrorKind::kInternal,
                 .message = fmt::format("Change {} is {} for good and cannot become {}.", update.id,
                                        select->Text(1), ToString(update.state)),
                 .position = {},
                 .service = {}};
  }
  return Present{
      .seq = select->Int(0), .state = *state, .attempt = static_cast<int>(select->Int(2))};
}

bool IsAnswer(ChangeState state) {
  return state == ChangeState::kAccepted || state == ChangeState::kRefused ||
         state == ChangeState::kWithdrawn || state == ChangeState::kAmbiguous;
}

}  // namespace

Result<void> InsertEntry(SqliteDb& db, const Lease& lease, const JournalEntry& entry) {
  if (auto free = RefuseSecondOpenChange(db, lease, entry); !free) return free;
  auto insert = db.Prepare(
      "INSERT INTO changes (id, tenant_id, cloud, fence, plan_id, change_id, user_id,"
      " user_principal_name, user_name_folded, additions, removals, plans_off, before_state,"
      " reason, policy, policy_position, policy_revision, state, attempt, intended_at,"
      " answered_at, sightings, leaning, service_status, service_code, service_request_id,"
      " service_retry_after, message, replaced, usage_location, subject, group_members, losses,"
      " seats, approvals, swaps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?,"
      " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " RETURNING seq");
  if (!insert) return std::move(insert).error();
  std::optional<std::int64_t> answered;
  if (entry.answered_at) answered = ToMillis(*entry.answered_at);
  insert->Bind(entry.id).Bind(lease.tenant.tenant_id).Bind(lease.tenant.cloud).Bind(lease.fence);
  insert->Bind(entry.plan_id).Bind(entry.change_id).Bind(SubjectId(entry));
  insert->Bind(SubjectName(entry)).Bind(FoldCase(SubjectName(entry)));
  insert->Bind(EncodeLicenses(entry.add)).Bind(EncodeProducts(entry.remove));
  insert->Bind(EncodeProducts(entry.plans_off)).Bind(EncodeLicenses(entry.before));
  insert->Bind(entry.reason).Bind(entry.policy).Bind(entry.policy_position);
  insert->Bind(entry.policy_revision).Bind(ToString(entry.state)).Bind(entry.attempt);
  insert->Bind(ToMillis(entry.intended_at)).Bind(answered).Bind(entry.sightings);
  insert->Bind(LeaningText(entry.leaning)).Bind(entry.service.status).Bind(entry.service.code);
  insert->Bind(EncodeRequest(entry.service))
      .Bind(RetryAfterMillis(entry.service))
      .Bind(entry.message);
  insert->Bind(EncodeProducts(entry.replaced)).Bind(entry.usage_location);
  insert->Bind(entry.group ? kGroupSubject : kUserSubject);
  insert->Bind(entry.group ? entry.group->members : 0);
  insert->Bind(EncodeCounts(entry.group ? entry.group->losses : decltype(LicensedGroup::losses)()));
  insert->Bind(EncodeCounts(entry.seats)).Bind(EncodeApproved(entry.approved));
  insert->Bind(EncodeSwaps(entry.swaps));
  auto row = insert->Step();
  if (!row) return std::move(row).error();
  const std::int64_t seq = insert->Int(0);
  return AppendEvent(db, lease, seq,
                     {.at = ToMillis(entry.intended_at),
                      .state = entry.state,
                      .attempt = entry.attempt,
                      .sightings = entry.sightings,
                      .leaning = entry.leaning,
                      .service = entry.service,
                      .message = entry.message});
}

Result<void> UpdateEntry(SqliteDb& db, const Lease& lease, const JournalUpdate& update) {
  if (IsPlanted(PlantedBug::kOutcomeOverwritten)) {
    auto allow = db.Prepare("DROP TRIGGER IF EXISTS changes_terminal");
    if (!allow || !allow->Run()) return {};
  }
  auto present = FindPresent(db, lease, update);
  if (!present) return std::move(present).error();
  const int attempt = std::max(present->attempt, update.attempt);
  std::optional<std::int64_t> at;
  if (update.at) at = ToMillis(*update.at);
  const bool again = update.state == ChangeState::kIntended && attempt > present->attempt;
  if (again) {
    if (auto may = RefuseWhileSuspended(db, lease.tenant); !may) return may;
    if (auto may = RefusePinnedAgain(db, lease.tenant, present->seq); !may) return may;
  }
  const bool answered = present->state == ChangeState::kIntended && IsAnswer(update.state);
  const bool told = again || answered || update.service.status != 0;

  auto alter = db.Prepare(
      "UPDATE changes SET fence = ?, state = ?, attempt = ?, sightings = ?, leaning = ?,"
      " intended_at = coalesce(?, intended_at), answered_at = coalesce(?, answered_at),"
      " service_status = iif(?, ?, service_status), service_code = iif(?, ?, service_code),"
      " service_request_id = iif(?, ?, service_request_id),"
      " service_retry_after = iif(?, ?, service_retry_after), message = iif(?, ?, message)"
      " WHERE seq = ?");
  if (!alter) return std::move(alter).error();
  alter->Bind(lease.fence).Bind(ToString(update.state)).Bind(attempt).Bind(update.sightings);
  alter->Bind(LeaningText(update.leaning)).Bind(again ? at : std::nullopt);
  alter->Bind(answered ? at : std::nullopt);
  alter->Bind(told).Bind(update.service.status).Bind(told).Bind(update.service.code);
  alter->Bind(told).Bind(EncodeRequest(update.service));
  alter->Bind(told).Bind(RetryAfterMillis(update.service));
  alter->Bind(told || !update.message.empty()).Bind(update.message).Bind(present->seq);
  if (auto done = alter->Run(); !done) return done;
  return AppendEvent(db, lease, present->seq,
                     {.at = at,
                      .state = update.state,
                      .attempt = attempt,
                      .sightings = update.sightings,
                      .leaning = update.leaning,
                      .service = update.service,
                      .message = update.message});
}

const char* const kEntryColumns =
    "tenant_id, cloud, id, plan_id, change_id, user_id, user_principal_name, additions, removals,"
    " plans_off, before_state, reason, policy, policy_position, policy_revision, state, attempt,"
    " intended_at, answered_at, sightings, leaning, service_status, service_code,"
    " service_request_id, service_retry_after, message, replaced,"
    " usage_location, subject, group_members, losses, coalesce(seats, '[]'), approvals, swaps";

Result<HistoryEntry> ReadEntry(const Statement& row) {
  auto add = DecodeLicenses(row.Text(7));
  auto remove = DecodeProducts(row.Text(8));
  auto plans_off = DecodeProducts(row.Text(9));
  auto before = DecodeLicenses(row.Text(10));
  const auto state = ParseChangeState(row.Text(15));
  auto replaced = DecodeProducts(row.Text(26));
  auto seats = DecodeCounts(row.Text(31));
  auto approved = DecodeApproved(row.Text(32));
  auto swaps = DecodeSwaps(row.Text(33));
  const bool lists = add && remove && plans_off && before && replaced && seats && approved && swaps;
  HistoryEntry read{.tenant = {.tenant_id = row.Text(0), .cloud = row.Text(1)}, .entry = {}};
  JournalEntry& entry = read.entry;
  if (!ReadSubject(row, entry) || !state || !lists) {
    return Error{.kind = ErrorKind::kStore,
                 .message = fmt::format("The journal's change {} cannot be read.", row.Text(2)),
                 .position = {},
                 .service = {}};
  }
  entry.id = row.Text(2);
  entry.plan_id = row.Text(3);
  entry.change_id = row.Text(4);
  entry.add = std::move(*add);
  entry.remove = std::move(*remove);
  entry.plans_off = std::move(*plans_off);
  entry.replaced = std::move(*replaced);
  entry.swaps = std::move(*swaps);
  entry.before = std::move(*before);
  entry.seats = std::move(*seats);
  entry.approved = std::move(*approved);
  entry.reason = row.Text(11);
  entry.policy = row.Text(12);
  entry.policy_position = row.Text(13);
  entry.policy_revision = row.Text(14);
  entry.state = *state;
  entry.attempt = static_cast<int>(row.Int(16));
  entry.intended_at = FromMillis(row.Int(17));
  if (const auto answered = row.OptionalInt(18)) entry.answered_at = FromMillis(*answered);
  entry.sightings = static_cast<int>(row.Int(19));
  entry.leaning = ParseChangeState(row.Text(20));
  entry.service.status = static_cast<int>(row.Int(21));
  entry.service.code = row.Text(22);
  DecodeRequest(row.Text(23), entry.service);
  if (const auto wait = row.OptionalInt(24)) {
    entry.service.retry_after = std::chrono::milliseconds(*wait);
  }
  entry.message = row.Text(25);
  entry.usage_location = row.Text(27);
  return read;
}

Result<std::vector<HistoryEntry>> ReadEntries(Statement& statement) {
  std::vector<HistoryEntry> entries;
  for (;;) {
    auto row = statement.Step();
    if (!row) return std::move(row).error();
    if (!*row) return entries;
    auto entry = ReadEntry(statement);
    if (!entry) return std::move(entry).error();
    entries.push_back(std::move(*entry));
  }
}

}  // namespace seatkeeper
