#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

#include "daemon/csv_cell.h"
#include "daemon/waste_cost_trend.h"
#include "daemon/waste_csv.h"
#include "daemon/waste_html.h"
#include "daemon/waste_json.h"
#include "daemon/waste_text.h"
#include "daemon/waste_trend.h"
#include "tests/support/golden.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

WallTime At(const char* text) { return *ParseTime(text); }

ProductWaste Suite() {
  return {.id = *SkuId::Parse("06ebc4ee-1bb5-47dd-8120-11324bc54e06"),
          .name = "SPE_E5",
          .purchased = 50,
          .assigned = 28,
          .seen = 26,
          .warning = 3,
          .suspended = 1,
          .trial = 5,
          .self_service = 2,
          .reserve = 2,
          .spare = {.min = 5, .max = 10},
          .short_by = 1,
          .wasted = {2, 3, 1, 0, 4},
          .returnable = 4,
          .activity_unknown = 6,
          .redundant_direct = 7,
          .price = UnitPrice{.amount = 570'000, .currency = "USD"},
          .renewals = {
              {.subscription = "s1", .at = At("2026-12-01T00:00:00Z"), .seats = 3, .returnable = 3},
              {.subscription = "s2", .at = {}, .seats = 40, .returnable = 1}}};
}

ProductWaste Viral() {
  return {.id = *SkuId::Parse("f30db892-07e9-47e9-837c-80727f46fd3d"),
          .name = "FLOW_FREE",
          .billing = Billing::kFree,
          .purchased = 10'000,
          .assigned = 3,
          .seen = 3,
          .trial = 0,
          .self_service = 0};
}

ProductWaste Strange() {
  return {.id = *SkuId::Parse("c0000000-0000-4000-8000-000000000001"),
          .name = "=NEW\x1b[31m\xff",
          .purchased = 3,
          .assigned = 4,
          .seen = 4,
          .trial = 0,
          .self_service = 0,
          .wasted = {0, 0, 4, 0, 0}};
}

ProductDay Day(const char* day, int purchased, int assigned, int wasted) {
  return {.day = std::chrono::floor<std::chrono::days>(At(day)),
          .product = Suite().id,
          .purchased = purchased,
          .assigned = assigned,
          .wasted = wasted};
}

// Of the suite; of the others there is one day, which is none to compare with.
std::map<SkuId, ProductTrend> Trends() {
  auto other = Day("2026-11-19T00:00:00Z", 3, 4, 4);
  other.product = Strange().id;
  return {{Suite().id,
           {Day("2026-07-01T00:00:00Z", 40, 35, 12), Day("2026-10-01T00:00:00Z", 40, 30, 9),
            Day("2026-10-20T00:00:00Z", 50, 28, 9), Day("2026-11-19T00:00:00Z", 50, 28, 7)}},
          {other.product, {other}}};
}

TenantWaste Waste() {
  CurrencyWaste cost{.currency = "USD",
                     .purchased = MonthlyAmount(*Suite().price, 45),
                     .unused = MonthlyAmount(*Suite().price, 17),
                     .returnable = MonthlyAmount(*Suite().price, 4),
                     .wasted_in_all = MonthlyAmount(*Suite().price, 10)};
  for (std::size_t i = 0; i < kWasteReasons.size(); ++i) {
    cost.wasted[i] = MonthlyAmount(*Suite().price, Suite().wasted[i]);
  }
  return {.head = {.tenant = "contoso",
                   .read_at = At("2026-11-20T08:00:00Z"),
                   .policy_revision = "sha256:18f94694abcb18f94694abcb"},
          .waste = {.inactive_after = std::chrono::days(90),
                    .sign_ins_read = true,
                    .subscriptions_read = true,
                    .products = {Strange(), Viral(), Suite()},
                    .costs = {cost},
                    .without_price = {Strange().name},
                    .seats = {}},
          .display_names = {"", "Microsoft Power Automate Free", "Microsoft 365 E5"},
          .sign_ins_refused = {},
          .with_users = false,
          .seats = {},
          .trends = Trends()};
}

TenantWaste WithUsers() {
  auto tenant = Waste();
  tenant.with_users = true;
  tenant.seats = {{.user_principal_name = "gus_partner.com#EXT#@contoso.com",
                   .display_name = "=cmd|' /C calc'!A0",
                   .user = *UserId::Parse("a0000000-0000-4000-8000-000000000001"),
                   .product = Strange().id,
                   .product_name = Strange().name,
                   .reason = WasteReason::kGuest,
                   .covered_by = {}},
                  {.user_principal_name = "@ada,\"x\"\r\n@contoso.com",
                   .display_name = "<script>",
                   .user = *UserId::Parse("a0000000-0000-4000-8000-000000000002"),
                   .product = Suite().id,
                   .product_name = "SPE_E5",
                   .reason = WasteReason::kOverlap,
                   .covered_by = "SPE_E7"}};
  return tenant;
}

TEST(WasteText, SaysWhatIsWastedAndWhatComesBackWhen) {
  test::ExpectGolden("report_text.txt", RenderWasteText(Waste()));
}

TEST(WasteText, NamesUsersOnRequestAlone) {
  EXPECT_THAT(RenderWasteText(Waste()), Not(HasSubstr("partner")));
  const auto text = RenderWasteText(WithUsers());
  EXPECT_THAT(text, AllOf(HasSubstr("gus_partner.com#EXT#@contoso.com"), HasSubstr("by SPE_E7"),
                          Not(HasSubstr("\x1b")), Not(HasSubstr("\r"))));
}

TEST(WasteText, SaysWhatIsNotKnown) {
  auto tenant = Waste();
  tenant.waste.sign_ins_read = false;
  tenant.waste.subscriptions_read = false;
  tenant.sign_ins_refused = "They were not read: no.";
  EXPECT_THAT(RenderWasteText(tenant), AllOf(HasSubstr("Inactive: not known. They were not read"),
                                             HasSubstr("renewals, trials and self-service")));
  tenant.waste.inactive_after.reset();
  EXPECT_THAT(RenderWasteText(tenant), HasSubstr("--inactive-days asks for it"));
}

TEST(WasteCsv, HasALinePerProduct) {
  const auto csv = RenderWasteCsv(Waste(), true);
  test::ExpectGolden("report_csv.csv", csv);
  EXPECT_THAT(RenderWasteCsv(Waste(), false), StartsWith("contoso,"));
}

TEST(WasteCsv, WhatLooksLikeAFormulaIsText) {
  const auto csv = RenderWasteCsv(WithUsers(), true);
  test::ExpectGolden("report_users_csv.csv", csv);
  EXPECT_THAT(csv, AllOf(HasSubstr(",'=cmd|"), HasSubstr(",\"'@ada,\"\"x\"\"??@contoso.com\","),
                         Not(HasSubstr(",=")), Not(HasSubstr(",@"))));
}

TEST(WasteCsv, LeavesEmptyWhatIsNotKnown) {
  auto tenant = Waste();
  tenant.waste.inactive_after.reset();
  const auto known = RenderWasteCsv(Waste(), false);
  EXPECT_THAT(known, HasSubstr(",2,3,1,0,4,10,4,"));
  EXPECT_THAT(RenderWasteCsv(tenant, false), HasSubstr(",2,,1,0,4,10,4,"));
}

std::string Html(const TenantWaste& tenant) {
  return fmt::format("{}{}{}", WasteHtmlHead(), RenderWasteHtml(tenant, 1), WasteHtmlTail());
}

// The first tag that is closed although another one is open, or is not closed; empty: all are.
std::string Unbalanced(const std::string& html) {
  static const std::regex kTag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
  std::vector<std::string> open;
  for (std::sregex_iterator match(html.begin(), html.end(), kTag), end; match != end; ++match) {
    const std::string name = (*match)[2];
    if (name == "meta" || (*match)[3].length() > 0) continue;
    if ((*match)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(WasteHtml, IsOneFileThatFetchesNothing) {
  const auto html = Html(WithUsers());
  test::ExpectGolden("report_html.html", html);
  EXPECT_EQ(Unbalanced(html), "");
  EXPECT_EQ(Unbalanced("<p><b></p>"), "p");
  for (const auto* fetched : {"http:", "https:", "src=", "href=", "url(", "<script", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(fetched)));
  }
}

TEST(WasteHtml, NamesAreTextAndNothingElse) {
  auto tenant = WithUsers();
  tenant.head.tenant = "\"><script>alert('x')</script>&\x1b";
  tenant.waste.products[0].name = "\"><img onerror=x>";
  const auto html = Html(tenant);
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("\x1b")),
                          HasSubstr("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)")));
  EXPECT_EQ(Unbalanced(html), "");
}

