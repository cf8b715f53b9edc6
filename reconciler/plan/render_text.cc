#include "reconciler/plan/render_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/render_sections.h"

namespace seatkeeper {
namespace {

bool TakesSeat(const Change& change, const SkuId& product) {
  return std::find(change.takes_seats.begin(), change.takes_seats.end(), product) !=
         change.takes_seats.end();
}

// "SPE_E3 -> SPE_E5", "+ SPE_E5" or "~ SPE_E5".
std::string DescribeAdd(const Plan& plan, const Change& change, const SkuId& product) {
  std::vector<std::string> from;
  for (const auto& [lower, higher] : change.swaps) {
    if (higher == product) from.push_back(ProductWord(plan, lower));
  }
  const auto name = ProductWord(plan, product);
  if (!from.empty()) return fmt::format("{} -> {}", fmt::join(from, ", "), name);
  return fmt::format("{} {}", TakesSeat(change, product) ? "+" : "~", name);
}

}  // namespace

std::string DescribeChange(const Plan& plan, const Change& change) {
  if (change.reprocesses()) return "processed again for " + ReprocessWords(plan, change);
  std::vector<std::string> parts;
  for (const auto& add : change.add) {
    parts.push_back(DescribeAdd(plan, change, add.product) + WithoutWords(plan, add));
  }
  for (const auto& product : change.remove) {
    if (SwappedFor(change, product) == nullptr) parts.push_back("- " + ProductWord(plan, product));
  }
  if (!change.usage_location.empty()) {
    parts.push_back(fmt::format("usage location {}", change.usage_location));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string RenderPlanText(const Plan& plan, const TextStyle& style, double writes_per_second) {
  TextPage page(style);
  WriteTotals(plan, writes_per_second, page);
  WriteChanges(plan, page);
  WriteDanger(plan, page);
  WriteWaiting(plan, page);
  WriteCircles(plan, page);
  WriteHeld(plan, page);
  WriteDeferred(plan, page);
  WriteDriftLeft(plan, page);
  WriteWarnings(plan, page);
  return page.Take();
}

}  // namespace seatkeeper
