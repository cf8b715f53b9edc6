#pragma once

#include <vector>

#include "reconciler/model/property_set.h"
#include "reconciler/model/time.h"
#include "reconciler/model/user_table.h"

namespace seatkeeper {

/// Whether somebody uses their account, as far as their sign-ins tell.
enum class Activity {
  kActive,
  kInactive,
  kUnknown,  ///< Never to be taken for inactive.
};

/// The times of sign-ins. No service says whose change.
PropertySet SignInProperties();
bool AsksForSignIns(const PropertySet& properties);
/// The properties that ActivityOf asks for: sign-in times, and when the account was created.
PropertySet ActivityProperties();
/// Whether a reading has them. Without, all activity is unknown.
bool TellsActivity(const UserTable& users);

/// Whether the user signed in since `since`. The time of the last successful sign-in decides. Where
/// there is none, an attempt of either kind proves nothing: Graph records successful sign-ins since
/// December 2023 only, and whoever guesses passwords leaves attempts. Without any attempt either,
/// nobody ever signed in; that is inactive unless the account is younger. Agents do not sign in as
/// people do: unknown. Source: Graph's signInActivity resource type.
Activity ActivityOf(const UserTable& users, Row row, WallTime since);

}  // namespace seatkeeper
