#include <gmock/gmock.h>

#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class SqliteHistory : public StoreTest {
 protected:
  std::vector<std::string> Ids(const HistoryQuery& query) {
    const auto rows = store_->History(query);
    EXPECT_TRUE(rows.ok());
    return rows.ok() ? IdsOf(*rows) : std::vector<std::string>();
  }

  std::map<SkuId, int> Removals(WallTime since) {
    const auto removals = store_->RemovalsSince(kContoso, since, Counted::kUnapproved);
    EXPECT_TRUE(removals.ok());
    return removals.ok() ? *removals : std::map<SkuId, int>();
  }

  std::map<SkuId, int> Assignments(WallTime since) {
    const auto assignments = store_->AssignmentsSince(kContoso, since, Counted::kUnapproved);
    EXPECT_TRUE(assignments.ok());
    return assignments.ok() ? *assignments : std::map<SkuId, int>();
  }
};

TEST_F(SqliteHistory, ComesNewestFirstAndOnlyAsMuchAsAskedFor) {
  Record({Intent(2), Intent(1), Intent(3)});
  EXPECT_THAT(Ids({}), ElementsAre("p1/c3", "p1/c2", "p1/c1"));
  EXPECT_THAT(Ids({.limit = 2}), ElementsAre("p1/c3", "p1/c2"));
  EXPECT_THAT(Ids({.limit = 0}), IsEmpty());
}

TEST_F(SqliteHistory, IsFilteredByTenantUserProductAndTime) {
  JournalEntry german = Intent(4);
  german.user_principal_name = "JÜRGEN@contoso.com";
  german.add = {{.product = Sku(9), .disabled_plans = {}}};
  german.remove = {};
  Record({Intent(1), Intent(2), Intent(3), german});
  const Lease other = Acquire(kFabrikam, "one");
  ASSERT_TRUE(store_->RecordIntents(other, {Intent(1, "p2")}).ok());

  EXPECT_THAT(Ids({.tenant = kFabrikam}), ElementsAre("p2/c1"));
  EXPECT_THAT(Ids({.tenant = kContoso, .user = "uSER1@CONTOSO.com"}), ElementsAre("p1/c1"));
  EXPECT_THAT(Ids({.tenant = kContoso, .user = "00000001-0000-0000-0000-000000000002"}),
              ElementsAre("p1/c2"));
  EXPECT_THAT(Ids({.user = "jürgen@contoso.com"}), ElementsAre("p1/c4"));
  EXPECT_THAT(Ids({.product = Sku(9)}), ElementsAre("p1/c4"));
  EXPECT_THAT(Ids({.tenant = kContoso, .product = Sku(2), .since = At(2)}),
              ElementsAre("p1/c3", "p1/c2"));
  EXPECT_THAT(Ids({.product = Sku(7)}), IsEmpty());
  EXPECT_THAT(Ids({.user = "nobody"}), IsEmpty());
}

TEST_F(SqliteHistory, FollowsAUserThroughARename) {
  JournalEntry renamed = Intent(4);
  renamed.user = Intent(1).user;
  renamed.user_principal_name = "Married@contoso.com";
  Record({Intent(1), Intent(2)});
  Move("p1/c1", ChangeState::kRefused, At(3));
  Record({renamed});
  for (const auto* user :
       {"user1@contoso.com", "married@CONTOSO.com", "00000001-0000-0000-0000-000000000001"}) {
    EXPECT_THAT(Ids({.user = user}), ElementsAre("p1/c4", "p1/c1")) << user;
  }
  EXPECT_THAT(Ids({.user = "user2@contoso.com"}), ElementsAre("p1/c2"));
}

TEST_F(SqliteHistory, FindsAGroupThatWasRenamed) {
  JournalEntry group = Intent(1);
  group.user = {};
  group.user_principal_name.clear();
  group.group = LicensedGroup{.id = GroupNumber(1), .display_name = "Sales", .members = 2};
  JournalEntry renamed = group;
  renamed.id = "p2/c1";
  renamed.intended_at = At(5);
  renamed.group->display_name = "Revenue";
  Record({group, Intent(2)});
  Move("p1/c1", ChangeState::kRefused, At(3));
  Record({renamed});
  for (const auto* name : {"sales", "Revenue"}) {
    EXPECT_THAT(Ids({.user = name}), ElementsAre("p2/c1", "p1/c1")) << name;
  }
}

TEST_F(SqliteHistory, CanBeReadBesideAWriter) {
  Record({Intent(1)});
  auto reader = Open();
  ASSERT_TRUE(store_->Begin().ok());
  ASSERT_TRUE(store_->RecordIntents(lease_, {Intent(2)}).ok());
  const auto before = reader->History({});
  ASSERT_TRUE(before.ok());
  EXPECT_THAT(IdsOf(*before), ElementsAre("p1/c1"));
  ASSERT_TRUE(store_->Commit().ok());
  EXPECT_THAT(IdsOf(*reader->History({})), ElementsAre("p1/c2", "p1/c1"));
}

