#include "reconciler/plan/plan.h"

#include <algorithm>
#include <iterator>

#include "reconciler/model/sort_unique.h"

namespace seatkeeper {

std::string_view ToString(Reason reason) {
  switch (reason) {
    case Reason::kGranted:
      return "granted";
    case Reason::kPlansDiffer:
      return "plans-differ";
    case Reason::kNotGranted:
      return "not-granted";
    case Reason::kRevoked:
      return "revoked";
    case Reason::kReplaced:
      return "replaced";
    case Reason::kFallback:
      return "fallback";
    case Reason::kRedundant:
      return "redundant";
    case Reason::kRestored:
      return "restored";
    case Reason::kReprocessed:
      return "reprocessed";
    case Reason::kCombined:
      break;
  }
  return "combined";
}

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGo:
      return "go";
    case Verdict::kDeferred:
      return "deferred";
    case Verdict::kHeld:
      break;
  }
  return "held";
}

std::string_view ToString(Drift::Kind kind) {
  switch (kind) {
    case Drift::Kind::kMissing:
      return "missing";
    case Drift::Kind::kExtra:
      return "extra";
    case Drift::Kind::kPlans:
      return "plans";
    case Drift::Kind::kInherited:
      return "inherited";
    case Drift::Kind::kRedundant:
      return "redundant";
    case Drift::Kind::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<SkuId> Change::removals() const {
  if (replaced.empty() && plans_off.empty()) return remove;
  std::vector<SkuId> removals;
  std::set_difference(remove.begin(), remove.end(), replaced.begin(), replaced.end(),
                      std::back_inserter(removals));
  removals.insert(removals.end(), plans_off.begin(), plans_off.end());
  SortUnique(removals);
  return removals;
}

int PlanProduct::missing_spare() const {
  return spare.min ? std::max(0, *spare.min - free_after()) : 0;
}

int PlanProduct::wasted() const { return spare.max ? std::max(0, free_after() - *spare.max) : 0; }

bool Plan::has_held() const { return CountWith(Verdict::kHeld) != 0; }

std::size_t Plan::CountWith(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(),
                    [&](const Change& change) { return change.verdict == verdict; }));
}

int Plan::waves() const {
  int waves = 0;
  for (const auto& change : changes) waves = std::max(waves, change.wave);
  return waves;
}

std::string Plan::ProductName(const SkuId& id) const {
  const auto known = product_names.find(id);
  return known == product_names.end() ? id.ToString() : known->second;
}

std::string Plan::ServicePlanName(const PlanId& id) const {
  const auto known = plan_names.find(id);
  return known == plan_names.end() ? id.ToString() : known->second;
}

}  // namespace seatkeeper
