#include "reconciler/store/reading_rows.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

// A row that SQLite never has to hold much of at once.
constexpr std::size_t kPartSize = std::size_t{1} << 20;

std::vector<std::string_view> PartsOf(std::string_view bytes) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < bytes.size(); at += kPartSize) {
    parts.push_back(bytes.substr(at, kPartSize));
  }
  return parts;
}

}  // namespace

Result<std::string> ReadReading(SqliteDb& db, const TenantKey& tenant) {
  std::string bytes;
  auto read =
      ForEachRow(db, "SELECT bytes FROM readings WHERE tenant_id = ? AND cloud = ? ORDER BY part",
                 tenant, [&](const Statement& row) -> Result<void> {
                   bytes += row.Bytes(0);
                   return {};
                 });
  if (!read) return std::move(read).error();
  return bytes;
}

Result<void> WriteReading(SqliteDb& db, const TenantKey& tenant, std::string_view bytes) {
  const std::array whole{0};
  auto done = ForEachItem(db, "DELETE FROM readings WHERE tenant_id = ? AND cloud = ?", tenant,
                          whole, [](Statement&, int) {});
  if (!done) return done;
  std::int64_t part = 0;
  return ForEachItem(db, "INSERT INTO readings (tenant_id, cloud, part, bytes) VALUES (?, ?, ?, ?)",
                     tenant, PartsOf(bytes), [&](Statement& write, std::string_view piece) {
                       write.Bind(part++).BindBytes(piece);
                     });
}

}  // namespace seatkeeper
