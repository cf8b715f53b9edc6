#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "reconciler/plan/cost.h"
#include "reconciler/plan/product_day.h"

namespace seatkeeper {

struct ProductWaste;
struct WasteReport;

/// What the seats of one day (UTC) cost a month, at the prices of another.
struct CostDay {
  std::chrono::sys_days day{};
  MonthlyAmount unused;
  MonthlyAmount wasted;  ///< Where more seats were in use than bought, the others cost nothing.
};
CostDay CostOn(const ProductDay& day, const UnitPrice& price);

/// What the product's seats of past days are reckoned at: its price of today, for the store keeps
/// seats and no prices. nullptr: none is known, or nobody pays for it, as far as today tells. Days
/// do not tell trials apart: what is only a trial today counts as one on all of them, and trials of
/// other products count as bought. What it points to is part of `product`.
const UnitPrice* PriceForDays(const ProductWaste& product);

/// Days in their order, each once; of one currency.
struct CostTrend {
  std::string currency;
  std::vector<CostDay> days;
};

/// What became of the cost of the seats that a tenant has today.
struct CostHistory {
  /// By currency, ordered: never added across. Each has all days on which the store has anything
  /// of the tenant, for a product without a day had no seats then. Empty where that is one day
  /// only, or no price is known.
  std::vector<CostTrend> currencies;
  /// Names of products that had seats to pay for and have no price: no cost contains them.
  std::vector<std::string> without_price;
  /// Products of past days that the tenant does not have any more: no cost contains them, either.
  std::size_t gone = 0;
};

/// `trends`: what the store has, by product. Pure.
CostHistory CostsByDay(const WasteReport& report, const std::map<SkuId, ProductTrend>& trends);

}  // namespace seatkeeper
