#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/render_json.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/text_layout.h"
#include "tests/reconciler/plan/one_of_everything.h"
#include "tests/support/golden.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::IdOf;
using test::OneOfEverything;
using test::PlanOf;
using test::TestTenant;

Plan ManyChanges(int count) {
  TestTenant tenant;
  tenant.products = {{.name = "SPE_E5", .seats = 2000}};
  for (int i = 0; i < count; ++i) tenant.users.push_back({.name = fmt::format("user{:03}", i)});
  return PlanOf(tenant,
                {Grants("all", "{rule: user.accountEnabled -eq true}", "[{product: SPE_E5}]"),
                 "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: limits}\n"
                 "spec: {maxAssign: off, maxChanges: off}\n"})
      .plan();
}

// The first line that is too wide though it could be broken; empty when there is none.
std::string TooWide(const std::string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    const auto line = text.substr(begin, end - begin);
    const auto word = std::min(line.find_first_not_of(' '), line.size());
    if (Width(line) > 80 && line.find(' ', word) != std::string::npos) return line;
    begin = end + 1;
  }
  return "";
}

TEST(RenderPlan, TextMatchesTheGoldenFile) {
  test::ExpectGolden("plan_text.txt", RenderPlanText(OneOfEverything(), {}));
}

TEST(RenderPlan, ColoredTextMatchesTheGoldenFile) {
  test::ExpectGolden("plan_text_color.txt", RenderPlanText(OneOfEverything(), {.color = true}));
}

TEST(RenderPlan, FullTextMatchesTheGoldenFile) {
  test::ExpectGolden("plan_text_full.txt", RenderPlanText(OneOfEverything(), {.full = true}));
}

TEST(RenderPlan, JsonMatchesTheGoldenFile) {
  auto plan = OneOfEverything();
  // Were it made while the tenant is suspended, all of it would be held.
  plan.suspended = {{.who = "ada@ops", .reason = "migration", .at = plan.observed_at}};
  test::ExpectGolden("plan_json.json", RenderPlanJson(plan));
}

TEST(RenderPlan, WhatCanBeBrokenFitsEightyColumns) {
  EXPECT_EQ(TooWide(RenderPlanText(OneOfEverything(), {})), "");
  auto plan = OneOfEverything();
  for (auto& [id, name] : plan.product_names) name += "_WITH_A_PART_NUMBER_AS_LONG_AS_SOME_ARE";
  for (auto& product : plan.products) product.part_number = plan.ProductName(product.id);
  for (auto& product : plan.products) product.short_by = 123456;
  for (auto& change : plan.changes) {
    change.user_principal_name.insert(0, std::string(60, 'n'));
    change.origin.policy += " with a long name that goes on, and on, and on, and on, and on";
    change.origin.at.file.insert(0, std::string(90, 'f'));
    change.risk = {"apps", "files", "mailbox", "service-plan-off"};
  }
  for (auto& entry : plan.waiting) entry.user_principal_name.insert(0, std::string(90, 'n'));
  for (auto& drift : plan.drift) drift.cause += ", because of reasons that take a while to tell";
  EXPECT_EQ(TooWide(RenderPlanText(plan, {.full = true})), "");
}

TEST(RenderPlan, OneAndManyReadAsTheyShould) {
  const auto one = RenderPlanText(ManyChanges(1), {});
  EXPECT_NE(one.find("1 to send: 1 gives something, 0 take something away."), std::string::npos)
      << one;
  EXPECT_NE(one.find("+ SPE_E5: 1 user gains it\n"), std::string::npos) << one;
  const auto two = RenderPlanText(ManyChanges(2), {});
  EXPECT_NE(two.find("2 to send: 2 give something"), std::string::npos) << two;
  EXPECT_NE(two.find("+ SPE_E5: 2 users gain it\n"), std::string::npos) << two;
}

TEST(RenderPlan, SaysHowLongItTakesAndOnWhatThatRests) {
  const auto text = RenderPlanText(ManyChanges(1200), {});
  EXPECT_NE(text.find("about 1 minute"), std::string::npos) << text;
  EXPECT_NE(text.find("20 writes"), std::string::npos) << text;
}

