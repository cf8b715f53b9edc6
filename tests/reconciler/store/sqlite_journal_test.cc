#include <gmock/gmock.h>

#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

class SqliteJournal : public StoreTest {
 protected:
  std::int64_t Count(const std::string& sql) {
    auto db = SqliteDb::Open(path());
    EXPECT_TRUE(db.ok());
    const auto count = (*db)->QueryInt(sql);
    EXPECT_TRUE(count.ok());
    return count.ok() ? *count : -1;
  }
};

TEST_F(SqliteJournal, KeepsEveryFieldOfAnEntry) {
  JournalEntry entry = Intent(1);
  entry.plans_off = {Sku(1)};
  entry.usage_location = "FR";
  Record({entry});
  JournalUpdate update = UpdateTo(entry.id, ChangeState::kAmbiguous, At(77));
  update.attempt = 2;
  update.sightings = 1;
  update.leaning = ChangeState::kMatched;
  update.service = {.status = 503,
                    .code = "ServiceUnavailable",
                    .request_id = "r-1",
                    .request_date = "2026-01-05T08:00:00",
                    .retry_after = std::chrono::milliseconds(1500)};
  update.message = "héllo 'quoted'";
  ASSERT_TRUE(store_->RecordUpdates(lease_, {update}).ok());

  const auto open = store_->OpenChanges(kContoso);
  ASSERT_TRUE(open.ok());
  ASSERT_EQ(open->size(), 1U);
  const JournalEntry& read = open->front();
  EXPECT_EQ(read.id, "p1/c1");
  EXPECT_EQ(read.plan_id, "p1");
  EXPECT_EQ(read.change_id, "c1");
  EXPECT_EQ(read.user, User(1));
  EXPECT_EQ(read.user_principal_name, "User1@contoso.com");
  EXPECT_EQ(read.add, entry.add);
  EXPECT_EQ(read.remove, entry.remove);
  EXPECT_EQ(read.plans_off, entry.plans_off);
  EXPECT_EQ(read.before, entry.before);
  EXPECT_EQ(read.usage_location, "FR");
  EXPECT_EQ(read.reason, "granted");
  EXPECT_EQ(read.policy, "engineering");
  EXPECT_EQ(read.policy_position, "p.yaml:7:3");
  EXPECT_EQ(read.policy_revision, "sha256:abc");
  EXPECT_EQ(read.state, ChangeState::kAmbiguous);
  EXPECT_EQ(read.attempt, 2);
  EXPECT_EQ(read.intended_at, At(1));
  EXPECT_EQ(read.answered_at, At(77));
  EXPECT_EQ(read.sightings, 1);
  EXPECT_EQ(read.leaning, ChangeState::kMatched);
  EXPECT_EQ(read.service.status, 503);
  EXPECT_EQ(read.service.code, "ServiceUnavailable");
  EXPECT_EQ(read.service.request_id, "r-1");
  EXPECT_EQ(read.service.request_date, "2026-01-05T08:00:00");
  EXPECT_EQ(read.service.retry_after, std::chrono::milliseconds(1500));
  EXPECT_EQ(read.message, "héllo 'quoted'");
}

TEST_F(SqliteJournal, SurvivesClosing) {
  Record({Intent(1), Intent(2)});
  Move("p1/c1", ChangeState::kAccepted, At(10));
  store_.reset();
  store_ = Open();
  const auto open = store_->OpenChanges(kContoso);
  ASSERT_TRUE(open.ok());
  ASSERT_EQ(open->size(), 2U);
  EXPECT_EQ((*open)[0].state, ChangeState::kAccepted);
  EXPECT_EQ((*open)[1].state, ChangeState::kIntended);
}

TEST_F(SqliteJournal, RefusesAUserWithAnOpenChangeAndKeepsNothingOfTheCall) {
  Record({Intent(1)});
  const auto refused = store_->RecordIntents(lease_, {Intent(2), Intent(1, "p2"), Intent(3)});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("p1/c1"));
  EXPECT_EQ(All().size(), 1U);
  EXPECT_EQ(Count("SELECT count(*) FROM change_events"), 1);
}

TEST_F(SqliteJournal, RefusesTwoChangesOfOneUserInOneCall) {
  EXPECT_EQ(store_->RecordIntents(lease_, {Intent(1), Intent(1, "p2")}).error().kind,
            ErrorKind::kConflict);
  EXPECT_TRUE(All().empty());
}

TEST_F(SqliteJournal, TakesTheSameUserAgainOnceTheChangeHasEnded) {
  Record({Intent(1)});
  Move("p1/c1", ChangeState::kRefused, At(5));
  Record({Intent(1, "p2")});
  EXPECT_EQ(All().size(), 2U);
}

TEST_F(SqliteJournal, ATenantsUsersAreNotAnothers) {
  Record({Intent(1)});
  const Lease other = Acquire(kFabrikam, "one");
  EXPECT_TRUE(store_->RecordIntents(other, {Intent(1, "p2")}).ok());
  EXPECT_EQ(
      store_->RecordUpdates(other, {UpdateTo("p1/c1", ChangeState::kRefused, At(5))}).error().kind,
      ErrorKind::kNotFound);
  EXPECT_EQ(store_->OpenChanges(kContoso)->front().id, "p1/c1");
  EXPECT_EQ(store_->OpenChanges(kFabrikam)->front().id, "p2/c1");
}

