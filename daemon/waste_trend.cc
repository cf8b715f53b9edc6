#include "daemon/waste_trend.h"

#include <fmt/format.h>

#include <algorithm>

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

// Of the picture, in units of its own: it is stretched to the room that there is.
constexpr double kWidth = 600;
constexpr double kHeight = 100;

std::string Signed(int change) { return change == 0 ? "unchanged" : fmt::format("{:+}", change); }

int MostSeats(const ProductTrend& trend) {
  int most = 1;
  for (const auto& day : trend) {
    for (const auto& line : kLines) most = std::max(most, day.*line.seats);
  }
  return most;
}

std::string Polyline(const ProductTrend& trend, const Line& line, int most) {
  const auto first = trend.front().day;
  const auto span = static_cast<double>((trend.back().day - first).count());
  std::string points;
  for (const auto& day : trend) {
    const double x = kWidth * static_cast<double>((day.day - first).count()) / span;
    const double y = kHeight - kHeight * day.*line.seats / most;
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", x, y);
  }
  return fmt::format(R"(<polyline class="{}" points="{}"/>)", line.kind, points);
}

std::string Picture(const ProductWaste& product, const ProductTrend& trend) {
  const int most = MostSeats(trend);
  std::string lines;
  for (const auto& line : kLines) lines += Polyline(trend, line, most);
  // A little beyond the scale on either side, so that lines along an edge show whole.
  return fmt::format(
      "<svg class=\"trend\" viewBox=\"0 -3 {:.0f} {:.0f}\" preserveAspectRatio=\"none\""
      " role=\"img\" aria-label=\"{}: {}\">{}</svg><span class=\"soft\">{} to {}, 0 to {}</span>",
      kWidth, kHeight + 6, EscapeHtml(product.name), EscapeHtml(TrendInWords(trend).front()), lines,
      FormatDay(trend.front().day), FormatDay(trend.back().day), most);
}

std::string Key() {
  std::string key;
  for (const auto& line : kLines) {
    key += fmt::format(
        R"(<li><svg aria-hidden="true"><line class="{}" x2="100%" y1="50%" y2="50%"/></svg> {}</li>)",
        line.kind, line.words);
  }
  return key;
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
  std::vector<std::string> words{
      fmt::format("from {} to {}: purchased {} to {}, assigned {} to {}, wasted {} to {}",
                  FormatDay(first.day), FormatDay(last.day), first.purchased, last.purchased,
                  first.assigned, last.assigned, first.wasted, last.wasted)};
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
    charts +=
        fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(product.name), Picture(product, *trend));
  }
  if (charts.empty()) return "";
  return fmt::format(
      "<figure>\n<figcaption>Seats day by day</figcaption>\n"
      "<ul class=\"key\">{}</ul>\n<dl class=\"bars\">\n{}</dl>\n</figure>\n",
      Key(), charts);
}

}  // namespace seatkeeper