TEST(RenderPlan, SaysPerUserWhatDiffersBetweenThem) {
  auto plan = ManyChanges(2);
  const auto on = IdOf<PlanId>("SWAY");
  plan.changes[0].add[0].disabled_plans = {on};
  plan.plan_names[on] = "SWAY";
  const auto text = RenderPlanText(plan, {});
  EXPECT_NE(text.find("+ SPE_E5: 2 users gain it"), std::string::npos) << text;
  EXPECT_EQ(text.find("(without SWAY)"), text.rfind("(without SWAY)")) << text;
  EXPECT_GT(text.find("(without SWAY)"), text.find("user000@")) << text;
}

TEST(RenderPlan, NamesEachEndangeredUserOnceAndTheWorstFirst) {
  auto plan = ManyChanges(25);
  for (auto& change : plan.changes) change.risk = {"apps"};
  plan.changes[24].risk = {"apps", "files", "mailbox"};
  const auto text = RenderPlanText(plan, {});
  const auto danger = text.substr(text.find("Danger"));
  EXPECT_NE(danger.find("(25 users)"), std::string::npos) << danger;
  EXPECT_NE(danger.find("mailbox (deleted 30 days later): 1 user\n"), std::string::npos) << danger;
  EXPECT_NE(danger.find("25 users\n      user024@"), std::string::npos) << danger;
  EXPECT_EQ(danger.find("user024@"), danger.rfind("user024@")) << danger;
  EXPECT_NE(danger.find("... and 5 more (--full shows all)"), std::string::npos) << danger;
}

