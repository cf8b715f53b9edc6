#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

// Group-based licensing tries nothing again by itself: whoever it could not give a group's licences
// stays in error when the reason is gone, until the user is processed again.
// Source: https://learn.microsoft.com/graph/api/user-reprocesslicenseassignment

/// What stood in the way of an inherited assignment and does so no more.
enum class Blocker : std::uint8_t {
  kNone,
  kNoSeat,    ///< CountViolation: now a seat is free.
  kLocation,  ///< ProhibitedInUsageLocationViolation: now the user has a usage location.
  kSibling,   ///< Other: another licence of the same group failed, for one of those above.
};
/// "none", "no-seat", "usage-location", "sibling".
std::string_view ToString(Blocker blocker);
/// What has become of it, for a person: "a seat is free".
std::string_view GoneWords(Blocker blocker);

/// A product that a user is to inherit once processed again.
struct ReprocessedProduct {
  SkuId product;
  GroupId group;  ///< Which gives it.
  std::string group_name;
  Blocker blocker = Blocker::kNone;

  friend bool operator==(const ReprocessedProduct&, const ReprocessedProduct&) = default;
};

/// Of one user: all of it is one request.
struct Reprocessing {
  std::vector<ReprocessedProduct> products;  ///< By product.
  /// A digest of all that can be seen of what failed and why it should not any more: while that is
  /// the same, trying again would end the same.
  std::string basis;

  friend bool operator==(const Reprocessing&, const Reprocessing&) = default;
};

/// When a user was last processed again, and as what changes.
struct ReprocessTries {
  WallTime last{};
  std::set<std::string> change_ids;  ///< Change::id says what it rested on.

  friend bool operator==(const ReprocessTries&, const ReprocessTries&) = default;
};
using ReprocessPast = std::map<UserId, ReprocessTries>;

}  // namespace seatkeeper
