#include "reconciler/store/adoption_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "policy/text.h"
#include "reconciler/store/journal_json.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

Result<void> RefuseOpen(SqliteDb& db, const TenantKey& tenant, const AdoptedUser& adopted) {
  auto select = db.Prepare(
      "SELECT id FROM changes WHERE tenant_id = ? AND cloud = ? AND user_id = ?"
      " AND state IN ('intended', 'accepted', 'ambiguous')");
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(adopted.user.ToString());
  auto row = select->Step();
  if (!row) return std::move(row).error();
  if (!*row) return {};
  return Error{.kind = ErrorKind::kConflict,
               .message = fmt::format("The change {} of {} is open: nothing was adopted.",
                                      select->Text(0), adopted.user_principal_name),
               .position = {},
               .service = {}};
}

/// True: it was not owned before.
Result<bool> Own(SqliteDb& db, const TenantKey& tenant, const UserId& user, const SkuId& product) {
  auto insert = db.Prepare(
      "INSERT INTO owned (tenant_id, cloud, user_id, product) VALUES (?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING RETURNING 1");
  if (!insert) return std::move(insert).error();
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud);
  return insert->Bind(user.ToString()).Bind(product.ToString()).Step();
}

Result<void> Note(SqliteDb& db, const Lease& lease, const Adoption& adoption,
                  const AdoptedUser& adopted) {
  auto insert = db.Prepare(
      "INSERT INTO adoptions (tenant_id, cloud, fence, adoption, who, at, user_id,"
      " user_principal_name, user_name_folded, products) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  insert->Bind(lease.tenant.tenant_id).Bind(lease.tenant.cloud).Bind(lease.fence);
  insert->Bind(adoption.id).Bind(adoption.who).Bind(ToMillis(adoption.at));
  insert->Bind(adopted.user.ToString()).Bind(adopted.user_principal_name);
  insert->Bind(FoldCase(adopted.user_principal_name)).Bind(EncodeProducts(adopted.products));
  return insert->Run();
}

Result<AdoptionEntry> ReadEntryOf(const Statement& row) {
  const auto user = UserId::Parse(row.Text(5));
  auto products = DecodeProducts(row.Text(7));
  if (!products) return std::move(products).error();
  if (!user) return Unreadable("adoptions");
  return AdoptionEntry{
      .tenant = {.tenant_id = row.Text(0), .cloud = row.Text(1)},
      .adoption = row.Text(2),
      .who = row.Text(3),
      .at = FromMillis(row.Int(4)),
      .adopted = {
          .user = *user, .user_principal_name = row.Text(6), .products = *std::move(products)}};
}

std::string SelectFor(const HistoryQuery& query) {
  std::string sql =
      "SELECT tenant_id, cloud, adoption, who, at, user_id, user_principal_name, products"
      " FROM adoptions WHERE true";
  if (query.tenant) sql += " AND tenant_id = ? AND cloud = ?";
  if (query.user) {
    // Who had the name once is found by their object id, as in History.
    sql +=
        " AND (user_id = ? OR user_id IN"
        " (SELECT user_id FROM adoptions WHERE user_name_folded = ?"
        "  UNION SELECT user_id FROM changes WHERE user_name_folded = ?))";
  }
  if (query.product) sql += " AND EXISTS (SELECT 1 FROM json_each(products) WHERE value = ?)";
  if (query.since) sql += " AND at >= ?";
  return sql + " ORDER BY at DESC, seq DESC LIMIT ?";
}

}  // namespace

Result<std::size_t> WriteAdoption(SqliteDb& db, const Lease& lease, const Adoption& adoption) {
  std::size_t count = 0;
  for (const auto& adopted : adoption.users) {
    if (auto may = RefuseOpen(db, lease.tenant, adopted); !may) return std::move(may).error();
    auto fresh = adopted;
    fresh.products.clear();
    for (const auto& product : adopted.products) {
      auto owned = Own(db, lease.tenant, adopted.user, product);
      if (!owned) return std::move(owned).error();
      if (*owned) fresh.products.push_back(product);
    }
    if (fresh.products.empty()) continue;
    count += fresh.products.size();
    if (auto noted = Note(db, lease, adoption, fresh); !noted) return std::move(noted).error();
  }
  return count;
}

Result<std::vector<AdoptionEntry>> ReadAdoptions(SqliteDb& db, const HistoryQuery& query) {
  std::vector<AdoptionEntry> entries;
  if (query.plan_id || query.revision) return entries;
  auto select = db.Prepare(SelectFor(query));
  if (!select) return std::move(select).error();
  if (query.tenant) select->Bind(query.tenant->tenant_id).Bind(query.tenant->cloud);
  if (query.user) {
    const auto folded = FoldCase(*query.user);
    select->Bind(AsciiLower(*query.user)).Bind(folded).Bind(folded);
  }
  if (query.product) select->Bind(query.product->ToString());
  if (query.since) select->Bind(ToMillis(*query.since));
  // SQLite takes a negative limit for none.
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  select->Bind(static_cast<std::int64_t>(std::min(query.limit, kMost)));
  for (;;) {
    auto row = select->Step();
    if (!row) return std::move(row).error();
    if (!*row) return entries;
    auto entry = ReadEntryOf(*select);
    if (!entry) return std::move(entry).error();
    entries.push_back(*std::move(entry));
  }
}

}  // namespace seatkeeper
