#include "reconciler/plan/drift_left.h"

#include <set>
#include <utility>

namespace seatkeeper {

std::vector<const Drift*> DriftLeft(const Plan& plan) {
  std::set<std::pair<Subject, SkuId>> planned;
  for (const auto& change : plan.changes) {
    for (const auto& add : change.add) planned.emplace(change.subject(), add.product);
    for (const auto& product : change.remove) planned.emplace(change.subject(), product);
  }
  for (const auto& waiting : plan.waiting) planned.emplace(waiting.user, waiting.product);
  std::vector<const Drift*> left;
  for (const auto& drift : plan.drift) {
    const bool through_group = drift.group && planned.contains({*drift.group, drift.product});
    if (!through_group && !planned.contains({drift.user, drift.product})) left.push_back(&drift);
  }
  return left;
}

}  // namespace seatkeeper