TEST(WasteHtml, NamesUsersOnRequestAlone) {
  EXPECT_THAT(Html(Waste()), Not(HasSubstr("partner")));
  EXPECT_THAT(Html(WithUsers()), HasSubstr("gus_partner.com#EXT#@contoso.com"));
}

TEST(WasteHtml, ChartsWhatTheTableSays) {
  const auto html = Html(Waste());
  EXPECT_THAT(html, HasSubstr("SPE_E5: 18 in use, 10 wasted, 18 unused, not returnable, "
                              "4 returnable"));
  EXPECT_THAT(html, Not(HasSubstr("FLOW_FREE: "))) << "nobody pays for it";
}

TEST(WasteTrend, SaysWhatChangedSinceTheFirstDayAndLately) {
  EXPECT_THAT(TrendInWords(Trends()[Suite().id]),
              ElementsAre("from 2026-07-01 to 2026-11-19: purchased 40 to 50, assigned 35 to 28, "
                          "wasted 12 to 7",
                          "in the last 30 days of these: purchased unchanged, assigned unchanged, "
                          "wasted -2",
                          "in the last 90 days of these: purchased +10, assigned -7, wasted -5"));
  const ProductTrend young{Day("2026-11-01T00:00:00Z", 1, 1, 0),
                           Day("2026-11-19T00:00:00Z", 2, 1, 0)};
  EXPECT_THAT(TrendInWords(young), SizeIs(1)) << "nobody knows what it was 30 days ago";
}

