#include "daemon/waste_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "daemon/waste_cost_trend.h"
#include "daemon/waste_trend.h"
#include "daemon/waste_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

// Every colour has a contrast of 4.5 or more to the background that it stands on.
constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Seats: unused, wasted, returnable</title>
<style>
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --used: #2a66a8; --wasted: #b3261e; --kept: #666d76; --returnable: #8f5600; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14171b; --text: #e6e9ed; --soft: #a3abb5; --line: #3a424c;
    --used: #7ab3ee; --wasted: #ff8a80; --kept: #9aa1ab; --returnable: #f0b35a; }
}
body { background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; } h3 { font-size: 1.1rem; }
.soft, caption { color: var(--soft); }
.wide { margin: 1rem 0; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .3rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: right;
  vertical-align: top; white-space: nowrap; }
th:first-child, .words th, .words td { text-align: left; }
.words td { white-space: normal; }
figure { margin: 1rem 0; }
.bars { display: grid; gap: .3rem 1rem; grid-template-columns: minmax(6rem, 14rem) 1fr; margin: 0; }
.bars dd { margin: 0; }
@media (max-width: 40rem) { .bars { grid-template-columns: 1fr; } th, td { padding: .3rem; } }
svg { display: block; height: 1.2rem; width: 100%; }
.key svg { display: inline-block; height: .8rem; width: .8rem; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; }
.used { fill: var(--used); } .wasted { fill: var(--wasted); } .kept { fill: var(--kept); }
.returnable { fill: var(--returnable); }
svg.trend { height: 6rem; overflow: visible; }
polyline, line { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.purchased-line { stroke: var(--kept); stroke-dasharray: 6 3; }
.assigned-line { stroke: var(--used); }
.wasted-line { stroke: var(--wasted); stroke-dasharray: 2 2; }
.unused-line { stroke: var(--returnable); }
</style>
</head>
<body>
<main>
<h1>Seats: unused, wasted, returnable</h1>
)";

constexpr std::string_view kTail = "</main>\n</body>\n</html>\n";

struct Share {
  const char* kind;  ///< A class of the style sheet.
  const char* words;
  int seats;
};

// What a product's seats do; together those bought, or those in use where there are more.
std::array<Share, 4> SharesOf(const ProductWaste& product) {
  const int wasted = Sum(product.wasted);
  return {{{"used", "in use", product.assigned - wasted},
           {"wasted", "wasted", wasted},
           {"kept", "unused, not returnable", product.unused() - product.returnable},
           {"returnable", "returnable", product.returnable}}};
}

std::string Bar(const ProductWaste& product) {
  const auto shares = SharesOf(product);
  double all = 0;
  for (const auto& share : shares) all += share.seats;
  std::string rects;
  std::string words;
  double at = 0;
  for (const auto& share : shares) {
    if (share.seats <= 0) continue;
    const double width = 100.0 * share.seats / all;
    rects += fmt::format(R"(<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>)",
                         share.kind, at, width);
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", share.seats, share.words);
    at += width;
  }
  return fmt::format(R"(<svg role="img" aria-label="{}: {}">{}</svg>)", EscapeHtml(product.name),
                     words.empty() ? "no seats" : words, rects);
}

// What is free of charge has thousands of seats, of which none says anything.
bool IsCharted(const ProductWaste& product) { return product.billed() > 0; }

std::string Chart(const TenantWaste& tenant) {
  std::string key;
  for (const auto& share : SharesOf({})) {
    key += fmt::format(
        R"(<li><svg aria-hidden="true"><rect class="{}" width="100%" height="100%"/></svg> {}</li>)",
        share.kind, share.words);
  }
  std::string bars;
  for (const auto& product : tenant.waste.products) {
    if (!IsCharted(product)) continue;
    bars += fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(product.name), Bar(product));
  }
  if (bars.empty()) return "";
  return fmt::format(
      "<figure>\n<figcaption>What becomes of the seats that are paid for</figcaption>\n"
      "<ul class=\"key\">{}</ul>\n<dl class=\"bars\">\n{}</dl>\n</figure>\n",
      key, bars);
}

using Cells = std::vector<std::string>;

// Of texts that are not escaped yet. The first column names the row.
std::string Table(std::string_view caption, const Cells& headings, const std::vector<Cells>& rows,
                  std::string_view kind = "figures") {
  std::string table = fmt::format(
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n"
      "<table class=\"{1}\">\n"
      "<caption>{0}</caption>\n<thead><tr>",
      EscapeHtml(caption), kind);
  for (const auto& heading : headings) {
    table += fmt::format("<th scope=\"col\">{}</th>", EscapeHtml(heading));
  }
  table += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    table += fmt::format("<tr><th scope=\"row\">{}</th>", EscapeHtml(row.front()));
    std::for_each(row.begin() + 1, row.end(), [&](const std::string& cell) {
      table += fmt::format("<td>{}</td>", EscapeHtml(cell));
    });
    table += "</tr>\n";
  }
  return table + "</tbody>\n</table>\n</div>\n";
}

