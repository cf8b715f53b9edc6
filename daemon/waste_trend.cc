#include "daemon/waste_trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "daemon/trend_chart.h"
#include "daemon/waste_html.h"

namespace seatkeeper {
namespace {

struct Line {
  const char* kind;  ///< A class of the style sheet.
  const char* words;
  int ProductDay::*seats;
};
constexpr std::array<Line, 3> kLines{{{"purchased-line", "purchased", &ProductDay::purchased},
                                      {"assigned-line", "assigned", &ProductDay::assigned},
                                      {"wasted-line", "wasted", &ProductDay::wasted}}};

std::string Signed(int change) { return change == 0 ? "unchanged" : fmt::format("{:+}", change); }

int MostSeats(const ProductTrend& trend) {
  int most = 1;
  for (const auto& day : trend) {
    for (const auto& line : kLines) most = std::max(most, day.*line.seats);
  }
  return most;
}

std::vector<TrendLine> LinesWithoutValues() {
  std::vector<TrendLine> lines;
  lines.reserve(kLines.size());
  for (const auto& line : kLines) lines.push_back({.kind = line.kind, .words = line.words});
  return lines;
}

TrendChart ChartOf(const ProductWaste& product, const ProductTrend& trend) {
  const int most = MostSeats(trend);
  TrendChart chart{.label = fmt::format("{}: {}", product.name, TrendInWords(trend).front()),
                   .caption = fmt::format("{} to {}, 0 to {}", FormatDay(trend.front().day),
                                          FormatDay(trend.back().day), most),
                   .days = {},
                   .lines = LinesWithoutValues(),
                   .most = static_cast<double>(most)};
  for (const auto& day : trend) {
    chart.days.push_back(day.day);
    for (std::size_t i = 0; i < kLines.size(); ++i) {
      chart.lines[i].values.push_back(day.*kLines[i].seats);
    }
  }
  return chart;
}

// Since the first day on which it was known; empty where that is not two days.
std::string InactiveInWords(const ProductTrend& trend) {
  const auto known = [](const ProductDay& day) { return day.inactive.has_value(); };
  const auto first = std::ranges::find_if(trend, known);
  if (first == trend.end() || !trend.back().inactive || first->day == trend.back().day) return "";
  const auto since = first == trend.begin() ? "" : fmt::format(" since {}", FormatDay(first->day));
  return fmt::format("; beside that, inactive {} to {}{}", *first->inactive, *trend.back().inactive,
                     since);
}

}  // namespace

SeatsChanged ChangeBetween(const ProductDay& from, const ProductDay& to) {
  return {.purchased = to.purchased - from.purchased,
          .assigned = to.assigned - from.assigned,
          .wasted = to.wasted - from.wasted};
}

const ProductTrend* TrendOf(const TenantWaste& tenant, const SkuId& product) {
  const auto found = tenant.trends.find(product);
  return found == tenant.trends.end() || found->second.size() < 2 ? nullptr : &found->second;
}

std::string FormatDay(std::chrono::sys_days day) { return FormatTime(WallTime(day)).substr(0, 10); }

std::vector<std::string> TrendInWords(const ProductTrend& trend) {
  const auto& first = trend.front();
  const auto& last = trend.back();
  std::vector<std::string> words{fmt::format(
      "from {} to {}: purchased {} to {}, assigned {} to {}, wasted {} to {}{}",
      FormatDay(first.day), FormatDay(last.day), first.purchased, last.purchased, first.assigned,
      last.assigned, first.wasted, last.wasted, InactiveInWords(trend))};
  for (const auto span : kTrendSpans) {
    const auto* before = DaysBefore(trend, span);
    if (before == nullptr) continue;
    const auto changed = ChangeBetween(*before, last);
    words.push_back(fmt::format(
        "in the last {} days of these: purchased {}, assigned {}, wasted {}", span.count(),
        Signed(changed.purchased), Signed(changed.assigned), Signed(changed.wasted)));
  }
  return words;
}

std::string TrendCharts(const TenantWaste& tenant) {
  std::string charts;
  for (const auto& product : tenant.waste.products) {
    const auto* trend = product.billed() > 0 ? TrendOf(tenant, product.id) : nullptr;
    if (trend == nullptr) continue;
    charts += fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(product.name),
                          DrawTrend(ChartOf(product, *trend)));
  }
  if (charts.empty()) return "";
  return TrendFigure("Seats day by day", LinesWithoutValues(), charts);
}

}  // namespace seatkeeper
