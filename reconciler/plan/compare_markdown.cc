#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "reconciler/plan/compare_groups.h"
#include "reconciler/plan/compare_render.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/revision_check.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kOpenNames = 5;       // A list of more folds.
constexpr std::size_t kMaxTextBytes = 400;  // Of one name or sentence.

// A code span around any text: longer fences than it has backticks in a row (CommonMark 6.1).
std::string Code(std::string_view raw) {
  auto text = Printable(raw.substr(0, kMaxTextBytes));
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  if (text.empty()) text = " ";
  const std::string fence(longest + 1, '`');
  const bool pad = text.front() == '`' || text.back() == '`';
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad ? " " : "", text);
}

// In a cell of a table a bar ends the cell, in code as well (GFM 4.10).
std::string Cell(std::string_view raw) {
  std::string text;
  for (const char c : Code(raw)) text += c == '|' ? std::string("\\|") : std::string(1, c);
  return text;
}

// Fit for an HTML comment and for nothing else.
std::string Marker(std::string_view tenant) {
  std::string name;
  for (const char c : tenant) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '.' || c == '_' ? c : '_';
  }
  return fmt::format("<!-- seatkeeper plan of {} -->\n", name);
}

std::string NameOf(const PlanComparison& comparison, const SkuId& id) {
  return comparison.product_names.at(id);
}

std::string Seats(const PlanComparison& comparison) {
  if (comparison.products.empty()) return "";
  std::string text =
      "\n| product | purchased | base | then | change | short |\n|---|--:|--:|--:|--:|--:|\n";
  for (const auto& product : comparison.products) {
    text +=
        fmt::format("| {} | {} | {} | {} | {:+} | {} |\n", Cell(NameOf(comparison, product.id)),
                    product.purchased, product.base, product.after, product.after - product.base,
                    product.after_short == 0 ? "-" : std::to_string(product.after_short));
  }
  return text;
}

std::string Costs(const PlanComparison& comparison) {
  std::string text;
  if (!comparison.costs.empty()) {
    text += "\n| cost a month | base | then | change |\n|---|--:|--:|--:|\n";
  }
  for (const auto& cost : comparison.costs) {
    text += fmt::format("| {} | {} | {} | {} |\n", Cell(cost.currency), cost.base.Grouped(),
                        cost.after.Grouped(), cost.Change(true));
  }
  if (comparison.without_price.empty()) return text;
  std::vector<std::string> names;
  for (const auto& id : comparison.without_price) names.push_back(Code(NameOf(comparison, id)));
  return text + fmt::format("\nPrice unknown, not counted: {}\n", fmt::join(names, ", "));
}

std::string List(const std::vector<std::string>& lines, std::size_t limit) {
  std::string text;
  const auto shown = std::min(limit, lines.size());
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("- {}\n", Code(lines[i]));
  if (shown < lines.size()) text += fmt::format("- and {} more\n", lines.size() - shown);
  return text;
}

std::string Folded(const std::vector<std::string>& lines, std::string_view what,
                   std::size_t limit) {
  if (lines.empty() || limit == 0) return "";
  if (lines.size() <= kOpenNames) return List(lines, limit);
  return fmt::format("<details><summary>{} {}</summary>\n\n{}\n</details>\n", lines.size(), what,
                     List(lines, limit));
}

std::string Group(const CompareGroup& group, std::size_t limit) {
  auto text =
      fmt::format("\n**{} user{}** {}", group.users, group.users == 1 ? "" : "s", Code(group.what));
  if (!group.risk.empty()) text += fmt::format(" :warning: at risk: {}", Code(group.risk));
  if (!group.why.empty()) text += fmt::format(" by {}", Code(group.why));
  text += "\n";
  for (const auto& held : group.held) text += fmt::format("<br>held by {}\n", Code(held));
  return text + "\n" + Folded(group.names, "names", limit);
}

std::string Groups(const std::vector<CompareGroup>& groups, std::size_t names,
                   std::size_t at_most) {
  std::string text;
  std::optional<CompareSection> section;
  const auto shown = std::min(at_most, groups.size());
  for (std::size_t i = 0; i < shown; ++i) {
    if (section != groups[i].section) {
      text += fmt::format("\n### {}\n", TitleOf(groups[i].section));
    }
    section = groups[i].section;
    text += Group(groups[i], names);
  }
  if (shown < groups.size()) {
    text +=
        fmt::format("\n{} more kinds of changes: see the plan as text.\n", groups.size() - shown);
  }
  return text;
}

std::string Titled(std::string_view title, const std::vector<std::string>& lines,
                   std::string_view what, std::size_t limit) {
  if (lines.empty()) return "";
  return fmt::format("\n### {}\n\n{}", title, Folded(lines, what, limit));
}

std::string Render(const PlanComparison& comparison, const std::vector<CompareGroup>& groups,
                   std::size_t names, std::size_t at_most) {
  const bool alone = comparison.base_revision.empty();
  auto text = Marker(comparison.tenant);
  text += fmt::format("## {} {}\n\n{}\n", alone ? "Plan for" : "What this changes for",
                      Code(comparison.tenant), SummarizeComparison(comparison));
  std::vector<std::string> suspicions;
  for (const auto& suspicion : comparison.suspicions) {
    suspicions.push_back(DescribeSuspicion(suspicion));
  }
  text += Titled("Suspicious: removals are held for this until it is approved", suspicions,
                 "findings", std::max(names, kOpenNames));
  text += Seats(comparison) + Costs(comparison) + Groups(groups, names, at_most);
  text += Titled("New warnings", comparison.warnings, "warnings", names);
  text += Titled("Warnings that are gone", comparison.settled, "warnings", names);
  text += fmt::format(
      "\n<sub>read {}, policy {}{}; seats and cost once all of it has gone</sub>\n",
      FormatTime(comparison.observed_at), Code(comparison.policy_revision.substr(0, 19)),
      alone ? "" : " compared with " + Code(comparison.base_revision.substr(0, 19)));
  return text;
}

}  // namespace

std::string RenderComparisonMarkdown(const PlanComparison& comparison, std::size_t max_bytes) {
  const auto groups = GroupComparison(comparison);
  // Names go first, kinds of changes last: how many are concerned is always told.
  constexpr std::pair<std::size_t, std::size_t> kBounds[] = {{1000, 1000}, {200, 500}, {50, 200},
                                                             {10, 100},    {0, 100},   {0, 30}};
  std::string text;
  for (const auto& [names, at_most] : kBounds) {
    text = Render(comparison, groups, names, at_most);
    if (text.size() <= max_bytes) return text;
  }
  return fmt::format("{}## {} {}\n\n{}\n\nToo long for a comment: see the plan as text.\n",
                     Marker(comparison.tenant), "What this changes for", Code(comparison.tenant),
                     SummarizeComparison(comparison));
}

}  // namespace seatkeeper
