#include "reconciler/plan/cost.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::Manages;
using test::PlanOf;
using test::TestTenant;

constexpr auto kMonth = UnitPrice::Per::kMonth;
constexpr auto kYear = UnitPrice::Per::kYear;

UnitPrice Price(std::int64_t amount, UnitPrice::Per per, std::string currency = "EUR") {
  return {.amount = amount, .currency = std::move(currency), .per = per};
}

TEST(MonthlyAmount, IsExactUntilItIsShown) {
  EXPECT_EQ(MonthlyAmount().ToString(), "0.00");
  EXPECT_EQ(MonthlyAmount(Price(1'000, kMonth), 1).ToString(), "0.10");
  EXPECT_EQ(MonthlyAmount(Price(575'000, kMonth), 3).ToString(), "172.50");
  EXPECT_EQ(MonthlyAmount(Price(4'000'000, kYear), 1).ToString(), "33.33");
  EXPECT_EQ(MonthlyAmount(Price(4'000'000, kYear), 3).ToString(), "100.00");
  MonthlyAmount sum;
  for (int i = 0; i < 12; ++i) sum += MonthlyAmount(Price(100, kYear), 1);
  EXPECT_EQ(sum.ToString(), "0.01") << "twelve times a twelfth of a cent";
}

TEST(MonthlyAmount, RoundsHalvesUp) {
  EXPECT_EQ(MonthlyAmount(Price(49, kMonth), 1).ToString(), "0.00");
  EXPECT_EQ(MonthlyAmount(Price(50, kMonth), 1).ToString(), "0.01");
}

TEST(MonthlyAmount, HoldsWhatNobodyCanPay) {
  const MonthlyAmount most(Price(10'000'000'000'000, kMonth), std::numeric_limits<int>::max());
  EXPECT_EQ(most.ToString(), "2147483647000000000.00");
  EXPECT_EQ(most.Grouped(), "2,147,483,647,000,000,000.00");
}

TEST(MonthlyAmount, GroupsThousands) {
  EXPECT_EQ(MonthlyAmount(Price(9'999'900, kMonth), 1).Grouped(), "999.99");
  EXPECT_EQ(MonthlyAmount(Price(10'000'000, kMonth), 1).Grouped(), "1,000.00");
  EXPECT_EQ(MonthlyAmount(Price(10'000'000, kMonth), 1000).Grouped(), "1,000,000.00");
}

TEST(IsCheaper, ComparesWithinOneCurrencyOnly) {
  EXPECT_TRUE(IsCheaper(Price(1'100, kYear), Price(100, kMonth)));
  EXPECT_FALSE(IsCheaper(Price(1'200, kYear), Price(100, kMonth)));
  EXPECT_FALSE(IsCheaper(Price(1, kMonth, "USD"), Price(100, kMonth, "EUR")));
  EXPECT_TRUE(IsCheaper(Price(100, kMonth), std::nullopt));
  EXPECT_FALSE(IsCheaper(std::nullopt, Price(100, kMonth)));
}

std::string WithPrice(std::string_view product, std::string_view price) {
  return Manages(product, "full") + "  unitPrice: " + std::string(price) + "\n";
}

// ada and bob hold the seats that the other is granted.
Plan CircleOf(std::string_view price_of_a, std::string_view price_of_b) {
  TestTenant tenant;
  tenant.products = {{.name = "A", .seats = 1}, {.name = "B", .seats = 1}};
  tenant.users = {{.name = "ada", .licenses = {{"A"}}}, {.name = "bob", .licenses = {{"B"}}}};
  return PlanOf(tenant, {Grants("ada", "{users: [ada@contoso.com]}", "[{product: B}]"),
                         Grants("bob", "{users: [bob@contoso.com]}", "[{product: A}]"),
                         WithPrice("A", price_of_a), WithPrice("B", price_of_b)})
      .plan();
}

std::string SeatThatBreaks(const Plan& plan) {
  const auto& circle = plan.circles.at(0);
  return test::NameOf(circle.seats_needed.at(0).first.guid);
}

TEST(Circles, AreBrokenByTheCheapestSeat) {
  const char* five = "{amount: 5, currency: EUR, per: month}";
  const char* forty_a_year = "{amount: 40, currency: EUR, per: year}";
  EXPECT_EQ(SeatThatBreaks(CircleOf(five, forty_a_year)), "B");
  EXPECT_EQ(SeatThatBreaks(CircleOf(forty_a_year, five)), "A");
  // Two currencies say nothing about each other.
  EXPECT_EQ(SeatThatBreaks(CircleOf(five, "{amount: 1, currency: USD, per: month}")), "A");
}

TEST(Costs, StandByCurrencyAndLeaveOutWhatHasNoPrice) {
  TestTenant tenant;
  tenant.products = {{.name = "A", .seats = 10}, {.name = "B", .seats = 10}, {.name = "C"}};
  tenant.users = {{.name = "ada", .licenses = {{"A"}}}, {.name = "bob"}};
  const auto plan = PlanOf(tenant, {Grants("both", "{users: [ada@contoso.com, bob@contoso.com]}",
                                           "[{product: A}, {product: B}, {product: C}]"),
                                    WithPrice("A", "{amount: 0.1, currency: USD, per: month}") +
                                        "  spare: {max: 5}\n",
                                    WithPrice("B", "{amount: 100, currency: EUR, per: year}")})
                        .plan();
  const auto costs = CostsOf(plan);
  ASSERT_EQ(costs.size(), 2U);
  EXPECT_EQ(costs[0].currency, "EUR");
  EXPECT_EQ(costs[0].assigned.ToString(), "0.00");
  EXPECT_EQ(costs[0].assigned_after.ToString(), "16.67");
  EXPECT_EQ(costs[1].currency, "USD");
  EXPECT_EQ(costs[1].purchased.ToString(), "1.00");
  EXPECT_EQ(costs[1].assigned.ToString(), "0.10");
  EXPECT_EQ(costs[1].assigned_after.ToString(), "0.20");
  EXPECT_EQ(costs[1].wasted.ToString(), "0.30");
}

TEST(SpareSeats, TooFewAreAWarningAndTooManyAreWaste) {
  TestTenant tenant;
  tenant.products = {{.name = "A", .seats = 3}};
  tenant.users = {{.name = "ada"}};
  const auto plan_with = [&](std::string_view spare) {
    return PlanOf(tenant, {Grants("a", "{users: [ada@contoso.com]}", "[{product: A}]"),
                           Manages("A", "full") + fmt::format("  spare: {}\n", spare)})
        .plan();
  };
  const auto few = plan_with("{min: 3, max: 4}");
  ASSERT_EQ(few.warnings.size(), 1U);
  EXPECT_EQ(few.warnings[0],
            "A has 2 free seats after this plan, fewer than the 3 agreed (spare.min): 1 missing");
  EXPECT_EQ(few.products[0].missing_spare(), 1);
  EXPECT_EQ(few.products[0].wasted(), 0);
  const auto many = plan_with("{max: 0}");
  EXPECT_TRUE(many.warnings.empty());
  EXPECT_EQ(many.products[0].missing_spare(), 0);
  EXPECT_EQ(many.products[0].wasted(), 2);
  const auto agreed = plan_with("{min: 2, max: 2}");
  EXPECT_TRUE(agreed.warnings.empty());
  EXPECT_EQ(agreed.products[0].wasted(), 0);
}

}  // namespace
}  // namespace seatkeeper
