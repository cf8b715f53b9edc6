#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

/// What the next reading is compared with, as the store keeps it.
class SqliteAccepted : public StoreTest {
 protected:
  void Accept(const AcceptedReading& reading) {
    MemoryChange change;
    change.accepted = reading;
    const auto done = store_->RecordMemory(lease_, change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  std::optional<AcceptedReading> Accepted(const TenantKey& tenant = kContoso) {
    auto memory = store_->Memory(tenant);
    if (memory) return std::move(memory->accepted);
    ADD_FAILURE() << memory.error().message;
    return {};
  }

  static AcceptedReading Reading() {
    AcceptedReading reading;
    reading.users = {.count = 9'000, .shift = 2, .hashes = {1, 0x0fffffffffffffffULL}};
    reading.attributes = {{"department", {0, 0xffffffffU}}, {"jobtitle", {7, 8}}};
    reading.lists = {{{UserList::kGroup, "All \"Engineers\""}, {.count = 0}},
                     {{UserList::kDirectMembers, "x"}, {.count = 1, .hashes = {5}}},
                     {{UserList::kDirectReports, "x"}, {.count = 2, .hashes = {5, 6}}}};
    reading.names = {{{NamedKind::kGroup, "x"}, User(1).guid},
                     {{NamedKind::kUser, "x"}, User(2).guid},
                     {{NamedKind::kProduct, "x"}, Sku(3).guid}};
    reading.purchased = {{Sku(1), 500}, {Sku(2), 0}};
    return reading;
  }
};

TEST_F(SqliteAccepted, ComesBackAsItWasGiven) {
  EXPECT_EQ(Accepted(), std::nullopt) << "nothing was accepted yet";
  Accept(Reading());
  EXPECT_EQ(Accepted(), Reading());
  store_.reset();
  store_ = Open();
  EXPECT_EQ(Accepted(), Reading()) << "after a restart";
  EXPECT_EQ(Accepted(kFabrikam), std::nullopt) << "of this tenant alone";
}

TEST_F(SqliteAccepted, AnEmptyTenantIsSomethingToCompareWith) {
  Accept({});
  EXPECT_EQ(Accepted(), AcceptedReading());
}

TEST_F(SqliteAccepted, TakesThePlaceOfTheOneBefore) {
  Accept(Reading());
  auto later = Reading();
  later.attributes.erase("jobtitle");
  later.lists.erase({UserList::kDirectMembers, "x"});
  later.names[{NamedKind::kGroup, "x"}] = User(9).guid;
  later.purchased.clear();
  Accept(later);
  EXPECT_EQ(Accepted(), later);
}

TEST_F(SqliteAccepted, WhatSaysNothingOfItLeavesItAlone) {
  Accept(Reading());
  MemoryChange other;
  other.owned = {{User(1), Sku(1)}};
  ASSERT_TRUE(store_->RecordMemory(lease_, other));
  EXPECT_EQ(Accepted(), Reading());
}

TEST_F(SqliteAccepted, ADamagedFigureIsAnErrorAndNotAnotherFigure) {
  for (const char* damage :
       {"UPDATE accepted_readings SET value = 'xyz' WHERE figure = 'users'",
        "UPDATE accepted_readings SET value = '' WHERE figure = 'attribute'",
        "UPDATE accepted_readings SET value = '?' WHERE figure = 'group-name'",
        "UPDATE accepted_readings SET figure = 'else' WHERE figure = 'purchased'"}) {
    Accept(Reading());
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db && (*db)->Exec(damage)) << damage;
    const auto memory = store_->Memory(kContoso);
    ASSERT_FALSE(memory) << damage;
    EXPECT_THAT(memory.error().message, HasSubstr("accepted figures"));
  }
}

TEST_F(SqliteAccepted, AStoreOfTheSchemaBeforeHasAcceptedNothing) {
  Accept(Reading());
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db && (*db)->Exec(kUndoAcceptedReadings + "PRAGMA user_version = 11"));
  }
  store_ = Open();
  EXPECT_EQ(Accepted(), std::nullopt);
}

}  // namespace
}  // namespace seatkeeper::test