std::string Products(const TenantWaste& tenant) {
  std::vector<Cells> rows;
  const auto& products = tenant.waste.products;
  for (const auto& product : products) {
    Cells row{product.name};
    for (const int seats : {product.purchased, product.assigned, product.unused(),
                            Sum(product.wasted), product.returnable}) {
      row.push_back(std::to_string(seats));
    }
    rows.push_back(std::move(row));
  }
  return Table("Seats by product",
               {"Product", "Purchased", "Assigned", "Unused", "Wasted", "Returnable"}, rows);
}

std::string Reasons(const TenantWaste& tenant) {
  std::vector<Cells> rows;
  for (const auto& product : tenant.waste.products) {
    if (Sum(product.wasted) == 0) continue;
    Cells row{product.name};
    for (const auto reason : kWasteReasons) {
      const bool known = reason != WasteReason::kInactive || tenant.waste.knows_inactive();
      const int seats = product.wasted[static_cast<std::size_t>(reason)];
      row.push_back(known ? std::to_string(seats) : std::string(kNotKnown));
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return "<p>No seat in use is wasted, as far as is known.</p>\n";
  Cells headings{"Product"};
  for (const auto reason : kWasteReasons) headings.emplace_back(WordsFor(reason));
  return Table("Wasted seats by reason", headings, rows);
}

std::string Costs(const WasteReport& waste) {
  std::vector<Cells> rows;
  for (const auto& cost : waste.costs) {
    rows.push_back({cost.currency, cost.purchased.Grouped(), cost.unused.Grouped(),
                    cost.wasted_in_all.Grouped(), cost.returnable.Grouped()});
  }
  std::string text;
  if (!rows.empty()) {
    text = Table("A month, each currency for itself",
                 {"Currency", "Purchased", "Unused", "Wasted", "Returnable"}, rows);
  }
  if (waste.without_price.empty()) return text;
  return text + fmt::format("<p>No price is known of {}: no cost contains it.</p>\n",
                            EscapeHtml(fmt::format("{}", fmt::join(waste.without_price, ", "))));
}

std::string CostsOverTime(const CostHistory& history) {
  if (history.currencies.empty()) return "";
  std::vector<Cells> rows;
  for (const auto& trend : history.currencies) {
    for (const auto* day : DaysToShow(trend)) {
      rows.push_back(
          {trend.currency, FormatDay(day->day), day->unused.Grouped(), day->wasted.Grouped()});
    }
  }
  return CostCharts(history) + Table("A month at today's prices, the seats of these days",
                                     {"Currency", "Day", "Unused", "Wasted"}, rows);
}

std::string List(const std::vector<std::string>& sentences) {
  std::string list;
  for (const auto& each : sentences) list += fmt::format("<li>{}</li>\n", EscapeHtml(each));
  return fmt::format("<ul>\n{}</ul>\n", list);
}

std::string Remarks(const TenantWaste& tenant) {
  std::string text;
  for (std::size_t i = 0; i < tenant.waste.products.size(); ++i) {
    const auto& product = tenant.waste.products[i];
    auto remarks = RemarksOn(product, tenant.waste);
    if (const auto* trend = TrendOf(tenant, product.id)) {
      for (auto& words : TrendInWords(*trend)) remarks.push_back(std::move(words));
      if (auto cost = CostInWords(product, *trend); !cost.empty()) {
        remarks.push_back(std::move(cost));
      }
    }
    if (remarks.empty()) continue;
    const auto& name = tenant.display_names[i];
    text += fmt::format("<details open>\n<summary>{}{}</summary>\n{}</details>\n",
                        EscapeHtml(product.name),
                        name.empty() ? "" : fmt::format(" ({})", EscapeHtml(name)), List(remarks));
  }
  return text;
}

std::string Users(const TenantWaste& tenant) {
  std::vector<Cells> rows;
  for (const auto& seat : tenant.seats) {
    rows.push_back({seat.user_principal_name, seat.display_name, seat.product_name,
                    std::string(WordsFor(seat.reason)), seat.covered_by});
  }
  return "<h3>Who holds the wasted seats</h3>\n" +
         Table("Wasted seats", {"User", "Name", "Product", "Reason", "Covered by"}, rows, "words");
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string_view WasteHtmlHead() { return kHead; }

std::string_view WasteHtmlTail() { return kTail; }

std::string RenderWasteHtml(const TenantWaste& tenant, int number) {
  const auto& head = tenant.head;
  auto text = fmt::format(
      "<section aria-labelledby=\"tenant-{0}\">\n<h2 id=\"tenant-{0}\">{1}</h2>\n"
      "<p class=\"soft\">Read {2}{3}</p>\n",
      number, EscapeHtml(head.tenant), FormatTime(head.read_at),
      head.policy_revision.empty()
          ? ""
          : fmt::format(", policy {}", EscapeHtml(head.policy_revision.substr(0, 19))));
  text += "<h3>Seats</h3>\n" + Chart(tenant) + Products(tenant) + Reasons(tenant);
  if (const auto charts = TrendCharts(tenant); !charts.empty()) {
    text += "<h3>Trend</h3>\n" + charts;
  }
  text += "<h3>Cost</h3>\n" + Costs(tenant.waste) +
          CostsOverTime(CostsByDay(tenant.waste, tenant.trends));
  text += "<h3>Product by product</h3>\n" + Remarks(tenant);
  if (tenant.with_users) text += Users(tenant);
  return text + "<h3>How to read it</h3>\n" + List(NotesOn(tenant)) + "</section>\n";
}

}  // namespace seatkeeper
