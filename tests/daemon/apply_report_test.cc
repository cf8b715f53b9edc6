#include "daemon/apply_report.h"

#include <gmock/gmock.h>

#include <sstream>

#include "reconciler/cycle/cycle.h"
#include "tests/support/fake_clock.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using test::Assign;
using test::Sku;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

CycleReport SampleReport() {
  auto plans = test::ChangeFor(3);
  plans.add = {{.product = Sku(1), .disabled_plans = {}}};
  plans.before = plans.add;
  CycleReport report;
  report.plan_id = "0001";
  report.plan = test::Guarded({Assign(1, Sku(1)), test::Swap(2, Sku(2), Sku(1)), plans},
                              {{Sku(1), 9}, {Sku(2), 9}});
  report.outcomes["c1"] = {.change_id = "c1", .state = ChangeState::kAccepted, .attempts = 1};
  report.outcomes["c2"] = {
      .change_id = "c2",
      .state = ChangeState::kRefused,
      .attempts = 1,
      .service = {.status = 400, .code = "Request_BadRequest", .request_id = "r-7"},
      .message = "depends on something"};
  report.outcomes["c3"] = {.change_id = "c3", .state = ChangeState::kAccepted, .attempts = 2};
  return report;
}

TEST(ApplyReport, CountsByProductAndNamesFailures) {
  const auto text = RenderApplyText(SampleReport());
  EXPECT_THAT(text, ContainsRegex("PRODUCT_1 +1 +0 +1 +1\n")) << text;
  EXPECT_THAT(text, ContainsRegex("PRODUCT_2 +0 +0 +0 +1\n")) << text;
  EXPECT_THAT(text, HasSubstr("user2@contoso.com"));
  EXPECT_THAT(text, HasSubstr("depends on something (request id r-7)"));
  EXPECT_THAT(text, Not(HasSubstr("user1@contoso.com")));
}

TEST(ApplyReport, NamesTheRequestAndItsTime) {
  auto report = SampleReport();
  report.outcomes["c2"].service.request_date = "2026-01-05T08:00:00";
  EXPECT_THAT(RenderApplyText(report), HasSubstr("(request id r-7, 2026-01-05T08:00:00)"));
  EXPECT_THAT(RenderApplyJson(report),
              HasSubstr(R"("requestId":"r-7","requestDate":"2026-01-05T08:00:00")"));
}

/// Group 1 swaps product 2 for product 1, which two of its five members hold already; group 2, with
/// four members who lose it, is refused.
CycleReport GroupReport() {
  auto swap = test::AssignGroup(1, Sku(1), 3);
  swap.group->members = 5;
  swap.remove = {Sku(2)};
  swap.replaced = {Sku(2)};
  swap.before = {{.product = Sku(2), .disabled_plans = {}}};
  CycleReport report;
  report.plan =
      test::Guarded({swap, test::UnassignGroup(2, Sku(1), 4)}, {{Sku(1), 9}, {Sku(2), 9}});
  report.outcomes["g1"] = {.change_id = "g1", .state = ChangeState::kAccepted, .attempts = 1};
  report.outcomes["g2"] = {.change_id = "g2",
                           .state = ChangeState::kRefused,
                           .attempts = 1,
                           .message = "not security-enabled"};
  return report;
}

TEST(ApplyReport, CountsTheMembersOfGroups) {
  auto report = GroupReport();
  const auto text = RenderApplyText(report);
  EXPECT_THAT(text, ContainsRegex("PRODUCT_1 +3 +0 +0 +4\n")) << text;
  EXPECT_THAT(text, ContainsRegex("PRODUCT_2 +0 +5 +0 +0\n")) << text;
  EXPECT_THAT(text, HasSubstr("Groups changed: 1. The service works through"));
  EXPECT_THAT(text, HasSubstr("  group `Group 2`: "));
  report.outcomes.erase("g1");
  EXPECT_THAT(RenderApplyText(report), Not(HasSubstr("Groups changed")));
}

TEST(ApplyReport, JsonNamesAGroupInsteadOfAUser) {
  const auto json = RenderApplyJson(GroupReport());
  EXPECT_THAT(json, HasSubstr(R"("group":{"id":"00000004-0000-0000-0000-000000000001",)"
                              R"("displayName":"Group 1","members":5})"));
  EXPECT_THAT(json, Not(HasSubstr("\"user\"")));
}