TEST_F(SqliteJournal, NeverAltersATerminalState) {
  for (const ChangeState terminal :
       {ChangeState::kRefused, ChangeState::kWithdrawn, ChangeState::kConfirmed,
        ChangeState::kDiverged, ChangeState::kMatched, ChangeState::kReverted,
        ChangeState::kSuperseded, ChangeState::kUnresolved}) {
    const std::string plan(ToString(terminal));
    Record({Intent(1, plan), Intent(2, plan)});
    Move(plan + "/c1", terminal, At(5));
    const auto refused =
        store_->RecordUpdates(lease_, {UpdateTo(plan + "/c2", ChangeState::kRefused, At(6)),
                                       UpdateTo(plan + "/c1", ChangeState::kAccepted, At(6))});
    ASSERT_FALSE(refused.ok()) << plan;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInternal);
    EXPECT_EQ(store_->OpenChanges(kContoso)->size(), 1U) << "nothing of the call is kept";
    Move(plan + "/c2", ChangeState::kRefused, At(7));
  }
}

TEST_F(SqliteJournal, TheFileItselfRefusesToForget) {
  Record({Intent(1)});
  Move("p1/c1", ChangeState::kRefused, At(5));
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db.ok());
  EXPECT_FALSE((*db)->Exec("UPDATE changes SET state = 'accepted'").ok());
  EXPECT_FALSE((*db)->Exec("DELETE FROM changes").ok());
  EXPECT_FALSE((*db)->Exec("DELETE FROM change_events").ok());
  EXPECT_FALSE((*db)->Exec("UPDATE change_events SET message = ''").ok());
}

TEST_F(SqliteJournal, KeepsEveryTransition) {
  Record({Intent(1)});
  JournalUpdate again = UpdateTo("p1/c1", ChangeState::kIntended, At(50));
  again.attempt = 2;
  again.service.status = 429;
  again.message = "slow down";
  ASSERT_TRUE(store_->RecordUpdates(lease_, {again}).ok());
  Move("p1/c1", ChangeState::kAccepted, At(60));
  Move("p1/c1", ChangeState::kConfirmed, At(90));
  EXPECT_EQ(Count("SELECT count(*) FROM change_events"), 4);
  EXPECT_EQ(Count("SELECT count(*) FROM change_events WHERE state = 'intended' AND attempt = 2 AND "
                  "message = 'slow down' AND service_status = 429"),
            1);
}

TEST_F(SqliteJournal, AFurtherAttemptIsDatedAnewAndItsAnswerReplacesTheOldWords) {
  Record({Intent(1)});
  JournalUpdate again = UpdateTo("p1/c1", ChangeState::kIntended, At(50));
  again.attempt = 2;
  again.service.status = 429;
  again.message = "slow down";
  ASSERT_TRUE(store_->RecordUpdates(lease_, {again}).ok());
  EXPECT_EQ(All().front().intended_at, At(50));
  EXPECT_EQ(All().front().answered_at, std::nullopt);

  JournalUpdate accepted = UpdateTo("p1/c1", ChangeState::kAccepted, At(60));
  accepted.attempt = 2;
  ASSERT_TRUE(store_->RecordUpdates(lease_, {accepted}).ok());
  EXPECT_EQ(All().front().attempt, 2);
  EXPECT_EQ(All().front().answered_at, At(60));
  EXPECT_EQ(All().front().service.status, 0);
  EXPECT_EQ(All().front().message, "");
}

TEST_F(SqliteJournal, ASightingLeavesWhenItWasAnsweredAndWhatTheServiceSaid) {
  Record({Intent(1)});
  JournalUpdate answer = UpdateTo("p1/c1", ChangeState::kAccepted, At(20));
  answer.service = {.status = 200, .code = "", .request_id = "r-1", .retry_after = {}};
  ASSERT_TRUE(store_->RecordUpdates(lease_, {answer}).ok());
  JournalUpdate seen = UpdateTo("p1/c1", ChangeState::kAccepted, At(900));
  seen.sightings = 1;
  seen.leaning = ChangeState::kConfirmed;
  ASSERT_TRUE(store_->RecordUpdates(lease_, {seen}).ok());
  const JournalEntry read = All().front();
  EXPECT_EQ(read.answered_at, At(20));
  EXPECT_EQ(read.service.request_id, "r-1");
  EXPECT_EQ(read.sightings, 1);
  EXPECT_EQ(read.leaning, ChangeState::kConfirmed);
}

TEST_F(SqliteJournal, KeepsCycles) {
  ASSERT_TRUE(store_
                  ->RecordCycle(lease_, {.plan_id = "p1",
                                         .mode = "enforce",
                                         .result = "partial",
                                         .started_at = At(1),
                                         .finished_at = At(2),
                                         .policy_revision = "sha256:abc",
                                         .changes_accepted = 3,
                                         .changes_failed = 2,
                                         .changes_held = 1,
                                         .message = "m"})
                  .ok());
  EXPECT_EQ(Count("SELECT count(*) FROM cycles WHERE plan_id = 'p1' AND mode = 'enforce' AND "
                  "result = 'partial' AND changes_accepted = 3 AND changes_failed = 2 AND "
                  "changes_held = 1 AND finished_at - started_at = 1"),
            1);
}

}  // namespace
}  // namespace seatkeeper::test
