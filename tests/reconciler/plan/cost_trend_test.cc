#include "reconciler/plan/cost_trend.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>

#include "reconciler/plan/waste.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using test::Sku;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const auto kFirst = std::chrono::floor<days>(*ParseTime("2026-11-01T00:00:00Z"));
const UnitPrice kTenEuro{.amount = 100'000, .currency = "EUR"};
const UnitPrice kTwoDollars{.amount = 20'000, .currency = "USD"};

ProductDay On(int day, int product, int purchased, int assigned, int wasted) {
  return {.day = kFirst + days(day),
          .product = Sku(product),
          .purchased = purchased,
          .assigned = assigned,
          .wasted = wasted};
}

ProductWaste Product(int number, std::optional<UnitPrice> price, Billing billing = Billing::kPaid) {
  return {.id = Sku(number),
          .name = fmt::format("P{}", number),
          .billing = billing,
          .price = std::move(price)};
}

// "EUR: 0: 10.00 20.00, ..." with the number of the day, then unused and wasted.
std::vector<std::string> Lines(const CostHistory& history) {
  std::vector<std::string> lines;
  for (const auto& trend : history.currencies) {
    auto line = trend.currency + ":";
    for (const auto& each : trend.days) {
      line += fmt::format(" {}: {} {};", (each.day - kFirst).count(), each.unused.ToString(),
                          each.wasted.ToString());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(CostOn, IsOfWhatWasBought) {
  const auto some = CostOn(On(3, 1, 20, 12, 5), kTenEuro);
  EXPECT_EQ(some.day, kFirst + days(3));
  EXPECT_EQ(some.unused.ToString(), "80.00");
  EXPECT_EQ(some.wasted.ToString(), "50.00");
  const auto beyond = CostOn(On(3, 1, 4, 9, 7), kTenEuro);
  EXPECT_EQ(beyond.unused.ToString(), "0.00");
  EXPECT_EQ(beyond.wasted.ToString(), "40.00") << "nobody pays for more seats than were bought";
}

TEST(CostsByDay, AddUpWithinACurrencyAndNeverAcross) {
  WasteReport report;
  report.products = {Product(1, kTenEuro), Product(2, kTwoDollars), Product(3, kTenEuro)};
  const std::map<SkuId, ProductTrend> trends{{Sku(1), {On(0, 1, 10, 8, 1), On(5, 1, 10, 9, 0)}},
                                             {Sku(2), {On(0, 2, 10, 5, 3), On(5, 2, 10, 0, 0)}},
                                             {Sku(3), {On(5, 3, 4, 1, 1)}}};
  EXPECT_THAT(Lines(CostsByDay(report, trends)), ElementsAre("EUR: 0: 20.00 10.00; 5: 40.00 10.00;",
                                                             "USD: 0: 10.00 6.00; 5: 20.00 0.00;"))
      << "what was bought later cost nothing before";
}

TEST(CostsByDay, AreOfWhatIsPaidForAsFarAsTodayTells) {
  WasteReport report;
  report.products = {Product(1, kTenEuro, Billing::kLapsed), Product(2, kTenEuro, Billing::kTrial),
                     Product(3, kTenEuro, Billing::kFree), Product(4, kTenEuro, Billing::kCompany),
                     Product(5, kTwoDollars, Billing::kSelfService)};
  std::map<SkuId, ProductTrend> trends;
  for (int i = 1; i <= 5; ++i) trends[Sku(i)] = {On(0, i, 2, 1, 1), On(1, i, 2, 2, 0)};
  const auto history = CostsByDay(report, trends);
  EXPECT_THAT(Lines(history), ElementsAre("EUR: 0: 10.00 10.00; 1: 0.00 0.00;",
                                          "USD: 0: 2.00 2.00; 1: 0.00 0.00;"));
  EXPECT_THAT(history.without_price, IsEmpty());
  EXPECT_EQ(PriceForDays(report.products[1]), nullptr);
  EXPECT_EQ(PriceForDays(report.products[0]), &*report.products[0].price);
}

TEST(CostsByDay, NameWhatTheyDoNotContain) {
  WasteReport report;
  report.products = {Product(1, kTenEuro), Product(2, std::nullopt),
                     Product(3, std::nullopt, Billing::kTrial), Product(4, std::nullopt),
                     Product(5, std::nullopt)};
  std::map<SkuId, ProductTrend> trends;
  for (const int product : {1, 2, 3, 7, 8}) {
    trends[Sku(product)] = {On(0, product, 2, 1, 1), On(1, product, 2, 2, 0)};
  }
  trends[Sku(4)] = {On(0, 4, 0, 0, 0)};
  const auto history = CostsByDay(report, trends);
  EXPECT_THAT(history.without_price, ElementsAre("P2")) << "of P4 and P5 nothing was bought";
  EXPECT_EQ(history.gone, 2U);
  EXPECT_THAT(Lines(history), ElementsAre("EUR: 0: 10.00 10.00; 1: 0.00 0.00;"));
}

TEST(CostsByDay, AreNoneOfOneDay) {
  WasteReport report;
  report.products = {Product(1, kTenEuro), Product(2, std::nullopt)};
  const auto history =
      CostsByDay(report, {{Sku(1), {On(0, 1, 2, 1, 1)}}, {Sku(2), {On(0, 2, 2, 1, 1)}}});
  EXPECT_THAT(history.currencies, IsEmpty());
  EXPECT_THAT(history.without_price, IsEmpty());
  EXPECT_EQ(history.gone, 0U);
  EXPECT_THAT(CostsByDay(report, {}).currencies, IsEmpty());
}

}  // namespace
}  // namespace seatkeeper
