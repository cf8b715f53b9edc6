#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Deferral Of(const Subject& subject, int product, int minute) {
  return {.subject = subject,
          .product = Sku(product),
          .plans = {},
          .first_seen = At(minute),
          .since = At(minute + 1),
          .confirmations = 2,
          .confirmed_at = At(minute + 2)};
}

/// For how long removals have been wanted, as the store keeps it.
class SqliteDeferral : public StoreTest {
 protected:
  void Remember(const MemoryChange& change) {
    const auto done = store_->RecordMemory(lease_, change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  Deferrals Remembered(const TenantKey& tenant = kContoso) {
    auto memory = store_->Memory(tenant);
    if (memory) return std::move(memory->deferrals);
    ADD_FAILURE() << memory.error().message;
    return {};
  }

  static MemoryChange First() {
    MemoryChange change;
    change.deferrals = {Of(GroupNumber(1), 1, 4), Of(User(2), 1, 3), Of(User(1), 2, 2),
                        Of(User(1), 1, 1)};
    change.deferrals[1].plans = {ServicePlanNumber(1), ServicePlanNumber(2)};
    change.deferrals[2].last_seen = At(9);
    change.last_reading = At(10);
    return change;
  }
};

TEST_F(SqliteDeferral, ComesBackAsItWasGivenInOrder) {
  const auto change = First();
  const auto& given = change.deferrals;
  Remember(change);
  const Deferrals expected{.entries = {given[3], given[2], given[1], given[0]},
                           .last_reading = At(10)};
  EXPECT_EQ(Remembered(), expected);
  store_.reset();
  store_ = Open();
  EXPECT_EQ(Remembered(), expected) << "after a restart";
  Remember(change);
  EXPECT_EQ(Remembered(), expected) << "repeated, it changes nothing";
}

TEST_F(SqliteDeferral, ChangesOnlyWhatAChangeNames) {
  Remember(First());
  MemoryChange change;
  change.no_longer_deferred = {{User(2), Sku(1)}, {GroupNumber(1), Sku(1)}, {User(9), Sku(9)}};
  change.deferrals = {Of(User(1), 2, 20)};
  Remember(change);
  const auto remembered = Remembered();
  EXPECT_THAT(remembered.entries, ElementsAre(Of(User(1), 1, 1), Of(User(1), 2, 20)));
  EXPECT_EQ(remembered.last_reading, At(10));
}

TEST_F(SqliteDeferral, ALaterReadingAloneIsARowAlone) {
  Remember(First());
  MemoryChange change;
  change.last_reading = At(15);
  Remember(change);
  EXPECT_EQ(Remembered().last_reading, At(15));
  EXPECT_EQ(Remembered().entries.size(), 4U);
}

TEST_F(SqliteDeferral, BelongsToOneTenantAndCloud) {
  Remember(First());
  EXPECT_THAT(Remembered(kFabrikam).entries, IsEmpty());
  MemoryChange change;
  change.no_longer_deferred = {{User(1), Sku(1)}};
  change.last_reading = At(50);
  ASSERT_TRUE(store_->RecordMemory(Acquire(kFabrikam, "one"), change).ok());
  EXPECT_EQ(Remembered().entries.size(), 4U);
  EXPECT_EQ(Remembered().last_reading, At(10));
}

TEST_F(SqliteDeferral, ThatCannotBeReadIsAnError) {
  for (const char* damage :
       {"UPDATE deferrals SET subject = 'printer' WHERE product = (SELECT max(product) FROM "
        "deferrals)",
        "UPDATE deferrals SET plans = '{}'",
        "UPDATE deferrals SET product = 'x' WHERE subject = 'group'"}) {
    Remember(First());
    {
      auto db = SqliteDb::Open(path());
      ASSERT_TRUE((*db)->Exec(damage).ok());
    }
    const auto memory = store_->Memory(kContoso);
    ASSERT_FALSE(memory.ok()) << damage;
    EXPECT_EQ(memory.error().kind, ErrorKind::kStore);
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec("DELETE FROM deferrals").ok());
  }
}

TEST_F(SqliteDeferral, AnOlderStoreHasNoneAndKeepsThemFromNowOn) {
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoDeferrals + "PRAGMA user_version = 9").ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Remembered().entries, IsEmpty());
  Remember(First());
  EXPECT_EQ(Remembered().entries.size(), 4U);
}

}  // namespace
}  // namespace seatkeeper::test
