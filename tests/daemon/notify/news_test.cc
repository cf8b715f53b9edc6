#include "daemon/notify/news.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "daemon/notify/news_memory.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::TestTenant;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Ten in Sales, two seats of E5; five in Works hold E3, which nobody grants.
TestTenant Tenant() {
  TestTenant tenant{.products = {{.name = "E5", .seats = 2}, {.name = "E3"}}};
  for (int i = 0; i < 10; ++i) {
    tenant.users.push_back({.name = fmt::format("s{}", i), .department = "Sales"});
  }
  for (int i = 0; i < 5; ++i) {
    tenant.users.push_back(
        {.name = fmt::format("w{}", i), .department = "Works", .licenses = {{.product = "E3"}}});
  }
  return tenant;
}

CycleReport Report() {
  CycleReport report;
  report.tenant = "contoso";
  report.plan_id = "00ff";
  report.finished_at = WallTime(std::chrono::milliseconds(1'767'600'000'000));
  report.plan = test::PlanOf(
      Tenant(), {test::Grants("g", "{rule: user.department -eq \"Sales\"}", "[{product: E5}]"),
                 test::Manages("E3", "full"), test::Limits("l", "{seats: 1}"),
                 test::Guards("m", "mailboxLoss: allow")});
  return report;
}

void Answer(CycleReport& report, ChangeState state) {
  for (const auto& change : report.plan->plan().changes) {
    if (change.verdict == Verdict::kGo) report.outcomes[change.id].state = state;
  }
}

TEST(News, TellsFiguresProductsAndDigests) {
  auto report = Report();
  Answer(report, ChangeState::kAccepted);
  const auto news = NewsOf(report);
  EXPECT_EQ(news.tenant, "contoso");
  EXPECT_EQ(news.cycle, "00ff");
  ASSERT_TRUE(news.held);
  EXPECT_EQ(news.held->digest, report.plan->plan().held_digest);
  EXPECT_EQ(news.held->changes, 5U);
  ASSERT_THAT(news.held->sets, SizeIs(1));
  EXPECT_EQ(news.held->sets[0].guardrail, "maxUnassign");
  EXPECT_EQ(news.held->sets[0].product, "E3");
  EXPECT_EQ(news.held->sets[0].subjects, 5U);
  EXPECT_TRUE(news.held->sets[0].approvable);
  ASSERT_TRUE(news.applied);
  EXPECT_EQ(news.applied->changes, 2U);
  ASSERT_THAT(news.applied->products, SizeIs(1));
  EXPECT_EQ(news.applied->products[0].product, "E5");
  EXPECT_EQ(news.applied->products[0].gained, 2);
  EXPECT_EQ(news.applied->products[0].lost, 0);
  ASSERT_TRUE(news.shortage);
  ASSERT_THAT(news.shortage->products, SizeIs(1));
  EXPECT_EQ(news.shortage->products[0].product, "E5");
  EXPECT_EQ(news.shortage->products[0].short_by, 8);
  EXPECT_FALSE(news.failed);
  EXPECT_FALSE(news.policy_error);
}

TEST(News, TellsWhatFailedWithoutItsWords) {
  auto report = Report();
  Answer(report, ChangeState::kRefused);
  auto news = NewsOf(report);
  EXPECT_FALSE(news.applied);
  ASSERT_TRUE(news.failed);
  EXPECT_EQ(news.failed->refused, 2U);
  EXPECT_EQ(news.failed->error, "");

  report = {};
  report.tenant = "contoso";
  report.error = Error{.kind = ErrorKind::kPermission,
                       .message = "ada@contoso.com may not",
                       .position = {},
                       .service = ServiceError{.status = 403,
                                               .code = "Authorization_RequestDenied",
                                               .request_id = "r-1",
                                               .request_date = "2026-01-05T08:00:00",
                                               .retry_after = {}}};
  news = NewsOf(report);
  ASSERT_TRUE(news.failed);
  EXPECT_EQ(news.failed->error, "missing permission");
  EXPECT_EQ(news.failed->status, 403);
  EXPECT_EQ(news.failed->request_id, "r-1");
  EXPECT_EQ(news.failed->request_date, "2026-01-05T08:00:00");
  EXPECT_FALSE(news.planned);
}

TEST(News, WhoIsToldToStopOrFindsAnotherAtWorkHasNotFailed) {
  for (const auto kind : {ErrorKind::kCancelled, ErrorKind::kConflict}) {
    CycleReport report;
    report.tenant = "contoso";
    report.error = Error{.kind = kind, .message = "no", .position = {}, .service = {}};
    EXPECT_TRUE(NewsOf(report).empty());
  }
}

TEST(News, OfAPolicySayWhereAndWhatCode) {
  const std::vector<Diagnostic> findings{
      {.severity = Severity::kError,
       .code = "unknown-key",
       .message = "ada@contoso.com",
       .hint = {},
       .at = {.file = "p.yaml", .line = 3, .column = 4}},
      {.severity = Severity::kWarning, .code = "w", .message = {}, .hint = {}, .at = {}}};
  const PolicyInForce in_force{
      .policies = {}, .revision = "sha256:abc", .outdated = true, .catalog = {}};
  const auto news = NewsOf(PolicyNewsInput{
      .in_force = &in_force, .findings = findings, .failed = true, .now = WallTime()});
  ASSERT_TRUE(news.policy_error);
  EXPECT_EQ(news.policy_error->errors, 1U);
  ASSERT_THAT(news.policy_error->findings, SizeIs(1));
  EXPECT_EQ(news.policy_error->findings[0].place, "p.yaml:3:4");
  EXPECT_EQ(news.policy_error->findings[0].code, "unknown-key");
  EXPECT_EQ(news.policy_error->in_force, "sha256:abc");
  EXPECT_TRUE(NewsOf(PolicyNewsInput{.in_force = &in_force, .findings = findings}).empty());
}

