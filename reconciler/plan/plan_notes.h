#pragma once

#include <cstddef>
#include <vector>

#include "policy/products.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/schedule.h"

namespace seatkeeper {

// What a plan says beside its changes. Each adds to the plan or to its drift; warnings come in any
// order.

/// How products and service plans are called that the desired state is about.
void AddNames(const ObservedState& observed, const ProductCatalog& catalog,
              const DesiredState& desired, Plan& plan);

/// A row for each product. REQUIRES: the plan has its changes and who waits, and the names.
void AddProducts(const DesiredState& desired, const ObservedState& observed,
                 const std::vector<Seats>& seats, const Draft& draft, Plan& plan);
/// REQUIRES, these two: the plan has its products.
void AddShortageWarnings(Plan& plan);
void AddSpareWarnings(Plan& plan);
/// Swaps that wait for each other, and how many seats would let them go.
void AddCircles(const DesiredState& desired, const std::vector<SeatCircle>& circles, Plan& plan);

void WarnOfUnprotected(const PeopleLimits& people, Plan& plan);
/// `users` have a change whose outcome is open.
void WarnOfOpenChanges(std::size_t users, Plan& plan);
void TellSuspicions(const std::vector<HeldBy>& suspicions, Plan& plan);

/// Says at each difference for which no seat is free that this is so.
void ExplainShortages(const std::vector<Waiting>& waiting, std::vector<Drift>& drift);
/// Says at each difference that nothing is done about why the service would refuse it.
void ExplainBlocked(const Draft& draft, const DesiredState& desired, const ObservedState& observed,
                    std::vector<Drift>& drift);

}  // namespace seatkeeper
