#include "reconciler/store/removal_rows.h"

#include <string>
#include <utility>

#include "reconciler/store/journal_rows.h"

namespace seatkeeper {
namespace {

// The limit is on the changes that are looked at, so that a page with nothing in it ends, too.
constexpr char kQuery[] = R"sql(
WITH page AS MATERIALIZED (
  SELECT seq, intended_at, user_id, subject, state, removals, replaced, plans_off, losses
  FROM changes
  WHERE tenant_id = ?1 AND cloud = ?2 AND (intended_at, seq) > (?3, ?4)
  ORDER BY intended_at, seq LIMIT ?5),
happened AS (
  SELECT * FROM page WHERE state IN ('accepted', 'confirmed', 'matched')),
taken AS (
  SELECT seq, intended_at, user_id, value AS product, 1 AS users
  FROM happened, json_each(happened.removals)
  WHERE subject = 'user' AND value NOT IN (SELECT value FROM json_each(happened.replaced))
  UNION ALL
  SELECT seq, intended_at, user_id, value, 1
  FROM happened, json_each(happened.plans_off) WHERE subject = 'user'
  UNION ALL
  SELECT seq, intended_at, user_id, json_extract(value, '$.product'), json_extract(value, '$.users')
  FROM happened, json_each(happened.losses) WHERE subject = 'group'),
standing AS (
  SELECT intended_at, users FROM taken WHERE NOT EXISTS (
    SELECT 1 FROM changes AS later
    WHERE later.user_id = taken.user_id AND later.seq > taken.seq
    AND later.tenant_id = ?1 AND later.cloud = ?2
    AND later.state IN ('accepted', 'confirmed', 'matched')
    AND (EXISTS (SELECT 1 FROM json_each(later.removals) WHERE value = taken.product)
         OR EXISTS (SELECT 1 FROM json_each(later.additions)
                    WHERE json_extract(value, '$.product') = taken.product))))
SELECT (SELECT coalesce(sum(users), 0) FROM standing), (SELECT min(intended_at) FROM standing),
  count(*), max(intended_at),
  (SELECT seq FROM page ORDER BY intended_at DESC, seq DESC LIMIT 1)
FROM page
)sql";

}  // namespace

Result<RemovalsStanding> ReadStandingRemovals(SqliteDb& db, const TenantKey& tenant,
                                              const JournalPlace& behind, int most) {
  auto select = db.Prepare(kQuery);
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud);
  select->Bind(ToMillis(behind.at)).Bind(behind.number).Bind(most);
  auto row = select->Step();
  if (!row) return std::move(row).error();
  RemovalsStanding standing{.removals = static_cast<int>(select->Int(0))};
  if (const auto oldest = select->OptionalInt(1)) standing.oldest = FromMillis(*oldest);
  if (select->Int(2) < most) return standing;
  standing.next = JournalPlace{.at = FromMillis(select->Int(3)), .number = select->Int(4)};
  return standing;
}

}  // namespace seatkeeper
