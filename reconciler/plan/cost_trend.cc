#include "reconciler/plan/cost_trend.h"

#include <algorithm>
#include <set>
#include <utility>

#include "reconciler/plan/waste.h"

namespace seatkeeper {
namespace {

using CostByDay = std::map<std::chrono::sys_days, CostDay>;

bool IsPaidFor(Billing billing) {
  return billing == Billing::kPaid || billing == Billing::kSelfService ||
         billing == Billing::kLapsed;
}

CostByDay NothingOnAllDays(const std::map<SkuId, ProductTrend>& trends) {
  CostByDay days;
  for (const auto& [product, trend] : trends) {
    for (const auto& each : trend) days[each.day].day = each.day;
  }
  return days;
}

void Add(const ProductTrend& trend, const UnitPrice& price, CostByDay& costs) {
  for (const auto& each : trend) {
    const auto cost = CostOn(each, price);
    auto& sum = costs.at(each.day);
    sum.unused += cost.unused;
    sum.wasted += cost.wasted;
  }
}

bool HadSeats(const ProductTrend& trend) {
  return std::ranges::any_of(trend, [](const ProductDay& each) { return each.purchased > 0; });
}

CostTrend TrendOf(std::string currency, const CostByDay& costs) {
  CostTrend trend{.currency = std::move(currency), .days = {}};
  for (const auto& [day, cost] : costs) trend.days.push_back(cost);
  return trend;
}

}  // namespace

CostDay CostOn(const ProductDay& day, const UnitPrice& price) {
  return {.day = day.day,
          .unused = MonthlyAmount(price, day.unused()),
          .wasted = MonthlyAmount(price, std::min(day.wasted, day.purchased))};
}

const UnitPrice* PriceForDays(const ProductWaste& product) {
  return product.price && IsPaidFor(product.billing) ? &*product.price : nullptr;
}

CostHistory CostsByDay(const WasteReport& report, const std::map<SkuId, ProductTrend>& trends) {
  const auto nothing = NothingOnAllDays(trends);
  CostHistory history;
  if (nothing.size() < 2) return history;
  history.gone = trends.size();
  std::map<std::string, CostByDay> costs;
  for (const auto& product : report.products) {
    const auto found = trends.find(product.id);
    if (found == trends.end()) continue;
    --history.gone;
    if (const auto* price = PriceForDays(product)) {
      Add(found->second, *price, costs.try_emplace(price->currency, nothing).first->second);
    } else if (IsPaidFor(product.billing) && HadSeats(found->second)) {
      history.without_price.push_back(product.name);
    }
  }
  for (const auto& [currency, days] : costs) history.currencies.push_back(TrendOf(currency, days));
  return history;
}

}  // namespace seatkeeper
