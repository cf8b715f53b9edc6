#include <gtest/gtest.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using StoreTrustTest = StoreTest;

CycleSummary CycleAt(std::int64_t finished, bool continues = true) {
  return {.plan_id = "plan",
          .mode = "enforce",
          .result = "ok",
          .started_at = At(finished),
          .finished_at = At(finished),
          .policy_revision = "",
          .message = "",
          .continues = continues};
}

TrustNote NoteAt(std::int64_t at) { return {.who = "ada@host", .reason = "why", .at = At(at)}; }

TEST_F(StoreTrustTest, ANewStoreKnowsNothing) {
  EXPECT_EQ(store_->Standing(kContoso).value(), StoreStanding{});
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(10)));
  EXPECT_EQ(store_->Standing(kContoso).value(), StoreStanding{})
      << "cycles alone do not make it known";
}

TEST_F(StoreTrustTest, IsKnownSinceSomebodyStoodUpForItAcrossRestarts) {
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(10)));
  store_ = Open();
  EXPECT_EQ(store_->Standing(kContoso).value(),
            (StoreStanding{.trusted_at = At(10), .last_heard = At(10), .silent_since = {}}));
  EXPECT_EQ(store_->Standing(kFabrikam).value(), StoreStanding{}) << "of one tenant";
}

TEST_F(StoreTrustTest, HearsOfCyclesThatFollowWithoutAGap) {
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(10)));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(20)));
  EXPECT_EQ(store_->Standing(kContoso)->last_heard, At(20));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(900, false)));
  EXPECT_EQ(store_->Standing(kContoso)->last_heard, At(20));
}

TEST_F(StoreTrustTest, SilenceStaysUntilSomebodyStandsUpForTheStore) {
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(10)));
  ASSERT_TRUE(store_->RecordSilence(lease_, At(10), At(500)));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(600)));
  EXPECT_EQ(store_->Standing(kContoso)->silent_since, At(10));
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(700)));
  EXPECT_EQ(store_->Standing(kContoso).value(),
            (StoreStanding{.trusted_at = At(700), .last_heard = At(700), .silent_since = {}}));
}

TEST_F(StoreTrustTest, CyclesBeforeThatSayNothingAnyMore) {
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(10)));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(900'000)));  // By a clock that was ahead.
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(20)));
  EXPECT_EQ(store_->Standing(kContoso)->last_heard, At(20));
}

TEST_F(StoreTrustTest, SilenceIsOnlyRecordedUnderTheLeaseInForce) {
  const Lease old = lease_;
  lease_ = Acquire(kContoso, "one");
  EXPECT_EQ(store_->RecordSilence(old, At(1), At(2)).error().kind, ErrorKind::kConflict);
}

TEST_F(StoreTrustTest, WhatWasWrittenIsNeverAltered) {
  ASSERT_TRUE(store_->TrustStore(kContoso, NoteAt(10)));
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db);
  EXPECT_FALSE((*db)->Exec("DELETE FROM store_trust"));
  EXPECT_FALSE((*db)->Exec("UPDATE store_trust SET at = 0"));
  EXPECT_EQ((*db)
                ->QueryInt("SELECT count(*) FROM store_trust WHERE who = 'ada@host'"
                           " AND reason = 'why'")
                .value(),
            1);
}

TEST_F(StoreTrustTest, ATenantThatWasEnforcedBeforeThisWasAskedIsKnown) {
  const auto fabrikam = Acquire(kFabrikam, "one");
  auto observed = CycleAt(30);
  observed.mode = "observe";
  ASSERT_TRUE(store_->RecordCycle(fabrikam, observed));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(40)));
  ASSERT_TRUE(store_->RecordCycle(lease_, CycleAt(50)));
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db);
    const auto back = (*db)->Exec(kUndoStoreTrust + "PRAGMA user_version = 8");
    ASSERT_TRUE(back) << back.error().message;
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(store_->Standing(kContoso).value(),
            (StoreStanding{.trusted_at = At(40), .last_heard = At(50), .silent_since = {}}));
  EXPECT_EQ(store_->Standing(kFabrikam).value(), StoreStanding{}) << "only looked at";
}

}  // namespace
}  // namespace seatkeeper::test
