#include "reconciler/store/pin_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "reconciler/seams/planted.h"
#include "reconciler/store/journal_json.h"
#include "reconciler/store/journal_rows.h"
#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

constexpr const char* kUser = "user";
constexpr const char* kGroup = "group";
constexpr const char* kColumns =
    "number, subject, subject_id, subject_name, product, disabled_plans, plan_id, who, at";

std::string IdOf(const Subject& subject) {
  return std::visit([](const auto& id) { return id.ToString(); }, subject);
}

std::optional<Subject> ParseSubject(const std::string& kind, const std::string& id) {
  if (kind == kUser) {
    if (const auto user = UserId::Parse(id)) return *user;
  } else if (kind == kGroup) {
    if (const auto group = GroupId::Parse(id)) return *group;
  }
  return std::nullopt;
}

Result<Pin> ReadPin(const Statement& row) {
  const auto subject = ParseSubject(row.Text(1), row.Text(2));
  const auto product = SkuId::Parse(row.Text(4));
  auto plans = DecodePlans(row.Text(5));
  if (!plans) return std::move(plans).error();
  if (!subject || !product) return Unreadable("pins");
  return Pin{.number = row.Int(0),
             .subject = *subject,
             .subject_name = row.Text(3),
             .product = *product,
             .disabled_plans = *std::move(plans),
             .plan_id = row.Text(6),
             .who = row.Text(7),
             .at = FromMillis(row.Int(8))};
}

Result<std::vector<Pin>> ReadRows(Statement& statement) {
  std::vector<Pin> pins;
  for (;;) {
    auto row = statement.Step();
    if (!row) return std::move(row).error();
    if (!*row) return pins;
    auto pin = ReadPin(statement);
    if (!pin) return std::move(pin).error();
    pins.push_back(*std::move(pin));
  }
}

Result<std::vector<Pin>> PinsOf(SqliteDb& db, const TenantKey& tenant, const std::string& subject) {
  auto select = db.Prepare(
      fmt::format("SELECT {} FROM pins WHERE tenant_id = ? AND cloud = ? AND subject_id = ?"
                  " AND ended_at IS NULL ORDER BY number",
                  kColumns));
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(subject);
  return ReadRows(*select);
}

Result<void> EndOne(SqliteDb& db, const TenantKey& tenant, std::int64_t number, const PinEnd& end) {
  auto alter = db.Prepare(
      "UPDATE pins SET ended_by = ?, ended_at = ?"
      " WHERE tenant_id = ? AND cloud = ? AND number = ? AND ended_at IS NULL");
  if (!alter) return std::move(alter).error();
  alter->Bind(end.who).Bind(ToMillis(end.at));
  return alter->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(number).Run();
}

Result<void> InsertPin(SqliteDb& db, const TenantKey& tenant, const Pin& pin) {
  auto insert = db.Prepare(
      "INSERT INTO pins (tenant_id, cloud, subject, subject_id, subject_name, product,"
      " disabled_plans, plan_id, who, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  const bool user = std::holds_alternative<UserId>(pin.subject);
  insert->Bind(tenant.tenant_id).Bind(tenant.cloud).Bind(user ? kUser : kGroup);
  insert->Bind(IdOf(pin.subject)).Bind(pin.subject_name).Bind(pin.product.ToString());
  insert->Bind(EncodePlans(pin.disabled_plans)).Bind(pin.plan_id).Bind(pin.who);
  return insert->Bind(ToMillis(pin.at)).Run();
}

Result<void> RefuseAltering(SqliteDb& db, const TenantKey& tenant, const std::string& subject,
                            const std::vector<AddLicense>& add, const std::vector<SkuId>& remove) {
  if (IsPlanted(PlantedBug::kPinsForgotten)) return {};
  auto pins = PinsOf(db, tenant, subject);
  if (!pins) return std::move(pins).error();
  for (const auto& pin : *pins) {
    if (!Alters(add, remove, pin)) continue;
    return Error{.kind = ErrorKind::kCancelled,
                 .message = fmt::format("what {} has was put back by {} at {} and is pinned",
                                        pin.subject_name, pin.who, FormatTime(pin.at)),
                 .position = {},
                 .service = {}};
  }
  return {};
}

}  // namespace

Result<std::vector<Pin>> ReadPins(SqliteDb& db, const TenantKey& tenant) {
  auto select =
      db.Prepare(fmt::format("SELECT {} FROM pins WHERE tenant_id = ? AND cloud = ?"
                             " AND ended_at IS NULL ORDER BY number",
                             kColumns));
  if (!select) return std::move(select).error();
  select->Bind(tenant.tenant_id).Bind(tenant.cloud);
  return ReadRows(*select);
}

Result<void> InsertPins(SqliteDb& db, const TenantKey& tenant, const std::vector<Pin>& pins) {
  for (const auto& pin : pins) {
    auto present = PinsOf(db, tenant, IdOf(pin.subject));
    if (!present) return std::move(present).error();
    const auto known = std::ranges::find(*present, pin.product, &Pin::product);
    if (known != present->end()) {
      if (known->disabled_plans == pin.disabled_plans && known->plan_id == pin.plan_id) continue;
      const PinEnd end{.who = pin.who, .at = pin.at};
      if (auto done = EndOne(db, tenant, known->number, end); !done) return done;
    }
    if (auto done = InsertPin(db, tenant, pin); !done) return done;
  }
  return {};
}

Result<void> EndPinRows(SqliteDb& db, const TenantKey& tenant,
                        const std::vector<std::int64_t>& numbers, const PinEnd& end) {
  for (const auto number : numbers) {
    if (auto done = EndOne(db, tenant, number, end); !done) return done;
  }
  return {};
}

Result<void> EndOvertaken(SqliteDb& db, const TenantKey& tenant, const std::vector<Pin>& pins) {
  for (const auto& pin : pins) {
    if (!pin.over) continue;
    const PinEnd end{.who = "policy", .at = *pin.over};
    if (auto done = EndOne(db, tenant, pin.number, end); !done) return done;
  }
  return {};
}

Result<void> RefusePinned(SqliteDb& db, const TenantKey& tenant, const JournalEntry& entry) {
  return RefuseAltering(db, tenant, IdOf(entry.subject()), entry.add, entry.remove);
}

Result<void> RefusePinnedAgain(SqliteDb& db, const TenantKey& tenant, std::int64_t change) {
  auto select = db.Prepare("SELECT user_id, additions, removals FROM changes WHERE seq = ?");
  if (!select) return std::move(select).error();
  auto row = select->Bind(change).Step();
  if (!row) return std::move(row).error();
  if (!*row) return {};
  const auto subject = select->Text(0);
  auto add = DecodeLicenses(select->Text(1));
  auto remove = DecodeProducts(select->Text(2));
  if (!add) return std::move(add).error();
  if (!remove) return std::move(remove).error();
  return RefuseAltering(db, tenant, subject, *add, *remove);
}

}  // namespace seatkeeper
