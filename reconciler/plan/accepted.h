#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/guid.h"
#include "reconciler/plan/id_sample.h"

namespace seatkeeper {

// What is kept of the last accepted reading of a tenant: figures, no names of people, and small
// whatever the size of the tenant. readings.h compares the next reading with it.

/// Users whom policy names as one: by a group, or by a link of a rule.
enum class UserList {
  kGroup,          ///< A group as policy writes it; nested members included.
  kDirectMembers,  ///< `user.memberOf`: a group's object id.
  kDirectReports,  ///< `Direct Reports for`: a manager's object id.
};
using UserListKey = std::pair<UserList, std::string>;

/// A name in policy that means an object with an id. Ids as they stand need no pin.
enum class NamedKind { kGroup, kUser, kProduct };
using NameKey = std::pair<NamedKind, std::string>;

/// Of the value that a user has for an attribute; 0: none (absent, null or empty).
using ValueHash = std::uint32_t;

/// A value, kept in the store between cycles (PlanMemory). Only what policy uses is in it.
struct AcceptedReading {
  IdSample users;
  /// By the attribute's name in rules, in lower case: a value for each of users.hashes.
  std::map<std::string, std::vector<ValueHash>> attributes;
  std::map<UserListKey, IdSample> lists;
  std::map<NameKey, Guid> names;   ///< The object that a name meant.
  std::map<SkuId, int> purchased;  ///< Units of the products that policy names.

  friend bool operator==(const AcceptedReading&, const AcceptedReading&) = default;
};

/// One figure of an AcceptedReading.
struct Figure {
  enum class Kind { kUsers, kAttribute, kList, kName, kPurchased };
  Kind kind = Kind::kUsers;
  std::string attribute{};
  UserListKey list{};
  NameKey name{};
  SkuId product{};

  friend auto operator<=>(const Figure&, const Figure&) = default;
};

/// What is compared with next time: the reading, but some figures as they were before, for they
/// differ too much or cannot be told now.
AcceptedReading NextAccepted(const std::optional<AcceptedReading>& before, AcceptedReading reading,
                             const std::vector<Figure>& kept);

}  // namespace seatkeeper
