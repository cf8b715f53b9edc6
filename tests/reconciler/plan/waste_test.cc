#include "reconciler/plan/waste.h"

#include <gmock/gmock.h>

#include "tests/reconciler/plan/waste_case.h"

namespace seatkeeper {
namespace {

using test::Bought;
using test::BoughtByUser;
using test::BriefSeats;
using test::Of;
using test::Terms;
using test::Trial;
using test::WasteCase;
using test::WasteOf;
using testing::ElementsAre;
using testing::IsEmpty;

int Wasted(const ProductWaste& product, WasteReason reason) {
  return product.wasted[static_cast<std::size_t>(reason)];
}

TEST(Waste, ASeatCountsOnceForTheFirstReason) {
  WasteCase made{.products = {{.name = "E5", .plans = {"A", "B"}}, {.name = "E3", .plans = {"A"}}}};
  made.users = {{.name = "all",
                 .licenses = {{"E3"}, {"E5"}},
                 .enabled = false,
                 .guest = true,
                 .signed_in = 99},
                {.name = "asleep", .licenses = {{"E3"}}, .guest = true, .signed_in = 99},
                {.name = "guest", .licenses = {{"E5"}}, .guest = true},
                {.name = "twice", .licenses = {{"E3"}, {"E5"}}},
                {.name = "user", .licenses = {{"E5"}}}};
  EXPECT_EQ(BriefSeats(made, 90),
            "all E3 disabled_account\nall E5 disabled_account\nasleep E3 inactive\n"
            "guest E5 guest\ntwice E3 overlap by E5");
  EXPECT_EQ(Sum(Of(WasteOf(made, 90), "E5").wasted), 2);
}

TEST(Waste, SomebodyInactiveMayBeWastefulForAnotherReasonAsWell) {
  WasteCase made{.products = {{.name = "E5", .plans = {"A", "B"}}, {.name = "E3", .plans = {"A"}}}};
  made.users = {{.name = "guest", .licenses = {{"E5"}}, .guest = true, .signed_in = 99},
                {.name = "twice", .licenses = {{"E3"}, {"E5"}}, .signed_in = 99},
                {.name = "off", .licenses = {{"E3"}}, .enabled = false, .signed_in = 99},
                {.name = "user", .licenses = {{"E3"}, {"E5"}}}};
  const auto report = WasteOf(made, 90);
  const auto without = WasteOf(made);
  EXPECT_EQ(Of(report, "E5").inactive_and_more, 1) << "the guest";
  EXPECT_EQ(Of(report, "E3").inactive_and_more, 1) << "what E5 gives as well";
  for (const auto* name : {"E3", "E5"}) {
    const auto& product = Of(report, name);
    EXPECT_EQ(
        Sum(product.wasted) - Wasted(product, WasteReason::kInactive) + product.inactive_and_more,
        Sum(Of(without, name).wasted))
        << name;
  }
}

TEST(Waste, NobodyIsInactiveUnlessAsked) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E5"}}, .signed_in = 900}},
                 .products = {{.name = "E5"}}};
  EXPECT_EQ(BriefSeats(made), "");
  EXPECT_FALSE(WasteOf(made).knows_inactive());
  EXPECT_EQ(BriefSeats(made, 90), "ada E5 inactive");
}

TEST(Waste, UnknownActivityIsNeverInactive) {
  WasteCase made{.products = {{.name = "E5"}}};
  made.users = {
      {.name = "agent", .licenses = {{"E5"}}, .signed_in = 900, .agent = true},
      {.name = "attempt", .licenses = {{"E5"}}, .signed_in = std::nullopt, .attempted = 900},
      {.name = "ageless", .licenses = {{"E5"}}, .signed_in = std::nullopt, .created = std::nullopt},
      {.name = "edge", .licenses = {{"E5"}}, .signed_in = 90},
      {.name = "guessed", .licenses = {{"E5"}}, .signed_in = 91, .attempted = 1},
      {.name = "never", .licenses = {{"E5"}}, .signed_in = std::nullopt, .created = 91},
      {.name = "new", .licenses = {{"E5"}}, .signed_in = std::nullopt, .created = 89}};
  EXPECT_EQ(BriefSeats(made, 90), "guessed E5 inactive\nnever E5 inactive")
      << "attempts of whoever guesses a password keep nobody active";
  EXPECT_EQ(Of(WasteOf(made, 90), "E5").activity_unknown, 3);
}

