#include "reconciler/plan/product_day.h"

#include <gmock/gmock.h>

#include "reconciler/plan/waste.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using test::Sku;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WallTime kNoon = *ParseTime("2026-11-20T12:00:00Z");
const std::chrono::sys_days kToday = std::chrono::floor<days>(kNoon);

ProductWaste Waste(int product, Billing billing) {
  return {.id = Sku(product),
          .billing = billing,
          .purchased = 20,
          .assigned = 12,
          .wasted = {1, 2, 4, 0, 0}};
}

TEST(ProductDay, IsWhatTheReportCountsWithoutWhoIsInactive) {
  const WasteReport report{.products = {Waste(2, Billing::kPaid), Waste(1, Billing::kTrial)}};
  const auto found = ProductDaysOf(report, kNoon);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].product, Sku(1));
  const ProductDay paid{
      .day = kToday, .product = Sku(2), .purchased = 20, .assigned = 12, .wasted = 5};
  EXPECT_EQ(found[1], paid);
  EXPECT_EQ(found[1].unused(), 8);
}

TEST(ProductDay, TellsApartWhoIsInactiveWhereThatIsKnown) {
  WasteReport report{
      .inactive_after = days(90), .sign_ins_read = true, .products = {Waste(1, Billing::kPaid)}};
  report.products[0].inactive_and_more = 1;
  const auto known = ProductDaysOf(report, kNoon);
  EXPECT_EQ(known[0].wasted, 6) << "one of the two is a guest, say";
  EXPECT_EQ(known[0].inactive, 1);
  report.sign_ins_read = false;
  EXPECT_EQ(ProductDaysOf(report, kNoon)[0].inactive, std::nullopt);
}

TEST(ProductDay, IsNoneOfWhatHasNoSeatsThatCount) {
  const WasteReport report{.products = {Waste(1, Billing::kFree), Waste(2, Billing::kCompany)}};
  EXPECT_THAT(ProductDaysOf(report, kNoon), IsEmpty());
}

TEST(ProductDay, BelongsToTheDayInUtc) {
  const WasteReport report{.products = {Waste(1, Billing::kPaid)}};
  const auto midnight = WallTime(kToday + days(1));
  EXPECT_EQ(ProductDaysOf(report, midnight - std::chrono::milliseconds(1))[0].day, kToday);
  EXPECT_EQ(ProductDaysOf(report, midnight)[0].day, kToday + days(1));
}

TEST(DaysBefore, IsTheNewestThatIsOldEnough) {
  ProductTrend trend;
  for (const int day : {0, 10, 11, 40}) {
    trend.push_back({.day = kToday + days(day), .product = Sku(1), .assigned = day});
  }
  std::vector<int> found;
  for (const int before : {0, 1, 29, 30, 31, 40}) {
    const auto* day = DaysBefore(trend, days(before));
    found.push_back(day == nullptr ? -1 : day->assigned);
  }
  EXPECT_THAT(found, ElementsAre(40, 11, 11, 10, 0, 0));
  EXPECT_EQ(DaysBefore(trend, days(41)), nullptr);
  EXPECT_EQ(DaysBefore({}, days(1)), nullptr);
}

}  // namespace
}  // namespace seatkeeper
