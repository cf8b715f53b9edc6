// What the store forgets in time, and what it never does.

#include <gmock/gmock.h>

#include <set>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SqliteRetention : public StoreTest {
 protected:
  // A change that ended well before `retention` counts from.
  JournalEntry Old(int number, const std::string& plan) {
    auto entry = Intent(number, plan);
    entry.state = ChangeState::kConfirmed;
    entry.answered_at = entry.intended_at;
    return entry;
  }

  // As a cycle so many days later does.
  void Prune(days later, const Retention& retention = {}) {
    const auto done = store_->Prune(lease_, retention, At(0) + later);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  std::set<std::string> Plans() {
    std::set<std::string> plans;
    const auto history = store_->History({.tenant = kContoso, .limit = 1'000'000});
    EXPECT_TRUE(history);
    for (const auto& row : *history) plans.insert(row.entry.plan_id);
    return plans;
  }

  void RecordCycle(const std::string& plan, WallTime at, bool continues = true) {
    CycleSummary summary;
    summary.plan_id = plan;
    summary.mode = "enforce";
    summary.result = "ok";
    summary.started_at = at;
    summary.finished_at = at;
    summary.continues = continues;
    ASSERT_TRUE(store_->RecordCycle(lease_, summary).ok());
  }

  std::int64_t Number(const std::string& sql) {
    auto db = SqliteDb::Open(path());
    return *(*db)->QueryInt(sql);
  }
};

TEST_F(SqliteRetention, PlansGoWithTheirEventsAfterTheirTimeAndNotBefore) {
  Record({Old(1, "old"), Old(2, "old"), Old(3, "new")});
  Prune(days(399));
  EXPECT_THAT(Plans(), ElementsAre("new", "old"));
  Prune(days(401));
  EXPECT_THAT(Plans(), ElementsAre("new")) << "the newest change of all stays";
  EXPECT_EQ(Number("SELECT count(*) FROM change_events"), 1);
  Prune(days(401));
  EXPECT_THAT(Plans(), ElementsAre("new"));
}

