#include "reconciler/store/window_counts.h"

#include <string>
#include <utility>

#include "reconciler/store/journal_rows.h"

namespace seatkeeper {
namespace {

// `query` gives products and their counts, out of `counted`.
Result<std::map<SkuId, int>> Count(SqliteDb& db, const TenantKey& tenant, WallTime since,
                                   const char* query) {
  auto select = db.Prepare(
      std::string("WITH counted AS MATERIALIZED ("
                  "  SELECT subject, user_id, group_members, additions, removals, plans_off,"
                  "   replaced, losses, before_state, seats FROM changes"
                  "  WHERE tenant_id = ?1 AND cloud = ?2"
                  "  AND (intended_at >= ?3 OR answered_at >= ?3)"
                  "  AND state NOT IN ('refused', 'withdrawn', 'reverted'))") +
      query);
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(since));
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

Result<std::map<SkuId, int>> CountRemovals(SqliteDb& db, const TenantKey& tenant, WallTime since) {
  // Users count once. Of groups it is not known who lost something through more than one change, so
  // each of these counts whole: rather too many than too few.
  return Count(db, tenant, since,
               ", of_users AS (SELECT * FROM counted WHERE subject = 'user')"
               " SELECT product, sum(users) FROM ("
               "  SELECT product, count(DISTINCT user_id) AS users FROM ("
               "   SELECT user_id, value AS product FROM of_users, json_each(of_users.removals)"
               "    WHERE value NOT IN (SELECT value FROM json_each(of_users.replaced))"
               "   UNION ALL SELECT user_id, value FROM of_users, json_each(of_users.plans_off)"
               "  ) GROUP BY product"
               "  UNION ALL SELECT json_extract(value, '$.product'), json_extract(value, '$.users')"
               "   FROM counted, json_each(counted.losses) WHERE subject = 'group'"
               " ) GROUP BY product");
}

Result<std::map<SkuId, int>> CountAssignments(SqliteDb& db, const TenantKey& tenant,
                                              WallTime since) {
  // Where the seats were not noted down: whatever was not held directly, and of a group as many as
  // it has members. Rather too many than too few.
  return Count(db, tenant, since,
               " SELECT product, sum(seats) FROM ("
               "  SELECT json_extract(value, '$.product') AS product,"
               "   json_extract(value, '$.users') AS seats FROM counted, json_each(counted.seats)"
               "  UNION ALL SELECT json_extract(given.value, '$.product'),"
               "   iif(subject = 'group', group_members, 1)"
               "   FROM counted, json_each(counted.additions) AS given"
               "   WHERE counted.seats IS NULL AND json_extract(given.value, '$.product') NOT IN"
               "    (SELECT json_extract(value, '$.product') FROM json_each(counted.before_state))"
               " ) GROUP BY product");
}

}  // namespace seatkeeper
