#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper {

/// A line of a chart.
struct TrendLine {
  const char* kind;   ///< A class of the report's style sheet.
  const char* words;  ///< What it shows.
  std::vector<double> values{};
};

/// Figures day by day. Texts are not escaped yet.
struct TrendChart {
  std::string label;                        ///< The same in words, for who does not see it.
  std::string caption;                      ///< From when to when, and from what to what.
  std::vector<std::chrono::sys_days> days;  ///< Two or more, in their order.
  std::vector<TrendLine> lines;             ///< Each with a value for each day, none below 0.
  double most = 1;                          ///< The top of the scale, above 0.
};

/// The chart as part of the HTML report.
std::string DrawTrend(const TrendChart& chart);

/// A figure: what the lines are, and charts, each behind what it is about. `charts` is HTML: pairs
/// of <dt> and <dd>.
std::string TrendFigure(std::string_view caption, const std::vector<TrendLine>& lines,
                        std::string_view charts);

}  // namespace seatkeeper
