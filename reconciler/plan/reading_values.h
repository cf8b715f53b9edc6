#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/accepted.h"

namespace seatkeeper {

/// The users who are picked for comparing readings, with their rows.
struct PickedUsers {
  IdSample sample;
  std::vector<Row> rows;  ///< Of each of sample.hashes.
};

/// Of the users of one reading about `most` or, where there are no more, all.
PickedUsers PickUsers(const UserTable& users, std::size_t most);

/// What each of these users has for an attribute. Letter case makes no difference, as it makes none
/// to rules. REQUIRES: a property or an extension that was read.
std::vector<ValueHash> ValuesOf(const rule::Operand& attribute, const UserTable& users,
                                const std::vector<Row>& rows);

/// So many users who share one value of an attribute are as good as a group.
inline constexpr std::size_t kFewestSharingValue = 20;

/// What became of an attribute's values. Of the users who are in both readings alone; an estimate
/// where not all users are picked.
struct ValueChanges {
  std::size_t present = 0;  ///< Users who are in both.
  std::size_t had = 0;      ///< Had a value before.
  std::size_t blanked = 0;  ///< Of these, have none now.
  std::size_t changed = 0;  ///< Have another value, or none, or one where none was.
  struct Sharing {
    std::size_t had = 0;
    std::size_t lost = 0;
  };
  /// Of the values that many shared, the one that the largest part of them has no longer.
  Sharing worst{};
};

/// `filling_counts`: getting a first value is a change.
ValueChanges CompareValues(const IdSample& old_users, const std::vector<ValueHash>& old_values,
                           const IdSample& new_users, const std::vector<ValueHash>& new_values,
                           bool filling_counts);

}  // namespace seatkeeper
