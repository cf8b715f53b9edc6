#include <fmt/format.h>

#include <map>

#include "reconciler/plan/compare_groups.h"
#include "reconciler/plan/compare_render.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/revision_check.h"

namespace seatkeeper {
namespace {

using Tone = TextPage::Tone;

std::string ProductName(const PlanComparison& comparison, const SkuId& id) {
  return Printable(comparison.product_names.at(id));
}

void WriteSeats(const PlanComparison& comparison, TextPage& page) {
  if (comparison.products.empty()) return;
  page.Heading(fmt::format("  {:<28}{:>10}{:>10}{:>8}{:>8}{:>7}", "product", "purchased", "base",
                           "then", "change", "short"),
               Tone::kPlain);
  for (const auto& product : comparison.products) {
    page.Line(
        fmt::format("  {:<28}{:>10}{:>10}{:>8}{:>+8}{:>7}", ProductName(comparison, product.id),
                    product.purchased, product.base, product.after, product.after - product.base,
                    product.after_short == 0 ? "-" : std::to_string(product.after_short)),
        product.after_short > product.base_short ? Tone::kNotice : Tone::kPlain);
  }
}

void WriteCosts(const PlanComparison& comparison, TextPage& page) {
  if (!comparison.costs.empty()) {
    page.Heading(
        fmt::format("  {:<24}{:>18}{:>18}{:>18}", "cost a month", "base", "then", "change"),
        Tone::kPlain);
  }
  for (const auto& cost : comparison.costs) {
    page.Line(fmt::format("  {:<24}{:>18}{:>18}{:>18}", Printable(cost.currency),
                          cost.base.Grouped(), cost.after.Grouped(), cost.Change(true)));
  }
  if (comparison.without_price.empty()) return;
  std::vector<std::string> names;
  for (const auto& id : comparison.without_price) names.push_back(ProductName(comparison, id));
  page.Line(fmt::format("  Price unknown, not counted: {}", fmt::join(names, ", ")));
}

Tone ToneOf(CompareSection section) {
  if (section <= CompareSection::kLoses) return Tone::kBad;
  return section == CompareSection::kNotGiven ? Tone::kNotice : Tone::kHeading;
}

void WriteGroup(const CompareGroup& group, TextPage& page) {
  const bool one = group.users == 1;
  page.Line(fmt::format("  {}: {} user{}{}", group.what, group.users, one ? "" : "s",
                        group.risk.empty() ? "" : "  ! " + group.risk));
  if (!group.why.empty()) page.Line("    by " + group.why);
  for (const auto& held : group.held) page.Line("    " + held, Tone::kNotice);
  page.Fold(group.names.size(), 6, [&](std::size_t i) { page.Line("      " + group.names[i]); });
}

void WriteGroups(const PlanComparison& comparison, TextPage& page) {
  std::optional<CompareSection> section;
  for (const auto& group : GroupComparison(comparison)) {
    if (section != group.section) page.Heading(TitleOf(group.section), ToneOf(group.section));
    section = group.section;
    WriteGroup(group, page);
  }
}

void WriteList(std::string_view title, const std::vector<std::string>& lines, TextPage& page) {
  if (lines.empty()) return;
  page.Heading(fmt::format("{} ({})", title, lines.size()));
  page.Fold(lines.size(), 2, [&](std::size_t i) { page.Line("  " + Printable(lines[i])); });
}

}  // namespace

std::string RenderComparisonText(const PlanComparison& comparison, const TextStyle& style) {
  TextPage page(style);
  page.Line(fmt::format("{}, read {}, policy {} compared with {}", Printable(comparison.tenant),
                        FormatTime(comparison.observed_at),
                        Printable(comparison.policy_revision.substr(0, 19)),
                        Printable(comparison.base_revision.substr(0, 19))),
            Tone::kHeading);
  page.Heading(SummarizeComparison(comparison), Tone::kPlain);
  std::vector<std::string> suspicions;
  for (const auto& suspicion : comparison.suspicions) {
    suspicions.push_back(DescribeSuspicion(suspicion));
  }
  WriteList("Suspicious: removals are held for this until it is approved", suspicions, page);
  WriteSeats(comparison, page);
  WriteCosts(comparison, page);
  WriteGroups(comparison, page);
  WriteList("New warnings", comparison.warnings, page);
  WriteList("Warnings that are gone", comparison.settled, page);
  return page.Take();
}

}  // namespace seatkeeper
