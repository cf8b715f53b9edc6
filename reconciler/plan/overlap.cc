#include "reconciler/plan/overlap.h"

#include <algorithm>
#include <iterator>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/names.h"

namespace seatkeeper {
namespace {

// Ordered, for Product::plans are.
std::vector<PlanId> PlansGivenBy(const Product& product) {
  std::vector<PlanId> plans;
  for (const auto& plan : product.plans) {
    if (!IsSwitchable(plan) || EqualsIgnoreCase(plan.provisioning_status, "Disabled")) continue;
    plans.push_back(plan.id);
  }
  return plans;
}

}  // namespace

OverlapFinder::OverlapFinder(const ObservedState& observed,
                             std::vector<std::optional<std::size_t>> ranks)
    : observed_(observed), ranks_(std::move(ranks)) {
  for (const auto& product : observed.products) given_.push_back(PlansGivenBy(product));
}

const std::map<ProductIndex, ProductIndex>& OverlapFinder::Find(
    std::span<const AssignmentRow> rows) {
  holdings_.clear();
  for (const auto& row : rows) {
    if (row.holds_seat() && ranks_[row.product]) {
      holdings_.emplace_back(row.product, row.disabled_plans);
    }
  }
  if (holdings_.size() < 2) return none_;
  SortUnique(holdings_);
  const auto known = known_.find(holdings_);
  if (known != known_.end()) return known->second;
  return known_.emplace(holdings_, Judge(holdings_)).first->second;
}

std::vector<OverlapFinder::Effective> OverlapFinder::EffectiveOf(
    std::span<const Holding> holdings) const {
  std::vector<Effective> all;
  for (const auto& [product, set] : holdings) {
    const auto& off = observed_.plan_sets[set];
    std::vector<PlanId> on;
    std::ranges::set_difference(given_[product], off, std::back_inserter(on));
    if (all.empty() || all.back().product != product) {
      all.push_back({.product = product, .plans = std::move(on)});
      continue;
    }
    // From two sources: on is what either has on.
    std::vector<PlanId> both;
    std::ranges::set_union(all.back().plans, on, std::back_inserter(both));
    all.back().plans = std::move(both);
  }
  return all;
}

bool OverlapFinder::Covers(const Effective& other, const Effective& one) const {
  if (one.plans.empty() || !std::ranges::includes(other.plans, one.plans)) return false;
  return other.plans.size() > one.plans.size() || *ranks_[other.product] < *ranks_[one.product];
}

std::map<ProductIndex, ProductIndex> OverlapFinder::Judge(std::span<const Holding> holdings) const {
  const auto all = EffectiveOf(holdings);
  std::vector<const Effective*> stay;
  for (const auto& one : all) {
    const bool covered = std::ranges::any_of(all, [&](const Effective& other) {
      return other.product != one.product && Covers(other, one);
    });
    if (!covered) stay.push_back(&one);
  }
  std::ranges::sort(stay, {}, [&](const Effective* each) { return *ranks_[each->product]; });
  // Whatever is covered is covered by one that stays: covering orders the products.
  std::map<ProductIndex, ProductIndex> found;
  for (const auto& one : all) {
    const auto by = std::ranges::find_if(stay, [&](const Effective* each) {
      return each->product != one.product && Covers(*each, one);
    });
    if (by != stay.end()) found.emplace(one.product, (*by)->product);
  }
  return found;
}

}  // namespace seatkeeper
