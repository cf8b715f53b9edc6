// What the store has of each product, day by day.

#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A few days after an arbitrary one.
ProductDay Day(int product, int day, int assigned) {
  return {.day = std::chrono::floor<days>(At(0)) + days(day),
          .product = Sku(product),
          .purchased = 50,
          .assigned = assigned,
          .wasted = 3};
}

class SqliteProductDays : public StoreTest {
 protected:
  void RecordDays(const std::vector<ProductDay>& recorded) {
    const auto done = store_->RecordProductDays(lease_, recorded);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  std::vector<ProductDay> Days(const TenantKey& tenant = kContoso) {
    auto found = store_->ProductDays(tenant);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return found ? *std::move(found) : std::vector<ProductDay>();
  }
};

TEST_F(SqliteProductDays, AreKeptByProductThenDay) {
  EXPECT_THAT(Days(), IsEmpty());
  RecordDays({Day(2, 0, 7), Day(1, 0, 5)});
  RecordDays({Day(1, 1, 6)});
  store_ = Open();
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5), Day(1, 1, 6), Day(2, 0, 7)));
}

TEST_F(SqliteProductDays, AreWhatWasRecordedLast) {
  RecordDays({Day(1, 0, 5), Day(2, 0, 7)});
  RecordDays({Day(1, 0, 4), Day(2, 0, 7)});
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 4), Day(2, 0, 7)));
}

TEST_F(SqliteProductDays, SayWhetherItWasKnownWhoIsInactive) {
  auto known = Day(1, 0, 5);
  known.inactive = 0;
  RecordDays({known, Day(2, 0, 7)});
  EXPECT_THAT(Days(), ElementsAre(known, Day(2, 0, 7)));
  auto later = Day(2, 0, 7);
  later.inactive = 4;
  RecordDays({Day(1, 0, 5), later});
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5), later)) << "that alone is a difference, too";
}

TEST_F(SqliteProductDays, OfAnOlderStoreDoNotKnowWhoWasInactive) {
  RecordDays({Day(1, 0, 5)});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoInactiveDays + "PRAGMA user_version = 18").ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5)));
}

TEST_F(SqliteProductDays, BelongToTheirTenantInItsCloud) {
  const auto other = Acquire(kFabrikam, "one");
  RecordDays({Day(1, 0, 5)});
  EXPECT_THAT(Days(kFabrikam), IsEmpty());
  ASSERT_TRUE(store_->RecordProductDays(other, {Day(1, 0, 9)}).ok());
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5)));
}

TEST_F(SqliteProductDays, AreNotRecordedByWhoHasLostTheLease) {
  Acquire(kContoso, "one");
  const auto late = store_->RecordProductDays(lease_, {Day(1, 0, 5)});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(Days(), IsEmpty());
}

TEST_F(SqliteProductDays, GoAfterEightHundredOfThemAndNotBefore) {
  const auto other = Acquire(kFabrikam, "one");
  ASSERT_TRUE(store_->RecordProductDays(other, {Day(1, 0, 9)}).ok());
  RecordDays({Day(1, 0, 5), Day(1, 1, 6)});
  const Retention shortest{.journal = days(30), .cycles = days(30)};
  ASSERT_TRUE(store_->Prune(lease_, shortest, WallTime(Day(1, 800, 0).day)).ok());
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5), Day(1, 1, 6)));
  ASSERT_TRUE(store_->Prune(lease_, shortest, WallTime(Day(1, 801, 0).day)).ok());
  EXPECT_THAT(Days(), ElementsAre(Day(1, 1, 6)));
  EXPECT_THAT(Days(kFabrikam), ElementsAre(Day(1, 0, 9)));
}

TEST_F(SqliteProductDays, OfNoProductAreToldApart) {
  RecordDays({Day(1, 0, 5)});
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE((*db)->Exec("UPDATE product_days SET product = 'x'").ok());
  const auto found = store_->ProductDays(kContoso);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().kind, ErrorKind::kStore);
}

TEST_F(SqliteProductDays, AreAddedToAnOlderStoreThatKeepsWhatItHas) {
  Record({Intent(1)});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(kUndoProductDays + "PRAGMA user_version = 17").ok());
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_EQ(All().size(), 1U);
  EXPECT_THAT(Days(), IsEmpty());
  RecordDays({Day(1, 0, 5)});
  EXPECT_THAT(Days(), ElementsAre(Day(1, 0, 5)));
}

}  // namespace
}  // namespace seatkeeper::test
