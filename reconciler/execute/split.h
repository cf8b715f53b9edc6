#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/plan_rules.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What tells which parts of a request belong together.
struct SplitFacts {
  std::map<SkuId, std::vector<PlanId>> service_plans;  ///< Of the products, as the tenant has them.
  PlanRules rules;
};

/// `learned`: beside what is known without asking a tenant.
SplitFacts SplitFactsOf(const ObservedState& observed, const PlanRules& learned);

/// What is left of a request that the service refused as a whole.
struct Remainder {
  Change change;                 ///< With an id, and a body, of its own.
  std::vector<SkuId> culprits;   ///< The products for whose sake it was refused.
  std::vector<SkuId> stays_out;  ///< What does not go either, for nobody is to lose it now.
};

/// What of a refused change may go by itself. Pure. Nothing where the refusal does not tell for
/// certain which product it is about, where all parts belong together, or where nothing is left.
///
/// `change.usage_location` is empty: where one is to be set first, the products were not tried.
///
/// A refusal names products or service plans by id, or speaks of the removal, and there is one
/// (texts as documented and observed of Graph's assignLicense; see graph_errors.h).
///
/// Parts belong together, and are never separated: a rung of a ladder and the one that it makes way
/// for; products whose service plans exclude or need each other. Nobody loses anything while
/// something that they are granted cannot be given, as in planning: without that, only swaps that
/// go up and what takes nothing away is left.
std::optional<Remainder> RemainderOf(const Change& change, const WriteResult& refusal,
                                     const SplitFacts& facts);

}  // namespace seatkeeper
