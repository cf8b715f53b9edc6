#pragma once

#include "reconciler/plan/plan.h"

namespace seatkeeper::test {

/// A plan with one of everything that can be rendered: waves, a swap, held, approved, deferred,
/// waiting, a circle, risks, drift, warnings, a list that folds, a date on which a policy ends,
/// prices in two currencies, and products without one.
Plan OneOfEverything();

}  // namespace seatkeeper::test