TEST(Waste, SignInsThatWereNotReadSayNothing) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E5"}}, .signed_in = std::nullopt}},
                 .products = {{.name = "E5"}},
                 .properties = PlanningProperties()};
  const auto report = WasteOf(made, 90);
  EXPECT_FALSE(report.knows_inactive());
  EXPECT_EQ(Sum(Of(report, "E5").wasted), 0);
  EXPECT_EQ(Of(report, "E5").activity_unknown, 0) << "that nothing is known is said once";
}

TEST(Waste, AProductOverlapsByWhatIsSwitchedOn) {
  WasteCase made{.products = {{.name = "E5", .plans = {"A", "B", "C"}, .company_plans = {"X"}},
                              {.name = "E3", .plans = {"A", "B"}, .company_plans = {"X", "Y"}}}};
  made.users = {{.name = "both", .licenses = {{"E3"}, {"E5"}}},
                {.name = "less", .licenses = {{"E3"}, {"E5", {"B"}}}},
                {.name = "off", .licenses = {{"E3", {"B"}}, {"E5", {"B"}}}},
                {.name = "nothing", .licenses = {{"E3", {"A", "B"}}, {"E5"}}}};
  EXPECT_EQ(BriefSeats(made), "both E3 overlap by E5\noff E3 overlap by E5")
      << "a product with nothing on is not judged";
}

TEST(Waste, OfEqualProductsOneStays) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"P1"}, {"P2"}, {"P3"}}}},
                 .products = {{.name = "P1", .plans = {"A"}},
                              {.name = "P2", .plans = {"A"}},
                              {.name = "P3", .plans = {"A"}}}};
  EXPECT_EQ(BriefSeats(made), "ada P2 overlap by P1\nada P3 overlap by P1");
  made.planned = {Terms("P1", 900), Terms("P2", 500)};
  EXPECT_EQ(BriefSeats(made), "ada P1 overlap by P2\nada P3 overlap by P2") << "the cheapest";
}

TEST(Waste, OnlyWhatIsPaidForCoversAnother) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E3"}, {"E5"}}}},
                 .products = {{.name = "E5", .plans = {"A", "B"}}, {.name = "E3", .plans = {"A"}}},
                 .subscriptions = {{Trial("E5", 100), Bought("s", "E3", 100)}}};
  EXPECT_EQ(BriefSeats(made), "") << "the trial ends";
  made.subscriptions = {{BoughtByUser("E5", 100), Bought("s", "E3", 100)}};
  EXPECT_EQ(BriefSeats(made), "ada E5 self_service") << "not both of them";
}

TEST(Waste, ASecondPathTakesNoSeat) {
  WasteCase made{.users = {{.name = "ada",
                            .licenses = {{"E5"},
                                         {.product = "E5",
                                          .source = AssignmentSource::kGroup,
                                          .group = "g"}}}},
                 .products = {{.name = "E5", .seats = 5, .plans = {"A"}}}};
  const auto report = WasteOf(made);
  EXPECT_EQ(Of(report, "E5").redundant_direct, 1);
  EXPECT_EQ(Of(report, "E5").seen, 1);
  EXPECT_EQ(Sum(Of(report, "E5").wasted), 0);
}

TEST(Waste, AnIntentWithoutASeatIsNone) {
  WasteCase made{.users = {{.name = "ada",
                            .licenses = {{.product = "E5", .state = AssignmentState::kError}},
                            .enabled = false}},
                 .products = {{.name = "E5", .seats = 5}}};
  EXPECT_EQ(BriefSeats(made), "");
}

TEST(Waste, WhatCanBeReturnedLeavesReserveSpareAndShortage) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E5"}}}},
                 .products = {{.name = "E5", .seats = 20, .consumed_elsewhere = 4}}};
  EXPECT_EQ(Of(WasteOf(made), "E5").returnable, 16) << "the service counts four; nothing is kept";
  made.planned = {Terms("E5")};
  auto& terms = made.planned.front();
  terms.reserve = 3;
  terms.spare = {.min = 5, .max = {}};
  EXPECT_EQ(Of(WasteOf(made), "E5").returnable, 11) << "the reserve is part of the spare";
  terms.spare = {.min = 5, .max = 10};
  terms.short_by = 4;
  EXPECT_EQ(Of(WasteOf(made), "E5").returnable, 2);
  terms.short_by = 40;
  EXPECT_EQ(Of(WasteOf(made), "E5").returnable, 0);
  EXPECT_EQ(Of(WasteOf(made), "E5").unused(), 16);
}

