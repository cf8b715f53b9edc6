#include "reconciler/store/window_counts.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "reconciler/store/journal_rows.h"

namespace seatkeeper {
namespace {

// That an approval released this product of `changes` from its own limit, and that the count leaves
// such ones out. `product` is an expression.
std::string IsLeftOut(std::string_view changes, std::string_view product) {
  return fmt::format(
      "(?4 AND EXISTS (SELECT 1 FROM json_each({0}.approvals) AS approved"
      " WHERE json_extract(approved.value, '$.guardrail') = ?5"
      " AND json_extract(approved.value, '$.product') = {1}"
      " AND json_extract(approved.value, '$.about') = {1}))",
      changes, product);
}

struct Window {
  const TenantKey& tenant;
  WallTime since;
  Counted which;
  const char* guardrail;
};

// `query` gives products and their counts, out of `counted`.
Result<std::map<SkuId, int>> Count(SqliteDb& db, const Window& window, const std::string& query) {
  auto select = db.Prepare(
      std::string("WITH counted AS MATERIALIZED ("
                  "  SELECT subject, user_id, group_members, additions, removals, plans_off,"
                  "   replaced, losses, before_state, seats, approvals FROM changes"
                  "  WHERE tenant_id = ?1 AND cloud = ?2"
                  "  AND (intended_at >= ?3 OR answered_at >= ?3)"
                  "  AND state NOT IN ('refused', 'withdrawn', 'reverted'))") +
      query);
  if (!select) return std::move(select).error();
  select->Bind(window.tenant.tenant_id).Bind(window.tenant.cloud).Bind(ToMillis(window.since));
  select->Bind(window.which == Counted::kUnapproved ? 1 : 0).Bind(window.guardrail);
  std::map<SkuId, int> counts;
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return counts;
    if (const auto product = SkuId::Parse(select->Text(0))) {
      counts[*product] = static_cast<int>(select->Int(1));
    }
  }
}

}  // namespace

Result<std::map<SkuId, int>> CountRemovals(SqliteDb& db, const TenantKey& tenant, WallTime since,
                                           Counted which) {
  // Users count once. Of groups it is not known who lost something through more than one change, so
  // each of these counts whole: rather too many than too few.
  const auto query = fmt::format(
      ", of_users AS (SELECT * FROM counted WHERE subject = 'user')"
      " SELECT product, sum(users) FROM ("
      "  SELECT product, count(DISTINCT user_id) AS users FROM ("
      "   SELECT user_id, value AS product FROM of_users, json_each(of_users.removals)"
      "    WHERE value NOT IN (SELECT value FROM json_each(of_users.replaced)) AND NOT {0}"
      "   UNION ALL SELECT user_id, value FROM of_users, json_each(of_users.plans_off)"
      "    WHERE NOT {0}"
      "  ) GROUP BY product"
      "  UNION ALL SELECT json_extract(lost.value, '$.product'),"
      "   json_extract(lost.value, '$.users')"
      "   FROM counted, json_each(counted.losses) AS lost WHERE subject = 'group' AND NOT {1}"
      " ) GROUP BY product",
      IsLeftOut("of_users", "json_each.value"),
      IsLeftOut("counted", "json_extract(lost.value, '$.product')"));
  return Count(db, {tenant, since, which, "maxUnassign"}, query);
}

Result<std::map<SkuId, int>> CountAssignments(SqliteDb& db, const TenantKey& tenant, WallTime since,
                                              Counted which) {
  // Where the seats were not noted down: whatever was not held directly, and of a group as many as
  // it has members. Rather too many than too few.
  const auto query = fmt::format(
      " SELECT product, sum(seats) FROM ("
      "  SELECT json_extract(taken.value, '$.product') AS product,"
      "   json_extract(taken.value, '$.users') AS seats"
      "   FROM counted, json_each(counted.seats) AS taken WHERE NOT {}"
      "  UNION ALL SELECT json_extract(given.value, '$.product'),"
      "   iif(subject = 'group', group_members, 1)"
      "   FROM counted, json_each(counted.additions) AS given"
      "   WHERE counted.seats IS NULL AND json_extract(given.value, '$.product') NOT IN"
      "    (SELECT json_extract(value, '$.product') FROM json_each(counted.before_state))"
      " ) GROUP BY product",
      IsLeftOut("counted", "json_extract(taken.value, '$.product')"));
  return Count(db, {tenant, since, which, "maxAssign"}, query);
}

}  // namespace seatkeeper
