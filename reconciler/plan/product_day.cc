#include "reconciler/plan/product_day.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "reconciler/plan/waste.h"

namespace seatkeeper {

std::vector<ProductDay> ProductDaysOf(const WasteReport& report, WallTime ended_at) {
  const auto day = std::chrono::floor<std::chrono::days>(ended_at);
  std::vector<ProductDay> days;
  for (const auto& product : report.products) {
    if (product.billing == Billing::kFree || product.billing == Billing::kCompany) continue;
    const int inactive = product.wasted[static_cast<std::size_t>(WasteReason::kInactive)] -
                         product.inactive_and_more;
    days.push_back({.day = day,
                    .product = product.id,
                    .purchased = product.purchased,
                    .assigned = product.assigned,
                    .wasted = Sum(product.wasted) - inactive,
                    .inactive = report.knows_inactive() ? std::optional(inactive) : std::nullopt});
  }
  std::ranges::sort(days, {}, &ProductDay::product);
  return days;
}

const ProductDay* DaysBefore(const ProductTrend& trend, std::chrono::days before) {
  if (trend.empty()) return nullptr;
  const auto wanted = trend.back().day - before;
  const auto later =
      std::ranges::find_if(trend, [&](const ProductDay& each) { return each.day > wanted; });
  return later == trend.begin() ? nullptr : &*std::prev(later);
}

}  // namespace seatkeeper
