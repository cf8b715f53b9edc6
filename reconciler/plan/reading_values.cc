#include "reconciler/plan/reading_values.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "policy/text.h"
#include "reconciler/model/hasher.h"

namespace seatkeeper {
namespace {

constexpr ValueHash kNone = 0;

ValueHash Folded(std::uint64_t digest) {
  const auto hash = static_cast<ValueHash>(digest ^ digest >> 32);
  return hash == kNone ? 1 : hash;
}

ValueHash ValueIn(const StringColumn& column, Row row) {
  const auto text = column.text(row);
  if (text.empty()) return kNone;
  Hasher hasher;
  hasher.Add(FoldCase(text));
  return Folded(hasher.Digest());
}

ValueHash ValueIn(const BooleanColumn& column, Row row) {
  switch (column.value(row)) {
    case BooleanColumn::Value::kFalse:
      return 1;
    case BooleanColumn::Value::kTrue:
      return 2;
    case BooleanColumn::Value::kAbsent:
    case BooleanColumn::Value::kNull:
      break;
  }
  return kNone;
}

ValueHash ValueIn(const TimeColumn& column, Row row) {
  const auto time = column.time(row);
  if (!time) return kNone;
  Hasher hasher;
  hasher.AddNumber(static_cast<std::uint64_t>(time->time_since_epoch().count()));
  return Folded(hasher.Digest());
}

ValueHash ValueIn(const ListColumn& column, Row row) {
  const auto items = column.List(column.code(row));
  if (items.empty()) return kNone;
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const auto item : items) texts.push_back(FoldCase(column.items().Text(item)));
  std::sort(texts.begin(), texts.end());
  Hasher hasher;
  for (const auto& text : texts) hasher.Add(text);
  return Folded(hasher.Digest());
}

template <typename Column>
std::vector<ValueHash> ValuesIn(const Column* column, const std::vector<Row>& rows) {
  std::vector<ValueHash> values(rows.size(), kNone);
  if (column == nullptr) return values;
  for (std::size_t i = 0; i < rows.size(); ++i) values[i] = ValueIn(*column, rows[i]);
  return values;
}

bool LosesMore(const ValueChanges::Sharing& a, const ValueChanges::Sharing& b) {
  return a.lost * std::max<std::size_t>(b.had, 1) > b.lost * std::max<std::size_t>(a.had, 1);
}

// Calls visit(old value, new value) for every user who is picked in both.
template <typename Visit>
void ForEachInBoth(const IdSample& old_users, const std::vector<ValueHash>& old_values,
                   const IdSample& new_users, const std::vector<ValueHash>& new_values,
                   Visit&& visit) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < old_users.hashes.size(); ++i) {
    const auto hash = old_users.hashes[i];
    while (at < new_users.hashes.size() && new_users.hashes[at] < hash) ++at;
    if (at == new_users.hashes.size()) return;
    if (new_users.hashes[at] == hash) visit(old_values[i], new_values[at]);
  }
}

}  // namespace

ValueChanges CompareValues(const IdSample& old_users, const std::vector<ValueHash>& old_values,
                           const IdSample& new_users, const std::vector<ValueHash>& new_values,
                           bool filling_counts) {
  ValueChanges changes;
  std::map<ValueHash, ValueChanges::Sharing> sharing;
  ForEachInBoth(old_users, old_values, new_users, new_values, [&](ValueHash was, ValueHash is) {
    ++changes.present;
    if (was != is && (was != kNone || filling_counts)) ++changes.changed;
    if (was == kNone) return;
    ++changes.had;
    if (is == kNone) ++changes.blanked;
    auto& same = sharing[was];
    ++same.had;
    if (was != is) ++same.lost;
  });
  // Whoever is picked by the greater shift is picked by the lesser, too.
  const int shift = std::max(old_users.shift, new_users.shift);
  for (const auto& [value, same] : sharing) {
    if (same.had << shift < kFewestSharingValue) continue;
    if (LosesMore(same, changes.worst)) changes.worst = same;
  }
  for (auto* figure : {&changes.present, &changes.had, &changes.blanked, &changes.changed,
                       &changes.worst.had, &changes.worst.lost}) {
    *figure <<= shift;
  }
  return changes;
}

PickedUsers PickUsers(const UserTable& users, std::size_t most) {
  PickedUsers picked;
  picked.sample.count = users.size();
  picked.sample.shift = SampleShift(users.size(), most);
  std::vector<std::pair<std::uint64_t, Row>> found;
  for (Row row = 0; row < users.size(); ++row) {
    const auto hash = SampleHash(users.id(row));
    if (IsPicked(hash, picked.sample.shift)) found.emplace_back(hash, row);
  }
  std::sort(found.begin(), found.end());
  for (const auto& [hash, row] : found) {
    picked.sample.hashes.push_back(hash);
    picked.rows.push_back(row);
  }
  return picked;
}

std::vector<ValueHash> ValuesOf(const rule::Operand& attribute, const UserTable& users,
                                const std::vector<Row>& rows) {
  if (const auto* extension = std::get_if<rule::DirectoryExtension>(&attribute)) {
    return ValuesIn(users.extension(extension->name), rows);
  }
  const auto property = std::get<rule::Property>(attribute);
  switch (rule::Info(property).type) {
    case rule::PropertyType::kBoolean:
      return ValuesIn(users.booleans(property), rows);
    case rule::PropertyType::kDateTime:
      return ValuesIn(users.times(property), rows);
    case rule::PropertyType::kStringList:
      return ValuesIn(users.lists(property), rows);
    case rule::PropertyType::kString:
    case rule::PropertyType::kPlanList:
      break;
  }
  return ValuesIn(users.strings(property), rows);
}

}  // namespace seatkeeper
