#include <fmt/format.h>

#include "reconciler/plan/change_groups.h"
#include "reconciler/plan/cost.h"
#include "reconciler/plan/duration.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/render_sections.h"
#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kNameColumns = 28;

void WriteProduct(const PlanProduct& product, TextPage& page) {
  auto name = Printable(product.part_number);
  if (Width(name) >= kNameColumns) {
    page.Line("  " + name);
    name.clear();
  }
  page.Line(fmt::format("  {:<28}{:>10}{:>10}{:>8}{:>8}{:>7}{:>7}", name, product.purchased,
                        product.assigned, product.assigned_after,
                        product.reserve == 0 ? "-" : std::to_string(product.reserve),
                        product.free_after(),
                        product.short_by == 0 ? "-" : std::to_string(product.short_by)),
            product.short_by == 0 ? TextPage::Tone::kPlain : TextPage::Tone::kNotice);
}

// What the table of seats has no column for, for most products have nothing of it.
void WriteNotes(const PlanProduct& product, TextPage& page) {
  const auto name = Printable(product.part_number);
  if (product.warning != 0 || product.suspended != 0) {
    page.Line(fmt::format("  {}: {} in grace and {} suspended are not planned with", name,
                          Counted(static_cast<std::size_t>(product.warning), "seat"),
                          product.suspended));
  }
  if (const int wasted = product.wasted(); wasted > 0) {
    auto text = fmt::format("  {}: {} wasted, free beyond the {} agreed (spare.max)", name,
                            Counted(static_cast<std::size_t>(wasted), "seat"), *product.spare.max);
    if (product.price) {
      text += fmt::format(": {} {} a month", MonthlyAmount(*product.price, wasted).Grouped(),
                          Printable(product.price->currency));
    }
    page.Line(text, TextPage::Tone::kNotice);
  }
}

void WriteSeats(const Plan& plan, TextPage& page) {
  if (plan.products.empty()) {
    page.Heading("No policy of this tenant names a product.", TextPage::Tone::kPlain);
    return;
  }
  page.Heading(fmt::format("  {:<28}{:>10}{:>10}{:>8}{:>8}{:>7}{:>7}", "product", "purchased",
                           "assigned", "after", "reserve", "free", "short"),
               TextPage::Tone::kPlain);
  for (const auto& product : plan.products) WriteProduct(product, page);
  for (const auto& product : plan.products) WriteNotes(product, page);
}

void WriteCosts(const Plan& plan, TextPage& page) {
  const auto costs = CostsOf(plan);
  if (costs.empty()) return;
  page.Heading(
      fmt::format("  {:<24}{:>18}{:>18}{:>18}", "cost a month", "purchased", "assigned", "after"),
      TextPage::Tone::kPlain);
  for (const auto& cost : costs) {
    page.Line(fmt::format("  {:<24}{:>18}{:>18}{:>18}", Printable(cost.currency),
                          cost.purchased.Grouped(), cost.assigned.Grouped(),
                          cost.assigned_after.Grouped()));
  }
  std::vector<SkuId> unknown;
  for (const auto& product : plan.products) {
    if (!product.price) unknown.push_back(product.id);
  }
  if (!unknown.empty()) {
    page.Line(fmt::format("  Price unknown, not counted: {}", ProductWords(plan, unknown)));
  }
}

void WriteSummary(const Plan& plan, double writes_per_second, TextPage& page) {
  if (!plan.has_changes()) {
    page.Heading("Nothing to change.", TextPage::Tone::kGood);
    return;
  }
  std::size_t gains = 0;
  std::size_t losses = 0;
  const auto going = ChangesWith(plan, Verdict::kGo);
  for (const auto* change : going) {
    if (change->takes_away()) ++losses;
    if (!change->add.empty()) ++gains;
  }
  const int waves = plan.waves();
  page.Heading(
      fmt::format("{} to send{}: {} {} something, {} {} something away. {} held, {} "
                  "deferred.",
                  going.size(), waves > 1 ? fmt::format(" in {} waves", waves) : "", gains,
                  gains == 1 ? "gives" : "give", losses, losses == 1 ? "takes" : "take",
                  plan.CountWith(Verdict::kHeld), plan.CountWith(Verdict::kDeferred)));
  if (going.empty()) return;
  page.Line(
      fmt::format("Expected to take {}, if nothing else writes: Microsoft Graph takes {:.4g} "
                  "writes a second from one app.",
                  Approximately(ExpectedDuration(plan, writes_per_second)), writes_per_second));
}

}  // namespace

void WriteTotals(const Plan& plan, double writes_per_second, TextPage& page) {
  page.Line(
      fmt::format("{}, read {}, policy {}", Printable(plan.tenant), FormatTime(plan.observed_at),
                  Printable(plan.policy_revision.substr(0, 19))),
      TextPage::Tone::kHeading);
  if (!plan.suspended.empty()) {
    page.Line(fmt::format("The tenant is {}. Nothing is changed until `seatkeeper resume`.",
                          Printable(Describe(plan.suspended))),
              TextPage::Tone::kBad);
  }
  WriteSeats(plan, page);
  WriteCosts(plan, page);
  WriteSummary(plan, writes_per_second, page);
}

}  // namespace seatkeeper
