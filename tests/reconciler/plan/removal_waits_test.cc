// Waiting before removals, from policy files over a series of readings to the plan.

#include "reconciler/plan/removal_waits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/remember.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using test::Grants;
using test::IdOf;
using test::Manages;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kHour = "{after: 1h, confirmations: 2}";
const char* const kAda = "{users: [ada@contoso.com]}";
const char* const kNobody = "{rule: user.accountEnabled -eq false}";

/// A tenant that is read again and again; what is remembered goes from reading to reading.
class RemovalWaitsTest : public testing::Test {
 protected:
  /// The plan of a reading that much later.
  Plan Look(milliseconds later = minutes(5)) {
    now_ += later;
    auto observed = tenant_.Read();
    observed.read_at = now_;
    const auto policies = test::Policies(documents_);
    PlanInput input{.tenant = "contoso",
                    .policies = policies,
                    .policy_revision = "sha256:test",
                    .policy_outdated = policy_outdated_,
                    .observed = observed,
                    .now = now_,
                    .busy = busy_,
                    .busy_groups = busy_groups_,
                    .memory = RememberReading(memory_, {}, observed)};
    auto plan = MakePlan(input);
    if (!plan) throw std::invalid_argument(plan.error().message);
    memory_ = RememberPlan(std::move(input.memory), plan->plan());
    return plan->plan();
  }
  std::string Brief(milliseconds later = minutes(5)) { return test::Brief(Look(later)); }

  /// Readings every five minutes for so long.
  std::string After(milliseconds duration) {
    std::string brief;
    for (milliseconds passed{}; passed < duration; passed += minutes(5)) brief = Brief();
    return brief;
  }

  /// Everything of it is managed in full; only ada is granted what `granted` says.
  void Say(const std::string& granted, std::string_view waiting = kHour) {
    documents_ = {Grants("p", granted.empty() ? kNobody : kAda,
                         granted.empty() ? "[{product: E5}]" : "[" + granted + "]"),
                  Manages("E5", "full", waiting), Manages("E3", "full", waiting),
                  test::Limits("none", "off"), test::Guards("mailboxes", "mailboxLoss: allow")};
  }
  void SayLadder(const std::string& granted, std::string_view waiting = kHour) {
    Say(granted, waiting);
    documents_.emplace_back(
        "apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: suites}\n"
        "spec: {products: [E5, E3]}\n");
  }

  test::TestTenant tenant_{
      .users = {{.name = "ada", .licenses = {{"E5"}}}, {.name = "bob", .licenses = {}}},
      .products = {{.name = "E5", .seats = 1, .plans = {"P1", "P2"}},
                   {.name = "E3", .seats = 9, .plans = {"P1"}}}};
  std::vector<std::string> documents_;
  PlanMemory memory_;
  WallTime now_ = *ParseTime("2026-03-01T08:00:00Z");
  std::set<UserId> busy_;
  std::set<GroupId> busy_groups_;
  bool policy_outdated_ = false;
};

TEST_F(RemovalWaitsTest, GoesExactlyWhenItIsDue) {
  Say("");
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
  EXPECT_EQ(Brief(), "deferred ada -E5 [55 minutes, 1 readings]");
  EXPECT_EQ(After(minutes(25)), "deferred ada -E5 [30 minutes, 0 readings]");
  EXPECT_EQ(After(minutes(25)), "deferred ada -E5 [5 minutes, 0 readings]");
  EXPECT_EQ(Brief(minutes(5) - milliseconds(1)), "deferred ada -E5 [1 minutes, 0 readings]");
  EXPECT_EQ(Brief(milliseconds(1)), "go 1 ada -E5");
}

