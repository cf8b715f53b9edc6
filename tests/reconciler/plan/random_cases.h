#pragma once

#include <span>
#include <string>

#include "policy/document.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"
#include "tests/reconciler/plan/random_tenant.h"

namespace seatkeeper::test {

/// A made-up case with everything that properties look at, made once.
struct PlannedCase {
  explicit PlannedCase(RandomCase from);
  /// The plan for another tenant with the same documents and memory.
  Plan PlanFor(const TestTenant& tenant) const;

  RandomCase made;
  PolicySet policies;
  ObservedState observed;
  Plan plan;
  std::string plan_json;
};

/// What must hold for every case: `check` asserts it.
struct Property {
  const char* name;
  void (*check)(const PlannedCase&);
};

/// Checks properties on one of `shares` equal shares of 10,000 made-up cases, of ten times as many
/// in a long run. A case that fails is made as small as it can be, so that the report shows the
/// property, the seed and what matters of the case.
void CheckRandomCases(std::span<const Property> properties, int share, int shares);

/// Fails where a user whom RowsThatMayDiffer passes over has something to be judged.
void ExpectNothingMoreToJudge(const DesiredState& desired, const ObservedState& observed);

}  // namespace seatkeeper::test
