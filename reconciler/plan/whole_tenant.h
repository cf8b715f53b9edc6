#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reconciler/plan/draft.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

// What holds every change of a tenant, whatever it does: a suspension, and too many changes that
// somebody undoes again and again. Pure.

/// Why nothing of the tenant may be changed; empty: something may. `reversed_steps` is what
/// HoldReversed counted.
std::vector<HeldBy> TenantReasons(const std::string& tenant, std::size_t reversed_steps,
                                  const GuardInput& input);

/// Holds everything for these reasons, besides those that hold it already: also what is deferred,
/// which must not go when its time comes. Comes last, when seats are given and waves are laid, so
/// that the plan shows what it would be without; and after whatever releases single changes, for
/// nothing but `resume` lifts a suspension.
void HoldTenant(const std::vector<HeldBy>& reasons, Draft& draft);

/// The same for finished changes, each as a whole.
void HoldTenant(const std::vector<HeldBy>& reasons, std::vector<Change>& changes);

/// The change does not go for this reason, named once, among others.
void HoldBesides(Change& change, const HeldBy& why);

}  // namespace seatkeeper
