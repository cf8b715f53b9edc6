#include <gmock/gmock.h>

#include "reconciler/store/migrations.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

UserProduct Pair(int user, int product) { return {.user = User(user), .product = Sku(product)}; }

MemoryChange FirstChange() {
  MemoryChange change;
  change.known_plans[Sku(1)] = {ServicePlanNumber(1), ServicePlanNumber(2)};
  change.known_plans[Sku(2)] = {};
  change.owned = {Pair(1, 1), Pair(1, 2), Pair(2, 1)};
  change.waiting = {{Pair(3, 1), At(5)}, {Pair(4, 1), At(6)}};
  return change;
}

class SqliteMemory : public StoreTest {
 protected:
  void Remember(const MemoryChange& change) {
    const auto done = store_->RecordMemory(lease_, change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  PlanMemory Memory(const TenantKey& tenant = kContoso) {
    auto memory = store_->Memory(tenant);
    if (memory) return std::move(memory).value();
    ADD_FAILURE() << memory.error().message;
    return {};
  }
};

TEST_F(SqliteMemory, IsEmptyAtFirst) { EXPECT_EQ(Memory(), PlanMemory{}); }

TEST_F(SqliteMemory, ComesBackAsItWasGiven) {
  const auto change = FirstChange();
  Remember(change);
  const PlanMemory expected{
      .known_plans = change.known_plans, .owned = change.owned, .waiting = change.waiting};
  EXPECT_EQ(Memory(), expected);
  store_.reset();
  store_ = Open();
  EXPECT_EQ(Memory(), expected) << "after a restart";
}

TEST_F(SqliteMemory, ChangesOnlyWhatAChangeNames) {
  Remember(FirstChange());
  MemoryChange change;
  change.known_plans[Sku(2)] = {ServicePlanNumber(9)};
  change.owned = {Pair(5, 1)};
  change.no_longer_owned = {Pair(1, 2)};
  change.waiting = {{Pair(4, 1), At(60)}};
  change.no_longer_waiting = {Pair(3, 1)};
  for (int repeated = 0; repeated < 2; ++repeated) {
    Remember(change);
    const auto memory = Memory();
    EXPECT_THAT(memory.known_plans,
                ElementsAre(::testing::Pair(
                                Sku(1), ElementsAre(ServicePlanNumber(1), ServicePlanNumber(2))),
                            ::testing::Pair(Sku(2), ElementsAre(ServicePlanNumber(9)))));
    EXPECT_THAT(memory.owned, ElementsAre(Pair(1, 1), Pair(2, 1), Pair(5, 1)));
    EXPECT_THAT(memory.waiting, ElementsAre(::testing::Pair(Pair(4, 1), At(60))));
  }
}

TEST_F(SqliteMemory, KeepsWhatRefusalsTaught) {
  MemoryChange change;
  change.learned_rules.exclusive = {{ServicePlanNumber(1), ServicePlanNumber(2)}};
  change.learned_rules.needs[ServicePlanNumber(3)] = {ServicePlanNumber(1), ServicePlanNumber(4)};
  for (int repeated = 0; repeated < 2; ++repeated) {
    Remember(change);
    EXPECT_EQ(Memory().learned_rules, change.learned_rules);
  }
  EXPECT_TRUE(Memory(kFabrikam).learned_rules.empty());
}

TEST_F(SqliteMemory, BelongsToOneTenantAndCloud) {
  Remember(FirstChange());
  EXPECT_EQ(Memory(kFabrikam), PlanMemory{});
  const auto other = Acquire(kFabrikam, "one");
  MemoryChange change;
  change.no_longer_owned = {Pair(1, 1)};
  change.no_longer_waiting = {Pair(3, 1)};
  change.known_plans[Sku(1)] = {ServicePlanNumber(7)};
  ASSERT_TRUE(store_->RecordMemory(other, change).ok());
  EXPECT_THAT(Memory().owned, SizeIs(3));
  EXPECT_THAT(Memory().waiting, SizeIs(2));
  EXPECT_THAT(Memory().known_plans[Sku(1)], SizeIs(2));
}

TEST_F(SqliteMemory, IsNotWrittenUnderALeaseThatIsOver) {
  const auto old = lease_;
  lease_ = Acquire(kContoso, "one");
  const auto refused = store_->RecordMemory(old, FirstChange());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(Memory(), PlanMemory{});
}

TEST_F(SqliteMemory, IsUndoneWithItsUnitOfWork) {
  ASSERT_TRUE(store_->Begin().ok());
  ASSERT_TRUE(store_->SetSavepoint().ok());
  Remember(FirstChange());
  ASSERT_TRUE(store_->RollbackToSavepoint().ok());
  ASSERT_TRUE(store_->Commit().ok());
  EXPECT_EQ(Memory(), PlanMemory{});
}

TEST_F(SqliteMemory, ThatCannotBeReadIsAnError) {
  Remember(FirstChange());
  auto db = SqliteDb::Open(path());
  for (const char* damage :
       {"UPDATE owned SET product = 'x' WHERE user_id = (SELECT max(user_id) FROM owned)",
        "UPDATE known_plans SET plans = '{}'"}) {
    ASSERT_TRUE((*db)->Exec(damage).ok());
    const auto memory = store_->Memory(kContoso);
    ASSERT_FALSE(memory.ok()) << damage;
    EXPECT_EQ(memory.error().kind, ErrorKind::kStore);
    ASSERT_TRUE((*db)->Exec("DELETE FROM owned").ok());
  }
}

/// The file as the program before this one left it: schema 2, with a lease, a change and a cycle.
TEST_F(SqliteMemory, IsAddedToAnOlderStoreThatKeepsWhatItHas) {
  Record({Intent(1)});
  Move("p1/c1", ChangeState::kAccepted, At(9));
  ASSERT_TRUE(store_->RecordCycle(lease_, {.plan_id = "p1", .mode = "enforce"}).ok());
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoLicensedGroups).ok());
    ASSERT_TRUE((*db)
                    ->Exec("DROP TABLE known_plans; DROP TABLE owned; DROP TABLE waiting;"
                           "DROP TABLE plan_rules;"
                           "ALTER TABLE changes DROP COLUMN usage_location;"
                           "PRAGMA user_version = 2")
                    .ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(Memory(), PlanMemory{}) << "nothing is owned that an older program assigned";
  ASSERT_THAT(All(), SizeIs(1));
  EXPECT_EQ(All()[0].state, ChangeState::kAccepted);
  Remember(FirstChange());
  EXPECT_THAT(Memory().owned, SizeIs(3)) << "the lease is still in force";
  auto db = SqliteDb::Open(path());
  EXPECT_EQ(*(*db)->QueryInt("PRAGMA user_version"), NewestSchema());
  EXPECT_EQ(*(*db)->QueryInt("SELECT count(*) FROM cycles"), 1);
}

}  // namespace
}  // namespace seatkeeper::test