TEST_F(RemovalWaitsTest, WithoutAWordItIsAWeekAndTwoReadings) {
  Say("", "{}");
  EXPECT_EQ(Brief(), "deferred ada -E5 [10080 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, WithNothingToWaitForItGoesAtOnceAndNothingIsRemembered) {
  Say("", "{after: 0d, confirmations: 1}");
  EXPECT_EQ(Brief(), "go 1 ada -E5");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
}

TEST_F(RemovalWaitsTest, ASecondReadingAgreesHalfAnHourLater) {
  Say("", "{after: 0d, confirmations: 2}");
  EXPECT_EQ(Brief(), "deferred ada -E5 [30 minutes, 1 readings]");
  EXPECT_EQ(Brief(minutes(29)), "deferred ada -E5 [1 minutes, 1 readings]");
  EXPECT_EQ(Brief(minutes(1)), "go 1 ada -E5");
}

TEST_F(RemovalWaitsTest, SaysUntilWhen) {
  Say("", "{}");
  auto plan = Look();
  EXPECT_EQ(plan.changes[0].until,
            "7 days from now at the earliest, and 1 more reading has to agree");
  for (int i = 0; i < 36; ++i) plan = Look();
  EXPECT_EQ(plan.changes[0].until,
            "2026-03-08T08:05:00Z at the earliest: unwanted for 3 hours so far");
}

TEST_F(RemovalWaitsTest, WantedAgainItStartsAnew) {
  Say("");
  After(minutes(50));
  Say("{product: E5}");
  EXPECT_EQ(Brief(), "");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
  Say("");
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, WantedAgainWhileAChangeIsOpenItStartsAnew) {
  Say("");
  After(minutes(50));
  busy_ = {IdOf<UserId>("ada")};
  Say("{product: E5}");
  EXPECT_EQ(Brief(), "");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
  busy_.clear();
  Say("");
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, TimeThatNoReadingCoversDoesNotCount) {
  Say("");
  After(minutes(35));
  const auto plan = Look(minutes(16));
  EXPECT_EQ(test::Brief(plan), "deferred ada -E5 [30 minutes, 0 readings]");
  EXPECT_THAT(plan.warnings, ElementsAre("16 minutes passed since the last reading, more than 3 "
                                         "intervals: that time does not count for 1 removal that "
                                         "wait"));
  EXPECT_EQ(Brief(minutes(15)), "deferred ada -E5 [15 minutes, 0 readings]");
  EXPECT_EQ(Brief(minutes(15)), "go 1 ada -E5");
}

TEST_F(RemovalWaitsTest, AnUnbrokenSeriesOfReadingsAltersNoEntry) {
  Say("");
  After(minutes(35));
  const auto before = memory_;
  After(minutes(20));
  auto change = Difference(before, memory_);
  EXPECT_EQ(change.last_reading, now_);
  change.last_reading.reset();
  EXPECT_TRUE(change.empty());
}

TEST_F(RemovalWaitsTest, WhatWaitsKeepsItsSeat) {
  Say("");
  documents_.push_back(Grants("bob", "{users: [bob@contoso.com]}", "[{product: E5}]"));
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
  EXPECT_THAT(Look().waiting, SizeIs(1));
  EXPECT_EQ(After(hours(1)), "go 1 ada -E5\ngo 2 bob +E5");
}

TEST_F(RemovalWaitsTest, NoLimitOnAmountsCountsWhatWaits) {
  tenant_.users.push_back({.name = "cleo", .licenses = {{"E5"}}});
  Say("");
  documents_[3] = test::Limits("one", "{seats: 1}");
  Brief();
  tenant_.users.push_back({.name = "dan", .licenses = {{"E5"}}});
  EXPECT_EQ(After(minutes(55)),
            "deferred ada -E5 [5 minutes, 0 readings]\n"
            "deferred cleo -E5 [5 minutes, 0 readings]\n"
            "deferred dan -E5 [10 minutes, 0 readings]");
  EXPECT_EQ(Brief(),
            "deferred dan -E5 [5 minutes, 0 readings]\n"
            "held ada -E5 [maxUnassign]\nheld cleo -E5 [maxUnassign]")
      << "two are due, one may go";
  tenant_.users.erase(tenant_.users.begin());
  EXPECT_EQ(Brief(), "held cleo -E5 [maxUnassign]\nheld dan -E5 [maxUnassign]");
}

TEST_F(RemovalWaitsTest, WhatAGuardrailHoldsGoesOnCounting) {
  Say("");
  documents_.push_back(test::Guards("people", "protected: {users: [ada@contoso.com]}"));
  EXPECT_EQ(Brief(), "held ada -E5 [protected]");
  EXPECT_EQ(After(hours(1)), "held ada -E5 [protected]");
  documents_.pop_back();
  EXPECT_EQ(Brief(), "go 1 ada -E5");
}

TEST_F(RemovalWaitsTest, AnOutdatedPolicyHoldsOnlyWhatIsDue) {
  Say("");
  policy_outdated_ = true;
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
  EXPECT_EQ(After(hours(1)), "held ada -E5 [policy-not-loading]");
}

TEST_F(RemovalWaitsTest, WhileAReferenceIsMissingNothingIsAdded) {
  Say("");
  After(minutes(30));
  const auto well = documents_;
  documents_.push_back(Grants("team", "{groups: [Team]}", "[{product: E5}]"));
  EXPECT_EQ(Brief(), "held ada -E5 [reference]");
  const auto before = memory_;
  After(hours(3));
  EXPECT_EQ(memory_.deferrals.entries, before.deferrals.entries);
  documents_ = well;
  EXPECT_EQ(Brief(), "deferred ada -E5 [35 minutes, 0 readings]");
}

TEST_F(RemovalWaitsTest, AReferenceThatIsMissingBeginsNothing) {
  Say("");
  documents_.push_back(Grants("team", "{groups: [Team]}", "[{product: E5}]"));
  After(hours(3));
  documents_.pop_back();
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, WhatCouldNotBeReadNeitherCountsNorIsForgotten) {
  const auto unknown_source = [&] {
    tenant_.User("ada").licenses[0].source = AssignmentSource::kUnknown;
  };
  const auto unread = [&] { tenant_.User("ada").assignments_known = false; };
  const auto busy = [&] { busy_ = {IdOf<UserId>("ada")}; };
  for (const auto& hide : {std::function<void()>(unknown_source), std::function<void()>(unread),
                           std::function<void()>(busy)}) {
    const auto well = tenant_;
    memory_ = {};
    Say("");
    EXPECT_EQ(After(minutes(35)), "deferred ada -E5 [30 minutes, 0 readings]");
    hide();
    EXPECT_EQ(After(hours(2)), "");
    tenant_ = well;
    busy_.clear();
    EXPECT_EQ(Brief(), "deferred ada -E5 [30 minutes, 0 readings]");
    EXPECT_EQ(Brief(), "deferred ada -E5 [25 minutes, 0 readings]");
  }
}

TEST_F(RemovalWaitsTest, WhoIsGoneIsForgotten) {
  Say("");
  Brief();
  const auto ada = tenant_.User("ada");
  std::erase_if(tenant_.users, [](const auto& user) { return user.name == "ada"; });
  EXPECT_EQ(Brief(), "");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
  tenant_.users.push_back(ada);
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, WhatWasCarriedOutIsForgottenAndWaitsAnew) {
  Say("");
  After(hours(1));
  test::Carry(Look().changes[0], tenant_);
  EXPECT_EQ(Brief(), "");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
  tenant_.User("ada").licenses = {{"E5"}};
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, AServicePlanThatGoesOffWaits) {
  Say("{product: E5, disabledPlans: [P1]}");
  EXPECT_EQ(Brief(), "deferred ada ~E5(-P1) [60 minutes, 1 readings]");
  EXPECT_EQ(After(minutes(50)), "deferred ada ~E5(-P1) [10 minutes, 0 readings]");
  Say("{product: E5, disabledPlans: [P1, P2]}");
  EXPECT_EQ(Brief(), "deferred ada ~E5(-P1 -P2) [60 minutes, 1 readings]")
      << "another set is another removal";
  EXPECT_EQ(After(hours(1)), "go 1 ada ~E5(-P1 -P2)");
}

TEST_F(RemovalWaitsTest, AServicePlanThatGoesOnDoesNotWait) {
  tenant_.User("ada").licenses = {{"E5", {"P1"}}};
  Say("{product: E5, disabledPlans: []}");
  EXPECT_EQ(Brief(), "go 1 ada ~E5");
}

TEST_F(RemovalWaitsTest, TheProductIsAnotherRemovalThanItsServicePlans) {
  Say("{product: E5, disabledPlans: [P1]}");
  After(minutes(50));
  Say("");
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, AnAdditionBesideItDoesNotWait) {
  Say("{product: E3}");
  EXPECT_EQ(Brief(), "go 1 ada +E3\ndeferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, TheWayUpDoesNotWait) {
  tenant_.User("ada").licenses = {{"E3"}};
  SayLadder("{product: E5}");
  EXPECT_EQ(Brief(), "go 1 ada +E5 -E3");
  EXPECT_THAT(memory_.deferrals.entries, IsEmpty());
}

TEST_F(RemovalWaitsTest, TheWayDownWaitsWhole) {
  SayLadder("{product: E3}");
  EXPECT_EQ(Brief(), "deferred ada +E3 -E5 [60 minutes, 1 readings]");
  EXPECT_EQ(After(minutes(55)), "deferred ada +E3 -E5 [5 minutes, 0 readings]");
  EXPECT_EQ(Brief(), "go 1 ada +E3 -E5");
}

TEST_F(RemovalWaitsTest, OnTheWayDownTheRungThatLeavesSaysHowLong) {
  SayLadder("{product: E3}", "{after: 0d, confirmations: 1}");
  documents_[1] = Manages("E5", "full", "{after: 2h, confirmations: 1}");
  EXPECT_EQ(Brief(), "deferred ada +E3 -E5 [120 minutes, 0 readings]");
  documents_[1] = Manages("E5", "full");
  documents_[2] = Manages("E3", "full", "{after: 2h, confirmations: 1}");
  EXPECT_EQ(Brief(), "go 1 ada +E3 -E5");
}

TEST_F(RemovalWaitsTest, OnTheWayUpAServicePlanThatGoesOffWaitsAsTheRungThatLeaves) {
  tenant_.User("ada").licenses = {{"E3"}};
  SayLadder("{product: E5, disabledPlans: [P1]}", "{after: 0d, confirmations: 1}");
  documents_[2] = Manages("E3", "full", "{after: 2h, confirmations: 1}");
  EXPECT_EQ(Brief(), "deferred ada +E5(-P1) -E3 [120 minutes, 0 readings]");
  EXPECT_EQ(After(hours(2)), "go 1 ada +E5(-P1) -E3");
}

TEST_F(RemovalWaitsTest, ASwapThatFindsNoSeatWhenItIsDueHasWaitedAllTheSame) {
  tenant_.User("ada").licenses = {{"E3"}};
  tenant_.Product("E5").seats = 0;
  for (const auto* granted : {"{product: E5, disabledPlans: [P1]}", "{product: E5}"}) {
    SayLadder(granted);
    After(hours(2));
    tenant_.Product("E5").seats = 1;
    EXPECT_THAT(Brief(), testing::StartsWith("go 1 ada +E5")) << granted;
    tenant_.Product("E5").seats = 0;
  }
  tenant_.User("ada").licenses = {{"E5"}};
  tenant_.Product("E5").seats = 1;
  tenant_.Product("E3").seats = 0;
  SayLadder("{product: E3}");
  EXPECT_EQ(After(hours(2)), "deferred ada -E5 [E3]");
  tenant_.Product("E3").seats = 1;
  EXPECT_EQ(Brief(), "go 1 ada +E3 -E5");
}

TEST_F(RemovalWaitsTest, WhatHasExpiredDoesNotWait) {
  Say("{product: E5}", "{after: 30d}");
  documents_[0] += "  expires: 2026-03-03\n";
  EXPECT_EQ(Brief(), "");
  now_ = *ParseTime("2026-03-03T23:59:59Z");
  EXPECT_EQ(Brief({}), "");
  EXPECT_EQ(Brief(minutes(1)), "go 1 ada -E5");
}

TEST_F(RemovalWaitsTest, ThatAGrantExpiredLongAgoIsNoReasonNotToWait) {
  Say("{product: E5}", "{after: 2d, confirmations: 1}");
  documents_[0] += "  expires: 2026-03-03\n";
  now_ = *ParseTime("2026-03-05T23:54:00Z");
  EXPECT_EQ(Brief(), "go 1 ada -E5");
  memory_ = {};
  EXPECT_EQ(Brief(), "deferred ada -E5 [2880 minutes, 0 readings]");
}

TEST_F(RemovalWaitsTest, AnExpiredRungGoesDownAtOnce) {
  SayLadder("{product: E5}", "{after: 30d}");
  documents_[0] += "  expires: 2026-03-03\n";
  documents_.push_back(Grants("base", kAda, "[{product: E3}]", -1));
  now_ = *ParseTime("2026-03-04T00:00:00Z");
  EXPECT_EQ(Brief(), "go 1 ada +E3 -E5");
}

TEST_F(RemovalWaitsTest, WhatIsRevokedWaitsAlthoughAGrantOfItExpired) {
  Say("{product: E5}");
  documents_[0] += "  expires: 2026-02-28\n";
  documents_.push_back(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: no}\n"
      "spec: {priority: 1, subjects: {users: [ada@contoso.com]}, revoke: [E5]}\n");
  now_ = *ParseTime("2026-03-01T00:00:00Z");
  EXPECT_EQ(Brief({}), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, ARedundantCopyWaits) {
  tenant_.User("ada").licenses.push_back({"E5", {}, AssignmentSource::kGroup, "g"});
  Say("{product: E5}", "{after: 1h, removeRedundantDirect: true}");
  EXPECT_EQ(Brief(), "deferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, AGroupsChangeWaits) {
  tenant_.groups = {{.name = "STAFF", .members = {"ada"}, .licenses = {{"E5"}}}};
  tenant_.User("ada").licenses.clear();
  test::Process("STAFF", tenant_);
  Say("");
  documents_.push_back(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: no}\n"
      "spec: {subjects: {groups: [STAFF]}, revoke: [E5], delivery: group}\n");
  const auto plan = Look();
  EXPECT_EQ(test::Brief(plan), "deferred group STAFF -E5 [60 minutes, 1 readings]");
  EXPECT_THAT(plan.changes[0].until, HasSubstr("1 hour from now"));
  EXPECT_EQ(After(minutes(55)), "deferred group STAFF -E5 [5 minutes, 0 readings]");
  busy_groups_ = {IdOf<GroupId>("STAFF")};
  EXPECT_EQ(After(hours(1)), "");
  busy_groups_.clear();
  EXPECT_EQ(Brief(), "deferred group STAFF -E5 [5 minutes, 0 readings]");
  EXPECT_EQ(Brief(), "go 1 group STAFF -E5");
}

TEST_F(RemovalWaitsTest, OfAGroupAServicePlanThatGoesOffWaitsAndAnExpiredGrantDoesNot) {
  tenant_.groups = {{.name = "STAFF", .members = {"ada"}, .licenses = {{"E5"}}}};
  tenant_.User("ada").licenses.clear();
  test::Process("STAFF", tenant_);
  const auto staff = [](std::string_view off, std::string_view more) {
    return fmt::format(
        "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {{name: staff}}\n"
        "spec:\n  subjects: {{groups: [STAFF]}}\n  delivery: group\n"
        "  licenses: [{{product: E5, disabledPlans: [{}]}}]\n{}",
        off, more);
  };
  Say("");
  documents_[0] = staff("P1", "");
  EXPECT_EQ(Brief(), "deferred group STAFF ~E5(-P1) [60 minutes, 1 readings]");
  EXPECT_EQ(After(minutes(50)), "deferred group STAFF ~E5(-P1) [10 minutes, 0 readings]");
  documents_[0] = staff("P2", "");
  EXPECT_EQ(Brief(), "deferred group STAFF ~E5(-P2) [60 minutes, 1 readings]");
  documents_[0] = staff("", "  expires: 2026-02-28\n");
  now_ = *ParseTime("2026-03-01T00:10:00Z");
  EXPECT_EQ(Brief({}), "go 1 group STAFF -E5");
}

TEST_F(RemovalWaitsTest, OneUsersLossesWaitEachForItself) {
  tenant_.User("ada").licenses = {{"E5"}, {"E3"}};
  Say("");
  documents_[2] = Manages("E3", "full");
  EXPECT_EQ(Brief(), "go 1 ada -E3\ndeferred ada -E5 [60 minutes, 1 readings]");
}

TEST_F(RemovalWaitsTest, OfSeveralThatWaitTogetherTheLongestCounts) {
  tenant_.User("ada").licenses = {{"E5"}, {"E3"}};
  Say("");
  documents_[2] = Manages("E3", "full", "{after: 10m, confirmations: 3}");
  EXPECT_EQ(Brief(), "deferred ada -E3 -E5 [60 minutes, 2 readings]");
}

TEST_F(RemovalWaitsTest, GivesTheSamePlanWhateverWasWrittenInBetween) {
  Say("");
  After(minutes(40));
  const auto memory = memory_;
  const auto plan = Look();
  EXPECT_EQ(Difference(memory, memory_).deferrals.size(), 0U);
  memory_ = memory;
  now_ -= minutes(5);
  EXPECT_EQ(test::Brief(Look()), test::Brief(plan));
}

}  // namespace
}  // namespace seatkeeper