TEST(WasteTrend, SaysWhoIsInactiveSinceThatIsKnown) {
  auto trend = Trends()[Suite().id];
  trend.back().inactive = 3;
  EXPECT_THAT(TrendInWords(trend)[0], Not(HasSubstr("inactive"))) << "one day is no trend";
  trend[2].inactive = 5;
  EXPECT_THAT(TrendInWords(trend)[0],
              HasSubstr("wasted 12 to 7; beside that, inactive 5 to 3 since 2026-10-20"));
  trend.front().inactive = 8;
  EXPECT_TRUE(TrendInWords(trend)[0].ends_with("wasted 12 to 7; beside that, inactive 8 to 3"));
  trend.back().inactive.reset();
  EXPECT_THAT(TrendInWords(trend)[0], Not(HasSubstr("inactive"))) << "it is not known any more";
}

TEST(WasteTrend, IsNoneWithoutASecondDay) {
  auto tenant = Waste();
  EXPECT_EQ(TrendOf(tenant, Strange().id), nullptr);
  EXPECT_EQ(TrendOf(tenant, Viral().id), nullptr);
  EXPECT_THAT(TrendCharts(tenant), AllOf(HasSubstr("SPE_E5"), Not(HasSubstr("NEW"))));
  tenant.trends[Suite().id].resize(1);
  EXPECT_EQ(TrendCharts(tenant), "");
  EXPECT_THAT(RenderWasteText(tenant), Not(HasSubstr("from 2026-07-01")));
  EXPECT_THAT(RenderWasteCsv(tenant, false), HasSubstr(",228.00" + std::string(17, ',') + "\r\n"));
}

