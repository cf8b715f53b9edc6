#include "daemon/trend_chart.h"

#include <fmt/format.h>

#include <cstddef>

#include "daemon/waste_html.h"

namespace seatkeeper {
namespace {

// Of the picture, in units of its own: it is stretched to the room that there is.
constexpr double kWidth = 600;
constexpr double kHeight = 100;

std::string Polyline(const TrendChart& chart, const TrendLine& line) {
  const auto first = chart.days.front();
  const auto span = static_cast<double>((chart.days.back() - first).count());
  std::string points;
  for (std::size_t i = 0; i < chart.days.size(); ++i) {
    const double x = kWidth * static_cast<double>((chart.days[i] - first).count()) / span;
    const double y = kHeight - kHeight * line.values[i] / chart.most;
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", x, y);
  }
  return fmt::format(R"(<polyline class="{}" points="{}"/>)", line.kind, points);
}

}  // namespace

std::string DrawTrend(const TrendChart& chart) {
  std::string lines;
  for (const auto& line : chart.lines) lines += Polyline(chart, line);
  // A little beyond the scale on either side, so that lines along an edge show whole.
  return fmt::format(
      "<svg class=\"trend\" viewBox=\"0 -3 {:.0f} {:.0f}\" preserveAspectRatio=\"none\""
      " role=\"img\" aria-label=\"{}\">{}</svg><span class=\"soft\">{}</span>",
      kWidth, kHeight + 6, EscapeHtml(chart.label), lines, EscapeHtml(chart.caption));
}

std::string TrendFigure(std::string_view caption, const std::vector<TrendLine>& lines,
                        std::string_view charts) {
  std::string key;
  for (const auto& line : lines) {
    key += fmt::format(
        R"(<li><svg aria-hidden="true"><line class="{}" x2="100%" y1="50%" y2="50%"/></svg> {}</li>)",
        line.kind, line.words);
  }
  return fmt::format(
      "<figure>\n<figcaption>{}</figcaption>\n"
      "<ul class=\"key\">{}</ul>\n<dl class=\"bars\">\n{}</dl>\n</figure>\n",
      EscapeHtml(caption), key, charts);
}

}  // namespace seatkeeper
