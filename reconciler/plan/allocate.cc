#include "reconciler/plan/allocate.h"

#include <algorithm>
#include <vector>

namespace seatkeeper {
namespace {

std::vector<int> HoldersByProduct(const ObservedState& observed) {
  std::vector<int> holders(observed.products.size());
  for (Row row = 0; row < observed.users.size(); ++row) {
    const auto rows = observed.users.assignments(row);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].holds_seat()) continue;
      // Rows are ordered by product: an earlier seat-holding row of the same product counts.
      bool counted = false;
      for (std::size_t j = i; j > 0 && rows[j - 1].product == rows[i].product; --j) {
        counted = counted || rows[j - 1].holds_seat();
      }
      if (!counted) ++holders[rows[i].product];
    }
  }
  return holders;
}

}  // namespace

std::map<SkuId, Seats> CountSeats(const DesiredState& desired, const ObservedState& observed,
                                  const std::map<SkuId, int>& unseen) {
  const auto holders = HoldersByProduct(observed);
  std::map<SkuId, Seats> seats;
  for (const auto& product : desired.products) {
    Seats count;
    if (product.index) {
      const auto& owned = observed.products[*product.index];
      count.purchased = owned.prepaid.enabled;
      count.assigned = std::max(owned.consumed, holders[*product.index]);
    }
    if (const auto taken = unseen.find(product.id); taken != unseen.end()) {
      count.unseen = taken->second;
    }
    seats.emplace(product.id, count);
  }
  return seats;
}

}  // namespace seatkeeper
