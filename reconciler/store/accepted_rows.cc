#include "reconciler/store/accepted_rows.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/store/tenant_rows.h"

namespace seatkeeper {
namespace {

// As the table has them.
constexpr std::string_view kUsers = "users";
constexpr std::string_view kAttribute = "attribute";
constexpr std::string_view kPurchased = "purchased";
constexpr std::array<std::pair<UserList, std::string_view>, 3> kLists{
    {{UserList::kGroup, "group"},
     {UserList::kDirectMembers, "direct-members"},
     {UserList::kDirectReports, "direct-reports"}}};
constexpr std::array<std::pair<NamedKind, std::string_view>, 3> kNames{
    {{NamedKind::kGroup, "group-name"},
     {NamedKind::kUser, "user-name"},
     {NamedKind::kProduct, "product-name"}}};

template <typename Kind>
std::string_view WordOf(const std::array<std::pair<Kind, std::string_view>, 3>& words, Kind kind) {
  return words[static_cast<std::size_t>(kind)].second;
}

template <typename Kind>
std::optional<Kind> KindOf(const std::array<std::pair<Kind, std::string_view>, 3>& words,
                           std::string_view word) {
  for (const auto& [kind, written] : words) {
    if (written == word) return kind;
  }
  return std::nullopt;
}

// Of a fixed width, end to end, in hexadecimal: a blob that people can look at.
template <std::unsigned_integral Number>
std::string Encode(const std::vector<Number>& numbers) {
  std::string text;
  text.reserve(numbers.size() * 2 * sizeof(Number));
  for (const auto number : numbers) {
    fmt::format_to(std::back_inserter(text), "{:0{}x}", number, 2 * sizeof(Number));
  }
  return text;
}

template <std::unsigned_integral Number>
std::optional<std::vector<Number>> Decode(std::string_view text) {
  constexpr std::size_t kWidth = 2 * sizeof(Number);
  if (text.size() % kWidth != 0) return std::nullopt;
  std::vector<Number> numbers;
  numbers.reserve(text.size() / kWidth);
  for (std::size_t at = 0; at < text.size(); at += kWidth) {
    Number number = 0;
    const auto* end = text.data() + at + kWidth;
    const auto read = std::from_chars(text.data() + at, end, number, 16);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

struct FigureRow {
  std::string_view figure;
  std::string name;
  std::size_t count = 0;
  int shift = 0;
  std::string value{};
};

FigureRow RowOf(std::string_view figure, const std::string& name, const IdSample& sample) {
  return {.figure = figure,
          .name = name,
          .count = sample.count,
          .shift = sample.shift,
          .value = Encode(sample.hashes)};
}

std::vector<FigureRow> RowsOf(const AcceptedReading& accepted) {
  std::vector<FigureRow> rows{RowOf(kUsers, "", accepted.users)};
  for (const auto& [name, values] : accepted.attributes) {
    rows.push_back({.figure = kAttribute, .name = name, .value = Encode(values)});
  }
  for (const auto& [key, sample] : accepted.lists) {
    rows.push_back(RowOf(WordOf(kLists, key.first), key.second, sample));
  }
  for (const auto& [key, id] : accepted.names) {
    rows.push_back(
        {.figure = WordOf(kNames, key.first), .name = key.second, .value = id.ToString()});
  }
  for (const auto& [product, units] : accepted.purchased) {
    rows.push_back({.figure = kPurchased,
                    .name = product.ToString(),
                    .count = static_cast<std::size_t>(units)});
  }
  return rows;
}

std::optional<IdSample> ReadSample(const Statement& row) {
  auto hashes = Decode<std::uint64_t>(row.Text(4));
  if (!hashes) return std::nullopt;
  return IdSample{.count = static_cast<std::size_t>(row.Int(2)),
                  .shift = static_cast<int>(row.Int(3)),
                  .hashes = *std::move(hashes)};
}

// False: the row is none that was ever written.
bool ReadFigure(const Statement& row, AcceptedReading& accepted) {
  const auto figure = row.Text(0);
  const auto name = row.Text(1);
  if (figure == kAttribute) {
    auto values = Decode<ValueHash>(row.Text(4));
    if (!values) return false;
    accepted.attributes.emplace(name, *std::move(values));
    return true;
  }
  if (figure == kPurchased) {
    const auto product = SkuId::Parse(name);
    if (product) accepted.purchased.emplace(*product, static_cast<int>(row.Int(2)));
    return product.has_value();
  }
  if (const auto kind = KindOf(kNames, figure)) {
    const auto id = Guid::Parse(row.Text(4));
    if (id) accepted.names.emplace(NameKey{*kind, name}, *id);
    return id.has_value();
  }
  auto sample = ReadSample(row);
  if (!sample) return false;
  if (figure == kUsers) {
    accepted.users = *std::move(sample);
    return true;
  }
  const auto list = KindOf(kLists, figure);
  if (list) accepted.lists.emplace(UserListKey{*list, name}, *std::move(sample));
  return list.has_value();
}

}  // namespace

Result<void> ReadAccepted(SqliteDb& db, const TenantKey& tenant,
                          std::optional<AcceptedReading>& accepted) {
  auto read = ForEachRow(db,
                         "SELECT figure, name, count, shift, value FROM accepted_readings"
                         " WHERE tenant_id = ? AND cloud = ?",
                         tenant, [&](const Statement& row) -> Result<void> {
                           if (!accepted) accepted.emplace();
                           if (!ReadFigure(row, *accepted)) return Unreadable("accepted figures");
                           return {};
                         });
  if (!read || !accepted) return read;
  for (const auto& [name, values] : accepted->attributes) {
    if (values.size() != accepted->users.hashes.size()) return Unreadable("accepted figures");
  }
  return {};
}

Result<void> WriteAccepted(SqliteDb& db, const TenantKey& tenant, const AcceptedReading& accepted) {
  const std::array whole{0};
  auto done = ForEachItem(db, "DELETE FROM accepted_readings WHERE tenant_id = ? AND cloud = ?",
                          tenant, whole, [](Statement&, int) {});
  if (!done) return done;
  return ForEachItem(db,
                     "INSERT INTO accepted_readings (tenant_id, cloud, figure, name, count, shift,"
                     " value) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     tenant, RowsOf(accepted), [](Statement& write, const FigureRow& row) {
                       write.Bind(row.figure).Bind(row.name);
                       write.Bind(static_cast<std::int64_t>(row.count));
                       write.Bind(std::int64_t{row.shift}).Bind(row.value);
                     });
}

}  // namespace seatkeeper
