#include "daemon/waste_csv.h"

#include <fmt/format.h>

#include <vector>

#include "daemon/csv_cell.h"
#include "daemon/waste_cost_trend.h"
#include "daemon/waste_trend.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

using Cells = std::vector<std::string>;

void Add(std::string& text, const Cells& cells) {
  std::string line;
  for (const auto& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    line += CsvCell(Printable(cell));
  }
  text += line + "\r\n";
}

std::string Known(const std::optional<int>& figure) {
  return figure ? std::to_string(*figure) : "";
}

// "2026-12-01:10 2027-06-01:5"; a date that is not known is "?".
std::string RenewalsOf(const ProductWaste& product) {
  std::string text;
  for (const auto& renewal : product.renewals) {
    if (renewal.returnable == 0) continue;
    text +=
        fmt::format("{}{}:{}", text.empty() ? "" : " ",
                    renewal.at ? FormatTime(*renewal.at).substr(0, 10) : "?", renewal.returnable);
  }
  return text;
}

std::string CostOf(const ProductWaste& product, int seats) {
  return product.price ? MonthlyAmount(*product.price, seats).ToString() : "";
}

// What changed since that day, in the order of the headings; empty where it is not known.
void AddChange(const ProductDay* from, const ProductTrend* trend, Cells& cells) {
  if (from == nullptr) {
    cells.resize(cells.size() + 3);
    return;
  }
  const auto changed = ChangeBetween(*from, trend->back());
  for (const int seats : {changed.purchased, changed.assigned, changed.wasted}) {
    cells.push_back(std::to_string(seats));
  }
}

void AddTrend(const ProductTrend* trend, Cells& cells) {
  cells.push_back(trend == nullptr ? "" : FormatDay(trend->front().day));
  cells.push_back(trend == nullptr ? "" : FormatDay(trend->back().day));
  AddChange(trend == nullptr ? nullptr : &trend->front(), trend, cells);
  for (const auto span : kTrendSpans) {
    AddChange(trend == nullptr ? nullptr : DaysBefore(*trend, span), trend, cells);
  }
}

// Likewise of what that cost a month, at today's price.
void AddCostChange(const ProductDay* from, const ProductTrend* trend, const UnitPrice* price,
                   Cells& cells) {
  if (from == nullptr || price == nullptr) {
    cells.resize(cells.size() + 2);
    return;
  }
  const auto before = CostOn(*from, *price);
  const auto now = CostOn(trend->back(), *price);
  cells.push_back(ChangeOfCost(before.unused, now.unused));
  cells.push_back(ChangeOfCost(before.wasted, now.wasted));
}

void AddCostTrend(const ProductTrend* trend, const UnitPrice* price, Cells& cells) {
  AddCostChange(trend == nullptr ? nullptr : &trend->front(), trend, price, cells);
  for (const auto span : kTrendSpans) {
    AddCostChange(trend == nullptr ? nullptr : DaysBefore(*trend, span), trend, price, cells);
  }
}

void AddTrendHeadings(Cells& cells) {
  cells.emplace_back("trendFrom");
  cells.emplace_back("trendTo");
  std::vector<std::string> spans{""};
  for (const auto span : kTrendSpans) spans.push_back(std::to_string(span.count()));
  for (const auto& span : spans) {
    for (const auto* figure : {"purchased", "assigned", "wasted"}) {
      cells.push_back(fmt::format("{}Change{}", figure, span));
    }
  }
  for (const auto& span : spans) {
    for (const auto* cost : {"monthlyUnused", "monthlyWasted"}) {
      cells.push_back(fmt::format("{}Change{}", cost, span));
    }
  }
}

Cells ProductHeadings() {
  Cells cells{"tenant",    "observedAt", "product",   "skuId",   "displayName", "billing",
              "purchased", "assigned",   "unused",    "reserve", "spareMin",    "spareMax",
              "short",     "warning",    "suspended", "trial",   "selfService"};
  for (const auto reason : kWasteReasons)
    cells.push_back(fmt::format("wasted_{}", ToString(reason)));
  for (const auto* heading :
       {"wasted", "returnable", "renewals", "activityUnknown", "redundantDirect", "currency",
        "monthlyPurchased", "monthlyUnused", "monthlyWasted", "monthlyReturnable"}) {
    cells.emplace_back(heading);
  }
  AddTrendHeadings(cells);
  return cells;
}

Cells ProductCells(const TenantWaste& tenant, std::size_t at) {
  const auto& product = tenant.waste.products[at];
  const bool knows = tenant.waste.knows_inactive();
  Cells cells{tenant.head.tenant,
              FormatTime(tenant.head.read_at),
              product.name,
              product.id.ToString(),
              tenant.display_names[at],
              std::string(ToString(product.billing)),
              std::to_string(product.purchased),
              std::to_string(product.assigned),
              std::to_string(product.unused()),
              std::to_string(product.reserve),
              Known(product.spare.min),
              Known(product.spare.max),
              std::to_string(product.short_by),
              std::to_string(product.warning),
              std::to_string(product.suspended),
              Known(product.trial),
              Known(product.self_service)};
  for (const auto reason : kWasteReasons) {
    const bool known = reason != WasteReason::kInactive || knows;
    cells.push_back(known ? std::to_string(product.wasted[static_cast<std::size_t>(reason)]) : "");
  }
  const int wasted = Sum(product.wasted_and_billed());
  for (auto& cell :
       Cells{std::to_string(Sum(product.wasted)), std::to_string(product.returnable),
             RenewalsOf(product), knows ? std::to_string(product.activity_unknown) : "",
             std::to_string(product.redundant_direct), product.price ? product.price->currency : "",
             CostOf(product, product.billed()), CostOf(product, product.unused_and_billed()),
             CostOf(product, wasted), CostOf(product, product.returnable)}) {
    cells.push_back(std::move(cell));
  }
  const auto* trend = TrendOf(tenant, product.id);
  AddTrend(trend, cells);
  AddCostTrend(trend, PriceForDays(product), cells);
  return cells;
}

}  // namespace

std::string RenderWasteCsv(const TenantWaste& tenant, bool headings) {
  std::string text;
  if (!tenant.with_users) {
    if (headings) Add(text, ProductHeadings());
    for (std::size_t i = 0; i < tenant.waste.products.size(); ++i) {
      Add(text, ProductCells(tenant, i));
    }
    return text;
  }
  if (headings) {
    Add(text, {"tenant", "observedAt", "product", "skuId", "reason", "coveredBy",
               "userPrincipalName", "userId", "displayName"});
  }
  for (const auto& seat : tenant.seats) {
    Add(text, {tenant.head.tenant, FormatTime(tenant.head.read_at), seat.product_name,
               seat.product.ToString(), std::string(ToString(seat.reason)), seat.covered_by,
               seat.user_principal_name, seat.user.ToString(), seat.display_name});
  }
  return text;
}

}  // namespace seatkeeper
