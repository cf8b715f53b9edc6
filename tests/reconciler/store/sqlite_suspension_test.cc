#include <gmock/gmock.h>

#include "reconciler/store/migrations.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SqliteSuspension : public StoreTest {
 protected:
  static SuspendedBy Word(const std::string& who, const std::string& reason, int millis) {
    return {.who = who, .reason = reason, .at = At(millis)};
  }
  Suspension Present(const TenantKey& tenant = kContoso) {
    auto found = store_->SuspensionOf(tenant);
    EXPECT_TRUE(found);
    return found ? *found : Suspension();
  }

  const SuspendedBy ada_ = Word("ada@ops", "migration", 1);
  const SuspendedBy bob_ = Word("bob@ops", "audit", 2);
};

TEST_F(SqliteSuspension, IsKeptAcrossARestartOfOneTenantAlone) {
  EXPECT_THAT(Present(), IsEmpty());
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  store_.reset();
  store_ = Open();
  EXPECT_THAT(Present(), ElementsAre(ada_));
  EXPECT_THAT(Present(kFabrikam), IsEmpty()) << "the same id in another cloud";
}

TEST_F(SqliteSuspension, ASecondWordKeepsTheFirstTime) {
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  const auto second = store_->Suspend(kContoso, bob_);
  ASSERT_TRUE(second);
  EXPECT_THAT(*second, ElementsAre(ada_, bob_));
  EXPECT_THAT(Present(), ElementsAre(ada_, bob_));
}

TEST_F(SqliteSuspension, ResumeEndsAllOfItAndSaysWhatItWas) {
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  ASSERT_TRUE(store_->Suspend(kContoso, bob_));
  const auto resumed = store_->Resume(kContoso, Word("cleo@ops", "done", 3));
  ASSERT_TRUE(resumed);
  EXPECT_THAT(resumed->suspension, ElementsAre(ada_, bob_));
  EXPECT_THAT(Present(), IsEmpty());
  const auto again = store_->Resume(kContoso, Word("cleo@ops", "done", 4));
  ASSERT_TRUE(again) << "it is no mistake to resume what is not suspended";
  EXPECT_THAT(again->suspension, IsEmpty());
  ASSERT_TRUE(store_->Suspend(kContoso, bob_));
  EXPECT_THAT(Present(), ElementsAre(bob_)) << "what is over stays over";
}

TEST_F(SqliteSuspension, WhoStoppedItWhenAndWhyCanBeToldLater) {
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  ASSERT_TRUE(store_->Resume(kContoso, Word("cleo@ops", "done", 3)));
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db);
  EXPECT_EQ(*(*db)->QueryInt("SELECT count(*) FROM suspensions WHERE who = 'ada@ops'"
                             " AND reason = 'migration' AND resumed_by = 'cleo@ops'"
                             " AND resume_reason = 'done' AND resumed_at > at"),
            1);
}

TEST_F(SqliteSuspension, NothingIsIntendedWhileItLasts) {
  Record({Intent(1)});
  auto beside = Open();
  ASSERT_TRUE(beside->Suspend(kContoso, ada_)) << "another process, without a lease";
  const auto refused = store_->RecordIntents(lease_, {Intent(2), Intent(3)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCancelled);
  EXPECT_THAT(refused.error().message, HasSubstr("suspended by ada@ops"));
  EXPECT_THAT(refused.error().message, HasSubstr("migration"));
  EXPECT_EQ(All().size(), 1U);
  ASSERT_TRUE(beside->Resume(kContoso, ada_));
  EXPECT_TRUE(store_->RecordIntents(lease_, {Intent(2), Intent(3)}));
}

TEST_F(SqliteSuspension, NothingIsTriedAgainWhileItLasts) {
  Record({Intent(1)});
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  auto again = UpdateTo("p1/c1", ChangeState::kIntended, At(9));
  again.attempt = 2;
  const auto refused = store_->RecordUpdates(lease_, {again});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(All().at(0).attempt, 1);
}

TEST_F(SqliteSuspension, WhatIsUnderWayIsRecordedAndSettled) {
  Record({Intent(1), Intent(2), Intent(3)});
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  Move("p1/c1", ChangeState::kAccepted, At(9));
  Move("p1/c1", ChangeState::kConfirmed, At(10));
  Move("p1/c2", ChangeState::kWithdrawn, At(9));
  auto sighting = UpdateTo("p1/c3", ChangeState::kIntended, At(9));
  sighting.sightings = 1;
  sighting.leaning = ChangeState::kMatched;
  EXPECT_TRUE(store_->RecordUpdates(lease_, {sighting})) << "a sighting is no further attempt";
}

TEST_F(SqliteSuspension, OtherTenantsGoOn) {
  const auto other = Acquire(kFabrikam, "one");
  ASSERT_TRUE(store_->Suspend(kContoso, ada_));
  EXPECT_TRUE(store_->RecordIntents(other, {Intent(7)}));
}

TEST_F(SqliteSuspension, AnOlderStoreGetsTheTable) {
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->Exec(kUndoStoreTrust + "DROP TABLE suspensions; PRAGMA user_version = 7"));
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Present(), IsEmpty());
  EXPECT_TRUE(store_->Suspend(kContoso, ada_));
}

}  // namespace
}  // namespace seatkeeper::test
