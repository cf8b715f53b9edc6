#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What a change does to one product of a user or group: what it would be to do the same again.
struct ChangeStep {
  enum class Kind {
    kGive,   ///< A direct assignment is made.
    kTake,   ///< One is removed.
    kPlans,  ///< One stays, and service plans are switched.
  };
  Subject subject;
  SkuId product;
  Kind kind = Kind::kGive;
  std::vector<PlanId> disabled_plans;  ///< With kPlans: those that are off then. Ordered.

  friend auto operator<=>(const ChangeStep&, const ChangeStep&) = default;
};

/// How often one step took effect in the window without a change of ours that led back.
struct Repetition {
  int times = 0;
  int unseen = 0;  ///< Of `times`: accepted, but no reading showed it (`diverged`).
  WallTime last{};

  friend bool operator==(const Repetition&, const Repetition&) = default;
};

/// Steps that took effect kReversalsMost times or more within the window. A plan that wants one of
/// them again tells that it was undone each time; one that does not has nothing to do with it.
using Repetitions = std::map<ChangeStep, Repetition>;

/// So often a step is taken within the window, and no more.
inline constexpr int kReversalsMost = 2;
/// So many steps that are undone again and again stop the whole tenant.
inline constexpr std::size_t kReversedStepsMost = 5;

}  // namespace seatkeeper
