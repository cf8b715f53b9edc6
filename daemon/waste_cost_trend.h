#pragma once

#include <string>
#include <vector>

#include "daemon/waste_report.h"
#include "reconciler/plan/cost_trend.h"

namespace seatkeeper {

/// What the product's unused and wasted seats cost a month on the first day that the store has and
/// on the last, at today's price; empty where PriceForDays knows none. Not escaped. REQUIRES: two
/// days or more.
std::string CostInWords(const ProductWaste& product, const ProductTrend& trend);

/// Whole days of the trend to show as figures: the first, those of kTrendSpans before the last, and
/// the last, each once. What they point to is part of `trend`.
std::vector<const CostDay*> DaysToShow(const CostTrend& trend);

/// "969.00" or "-285.00".
std::string ChangeOfCost(const MonthlyAmount& from, const MonthlyAmount& to);

/// What has to be known of these figures: at which prices, and what they do not contain. Empty
/// where there are none.
std::vector<std::string> NotesOnCosts(const CostHistory& history);

/// A chart of each currency, as a part of the HTML report; empty where there is nothing to draw.
std::string CostCharts(const CostHistory& history);

}  // namespace seatkeeper