TEST(WasteTrend, IsDrawnToScale) {
  const auto charts = TrendCharts(Waste());
  EXPECT_THAT(charts, HasSubstr(R"(<polyline class="purchased-line" points="0.0,20.0 )"));
  EXPECT_THAT(charts,
              HasSubstr(R"(600.0,0.0"/><polyline class="assigned-line" points="0.0,30.0 )"));
  EXPECT_THAT(charts, HasSubstr("2026-07-01 to 2026-11-19, 0 to 50"));
}

TEST(WasteTrend, IsInFiguresInASpreadsheet) {
  EXPECT_THAT(RenderWasteCsv(Waste(), false),
              HasSubstr(",2026-07-01,2026-11-19,10,-7,-5,0,0,-2,10,-7,-5,"
                        "969.00,-285.00,0.00,-114.00,969.00,-285.00\r\n"));
  EXPECT_EQ(CsvCell("-285.00"), "-285.00");
  for (const auto* formula : {"-", "-.5", "-5.", "-1.2.3", "-1+1", "-1.0e", "+1.00"}) {
    EXPECT_EQ(CsvCell(formula), std::string("'") + formula);
  }
}

CostHistory Costs(const TenantWaste& tenant) { return CostsByDay(tenant.waste, tenant.trends); }

TEST(WasteCostTrend, SaysWhatTheSeatsOfThenCostAtTodaysPrice) {
  const auto tenant = Waste();
  EXPECT_EQ(CostInWords(Suite(), Trends()[Suite().id]),
            "a month at today's price: unused USD 285.00 to 1,254.00, wasted USD 684.00 to 399.00");
  EXPECT_EQ(CostInWords(Strange(), Trends()[Suite().id]), "") << "no price is known";
  std::vector<std::string> shown;
  const auto history = Costs(tenant);
  ASSERT_THAT(history.currencies, SizeIs(1));
  for (const auto* day : DaysToShow(history.currencies[0])) {
    shown.push_back(FormatDay(day->day) + " " + day->unused.Grouped() + " " +
                    day->wasted.Grouped());
  }
  EXPECT_THAT(shown, ElementsAre("2026-07-01 285.00 684.00", "2026-10-20 1,254.00 513.00",
                                 "2026-11-19 1,254.00 399.00"))
      << "90 days ago is the first day, too";
  EXPECT_THAT(RenderWasteText(tenant),
              AllOf(HasSubstr("  USD         2026-07-01                285.00          684.00\n"),
                    HasSubstr("  USD         2026-11-19              1,254.00          399.00\n")));
}

TEST(WasteCostTrend, SaysAtWhichPricesAndWhatIsNotContained) {
  auto tenant = Waste();
  EXPECT_THAT(NotesOnCosts(Costs(tenant)),
              ElementsAre(HasSubstr("at today's prices: the store keeps no prices"),
                          AllOf(StartsWith("No price is known of =NEW"),
                                HasSubstr("no cost of past days contains it"))));
  tenant.trends[*SkuId::Parse("c0000000-0000-4000-8000-000000000009")] = {
      Day("2026-07-01T00:00:00Z", 1, 1, 1)};
  EXPECT_THAT(NotesOnCosts(Costs(tenant)).back(),
              HasSubstr("does not have 1 product of past days any more"));
  for (auto& product : tenant.waste.products) product.price.reset();
  EXPECT_THAT(NotesOnCosts(Costs(tenant)), IsEmpty());
  EXPECT_EQ(CostCharts(Costs(tenant)), "");
  EXPECT_THAT(RenderWasteText(tenant), Not(HasSubstr("today's price")));
}

TEST(WasteCostTrend, IsDrawnToScaleByCurrency) {
  auto tenant = Waste();
  tenant.waste.products[0].price = UnitPrice{.amount = 10'000, .currency = "EUR"};
  const auto charts = CostCharts(Costs(tenant));
  EXPECT_THAT(charts, HasSubstr(R"(<polyline class="unused-line" points="0.0,77.3 )"));
  EXPECT_THAT(charts, HasSubstr(R"(600.0,0.0"/><polyline class="wasted-line" points="0.0,45.5 )"));
  EXPECT_THAT(charts, HasSubstr("2026-07-01 to 2026-11-19, 0 to USD 1,254.00"));
  EXPECT_THAT(charts, HasSubstr("2026-07-01 to 2026-11-19, 0 to EUR 3.00"));
  EXPECT_THAT(charts, HasSubstr("<dt>EUR</dt>"));
  tenant.waste.products[0].price->amount = 0;
  EXPECT_THAT(CostCharts(Costs(tenant)), HasSubstr("0 to EUR 0.00")) << "nothing divides by it";
}

TEST(WasteCostTrend, ChangesAreSigned) {
  const auto amount = [](int seats) { return MonthlyAmount(*Suite().price, seats); };
  EXPECT_EQ(ChangeOfCost(amount(2), amount(5)), "171.00");
  EXPECT_EQ(ChangeOfCost(amount(5), amount(2)), "-171.00");
  EXPECT_EQ(ChangeOfCost(amount(2), amount(2)), "0.00");
  const UnitPrice little{.amount = 1, .currency = "USD"};
  EXPECT_EQ(ChangeOfCost(MonthlyAmount(little, 1), MonthlyAmount()), "0.00") << "never -0.00";
}

TEST(WasteJson, HasEverything) {
  auto tenant = WithUsers();
  tenant.sign_ins_refused = "both, so that every key occurs";
  tenant.trends[Suite().id].back().inactive = 3;
  test::ExpectGolden("report_json.json", RenderWasteJson(tenant));
}

}  // namespace
}  // namespace seatkeeper
