#include "daemon/waste_text.h"

#include <fmt/format.h>

#include "daemon/waste_cost_trend.h"
#include "daemon/waste_trend.h"
#include "daemon/waste_words.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {
namespace {

void AddProducts(const TenantWaste& tenant, TextPage& page) {
  page.Heading(fmt::format("  {:<26}{:>10}{:>10}{:>9}{:>9}{:>13}", "product", "purchased",
                           "assigned", "unused", "wasted", "returnable"),
               TextPage::Tone::kPlain);
  const auto& waste = tenant.waste;
  for (std::size_t i = 0; i < waste.products.size(); ++i) {
    const auto& product = waste.products[i];
    page.Line(fmt::format("  {:<26}{:>10}{:>10}{:>9}{:>9}{:>13}", Printable(product.name),
                          product.purchased, product.assigned, product.unused(),
                          Sum(product.wasted), product.returnable));
    if (!tenant.display_names[i].empty()) {
      page.Line("      " + Printable(tenant.display_names[i]));
    }
    for (const auto& remark : RemarksOn(product, waste)) page.Line("      " + Printable(remark));
    if (const auto* trend = TrendOf(tenant, product.id)) {
      for (const auto& words : TrendInWords(*trend)) page.Line("      " + words);
      if (const auto cost = CostInWords(product, *trend); !cost.empty()) {
        page.Line("      " + Printable(cost));
      }
    }
  }
  if (waste.products.empty()) page.Line("  The tenant has no product.");
}

void AddCosts(const WasteReport& waste, TextPage& page) {
  if (!waste.costs.empty()) {
    page.Heading(fmt::format("  {:<12}{:>16}{:>16}{:>16}{:>16}", "a month", "purchased", "unused",
                             "wasted", "returnable"),
                 TextPage::Tone::kPlain);
  }
  for (const auto& cost : waste.costs) {
    page.Line(fmt::format("  {:<12}{:>16}{:>16}{:>16}{:>16}", Printable(cost.currency),
                          cost.purchased.Grouped(), cost.unused.Grouped(),
                          cost.wasted_in_all.Grouped(), cost.returnable.Grouped()));
    for (const auto reason : kWasteReasons) {
      const auto& amount = cost.wasted[static_cast<std::size_t>(reason)];
      if (!(MonthlyAmount() < amount)) continue;
      page.Line(fmt::format("      {:<40}{:>16}", WordsFor(reason), amount.Grouped()));
    }
  }
  if (waste.without_price.empty()) return;
  page.Heading(Printable(fmt::format("No price is known of {}: no cost contains it.",
                                     fmt::join(waste.without_price, ", "))),
               TextPage::Tone::kPlain);
}

void AddCostHistory(const CostHistory& history, TextPage& page) {
  if (history.currencies.empty()) return;
  page.Heading(
      fmt::format("  {:<12}{:<16}{:>16}{:>16}", "a month", "at today's price", "unused", "wasted"),
      TextPage::Tone::kPlain);
  for (const auto& trend : history.currencies) {
    for (const auto* day : DaysToShow(trend)) {
      page.Line(fmt::format("  {:<12}{:<16}{:>16}{:>16}", Printable(trend.currency),
                            FormatDay(day->day), day->unused.Grouped(), day->wasted.Grouped()));
    }
  }
}

void AddUsers(const TenantWaste& tenant, TextPage& page) {
  page.Heading(fmt::format("Wasted seats ({})", tenant.seats.size()));
  for (const auto& seat : tenant.seats) {
    const auto by = seat.covered_by.empty() ? "" : fmt::format(" by {}", seat.covered_by);
    page.Line(Printable(fmt::format("  {:<24}{:<18}{}{}", seat.product_name, WordsFor(seat.reason),
                                    seat.user_principal_name, by)));
  }
}

}  // namespace

std::string RenderWasteText(const TenantWaste& tenant) {
  TextPage page({.color = false, .full = true});
  const auto& head = tenant.head;
  page.Line(fmt::format("{}, read {}{}", Printable(head.tenant), FormatTime(head.read_at),
                        head.policy_revision.empty()
                            ? ""
                            : fmt::format(", policy {}", head.policy_revision.substr(0, 19))));
  AddProducts(tenant, page);
  AddCosts(tenant.waste, page);
  AddCostHistory(CostsByDay(tenant.waste, tenant.trends), page);
  if (tenant.with_users) AddUsers(tenant, page);
  page.Line("");
  for (const auto& note : NotesOn(tenant)) page.Line(Printable(note));
  return page.Take();
}

}  // namespace seatkeeper