TEST_F(SqliteRetention, APlanWithAnOpenChangeStaysWhole) {
  Record({Old(1, "old"), Intent(2, "old"), Old(3, "new")});
  Prune(days(5'000));
  EXPECT_THAT(All(), SizeIs(3));
  Move("old/c2", ChangeState::kRefused, At(5));
  Prune(days(5'000));
  EXPECT_THAT(Plans(), ElementsAre("new"));
}

TEST_F(SqliteRetention, AnAnswerWithinTheTimeKeepsAnOldPlan) {
  auto late = Old(1, "old");
  late.answered_at = At(0) + days(300);
  Record({late, Old(2, "old"), Old(3, "new")});
  Prune(days(600));
  EXPECT_THAT(Plans(), ElementsAre("new", "old"));
  Prune(days(701));
  EXPECT_THAT(Plans(), ElementsAre("new"));
}

TEST_F(SqliteRetention, WhatSpentAnApprovalStaysSpent) {
  auto approved = Old(1, "approved");
  approved.approved = {{.approval = "approval:1",
                        .digest = "sha256:d",
                        .who = "ada",
                        .reason = "leavers",
                        .guardrail = "maxUnassign",
                        .product = Sku(2)}};
  Record({approved, Old(2, "approved"), Old(3, "old"), Old(4, "new")});
  const auto spent = store_->SpentItems(kContoso);
  Prune(days(5'000));
  EXPECT_THAT(Plans(), ElementsAre("approved", "new"));
  EXPECT_EQ(store_->SpentItems(kContoso)->size(), spent->size());
  EXPECT_EQ(spent->size(), 1U);
}

TEST_F(SqliteRetention, OtherTenantsAreLeftAlone) {
  const auto other = Acquire(kFabrikam, "one");
  ASSERT_TRUE(store_->RecordIntents(other, {Old(1, "theirs")}).ok());
  Record({Old(2, "ours"), Old(3, "new")});
  Prune(days(500));
  EXPECT_THAT(All(kFabrikam), SizeIs(1));
  EXPECT_THAT(Plans(), ElementsAre("new"));
}

TEST_F(SqliteRetention, ItIsDoneLittleByLittleAndOldestFirst) {
  for (int plan = 0; plan < 30; ++plan) {
    std::vector<JournalEntry> entries;
    for (int i = 0; i < 100; ++i) {
      entries.push_back(Old(plan * 100 + i, fmt::format("plan-{:02}", plan)));
    }
    Record(entries);
  }
  Prune(days(500));
  const auto left = Plans();
  EXPECT_THAT(left, SizeIs(25)) << "500 changes at once";
  EXPECT_EQ(*left.begin(), "plan-05");
  for (int cycle = 0; cycle < 5; ++cycle) Prune(days(500));
  EXPECT_THAT(Plans(), ElementsAre("plan-29"));
}

TEST_F(SqliteRetention, WhatCannotGoDoesNotKeepTheRest) {
  std::vector<JournalEntry> entries;
  for (int i = 0; i < 1'000; ++i) {
    auto entry = Old(i, fmt::format("approved-{}", i));
    entry.approved.emplace_back().approval = "approval:1";
    entries.push_back(entry);
  }
  entries.push_back(Old(2'000, "old"));
  entries.push_back(Old(2'001, "new"));
  Record(entries);
  Prune(days(500));
  EXPECT_FALSE(Plans().contains("old"));
  EXPECT_THAT(Plans(), SizeIs(1'001));
}

TEST_F(SqliteRetention, NothingThatIsCountedGoesWhateverIsAsked) {
  Record({Old(1, "old"), Old(2, "new")});
  RecordCycle("a", At(0));
  RecordCycle("b", At(0));
  Prune(days(29), {.journal = days(1), .cycles = days(1)});
  EXPECT_THAT(Plans(), ElementsAre("new", "old"));
  EXPECT_EQ(Number("SELECT count(*) FROM cycles"), 2);
  EXPECT_EQ(store_->RemovalsSince(kContoso, At(0), Counted::kAll)->size(), 1U);
}

TEST_F(SqliteRetention, CyclesGoButForWhatSaysThatTheStoreWasThere) {
  ASSERT_TRUE(store_->TrustStore(kContoso, {.who = "ada", .reason = "new", .at = At(0)}).ok());
  for (int day = 0; day < 10; ++day) {
    RecordCycle(fmt::format("c{}", day), At(0) + days(day), day < 5);
  }
  const auto heard = store_->Standing(kContoso)->last_heard;
  Prune(days(97));
  EXPECT_EQ(Number("SELECT count(*) FROM cycles"), 4)
      << "three of the last 90 days, and the last that counts";
  Prune(days(5'000));
  EXPECT_EQ(Number("SELECT count(*) FROM cycles"), 2);
  EXPECT_EQ(store_->Standing(kContoso)->last_heard, heard);
}

TEST_F(SqliteRetention, NeedsTheLease) {
  Record({Old(1, "old"), Old(2, "new")});
  Acquire(kContoso, "one");
  const auto refused = store_->Prune(lease_, {}, At(0) + days(500));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(Plans(), ElementsAre("new", "old"));
}

TEST_F(SqliteRetention, NothingElseMayDeleteFromTheJournal) {
  Record({Old(1, "old"), Intent(2, "old")});
  auto db = SqliteDb::Open(path());
  EXPECT_FALSE((*db)->Exec("DELETE FROM changes").ok());
  EXPECT_FALSE((*db)->Exec("DELETE FROM change_events").ok());
  EXPECT_FALSE((*db)->Exec("INSERT INTO outlived VALUES ('old'); DELETE FROM changes").ok())
      << "one of them is open";
  EXPECT_THAT(All(), SizeIs(2));
}

}  // namespace
}  // namespace seatkeeper::test
