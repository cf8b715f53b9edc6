#include "reconciler/plan/coverage.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "reconciler/plan/holding.h"

namespace seatkeeper {
namespace {

Coverage Classify(const Holding& holding) {
  if (!holding.known) return Coverage::kUnknown;
  const bool direct = holding.direct != nullptr && holding.direct->holds_seat();
  if (direct && holding.group != nullptr) return Coverage::kBoth;
  if (direct) return Coverage::kDirect;
  if (holding.group != nullptr) return Coverage::kGroup;
  if (holding.unknown != nullptr && holding.unknown->holds_seat()) return Coverage::kUnclear;
  const bool assigned = holding.held() || holding.pending != nullptr;
  return assigned ? Coverage::kNoSeat : Coverage::kNone;
}

bool HasSeat(Coverage coverage) {
  return coverage == Coverage::kDirect || coverage == Coverage::kGroup ||
         coverage == Coverage::kBoth || coverage == Coverage::kUnclear;
}

using Sets = std::array<RowSet, kCoverageKinds>;

// Who holds each product that the documents name, and how: one pass over all users, after which
// every statement is a matter of bitmaps.
class Holders {
 public:
  Holders(const DesiredState& desired, const ObservedState& observed)
      : observed_(observed), by_tenant_index_(observed.products.size(), kNotNamed) {
    const std::size_t users = observed.users.size();
    for (std::size_t i = 0; i < desired.products.size(); ++i) {
      auto& sets = sets_.emplace_back();
      for (auto& set : sets) set = RowSet(users);
      const auto index = desired.products[i].index;
      if (index) by_tenant_index_[*index] = i;
    }
    views_.resize(sets_.size());
    for (Row row = 0; row < users; ++row) Look(row);
  }

  const RowSet& Of(std::size_t product, Coverage coverage) const {
    return sets_[product][static_cast<std::size_t>(coverage)];
  }
  RowSet WithSeat(std::size_t product) const {
    RowSet rows(observed_.users.size());
    for (std::size_t i = 0; i < kCoverageKinds; ++i) {
      if (HasSeat(static_cast<Coverage>(i))) rows |= sets_[product][i];
    }
    return rows;
  }

 private:
  static constexpr std::size_t kNotNamed = static_cast<std::size_t>(-1);

  void Look(Row row) {
    const bool known = observed_.users.assignments_known(row);
    for (auto& view : views_) view = {.known = known};
    for (const auto& assignment : observed_.users.assignments(row)) {
      const auto index = by_tenant_index_[assignment.product];
      if (index != kNotNamed) views_[index].Add(assignment);
    }
    for (std::size_t i = 0; i < views_.size(); ++i) {
      sets_[i][static_cast<std::size_t>(Classify(views_[i]))].Insert(row);
    }
  }

  const ObservedState& observed_;
  std::vector<std::size_t> by_tenant_index_;  // From ProductIndex.
  std::vector<Sets> sets_;                    // By product of DesiredState.
  std::vector<Holding> views_;
};

class Counter {
 public:
  Counter(const DesiredState& desired, const ObservedState& observed)
      : desired_(desired), observed_(observed), holders_(desired, observed) {}

  ProductCoverage Count(std::size_t index, const PolicyStatement& statement) const {
    const auto& product = desired_.products[index];
    const auto& selected = desired_.selections[statement.selection].rows;
    ProductCoverage coverage{
        .product = product.id,
        .name = product.index ? observed_.products[*product.index].name() : product.id.ToString(),
        .origin = desired_.OriginOf(statement),
        .says = statement.kind,
        .selected = selected.Count()};
    for (std::size_t i = 0; i < kCoverageKinds; ++i) {
      RowSet rows = selected;
      rows &= holders_.Of(index, static_cast<Coverage>(i));
      coverage.counts[i] = rows.Count();
    }
    const bool grants = statement.kind == PolicyStatement::Kind::kGrant;
    RowSet otherwise = selected;
    otherwise -= grants ? product.granted : product.revoked;
    coverage.decided_otherwise = otherwise.Count();
    coverage.noted = selected;
    const auto with_seat = holders_.WithSeat(index);
    if (grants) {
      coverage.noted -= with_seat;
      coverage.on_other_rung = OnOtherRung(index, coverage.noted);
    } else {
      coverage.noted &= with_seat;
    }
    return coverage;
  }

