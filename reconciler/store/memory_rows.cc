#include "reconciler/store/memory_rows.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/seams/planted.h"
#include "reconciler/store/accepted_rows.h"
#include "reconciler/store/deferral_rows.h"
#include "reconciler/store/journal_json.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/pin_rows.h"
#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

// As the table has them.
constexpr std::string_view kExcludes = "excludes";
constexpr std::string_view kNeeds = "needs";

void BindPair(Statement& statement, const UserProduct& pair) {
  statement.Bind(pair.user.ToString()).Bind(pair.product.ToString());
}

std::optional<UserProduct> ReadPair(const Statement& row) {
  const auto user = UserId::Parse(row.Text(0));
  const auto product = SkuId::Parse(row.Text(1));
  if (!user || !product) return std::nullopt;
  return UserProduct{.user = *user, .product = *product};
}

Result<void> ReadKnownPlans(SqliteDb& db, const TenantKey& tenant, PlanMemory& memory) {
  return ForEachRow(db, "SELECT product, plans FROM known_plans WHERE tenant_id = ? AND cloud = ?",
                    tenant, [&](const Statement& row) -> Result<void> {
                      const auto product = SkuId::Parse(row.Text(0));
                      auto plans = DecodePlans(row.Text(1));
                      if (!plans) return std::move(plans).error();
                      if (!product) return Unreadable("known service plans");
                      std::sort(plans->begin(), plans->end());
                      memory.known_plans.emplace(*product, *std::move(plans));
                      return {};
                    });
}

Result<void> ReadOwned(SqliteDb& db, const TenantKey& tenant, PlanMemory& memory) {
  return ForEachRow(db,
                    "SELECT user_id, product FROM owned WHERE tenant_id = ? AND cloud = ?"
                    " ORDER BY user_id, product",
                    tenant, [&](const Statement& row) -> Result<void> {
                      const auto pair = ReadPair(row);
                      if (!pair) return Unreadable("owned assignments");
                      memory.owned.push_back(*pair);
                      return {};
                    });
}

Result<void> ReadWaiting(SqliteDb& db, const TenantKey& tenant, PlanMemory& memory) {
  return ForEachRow(db,
                    "SELECT user_id, product, since FROM waiting WHERE tenant_id = ? AND cloud = ?",
                    tenant, [&](const Statement& row) -> Result<void> {
                      const auto pair = ReadPair(row);
                      if (!pair) return Unreadable("waiting users");
                      memory.waiting.emplace(*pair, FromMillis(row.Int(2)));
                      return {};
                    });
}

Result<void> ReadRules(SqliteDb& db, const TenantKey& tenant, PlanMemory& memory) {
  return ForEachRow(db,
                    "SELECT kind, plan, other FROM plan_rules WHERE tenant_id = ? AND cloud = ?",
                    tenant, [&](const Statement& row) -> Result<void> {
                      const auto kind = row.Text(0);
                      const auto plan = PlanId::Parse(row.Text(1));
                      const auto other = PlanId::Parse(row.Text(2));
                      const bool known = kind == kExcludes || kind == kNeeds;
                      if (!known || !plan || !other) return Unreadable("rules about service plans");
                      if (kind == kNeeds) {
                        memory.learned_rules.needs[*plan].insert(*other);
                      } else {
                        memory.learned_rules.exclusive.insert(std::minmax(*plan, *other));
                      }
                      return {};
                    });
}

Result<void> WriteKnownPlans(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  return ForEachItem(
      db,
      "INSERT INTO known_plans (tenant_id, cloud, product, plans) VALUES (?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET plans = excluded.plans",
      tenant, change.known_plans, [](Statement& write, const auto& entry) {
        write.Bind(entry.first.ToString()).Bind(EncodePlans(entry.second));
      });
}

Result<void> WriteOwned(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  auto added = ForEachItem(db,
                           "INSERT INTO owned (tenant_id, cloud, user_id, product)"
                           " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                           tenant, change.owned, BindPair);
  if (!added) return added;
  return ForEachItem(
      db, "DELETE FROM owned WHERE tenant_id = ? AND cloud = ? AND user_id = ? AND product = ?",
      tenant, change.no_longer_owned, BindPair);
}

Result<void> WriteWaiting(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  auto added =
      ForEachItem(db,
                  "INSERT INTO waiting (tenant_id, cloud, user_id, product, since)"
                  " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET since = excluded.since",
                  tenant, change.waiting, [](Statement& write, const auto& entry) {
                    BindPair(write, entry.first);
                    write.Bind(ToMillis(entry.second));
                  });
  if (!added) return added;
  return ForEachItem(
      db, "DELETE FROM waiting WHERE tenant_id = ? AND cloud = ? AND user_id = ? AND product = ?",
      tenant, change.no_longer_waiting, BindPair);
}

struct RuleRow {
  std::string_view kind;
  PlanId plan;
  PlanId other;
};

Result<void> WriteRules(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  std::vector<RuleRow> rows;
  for (const auto& [a, b] : change.learned_rules.exclusive) rows.push_back({kExcludes, a, b});
  for (const auto& [plan, any] : change.learned_rules.needs) {
    for (const auto& one : any) rows.push_back({kNeeds, plan, one});
  }
  return ForEachItem(db,
                     "INSERT INTO plan_rules (tenant_id, cloud, kind, plan, other)"
                     " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                     tenant, rows, [](Statement& write, const RuleRow& row) {
                       write.Bind(row.kind).Bind(row.plan.ToString()).Bind(row.other.ToString());
                     });
}

}  // namespace

Result<PlanMemory> ReadMemory(SqliteDb& db, const TenantKey& tenant) {
  PlanMemory memory;
  auto read = ReadKnownPlans(db, tenant, memory);
  if (read) read = ReadOwned(db, tenant, memory);
  if (read) read = ReadWaiting(db, tenant, memory);
  if (read) read = ReadRules(db, tenant, memory);
  if (read) read = ReadDeferrals(db, tenant, memory.deferrals);
  if (read) read = ReadAccepted(db, tenant, memory.accepted);
  if (read && !IsPlanted(PlantedBug::kPinsForgotten)) {
    auto pins = ReadPins(db, tenant);
    if (!pins) return std::move(pins).error();
    memory.pins = *std::move(pins);
  }
  if (!read) return std::move(read).error();
  return memory;
}

Result<void> WriteMemory(SqliteDb& db, const TenantKey& tenant, const MemoryChange& change) {
  auto written = WriteKnownPlans(db, tenant, change);
  if (written) written = WriteOwned(db, tenant, change);
  if (written) written = WriteWaiting(db, tenant, change);
  if (written) written = WriteRules(db, tenant, change);
  if (written) written = WriteDeferrals(db, tenant, change);
  if (written && change.accepted) written = WriteAccepted(db, tenant, *change.accepted);
  if (written) written = EndOvertaken(db, tenant, change.ended_pins);
  return written;
}

}  // namespace seatkeeper
