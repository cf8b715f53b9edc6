#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// What a change sets as the usage location of a user who has none: without one the service gives
/// a user nothing. Source: Graph's user and assignLicense.
struct LocationChoice {
  std::string code;  ///< Two letters; empty: nothing can be set, and `why_not` says why.
  const LicensePolicy* policy = nullptr;  ///< That says so; lives in the PolicySet.
  /// What its property holds and is no country code, so that `default` counts; empty: nothing.
  std::string_view passed_over;
  /// Its `except` could not be proven complete: nothing that rests on it is done.
  std::optional<HeldBy> held;
  std::string why_not;  ///< For a person.
};

bool LacksLocation(const ObservedState& observed, Row row);

/// Of the policies that grant the user something, the one of the highest priority that comes to a
/// country code counts; two of one priority that come to different ones set none. A property counts
/// only where it holds a code. Pure. REQUIRES: LacksLocation(observed, row).
LocationChoice ChooseLocation(const DesiredState& desired, const ObservedState& observed, Row row);

/// Warns, once per policy, of users who are given its default although its property holds
/// something: perhaps the name of another country.
void WarnOfDefaultLocations(const DesiredState& desired, const ObservedState& observed, Plan& plan);

}  // namespace seatkeeper