// What a target is told, as the words of its kinds.
class NewsMemoryTest : public testing::Test {
 protected:
  std::vector<NewsKind> Told(const News& news) {
    const auto selected = memory_.Select(target_, news, now_);
    std::vector<NewsKind> kinds;
    for (const auto kind : kNewsKinds) {
      if (selected.has(kind)) kinds.push_back(kind);
    }
    return kinds;
  }
  static News Held(const std::string& digest, const std::string& tenant = "contoso") {
    News news{.tenant = tenant, .cycle = "1", .policy_revision = {}, .at = {}, .planned = true};
    if (!digest.empty()) news.held = HeldNews{.digest = digest, .changes = 1, .sets = {}};
    return news;
  }

  NotifyTarget target_{.name = "t",
                       .kinds = {NewsKind::kHeld, NewsKind::kApplied, NewsKind::kFailed,
                                 NewsKind::kShortage, NewsKind::kPolicyError},
                       .tenants = {}};
  NewsMemory memory_;
  MonotonicTime now_{std::chrono::hours(1)};
};

TEST_F(NewsMemoryTest, WhatStandsIsToldOnceUntilItChangesOrADayHasPassed) {
  EXPECT_THAT(Told(Held("a")), ElementsAre(NewsKind::kHeld));
  EXPECT_THAT(Told(Held("a")), IsEmpty());
  EXPECT_THAT(Told(Held("b")), ElementsAre(NewsKind::kHeld)) << "something else";
  now_ += kRemindAfter - std::chrono::minutes(1);
  EXPECT_THAT(Told(Held("b")), IsEmpty());
  now_ += std::chrono::minutes(1);
  EXPECT_THAT(Told(Held("b")), ElementsAre(NewsKind::kHeld)) << "a reminder";
  EXPECT_THAT(Told(Held("b")), IsEmpty());
}

TEST_F(NewsMemoryTest, WhatIsOverIsNewsWhenItComesBack) {
  Told(Held("a"));
  EXPECT_THAT(Told(Held("")), IsEmpty());
  EXPECT_THAT(Told(Held("a")), ElementsAre(NewsKind::kHeld));
}

TEST_F(NewsMemoryTest, ACycleWithoutAPlanEndsNothing) {
  Told(Held("a"));
  auto failed = Held("");
  failed.planned = false;
  failed.failed = FailedNews{.error = "tenant unreachable", .code = {}, .same_as = "x"};
  EXPECT_THAT(Told(failed), ElementsAre(NewsKind::kFailed));
  EXPECT_THAT(Told(failed), IsEmpty()) << "the same failure again";
  EXPECT_THAT(Told(Held("a")), IsEmpty()) << "still held";
  EXPECT_THAT(Told(failed), ElementsAre(NewsKind::kFailed)) << "in between it had not failed";
}

TEST_F(NewsMemoryTest, WhatWasAppliedIsAlwaysNews) {
  auto news = Held("");
  news.applied = AppliedNews{.changes = 1, .products = {}};
  EXPECT_THAT(Told(news), ElementsAre(NewsKind::kApplied));
  EXPECT_THAT(Told(news), ElementsAre(NewsKind::kApplied));
}

TEST_F(NewsMemoryTest, EachTenantIsToldOfApart) {
  Told(Held("a"));
  EXPECT_THAT(Told(Held("a", "fabrikam")), ElementsAre(NewsKind::kHeld));
  memory_.Forget("contoso");
  EXPECT_THAT(Told(Held("a")), ElementsAre(NewsKind::kHeld));
  EXPECT_THAT(Told(Held("a", "fabrikam")), IsEmpty());
}

TEST_F(NewsMemoryTest, WhatDidNotArriveIsSaidAgain) {
  const auto first = memory_.Select(target_, Held("a"), now_);
  memory_.Unsay(first);
  EXPECT_THAT(Told(Held("a")), ElementsAre(NewsKind::kHeld));
  Told(Held("b"));
  memory_.Unsay(first);
  EXPECT_THAT(Told(Held("b")), IsEmpty()) << "that was told since";
}

TEST_F(NewsMemoryTest, ATargetIsToldWhatItAsksFor) {
  target_.kinds = {NewsKind::kApplied, NewsKind::kPolicyError};
  target_.tenants = {"contoso"};
  auto news = Held("a");
  news.applied = AppliedNews{.changes = 1, .products = {}};
  EXPECT_THAT(Told(news), ElementsAre(NewsKind::kApplied));
  news.tenant = "fabrikam";
  EXPECT_THAT(Told(news), IsEmpty());
  News policy;
  policy.policy_error = PolicyErrorNews{.errors = 1, .in_force = {}, .findings = {}};
  EXPECT_THAT(Told(policy), ElementsAre(NewsKind::kPolicyError)) << "the policy is everybody's";
  EXPECT_THAT(Told(policy), IsEmpty());
  EXPECT_THAT(Told(News()), IsEmpty());
  EXPECT_THAT(Told(policy), ElementsAre(NewsKind::kPolicyError)) << "it had loaded in between";
}

}  // namespace
}  // namespace seatkeeper
