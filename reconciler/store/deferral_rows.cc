#include "reconciler/store/deferral_rows.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "reconciler/store/journal_json.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

// As the table has them.
constexpr std::string_view kUser = "user";
constexpr std::string_view kGroup = "group";

std::optional<Subject> ReadSubject(std::string_view kind, std::string_view id) {
  if (kind == kUser) {
    if (const auto user = UserId::Parse(id)) return Subject(*user);
  } else if (kind == kGroup) {
    if (const auto group = GroupId::Parse(id)) return Subject(*group);
  }
  return std::nullopt;
}

void BindKey(Statement& statement, const SubjectProduct& key) {
  const auto& [subject, product] = key;
  statement.Bind(std::holds_alternative<UserId>(subject) ? kUser : kGroup);
  statement.Bind(std::visit([](const auto& id) { return id.ToString(); }, subject));
  statement.Bind(product.ToString());
}

Result<void> ReadEntry(const Statement& row, Deferrals& deferrals) {
  const auto subject = ReadSubject(row.Text(0), row.Text(1));
  const auto product = SkuId::Parse(row.Text(2));
  auto plans = DecodePlans(row.Text(3));
  if (!plans) return std::move(plans).error();
  if (!subject || !product) return Unreadable("removals that wait");
  std::ranges::sort(*plans);
  Deferral entry{.subject = *subject,
                 .product = *product,
                 .plans = *std::move(plans),
                 .first_seen = FromMillis(row.Int(4)),
                 .since = FromMillis(row.Int(5)),
                 .confirmations = static_cast<int>(row.Int(6)),
                 .confirmed_at = FromMillis(row.Int(7))};
  if (const auto seen = row.OptionalInt(8)) entry.last_seen = FromMillis(*seen);
  deferrals.entries.push_back(std::move(entry));
  return {};
}

}  // namespace

Result<void> ReadDeferrals(SqliteDb& db, const TenantKey& tenant, Deferrals& deferrals) {
  auto read = ForEachRow(
      db,
      "SELECT subject, subject_id, product, plans, first_seen, since, confirmations, confirmed_at,"
      " last_seen FROM deferrals WHERE tenant_id = ? AND cloud = ?",
      tenant, [&](const Statement& row) { return ReadEntry(row, deferrals); });
  if (!read) return read;
  // Users first, which is not how their words are ordered.
  std::ranges::sort(deferrals.entries, {}, &Deferral::key);
  return ForEachRow(db, "SELECT at FROM last_readings WHERE tenant_id = ? AND cloud = ?", tenant,
                    [&](const Statement& row) -> Result<void> {
                      deferrals.last_reading = FromMillis(row.Int(0));
                      return {};
                    });
}

Result<void> WriteDeferrals(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  auto done = ForEachItem(
      db,
      "DELETE FROM deferrals WHERE tenant_id = ? AND cloud = ? AND subject = ? AND subject_id = ?"
      " AND product = ?",
      tenant, change.no_longer_deferred, BindKey);
  if (!done) return done;
  done = ForEachItem(
      db,
      "INSERT OR REPLACE INTO deferrals (tenant_id, cloud, subject, subject_id, product, plans,"
      " first_seen, since, confirmations, confirmed_at, last_seen)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      tenant, change.deferrals, [](Statement& write, const Deferral& entry) {
        BindKey(write, entry.key());
        write.Bind(EncodePlans(entry.plans)).Bind(ToMillis(entry.first_seen));
        write.Bind(ToMillis(entry.since)).Bind(entry.confirmations);
        write.Bind(ToMillis(entry.confirmed_at));
        std::optional<std::int64_t> last_seen;
        if (entry.last_seen) last_seen = ToMillis(*entry.last_seen);
        write.Bind(last_seen);
      });
  if (!done || !change.last_reading) return done;
  const std::array last_reading{*change.last_reading};
  return ForEachItem(
      db, "INSERT OR REPLACE INTO last_readings (tenant_id, cloud, at) VALUES (?, ?, ?)", tenant,
      last_reading, [](Statement& write, WallTime at) { write.Bind(ToMillis(at)); });
}

}  // namespace seatkeeper
