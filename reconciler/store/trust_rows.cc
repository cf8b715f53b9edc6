#include "reconciler/store/trust_rows.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "reconciler/store/journal_rows.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kTrusted = "trusted";
constexpr std::string_view kDoubted = "doubted";

struct TrustRow {
  WallTime at{};
  std::optional<WallTime> silent_since;
  std::int64_t last_cycle = 0;
};

/// The last row of the tenant with this event.
Result<std::optional<TrustRow>> LastRow(SqliteDb& db, const TenantKey& tenant,
                                        std::string_view event, std::int64_t& seq) {
  auto select = db.Prepare(
      "SELECT seq, at, silent_since, last_cycle FROM store_trust"
      " WHERE tenant_id = ? AND cloud = ? AND event = ? ORDER BY seq DESC LIMIT 1");
  if (!select) return std::move(select).error();
  auto row = select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(event).Step();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<TrustRow>();
  seq = select->Int(0);
  TrustRow found{.at = FromMillis(select->Int(1)), .silent_since = {}, .last_cycle = 0};
  if (const auto since = select->OptionalInt(2)) found.silent_since = FromMillis(*since);
  found.last_cycle = select->Int(3);
  return std::optional<TrustRow>(found);
}

/// The end of the newest cycle after row `last_cycle` that was recorded without a gap before it.
Result<std::optional<WallTime>> LastCycle(SqliteDb& db, const TenantKey& tenant,
                                          std::int64_t last_cycle) {
  auto select = db.Prepare(
      "SELECT finished_at FROM cycles WHERE tenant_id = ? AND cloud = ? AND continues = 1"
      " AND seq > ? ORDER BY finished_at DESC LIMIT 1");
  if (!select) return std::move(select).error();
  auto row = select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(last_cycle).Step();
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<WallTime>();
  return std::optional<WallTime>(FromMillis(select->Int(0)));
}

Result<void> Write(SqliteDb& db, const TenantKey& tenant, std::string_view event,
                   std::optional<std::int64_t> silent_since, const TrustNote& note) {
  auto insert = db.Prepare(
      "INSERT INTO store_trust (tenant_id, cloud, event, at, silent_since, who, reason, last_cycle)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
      "  (SELECT coalesce(max(seq), 0) FROM cycles WHERE tenant_id = ?1 AND cloud = ?2))");
  if (!insert) return std::move(insert).error();
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(event).Bind(ToMillis(note.at));
  return insert->Bind(silent_since).Bind(note.who).Bind(note.reason).Run();
}

}  // namespace

Result<StoreStanding> ReadStanding(SqliteDb& db, const TenantKey& tenant) {
  std::int64_t trusted_seq = 0;
  auto trusted = LastRow(db, tenant, kTrusted, trusted_seq);
  if (!trusted) return std::move(trusted).error();
  if (!*trusted) return StoreStanding{};
  std::int64_t doubted_seq = 0;
  auto doubted = LastRow(db, tenant, kDoubted, doubted_seq);
  if (!doubted) return std::move(doubted).error();
  auto cycle = LastCycle(db, tenant, (*trusted)->last_cycle);
  if (!cycle) return std::move(cycle).error();
  const auto trusted_at = (*trusted)->at;
  StoreStanding standing{.trusted_at = trusted_at,
                         .last_heard = std::max(trusted_at, cycle->value_or(trusted_at)),
                         .silent_since = {}};
  if (*doubted && doubted_seq > trusted_seq) standing.silent_since = (*doubted)->silent_since;
  return standing;
}

Result<void> WriteDoubt(SqliteDb& db, const TenantKey& tenant, WallTime silent_since,
                        WallTime now) {
  return Write(db, tenant, kDoubted, ToMillis(silent_since), {.who = {}, .reason = {}, .at = now});
}

Result<void> WriteTrust(SqliteDb& db, const TenantKey& tenant, const TrustNote& note) {
  return Write(db, tenant, kTrusted, std::nullopt, note);
}

}  // namespace seatkeeper