TEST_F(SqliteHistory, CountsRemovalsByUserAndProduct) {
  JournalEntry plans = Intent(2);
  plans.remove = {};
  plans.plans_off = {Sku(1)};
  JournalEntry both = Intent(3);
  both.plans_off = {Sku(1)};
  Record({Intent(1), plans, both});
  EXPECT_THAT(Removals(At(0)), ElementsAre(Pair(Sku(1), 2), Pair(Sku(2), 2)));
}

TEST_F(SqliteHistory, CountsAUserOnceHoweverOften) {
  Record({Intent(1)});
  Move("p1/c1", ChangeState::kAccepted, At(5));
  Move("p1/c1", ChangeState::kConfirmed, At(6));
  Record({Intent(1, "p2")});
  EXPECT_THAT(Removals(At(0)), ElementsAre(Pair(Sku(2), 1)));
}

TEST_F(SqliteHistory, CountsWhatMayHaveHappenedAndNotWhatDidNot) {
  struct Case {
    ChangeState state;
    bool counts;
  };
  for (const Case& one : {Case{ChangeState::kIntended, true}, Case{ChangeState::kAccepted, true},
                          Case{ChangeState::kAmbiguous, true}, Case{ChangeState::kConfirmed, true},
                          Case{ChangeState::kDiverged, true}, Case{ChangeState::kMatched, true},
                          Case{ChangeState::kUnresolved, true}, Case{ChangeState::kRefused, false},
                          Case{ChangeState::kWithdrawn, false}, Case{ChangeState::kReverted, false},
                          Case{ChangeState::kSuperseded, true}}) {
    const int number = 100 + static_cast<int>(one.state);
    JournalEntry entry = Intent(number);
    entry.remove = {Sku(number)};
    Record({entry});
    if (one.state != ChangeState::kIntended) Move(entry.id, one.state, At(200));
    EXPECT_EQ(Removals(At(0)).contains(Sku(number)), one.counts) << ToString(one.state);
  }
}

TEST_F(SqliteHistory, CountsOnlyTheWindowAndTheTenant) {
  Record({Intent(10), Intent(20)});
  EXPECT_THAT(Removals(At(20)), ElementsAre(Pair(Sku(2), 1)));
  EXPECT_THAT(Removals(At(21)), IsEmpty());
  Move("p1/c10", ChangeState::kAccepted, At(25));
  EXPECT_THAT(Removals(At(21)), ElementsAre(Pair(Sku(2), 1))) << "answered inside the window";
  const auto other = store_->RemovalsSince(kFabrikam, At(0), Counted::kUnapproved);
  ASSERT_TRUE(other.ok());
  EXPECT_THAT(*other, IsEmpty());
}

TEST_F(SqliteHistory, CountsTheSeatsThatWereTaken) {
  JournalEntry one = Intent(1);
  one.seats = {{Sku(1), 1}, {Sku(3), 1}};
  JournalEntry switched = Intent(2);  // Service plans of Sku(1): no seat.
  JournalEntry group = Intent(3);
  group.user = {};
  group.group = LicensedGroup{.id = GroupNumber(3), .display_name = "Staff", .members = 40};
  group.seats = {{Sku(1), 12}};
  Record({one, switched, group});
  EXPECT_THAT(Assignments(At(0)), ElementsAre(Pair(Sku(1), 13), Pair(Sku(3), 1)));
  EXPECT_THAT(Assignments(At(3)), ElementsAre(Pair(Sku(1), 12)));
  Move("p1/c1", ChangeState::kAccepted, At(50));
  EXPECT_THAT(Assignments(At(3)), ElementsAre(Pair(Sku(1), 13), Pair(Sku(3), 1)))
      << "answered inside the window";
  Move("p1/c3", ChangeState::kRefused, At(60));
  EXPECT_THAT(Assignments(At(0)), ElementsAre(Pair(Sku(1), 1), Pair(Sku(3), 1)));
  const auto other = store_->AssignmentsSince(kFabrikam, At(0), Counted::kUnapproved);
  ASSERT_TRUE(other.ok());
  EXPECT_THAT(*other, IsEmpty());
}

TEST_F(SqliteHistory, CountsASeatThatIsTakenTwiceTwice) {
  JournalEntry first = Intent(1);
  first.seats = {{Sku(1), 1}};
  JournalEntry second = Intent(1, "p2");
  second.seats = first.seats;
  Record({first});
  Move("p1/c1", ChangeState::kConfirmed, At(6));
  Record({second});
  EXPECT_THAT(Assignments(At(0)), ElementsAre(Pair(Sku(1), 2)));
  EXPECT_EQ(store_->OpenChanges(kContoso)->at(0).seats, second.seats);
}

TEST_F(SqliteHistory, CountsWhatAnOlderProgramGaveRatherTooHigh) {
  JournalEntry group = Intent(2);
  group.user = {};
  group.group = LicensedGroup{.id = GroupNumber(2), .display_name = "Staff", .members = 40};
  JournalEntry switched = Intent(3);
  switched.before = switched.add;
  Record({Intent(1), group, switched});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoSeatsTaken).ok());
    ASSERT_TRUE((*db)->Exec("PRAGMA user_version = 6").ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Assignments(At(0)), ElementsAre(Pair(Sku(1), 41)));
  EXPECT_TRUE(store_->OpenChanges(kContoso)->at(0).seats.empty());
}

}  // namespace
}  // namespace seatkeeper::test
