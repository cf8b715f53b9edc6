#include "daemon/waste_cost_trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/trend_chart.h"
#include "daemon/waste_html.h"
#include "daemon/waste_trend.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

std::vector<TrendLine> Lines() {
  return {{.kind = "unused-line", .words = "unused"}, {.kind = "wasted-line", .words = "wasted"}};
}

// For a picture alone.
double Height(const MonthlyAmount& amount) { return std::stod(amount.ToString()); }

std::string FromTo(const std::string& currency, const CostDay& first, const CostDay& last) {
  return fmt::format("unused {0} {1} to {2}, wasted {0} {3} to {4}", currency,
                     first.unused.Grouped(), last.unused.Grouped(), first.wasted.Grouped(),
                     last.wasted.Grouped());
}

TrendChart ChartOf(const CostTrend& trend) {
  const auto& first = trend.days.front();
  const auto& last = trend.days.back();
  const auto period = fmt::format("{} to {}", FormatDay(first.day), FormatDay(last.day));
  TrendChart chart{.label = fmt::format("{} a month at today's prices, from {}: {}", trend.currency,
                                        period, FromTo(trend.currency, first, last)),
                   .caption = {},
                   .days = {},
                   .lines = Lines()};
  MonthlyAmount most;
  for (const auto& each : trend.days) {
    chart.days.push_back(each.day);
    chart.lines[0].values.push_back(Height(each.unused));
    chart.lines[1].values.push_back(Height(each.wasted));
    most = std::max({most, each.unused, each.wasted});
  }
  if (Height(most) > 0) chart.most = Height(most);
  chart.caption = fmt::format("{}, 0 to {} {}", period, trend.currency, most.Grouped());
  return chart;
}

// The newest day that is so much older than the last one, or more.
const CostDay* DayBefore(const CostTrend& trend, std::chrono::days before) {
  const auto wanted = trend.days.back().day - before;
  const auto later =
      std::ranges::find_if(trend.days, [&](const CostDay& each) { return each.day > wanted; });
  return later == trend.days.begin() ? nullptr : &*std::prev(later);
}

}  // namespace

std::string CostInWords(const ProductWaste& product, const ProductTrend& trend) {
  const auto* price = PriceForDays(product);
  if (price == nullptr) return "";
  return fmt::format(
      "a month at today's price: {}",
      FromTo(price->currency, CostOn(trend.front(), *price), CostOn(trend.back(), *price)));
}

std::vector<const CostDay*> DaysToShow(const CostTrend& trend) {
  std::vector<const CostDay*> days{&trend.days.front(), &trend.days.back()};
  for (const auto span : kTrendSpans) {
    if (const auto* day = DayBefore(trend, span)) days.push_back(day);
  }
  SortUnique(days);  // They point into one list, which is by day.
  return days;
}

std::string ChangeOfCost(const MonthlyAmount& from, const MonthlyAmount& to) {
  if (!(to < from)) return (to - from).ToString();
  const auto less = (from - to).ToString();
  return less == MonthlyAmount().ToString() ? less : "-" + less;
}

std::vector<std::string> NotesOnCosts(const CostHistory& history) {
  if (history.currencies.empty()) return {};
  std::vector<std::string> notes{
      "What the seats of past days cost is reckoned at today's prices: the store keeps no prices, "
      "so where one has changed since, what was paid then was another amount. Trials count as "
      "bought on those days, except of a product that is nothing else today."};
  if (!history.without_price.empty()) {
    notes.push_back(fmt::format("No price is known of {}: no cost of past days contains it.",
                                fmt::join(history.without_price, ", ")));
  }
  if (history.gone > 0) {
    notes.push_back(fmt::format(
        "The tenant does not have {} product{} of past days any more: no "
        "cost contains what {} then.",
        history.gone, history.gone == 1 ? "" : "s", history.gone == 1 ? "it cost" : "they cost"));
  }
  return notes;
}

std::string CostCharts(const CostHistory& history) {
  if (history.currencies.empty()) return "";
  std::string charts;
  for (const auto& trend : history.currencies) {
    charts += fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(trend.currency),
                          DrawTrend(ChartOf(trend)));
  }
  return TrendFigure("Cost a month day by day, at today's prices", Lines(), charts);
}

}  // namespace seatkeeper
