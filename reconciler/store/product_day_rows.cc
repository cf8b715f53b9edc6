#include "reconciler/store/product_day_rows.h"

#include <chrono>
#include <cstdint>
#include <optional>

#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

// As the table has it: days since 1970-01-01.
std::int64_t NumberOf(std::chrono::sys_days day) { return day.time_since_epoch().count(); }

std::chrono::sys_days DayOf(std::int64_t number) {
  return std::chrono::sys_days(std::chrono::days(number));
}

}  // namespace

Result<std::vector<ProductDay>> ReadProductDays(SqliteDb& db, const TenantKey& tenant) {
  std::vector<ProductDay> days;
  auto read =
      ForEachRow(db,
                 "SELECT product, day, purchased, assigned, wasted, inactive"
                 " FROM product_days WHERE tenant_id = ? AND cloud = ? ORDER BY product, day",
                 tenant, [&](const Statement& row) -> Result<void> {
                   const auto product = SkuId::Parse(row.Text(0));
                   if (!product) return Unreadable("products by day");
                   const auto inactive = row.OptionalInt(5);
                   days.push_back({.day = DayOf(row.Int(1)),
                                   .product = *product,
                                   .purchased = static_cast<int>(row.Int(2)),
                                   .assigned = static_cast<int>(row.Int(3)),
                                   .wasted = static_cast<int>(row.Int(4))});
                   if (inactive) days.back().inactive = static_cast<int>(*inactive);
                   return {};
                 });
  if (!read) return std::move(read).error();
  return days;
}

Result<void> WriteProductDays(SqliteDb& db, const TenantKey& tenant,
                              const std::vector<ProductDay>& days) {
  return ForEachItem(
      db,
      "INSERT INTO product_days (tenant_id, cloud, product, day, purchased, assigned, wasted,"
      " inactive) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (tenant_id, cloud, product, day) DO UPDATE SET"
      " purchased = excluded.purchased, assigned = excluded.assigned, wasted = excluded.wasted,"
      " inactive = excluded.inactive"
      " WHERE purchased <> excluded.purchased OR assigned <> excluded.assigned"
      "  OR wasted <> excluded.wasted OR inactive IS NOT excluded.inactive",
      tenant, days, [](Statement& write, const ProductDay& day) {
        write.Bind(day.product.ToString()).Bind(NumberOf(day.day));
        write.Bind(std::int64_t{day.purchased}).Bind(std::int64_t{day.assigned});
        write.Bind(std::int64_t{day.wasted});
        write.Bind(day.inactive ? std::optional<std::int64_t>(*day.inactive) : std::nullopt);
      });
}

Result<void> PruneProductDays(SqliteDb& db, const TenantKey& tenant, WallTime before) {
  auto remove =
      db.Prepare("DELETE FROM product_days WHERE tenant_id = ? AND cloud = ? AND day < ?");
  if (!remove) return std::move(remove).error();
  remove->Bind(tenant.tenant_id).Bind(tenant.cloud);
  return remove->Bind(NumberOf(std::chrono::floor<std::chrono::days>(before))).Run();
}

}  // namespace seatkeeper
