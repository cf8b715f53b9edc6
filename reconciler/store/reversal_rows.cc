#include "reconciler/store/reversal_rows.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/store/journal_json.h"
#include "reconciler/store/journal_rows.h"

namespace seatkeeper {
namespace {

// A step counts unless the next one of ours on the same product was another one: then it was we
// who led back, as policy told us. Of the last step the plan says whether it was undone.
constexpr const char* kQuery = R"sql(
WITH counted AS MATERIALIZED (
  SELECT seq, subject, user_id, additions, removals, before_state, state,
    max(intended_at, coalesce(answered_at, 0)) AS at
  FROM changes
  WHERE tenant_id = ?1 AND cloud = ?2 AND (intended_at >= ?3 OR answered_at >= ?3)
    AND state IN ('accepted', 'confirmed', 'matched', 'diverged')
    AND reason <> 'reprocessed'),
repeated AS MATERIALIZED (
  SELECT * FROM counted WHERE (subject, user_id) IN
    (SELECT subject, user_id FROM counted GROUP BY subject, user_id HAVING count(*) >= ?4)),
steps AS (
  SELECT seq, subject, user_id, value AS product, 'take' AS kind, '[]' AS plans, state, at
  FROM repeated, json_each(repeated.removals)
  UNION ALL
  SELECT seq, subject, user_id, product, iif(held, 'plans', 'give'), iif(held, plans, '[]'),
    state, at
  FROM (
    SELECT repeated.seq AS seq, subject, user_id, state, at,
      json_extract(given.value, '$.product') AS product,
      json_extract(given.value, '$.disabledPlans') AS plans,
      json_extract(given.value, '$.product') IN
        (SELECT json_extract(value, '$.product') FROM json_each(repeated.before_state)) AS held
    FROM repeated, json_each(repeated.additions) AS given)),
followed AS (
  SELECT *, lead(kind) OVER later AS next_kind, lead(plans) OVER later AS next_plans
  FROM steps WINDOW later AS (PARTITION BY subject, user_id, product ORDER BY seq))
SELECT subject, user_id, product, kind, plans, count(*), sum(state = 'diverged'), max(at)
FROM followed
WHERE next_kind IS NULL OR (next_kind = kind AND next_plans = plans)
GROUP BY subject, user_id, product, kind, plans HAVING count(*) >= ?4
)sql";

std::optional<Subject> SubjectOf(std::string_view kind, const std::string& id) {
  if (kind == "group") {
    if (const auto group = GroupId::Parse(id)) return *group;
  } else if (const auto user = UserId::Parse(id)) {
    return *user;
  }
  return std::nullopt;
}

ChangeStep::Kind KindOf(std::string_view text) {
  if (text == "give") return ChangeStep::Kind::kGive;
  return text == "take" ? ChangeStep::Kind::kTake : ChangeStep::Kind::kPlans;
}

Result<ChangeStep> StepOf(const Statement& row) {
  const auto subject = SubjectOf(row.Text(0), row.Text(1));
  const auto product = SkuId::Parse(row.Text(2));
  auto plans = DecodePlans(row.Text(4));
  if (!plans) return std::move(plans).error();
  if (!subject || !product) {
    return Error{.kind = ErrorKind::kStore,
                 .message = "The journal's repeated changes cannot be read.",
                 .position = {},
                 .service = {}};
  }
  std::sort(plans->begin(), plans->end());
  return ChangeStep{.subject = *subject,
                    .product = *product,
                    .kind = KindOf(row.Text(3)),
                    .disabled_plans = *std::move(plans)};
}

}  // namespace

Result<Repetitions> ReadRepetitions(SqliteDb& db, const TenantKey& tenant, WallTime since) {
  auto select = db.Prepare(kQuery);
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(ToMillis(since)).Bind(kReversalsMost);
  Repetitions repetitions;
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return repetitions;
    auto step = StepOf(*select);
    if (!step) return std::move(step).error();
    repetitions.emplace(*std::move(step), Repetition{.times = static_cast<int>(select->Int(5)),
                                                     .unseen = static_cast<int>(select->Int(6)),
                                                     .last = FromMillis(select->Int(7))});
  }
}

}  // namespace seatkeeper