 private:
  std::size_t OnOtherRung(std::size_t index, const RowSet& without) const {
    const auto& rung = desired_.products[index].rung;
    if (!rung) return 0;
    RowSet rows(observed_.users.size());
    for (const auto other : desired_.ladders[rung->ladder].rungs) {
      if (other != index) rows |= holders_.WithSeat(other);
    }
    rows &= without;
    return rows.Count();
  }

  const DesiredState& desired_;
  const ObservedState& observed_;
  Holders holders_;
};

}  // namespace

std::string_view ToString(Extent extent) {
  switch (extent) {
    case Extent::kNobodySelected:
      return "nobody-selected";
    case Extent::kNone:
      return "none";
    case Extent::kPartial:
      return "partial";
    case Extent::kAll:
      return "all";
    case Extent::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view ToString(Coverage coverage) {
  switch (coverage) {
    case Coverage::kDirect:
      return "direct";
    case Coverage::kGroup:
      return "group";
    case Coverage::kBoth:
      return "both";
    case Coverage::kUnclear:
      return "unclear";
    case Coverage::kNoSeat:
      return "no-seat";
    case Coverage::kNone:
      return "none";
    case Coverage::kUnknown:
      break;
  }
  return "unknown";
}

std::size_t ProductCoverage::have() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kCoverageKinds; ++i) {
    if (HasSeat(static_cast<Coverage>(i))) sum += counts[i];
  }
  return sum;
}

Extent ProductCoverage::extent() const {
  if (selected == 0) return Extent::kNobodySelected;
  const auto unknown = Count(Coverage::kUnknown);
  const bool none = have() == 0;
  const bool all = have() + unknown == selected;
  if (!none && !all) return Extent::kPartial;
  if (unknown > 0) return Extent::kUnknown;
  return all ? Extent::kAll : Extent::kNone;
}

std::vector<PolicyCoverage> CoverageOf(const DesiredState& desired, const ObservedState& observed,
                                       const std::vector<std::string>& policies,
                                       const SkuId* product) {
  const Counter counter(desired, observed);
  std::vector<PolicyCoverage> all;
  for (const auto& selection : desired.selections) {
    all.push_back({.policy = selection.policy->name,
                   .at = selection.policy->at,
                   .selected = selection.rows.Count(),
                   .products = {}});
  }
  const auto wanted = [&](const std::string& name) {
    return policies.empty() || std::find(policies.begin(), policies.end(), name) != policies.end();
  };
  for (std::size_t i = 0; i < desired.products.size(); ++i) {
    if (product != nullptr && desired.products[i].id != *product) continue;
    for (const auto& statement : desired.products[i].statements) {
      auto& of_policy = all[statement.selection];
      if (wanted(of_policy.policy)) of_policy.products.push_back(counter.Count(i, statement));
    }
  }
  std::erase_if(all, [&](const PolicyCoverage& each) {
    return !wanted(each.policy) || (product != nullptr && each.products.empty());
  });
  for (auto& each : all) {
    std::sort(each.products.begin(), each.products.end(),
              [](const ProductCoverage& a, const ProductCoverage& b) {
                return std::tie(a.name, a.product) < std::tie(b.name, b.product);
              });
  }
  return all;
}

Coverage CoverageOfUser(const ObservedState& observed, const SkuId& product, Row row) {
  Holding holding{.known = observed.users.assignments_known(row)};
  for (const auto& assignment : observed.users.assignments(row)) {
    if (observed.products[assignment.product].id == product) holding.Add(assignment);
  }
  return Classify(holding);
}

}  // namespace seatkeeper