TEST(ApplyReport, WhatGroupsAreToGiveIsNotAssigned) {
  auto again = Assign(1, Sku(1));
  again.reason = Reason::kReprocessed;
  again.reprocess = Reprocessing{.products = {{.product = Sku(1),
                                               .group = test::GroupNumber(1),
                                               .group_name = "Sales",
                                               .blocker = Blocker::kNoSeat}},
                                 .basis = "sha256:0"};
  auto failed = again;
  failed.id = "c2";
  failed.user = test::User(2);
  CycleReport report;
  report.plan = test::Guarded({again, failed}, {{Sku(1), 9}});
  report.outcomes["c1"] = {.change_id = "c1", .state = ChangeState::kAccepted, .attempts = 1};
  report.outcomes["c2"] = {
      .change_id = "c2", .state = ChangeState::kRefused, .attempts = 1, .message = "no seats"};
  const auto text = RenderApplyText(report);
  EXPECT_THAT(text, ContainsRegex("PRODUCT_1 +0 +0 +0 +1\n")) << text;
  EXPECT_THAT(text, HasSubstr("Users processed again: 1."));
  EXPECT_THAT(text, HasSubstr("processed again for PRODUCT_1 through group `Sales`"));
  EXPECT_THAT(RenderApplyJson(report),
              HasSubstr(R"("reprocess":[")" + Sku(1).ToString() + R"("],"add":[],)"));
}

TEST(ApplyReport, SaysWhyItStopped) {
  auto report = SampleReport();
  EXPECT_THAT(RenderApplyText(report), Not(HasSubstr("Stopped")));
  report.stopped = "interrupted";
  report.outcomes["c1"].state = ChangeState::kWithdrawn;
  report.outcomes["c1"].message = "interrupted";
  const auto text = RenderApplyText(report);
  EXPECT_THAT(text, HasSubstr("Stopped early: interrupted. Not sent: 1."));
  EXPECT_THAT(text, Not(HasSubstr("user1@contoso.com"))) << "it did not fail";
}

TEST(ApplyReport, JsonHasALineForEachChangeAndASummary) {
  std::istringstream lines(RenderApplyJson(SampleReport()));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all[1], HasSubstr(R"("state":"refused")"));
  EXPECT_THAT(all[1], HasSubstr(R"("message":"depends on something")"));
  EXPECT_THAT(all[3], HasSubstr(R"("kind":"summary")"));
  EXPECT_THAT(all[3], HasSubstr(R"("result":"partial")"));
  EXPECT_THAT(all[3], HasSubstr(R"("accepted":2,"failed":1)"));
}

Observer::Outcome OutcomeOf(std::string_view state) {
  return {.tenant = "contoso",
          .change_id = "c1",
          .subject_name = "ada@contoso.com",
          .state = state,
          .message = ""};
}

TEST(ApplyProgress, PrintsALinePerChangeWithoutTerminal) {
  std::ostringstream out;
  ApplyProgress progress(out, false);
  progress.OnOutcome(OutcomeOf("confirmed"));
  EXPECT_EQ(out.str(), "") << "of an earlier cycle's change";
  progress.Begin(2, {});
  progress.OnOutcome(OutcomeOf("accepted"));
  progress.OnOutcome(OutcomeOf("refused"));
  EXPECT_EQ(out.str(), "1/2 accepted ada@contoso.com\n2/2 refused ada@contoso.com\n");
}

TEST(ApplyProgress, ShowsABarAndTheTimeThatIsLeft) {
  std::ostringstream out;
  test::FakeClock clock;
  ApplyProgress progress(out, true);
  progress.SetClock(clock);
  progress.Begin(1000, clock.Monotonic());
  clock.Advance(std::chrono::seconds(1));
  progress.OnOutcome(OutcomeOf("accepted"));
  EXPECT_THAT(out.str(), HasSubstr("\r[....................] 1 of 1000 changes, 0 failed, "
                                   "1.0 per second, 17 min left"));
  for (int i = 0; i < 949; ++i) progress.OnOutcome(OutcomeOf("accepted"));
  clock.Advance(std::chrono::seconds(949));
  progress.OnOutcome(OutcomeOf("accepted"));
  EXPECT_THAT(out.str(), HasSubstr("\r[###################.] 951 of 1000 changes, 0 failed, "
                                   "1.0 per second, 49 s left"));
}

TEST(ApplyProgress, CountsWhatIsSplitOff) {
  std::ostringstream out;
  ApplyProgress progress(out, false);
  progress.Begin(1, {});
  progress.OnOutcome(OutcomeOf("refused"));
  auto rest = OutcomeOf("accepted");
  rest.split_off_from = "c1";
  progress.OnOutcome(rest);
  EXPECT_EQ(out.str(), "1/1 refused ada@contoso.com\n2/2 accepted ada@contoso.com\n");
}

