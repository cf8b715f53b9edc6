#include "reconciler/plan/activity.h"

#include <algorithm>
#include <array>
#include <optional>

namespace seatkeeper {
namespace {

using rule::Property;

constexpr std::array kSignIns{Property::kLastSuccessfulSignIn, Property::kLastSignIn,
                              Property::kLastNonInteractiveSignIn};

/// Known to be none: neither a time nor unread.
bool KnownNever(const UserTable& users, Property property, Row row) {
  const auto* times = users.times(property);
  return times != nullptr && times->is_null(row);
}

std::optional<WallTime> TimeOf(const UserTable& users, Property property, Row row) {
  const auto* times = users.times(property);
  return times == nullptr ? std::nullopt : times->time(row);
}

}  // namespace

PropertySet SignInProperties() {
  PropertySet set;
  for (const auto property : kSignIns) set.Add(property);
  return set;
}

bool AsksForSignIns(const PropertySet& properties) {
  return std::ranges::any_of(kSignIns, [&](Property property) { return properties.Has(property); });
}

PropertySet ActivityProperties() {
  auto set = SignInProperties();
  set.Add(Property::kCreatedDateTime);
  return set;
}

bool TellsActivity(const UserTable& users) {
  return users.times(Property::kLastSuccessfulSignIn) != nullptr;
}

Activity ActivityOf(const UserTable& users, Row row, WallTime since) {
  if (!users.is_person(row)) return Activity::kUnknown;
  if (const auto last = TimeOf(users, Property::kLastSuccessfulSignIn, row)) {
    return *last >= since ? Activity::kActive : Activity::kInactive;
  }
  const bool never = std::ranges::all_of(
      kSignIns, [&](Property property) { return KnownNever(users, property, row); });
  if (!never) return Activity::kUnknown;
  const auto created = TimeOf(users, Property::kCreatedDateTime, row);
  if (!created) return Activity::kUnknown;
  return *created >= since ? Activity::kActive : Activity::kInactive;
}

}  // namespace seatkeeper
