#include "reconciler/plan/plan.h"

#include <algorithm>
#include <set>

#include "reconciler/plan/digest.h"

namespace seatkeeper {

std::string_view ToString(Reason reason) {
  switch (reason) {
    case Reason::kGranted:
      return "granted";
    case Reason::kPlansDiffer:
      return "plans-differ";
    case Reason::kNotGranted:
      return "not-granted";
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

void Retell(Change& change) {
  std::set<Reason> reasons;
  std::optional<SkuId> leading;
  for (const auto& add : change.add) {
    const bool seat = std::find(change.takes_seats.begin(), change.takes_seats.end(),
                                add.product) != change.takes_seats.end();
    reasons.insert(seat ? Reason::kGranted : Reason::kPlansDiffer);
    if (!leading) leading = add.product;
  }
  if (!change.remove.empty()) {
    reasons.insert(Reason::kNotGranted);
    if (!leading) leading = change.remove.front();
  }
  change.reason = reasons.size() == 1 ? *reasons.begin() : Reason::kCombined;
  if (leading) {
    const auto origin = change.origins.find(*leading);
    if (origin != change.origins.end()) change.origin = origin->second;
  }
  change.id = ChangeId(change);
}

bool Plan::has_held() const { return CountWith(Verdict::kHeld) != 0; }

std::size_t Plan::CountWith(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(),
                    [&](const Change& change) { return change.verdict == verdict; }));
}

std::string Plan::ProductName(const SkuId& id) const {
  const auto known = product_names.find(id);
  return known == product_names.end() ? id.ToString() : known->second;
}

}  // namespace seatkeeper