/// User 1 was to get products 1 and 2, and got product 2.
CycleReport SplitReport() {
  auto whole = Assign(1, Sku(1));
  whole.add.push_back({.product = Sku(2), .disabled_plans = {}});
  auto rest = Assign(1, Sku(2));
  rest.id = "rest";
  CycleReport report;
  report.plan = test::Guarded({whole, Assign(2, Sku(2))}, {{Sku(1), 9}, {Sku(2), 9}});
  report.outcomes["c1"] = {
      .change_id = "c1", .state = ChangeState::kRefused, .attempts = 1, .message = "no seat"};
  report.outcomes["rest"] = {.change_id = "rest", .state = ChangeState::kAccepted, .attempts = 1};
  report.outcomes["c2"] = {.change_id = "c2", .state = ChangeState::kAccepted, .attempts = 1};
  report.split_off["rest"] = {.change = rest, .of = "c1"};
  return report;
}

TEST(ApplyReport, OfASplitChangeOnlyWhatWasNotGivenFailed) {
  const auto text = RenderApplyText(SplitReport());
  EXPECT_THAT(text, ContainsRegex("PRODUCT_1 +0 +0 +0 +1\n")) << text;
  EXPECT_THAT(text, ContainsRegex("PRODUCT_2 +2 +0 +0 +0\n")) << text;
  EXPECT_THAT(text, HasSubstr("user1@contoso.com"));
}

TEST(ApplyReport, JsonSaysFromWhatAChangeWasSplitOff) {
  std::istringstream lines(RenderApplyJson(SplitReport()));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all[0], HasSubstr(R"("id":"c1",)"));
  EXPECT_THAT(all[1], HasSubstr(R"("id":"rest","splitOffFrom":"c1",)"));
  EXPECT_THAT(all[1], HasSubstr(R"("add":["00000002-0000-0000-0000-000000000002"],"remove":[])"));
}

TEST(ApplyJsonLines, TellsEachChangeAtOnceAndTheSummaryTheRest) {
  const auto report = SplitReport();
  std::ostringstream out;
  ApplyJsonLines lines(out);
  const auto& change = report.plan->plan().changes[0];
  Observer::Outcome outcome = OutcomeOf("refused");
  outcome.change = &change;
  outcome.outcome = &report.outcomes.at("c1");
  lines.OnOutcome(outcome);
  EXPECT_EQ(out.str(), "") << "of an earlier cycle's change";
  lines.Begin();
  lines.OnOutcome(outcome);
  EXPECT_THAT(out.str(), HasSubstr(R"("id":"c1",)"));
  EXPECT_EQ(std::count(out.view().begin(), out.view().end(), '\n'), 1);
  const auto rest = RenderApplyJson(report, lines.told());
  EXPECT_THAT(rest, Not(HasSubstr(R"("id":"c1",)")));
  EXPECT_THAT(rest, HasSubstr(R"("id":"c2",)"));
  EXPECT_THAT(rest, HasSubstr(R"("kind":"summary")"));
}

TEST(ApplyProgress, SaysWhatIsAGroup) {
  std::ostringstream out;
  ApplyProgress progress(out, false);
  progress.Begin(1, {});
  auto outcome = OutcomeOf("accepted");
  outcome.subject_name = "All Engineers";
  outcome.is_group = true;
  progress.OnOutcome(outcome);
  EXPECT_EQ(out.str(), "1/1 accepted group `All Engineers`\n");
}

TEST(ApplyProgress, WritesOneLineOverOnATerminal) {
  std::ostringstream out;
  test::FakeClock clock;
  ApplyProgress progress(out, true);
  progress.SetClock(clock);
  progress.Begin(2, clock.Monotonic());
  clock.Advance(std::chrono::seconds(1));
  progress.OnOutcome(OutcomeOf("accepted"));
  clock.Advance(std::chrono::seconds(1));
  progress.OnOutcome(OutcomeOf("refused"));
  progress.End();
  EXPECT_THAT(out.str(),
              HasSubstr("\r[####################] 2 of 2 changes, 1 failed, 1.0 per second\x1b[K"));
  EXPECT_EQ(std::count(out.view().begin(), out.view().end(), '\n'), 1);
}

}  // namespace
}  // namespace seatkeeper