TEST(RenderPlan, SaysHowManySeatsToBuyAndWhatTheyCost) {
  Plan plan;
  const auto product = IdOf<SkuId>("VISIO");
  plan.product_names[product] = "VISIO";
  plan.products = {{.id = product,
                    .part_number = "VISIO",
                    .purchased = 2,
                    .assigned = 3,
                    .assigned_after = 3,
                    .reserve = 1,
                    .short_by = 1,
                    .price = UnitPrice{.amount = 100'000, .currency = "EUR"}}};
  plan.waiting = {{.user = IdOf<UserId>("ada"),
                   .user_principal_name = "ada@contoso.com",
                   .product = product,
                   .place = 1,
                   .policy = "visio"}};
  // One for ada, one that is overdrawn, one of the reserve.
  const auto text = RenderPlanText(plan, {});
  EXPECT_NE(text.find("VISIO: 1 user; 3 seats to buy (30.00 EUR a month)\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("given back"), std::string::npos) << text;
}

TEST(RenderPlan, WhoBeginsToWaitLeavesNoTraceOfTheClock) {
  TestTenant tenant;
  tenant.products = {{.name = "SPE_E5", .seats = 0}};
  tenant.users = {{.name = "ada"}};
  const auto observed = tenant.Read();
  const auto policies =
      test::Policies({Grants("a", "{users: [ada@contoso.com]}", "[{product: SPE_E5}]")});
  const auto json_at = [&](std::chrono::hours later) {
    return RenderPlanJson(MakePlan({.tenant = "contoso",
                                    .policies = policies,
                                    .policy_revision = "sha256:test",
                                    .observed = observed,
                                    .now = observed.read_at + later})
                              ->plan());
  };
  EXPECT_EQ(json_at(std::chrono::hours(1)), json_at(std::chrono::hours(2)));
}

TEST(RenderPlan, SeatsHeldTwiceAreNoneToGiveBack) {
  auto plan = OneOfEverything();
  plan.drift.clear();
  for (const auto kind : {Drift::Kind::kRedundant, Drift::Kind::kUnknown}) {
    plan.drift.push_back({.user = IdOf<UserId>("zoe"),
                          .user_principal_name = "zoe@contoso.com",
                          .product = IdOf<SkuId>("TEAMS"),
                          .kind = kind,
                          .cause = "twice"});
  }
  EXPECT_EQ(RenderPlanText(plan, {}).find("given back"), std::string::npos);
}

TEST(RenderPlan, ColoursNothingUnlessAsked) {
  EXPECT_EQ(RenderPlanText(OneOfEverything(), {.full = true}).find('\x1b'), std::string::npos);
}

TEST(RenderPlan, JsonHasAChangeALineAndComesInPieces) {
  auto plan = ManyChanges(1000);
  const auto text = RenderPlanJson(plan);
  std::size_t lines = 0;
  for (auto at = text.find("\n  {\"id\":\""); at != std::string::npos;
       at = text.find("\n  {\"id\":\"", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, 1000U);
  std::string joined;
  std::size_t pieces = 0;
  std::size_t largest = 0;
  WritePlanJson(plan, [&](std::string_view piece) {
    joined += piece;
    ++pieces;
    largest = std::max(largest, piece.size());
  });
  EXPECT_EQ(joined, text);
  EXPECT_GT(pieces, 3U);
  EXPECT_LT(largest, text.size() / 3) << "what is in memory does not grow with the plan";
}

TEST(DescribeChange, ASwapReadsAsOne) {
  const auto plan = OneOfEverything();
  const auto ada = std::find_if(plan.changes.begin(), plan.changes.end(), [](const auto& change) {
    return change.user_principal_name == "ada@contoso.com";
  });
  ASSERT_NE(ada, plan.changes.end());
  EXPECT_EQ(DescribeChange(plan, *ada), "SPE_E3 -> SPE_E5 (without YAMMER_ENT)");
}

TEST(RenderPlan, SaysWhenThereIsNothingToChange) {
  EXPECT_NE(RenderPlanText(ManyChanges(0), {}).find("Nothing to change."), std::string::npos);
  EXPECT_NE(RenderPlanText(Plan{}, {}).find("No policy of this tenant names a product."),
            std::string::npos);
}

TEST(RenderPlan, FoldsLongListsUnlessAskedForAll) {
  EXPECT_EQ(RenderPlanText(ManyChanges(20), {}).find("more (--full"), std::string::npos);
  const auto folded = RenderPlanText(ManyChanges(21), {});
  EXPECT_NE(folded.find("... and 1 more (--full shows all)"), std::string::npos);
  EXPECT_EQ(folded.find("user020@"), std::string::npos);
  const auto full = RenderPlanText(ManyChanges(21), {.full = true});
  EXPECT_EQ(full.find("more (--full"), std::string::npos);
  EXPECT_NE(full.find("user020@"), std::string::npos);
}

TEST(RenderPlan, LetsNoControlCharacterReachTheTerminal) {
  auto plan = OneOfEverything();
  const std::string bad =
      "\x1b[31m\r\n\x07\x7f\xC2\x9B"
      "31m\xE2\x80\xAE\xFF";
  plan.tenant += bad;
  plan.policy_revision = bad;
  for (auto& change : plan.changes) {
    change.user_principal_name += bad;
    change.origin.policy += bad;
    change.origin.at.file += bad;
    change.until += bad;
    if (change.reprocess) change.reprocess->products.at(0).group_name += bad;
    change.risk.push_back(bad);
    for (auto& removal : change.removed_by) removal.second.policy += bad;
    for (auto& held : change.held) held.release += bad;
    for (auto& held : change.held) held.value += bad;
    for (auto& held : change.held) held.limit += bad;
  }
  for (auto& entry : plan.waiting) entry.user_principal_name += bad;
  for (auto& entry : plan.waiting) entry.policy += bad;
  for (auto& drift : plan.drift) {
    drift.user_principal_name += bad;
    drift.cause += bad;
  }
  for (auto& product : plan.products) {
    product.part_number += bad;
    if (product.price) product.price->currency += bad;
  }
  for (auto& [id, name] : plan.product_names) name += bad;
  for (auto& [id, name] : plan.plan_names) name += bad;
  for (auto& warning : plan.warnings) warning += bad;
  const auto text = RenderPlanText(plan, {.full = true});
  for (const auto* piece : {"\x1b", "\r", "\x07", "\x7f", "\xC2\x9B", "\xE2\x80\xAE", "\xFF"}) {
    EXPECT_EQ(text.find(piece), std::string::npos) << static_cast<int>(piece[0]);
  }
  const auto json = RenderPlanJson(plan);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  EXPECT_EQ(json.find('\xFF'), std::string::npos);
}

TEST(Printable, KeepsWhatPeopleAreCalled) {
  EXPECT_EQ(Printable("Zo\xC3\xAB O'Neil <b>"), "Zo\xC3\xAB O'Neil <b>");
  EXPECT_EQ(Printable("\xE5\xB1\xB1\xE7\x94\xB0 \xF0\x9F\x98\x80"),
            "\xE5\xB1\xB1\xE7\x94\xB0 \xF0\x9F\x98\x80");
  EXPECT_EQ(Printable("a\xE2\x81\xA6"
                      "b\xE2\x80\x8F\xD8\x9C\xC2\x85"),
            "a?b???");
  EXPECT_EQ(Printable("\xC3"), "?");
  EXPECT_EQ(Printable(""), "");
}

}  // namespace
}  // namespace seatkeeper
