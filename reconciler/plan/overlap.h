#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"

namespace seatkeeper {

/// Finds, among the products that one user holds, those that give nothing which another one does
/// not give: each service plan that is on, by its id as the tenant lists it, is on in the other
/// one, too. What belongs to the whole company, or is not provided in the tenant, does not count,
/// and a product with nothing on is not judged. Of several with the same plans all but one count.
///
/// What it finds can go, all of it together, and the user keeps every service plan.
class OverlapFinder {
 public:
  /// `ranks`, by ProductIndex: only products with one are looked at, neither found nor taken for
  /// the other one without. Of equal products the one of the least rank stays. Each rank once.
  OverlapFinder(const ObservedState& observed, std::vector<std::optional<std::size_t>> ranks);

  /// By product of the user's rows: which one covers it. Valid until the next call.
  /// `rows` as UserTable::assignments has them.
  const std::map<ProductIndex, ProductIndex>& Find(std::span<const AssignmentRow> rows);

 private:
  using Holding = std::pair<ProductIndex, PlanSetIndex>;
  struct Effective {
    ProductIndex product = 0;
    std::vector<PlanId> plans;  ///< Ordered.
  };

  std::map<ProductIndex, ProductIndex> Judge(std::span<const Holding> holdings) const;
  std::vector<Effective> EffectiveOf(std::span<const Holding> holdings) const;
  bool Covers(const Effective& other, const Effective& one) const;

  const ObservedState& observed_;
  std::vector<std::optional<std::size_t>> ranks_;
  std::vector<std::vector<PlanId>> given_;  // By ProductIndex: what it gives with all switches on.
  std::vector<Holding> holdings_;           // Of the user at hand.
  // Most users hold one of few combinations.
  std::map<std::vector<Holding>, std::map<ProductIndex, ProductIndex>> known_;
  const std::map<ProductIndex, ProductIndex> none_;
};

}  // namespace seatkeeper
