#include "reconciler/plan/approvals.h"

#include <algorithm>
#include <tuple>

#include "reconciler/plan/guardrail_table.h"

namespace seatkeeper {
namespace {

// The product and whatever goes for it, or what it goes for, directly or through others.
std::vector<SkuId> WithSwaps(const Change& change, const SkuId& product) {
  std::vector<SkuId> tied{product};
  for (std::size_t i = 0; i < tied.size(); ++i) {
    for (const auto& [from, to] : change.swaps) {
      if (from != tied[i] && to != tied[i]) continue;
      const auto& other = from == tied[i] ? to : from;
      if (std::find(tied.begin(), tied.end(), other) == tied.end()) tied.push_back(other);
    }
  }
  return tied;
}

std::vector<SkuId> ProductsOf(const Change& change) {
  std::vector<SkuId> products = change.remove;
  for (const auto& add : change.add) products.push_back(add.product);
  std::sort(products.begin(), products.end());
  return products;
}

const std::vector<PlanId>* DirectlyOff(const ObservedState& observed, Row row,
                                       std::optional<ProductIndex> product) {
  for (const auto& held : observed.users.assignments(row)) {
    if (held.source == AssignmentSource::kDirect && held.product == product) {
      return &observed.plan_sets[held.disabled_plans];
    }
  }
  return nullptr;
}

HeldItem ItemOf(Subject subject, const SkuId& product, const HeldBy& why) {
  return {.subject = subject,
          .product = product,
          .guardrail = why.guardrail,
          .about = why.product,
          .approvable = why.approvable,
          .because = why.because};
}

void SetAction(Part::Kind kind, const std::vector<PlanId>& disabled_plans, HeldItem& item) {
  if (kind == Part::Kind::kRemove) return;
  item.action = item.before ? HeldItem::Action::kPlans : HeldItem::Action::kAdd;
  item.disabled_plans = disabled_plans;
}

}  // namespace

Releases::Releases(const std::vector<Release>& releases) {
  for (const auto& release : releases) {
    approvals_.push_back(release.by);
    for (const auto& item : release.items) {
      if (!item.approvable || !MayBeApproved(item.guardrail)) continue;
      by_item_[item.Text()].push_back(approvals_.size() - 1);
      reasons_.emplace(item.guardrail, item.about, item.because);
    }
  }
}

bool Releases::Covers(const HeldItem& item) const {
  if (!item.approvable || !reasons_.contains({item.guardrail, item.about, item.because})) {
    return false;
  }
  return by_item_.contains(item.Text());
}

bool Releases::Covers(const Change& change, const SkuId& product, const HeldBy& why) const {
  if (!why.approvable || empty()) return false;
  const auto tied = WithSwaps(change, product);
  return std::all_of(tied.begin(), tied.end(),
                     [&](const SkuId& one) { return Covers(HeldItemOf(change, one, why)); });
}

bool Releases::CoversWhole(const Change& change, const HeldBy& why) const {
  if (!why.approvable || empty()) return false;
  const auto products = ProductsOf(change);
  return std::all_of(products.begin(), products.end(),
                     [&](const SkuId& one) { return Covers(HeldItemOf(change, one, why)); });
}

bool Releases::CoversSome(const Change& change, const HeldBy& why) const {
  if (!why.approvable || empty()) return false;
  const auto products = ProductsOf(change);
  return std::any_of(products.begin(), products.end(), [&](const SkuId& one) {
    auto about_it = why;
    about_it.product = one;
    return Covers(change, one, about_it);
  });
}

std::vector<ApprovedBy> Releases::UsedBy(const Change& change) const {
  std::vector<ApprovedBy> used;
  if (empty()) return used;
  for (const auto& product : ProductsOf(change)) {
    for (const auto& [guardrail, about, because] : reasons_) {
      const auto item = HeldItemOf(
          change, product,
          {.guardrail = guardrail, .product = about, .approvable = true, .because = because});
      const auto found = by_item_.find(item.Text());
      if (found == by_item_.end()) continue;
      for (const auto approval : found->second) {
        used.push_back(approvals_[approval]);
        used.back().guardrail = guardrail;
        used.back().about = about;
        used.back().product = product;
      }
    }
  }
  return used;
}

bool ReleasedParts::CoversOne(const Part& part, const PlanSets& plan_sets,
                              const HeldBy& why) const {
  const auto& product = desired_.products[part.product];
  auto item = ItemOf(observed_.users.id(part.row), product.id, why);
  const auto* before = DirectlyOff(observed_, part.row, product.index);
  if (before != nullptr) item.before = *before;
  SetAction(part.kind, plan_sets[part.disabled_plans], item);
  return releases_.Covers(item);
}

bool ReleasedParts::Covers(const Part& part, std::span<const Part> of_user,
                           const PlanSets& plan_sets, const HeldBy& why) const {
  if (!why.approvable || releases_.empty() || !CoversOne(part, plan_sets, why)) return false;
  return part.tie == 0 || std::all_of(of_user.begin(), of_user.end(), [&](const Part& other) {
           return other.tie != part.tie || !other.can_go() || CoversOne(other, plan_sets, why);
         });
}

bool ReleasedParts::Covers(const GroupPart& part, const PlanSets& plan_sets,
                           const HeldBy& why) const {
  if (!why.approvable || releases_.empty()) return false;
  const auto& product = desired_.products[part.product].id;
  auto item = ItemOf(part.group, product, why);
  const auto* group = observed_.FindGroup(part.group);
  for (const auto& license : group->licenses) {
    if (license.product == product) item.before = license.disabled_plans;
  }
  SetAction(part.kind, plan_sets[part.disabled_plans], item);
  item.affected = part.affected;
  return releases_.Covers(item);
}

bool Draft::releases_some() const { return released != nullptr && !released->empty(); }

bool Draft::IsReleased(const Part& part, std::span<const Part> of_user, const HeldBy& why) const {
  return released != nullptr && released->Covers(part, of_user, plan_sets, why);
}

bool Draft::IsReleased(const GroupPart& part, const HeldBy& why) const {
  return released != nullptr && released->Covers(part, plan_sets, why);
}

void ReleaseGroups(Draft& draft) {
  if (draft.released == nullptr) return;
  for (auto& part : draft.group_parts) {
    if (part.held == 0) continue;
    HoldIndex left = 0;
    const auto reasons = draft.holds[part.held];  // A copy: the table grows.
    for (const auto& why : reasons) {
      if (!draft.IsReleased(part, why)) left = draft.holds.Add(left, why);
    }
    part.held = left;
    part.in_doubt = left != 0;
    if (left == 0) part.verdict = part.lacking > 0 ? Verdict::kDeferred : Verdict::kGo;
  }
}

}  // namespace seatkeeper