TEST(Waste, SubscriptionsGiveBackTheEarliestFirst) {
  WasteCase made{.products = {{.name = "E5", .seats = 30}}};
  made.subscriptions = {{Bought("late", "E5", 10, "2027-06-01T00:00:00Z"), Bought("open", "E5", 10),
                         Bought("soon", "E5", 10, "2026-12-01T00:00:00Z")}};
  made.planned = {Terms("E5")};
  made.planned.front().reserve = 15;
  std::vector<std::string> shares;
  const auto report = WasteOf(made);
  for (const auto& renewal : Of(report, "E5").renewals) {
    shares.push_back(renewal.subscription + " " + std::to_string(renewal.returnable));
  }
  EXPECT_THAT(shares, ElementsAre("soon 10", "late 5", "open 0"));
}

TEST(Waste, TrialsAndSelfServiceAreApart) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E5"}}, .enabled = false}},
                 .products = {{.name = "E5", .seats = 30}},
                 .subscriptions = {{Bought("s", "E5", 5), Trial("E5", 20), BoughtByUser("E5", 5)}}};
  const auto report = WasteOf(made);
  const auto& mixed = Of(report, "E5");
  EXPECT_EQ(mixed.billing, Billing::kPaid);
  EXPECT_EQ(mixed.trial, 20);
  EXPECT_EQ(mixed.self_service, 5);
  EXPECT_EQ(mixed.billed(), 10);
  EXPECT_EQ(mixed.returnable, 4) << "five bought, one in use";
  made.subscriptions = {{Trial("E5", 30)}};
  EXPECT_EQ(Of(WasteOf(made), "E5").billing, Billing::kTrial);
  EXPECT_EQ(BriefSeats(made), "") << "nobody pays for it";
  made.subscriptions.reset();
  EXPECT_EQ(Of(WasteOf(made), "E5").trial, std::nullopt);
  EXPECT_EQ(BriefSeats(made), "ada E5 disabled_account") << "for all that is known it is paid for";
}

TEST(Waste, WhatIsNotPaidForIsNotWasted) {
  WasteCase made{.users = {{.name = "ada",
                            .licenses = {{"FLOW_FREE"}, {"GONE"}, {"GIFT"}, {"WIDE"}},
                            .enabled = false}},
                 .products = {{.name = "FLOW_FREE", .seats = 10000},
                              {.name = "GONE", .seats = 0},
                              {.name = "GIFT"},
                              {.name = "WIDE", .applies_to = "Company"}},
                 .planned = {Terms("GIFT", 0)}};
  const auto report = WasteOf(made);
  EXPECT_EQ(BriefSeats(made), "");
  EXPECT_EQ(Of(report, "FLOW_FREE").billing, Billing::kFree);
  EXPECT_EQ(Of(report, "FLOW_FREE").returnable, 0);
  EXPECT_EQ(Of(report, "GIFT").billing, Billing::kFree);
  EXPECT_EQ(Of(report, "GONE").billing, Billing::kLapsed);
  EXPECT_EQ(Of(report, "WIDE").billing, Billing::kCompany);
  EXPECT_THAT(report.without_price, IsEmpty());
}

TEST(Waste, CostsStayWithTheirCurrency) {
  WasteCase made{.users = {{.name = "ada", .licenses = {{"E5"}, {"VISIO"}}, .enabled = false}},
                 .products = {{.name = "E5", .seats = 10},
                              {.name = "VISIO", .seats = 2},
                              {.name = "OTHER", .seats = 1}},
                 .planned = {Terms("E5", 5700), Terms("VISIO", 1500, "EUR")}};
  made.planned.front().reserve = 4;
  const auto report = WasteOf(made);
  ASSERT_EQ(report.costs.size(), 2U);
  EXPECT_EQ(report.costs[0].currency, "EUR");
  EXPECT_EQ(report.costs[0].wasted_in_all.ToString(), "15.00");
  EXPECT_EQ(report.costs[1].purchased.ToString(), "570.00");
  EXPECT_EQ(report.costs[1].unused.ToString(), "513.00");
  EXPECT_EQ(report.costs[1].returnable.ToString(), "285.00");
  EXPECT_EQ(report.costs[1].wasted[0].ToString(), "57.00");
  EXPECT_THAT(report.without_price, ElementsAre("OTHER"));
}

TEST(Waste, NobodyPaysForMoreThanWasBought) {
  WasteCase made{.products = {{.name = "E5", .seats = 2}}, .planned = {Terms("E5", 100)}};
  made.users = {{.name = "ada", .licenses = {{"E5"}}, .enabled = false},
                {.name = "bob", .licenses = {{"E5"}}, .guest = true},
                {.name = "cleo", .licenses = {{"E5"}}, .guest = true}};
  const auto report = WasteOf(made);
  EXPECT_EQ(Wasted(Of(report, "E5"), WasteReason::kGuest), 2);
  EXPECT_EQ(report.costs.at(0).wasted_in_all.ToString(), "2.00");
}

}  // namespace
}  // namespace seatkeeper
