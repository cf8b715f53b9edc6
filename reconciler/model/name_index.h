#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "reconciler/model/columns.h"
#include "reconciler/model/dictionary.h"
#include "reconciler/model/rows.h"

namespace seatkeeper {

/// Finds users by a name in any letter case, for an owner who keeps the column of names. Users
/// whose name is absent, null or empty are not found.
class NameIndex {
 public:
  NameIndex() = default;
  explicit NameIndex(const StringColumn& names);
  /// The index of a table made of two, `names` its column. Hashes depend on names alone, so that
  /// only the table of rows has to be made anew.
  NameIndex(const NameIndex& earlier, const NameIndex& later, const Splice& rows,
            const StringColumn& names);

  /// Nothing as well when several users have the name. `names` is the column of the index.
  std::optional<Row> Find(std::string_view name, const StringColumn& names) const;

 private:
  void AddRows(const StringColumn& names);

  std::vector<std::uint64_t> hashes_;  // Of folded names, by row; 0 where there is none.
  CodeIndex rows_;
};

}  // namespace seatkeeper
