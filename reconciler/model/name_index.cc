#include "reconciler/model/name_index.h"

#include <functional>
#include <string>

#include "policy/text.h"

namespace seatkeeper {
namespace {

// Never 0, which stands for no name.
std::uint64_t HashOf(std::string_view folded) {
  const std::uint64_t hash = std::hash<std::string_view>()(folded);
  return hash == 0 ? 1 : hash;
}

}  // namespace

NameIndex::NameIndex(const StringColumn& names) {
  hashes_.reserve(names.size());
  for (std::size_t row = 0; row < names.size(); ++row) {
    const auto name = names.text(row);
    hashes_.push_back(name.empty() ? 0 : HashOf(FoldCase(name)));
  }
  AddRows(names);
}

NameIndex::NameIndex(const NameIndex& earlier, const NameIndex& later, const Splice& rows,
                     const StringColumn& names)
    : hashes_(rows.Of(earlier.hashes_, later.hashes_)) {
  AddRows(names);
}

// Of the users of one name two are enough to see that it stands for nobody; were there many, going
// past all of them for each would take long.
void NameIndex::AddRows(const StringColumn& names) {
  rows_.Reserve(hashes_.size());
  const auto hash_of = [this](Row row) { return hashes_[row]; };
  for (Row row = 0; row < hashes_.size(); ++row) {
    if (hashes_[row] == 0) continue;
    int same = 0;
    const auto third = rows_.Find(hashes_[row], [&](Row other) {
      return hashes_[other] == hashes_[row] &&
             FoldCase(names.text(other)) == FoldCase(names.text(row)) && ++same == 2;
    });
    if (!third) rows_.Add(row, hash_of);
  }
}

std::optional<Row> NameIndex::Find(std::string_view name, const StringColumn& names) const {
  if (name.empty()) return std::nullopt;
  const auto folded = FoldCase(name);
  const auto hash = HashOf(folded);
  std::optional<Row> found;
  const auto second = rows_.Find(hash, [&](Row row) {
    if (hashes_[row] != hash || FoldCase(names.text(row)) != folded) return false;
    if (found) return true;
    found = row;
    return false;
  });
  return second ? std::nullopt : found;
}

}  // namespace seatkeeper
