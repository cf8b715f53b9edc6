#include <gmock/gmock.h>

#include "reconciler/seams/adoption.h"
#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SqliteAdoption : public StoreTest {
 protected:
  static AdoptedUser Of(int user, std::vector<SkuId> products) {
    return {.user = User(user),
            .user_principal_name = fmt::format("User{}@contoso.com", user),
            .products = std::move(products)};
  }
  static Adoption Word(std::vector<AdoptedUser> users, int at = 5) {
    return {
        .id = fmt::format("a{}", at), .who = "eve@ops", .at = At(at), .users = std::move(users)};
  }
  std::size_t Adopt(const Adoption& adoption) {
    const auto count = store_->Adopt(lease_, adoption);
    EXPECT_TRUE(count) << (count ? "" : count.error().message);
    return count ? *count : 0;
  }
  std::vector<UserProduct> Owned() {
    const auto memory = store_->Memory(kContoso);
    EXPECT_TRUE(memory);
    return memory ? memory->owned : std::vector<UserProduct>();
  }
  std::vector<AdoptedUser> Told(const HistoryQuery& query) {
    const auto entries = store_->Adoptions(query);
    EXPECT_TRUE(entries);
    std::vector<AdoptedUser> users;
    if (!entries) return users;
    for (const auto& entry : *entries) users.push_back(entry.adopted);
    return users;
  }
};

TEST_F(SqliteAdoption, IsOwnershipAndHistoryAcrossARestart) {
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1), Sku(2)}), Of(2, {Sku(1)})})), 3U);
  store_.reset();
  store_ = Open();
  EXPECT_THAT(Owned(), ElementsAre(UserProduct{User(1), Sku(1)}, UserProduct{User(1), Sku(2)},
                                   UserProduct{User(2), Sku(1)}));
  const auto entries = store_->Adoptions({.tenant = kContoso});
  ASSERT_TRUE(entries);
  ASSERT_THAT(*entries, SizeIs(2));
  const auto& entry = entries->back();
  EXPECT_EQ(entry.tenant, kContoso);
  EXPECT_EQ(entry.adoption, "a5");
  EXPECT_EQ(entry.who, "eve@ops");
  EXPECT_EQ(entry.at, At(5));
  EXPECT_EQ(entry.adopted, Of(1, {Sku(1), Sku(2)}));
  EXPECT_THAT(Told({.tenant = kFabrikam}), IsEmpty()) << "the same id in another cloud";
}

TEST_F(SqliteAdoption, TwiceIsNoNews) {
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1)})})), 1U);
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1)})}, 6)), 0U);
  EXPECT_THAT(Told({}), SizeIs(1));
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1), Sku(2)})}, 7)), 1U) << "what was not owned yet";
  EXPECT_THAT(Told({}), ElementsAre(Of(1, {Sku(2)}), Of(1, {Sku(1)})));
}

TEST_F(SqliteAdoption, EndsLikeAllOwnershipAndMayComeBack) {
  Adopt(Word({Of(1, {Sku(1)})}));
  MemoryChange ended;
  ended.no_longer_owned = {{User(1), Sku(1)}};
  ASSERT_TRUE(store_->RecordMemory(lease_, ended));
  EXPECT_THAT(Owned(), IsEmpty());
  EXPECT_THAT(Told({}), SizeIs(1)) << "history stays";
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1)})}, 6)), 1U) << "a new word is needed, and counts";
}

TEST_F(SqliteAdoption, NotWhereAChangeIsOpen) {
  Record({Intent(2)});
  const auto refused = store_->Adopt(lease_, Word({Of(1, {Sku(1)}), Of(2, {Sku(1)})}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("p1/c2 of User2@contoso.com is open"));
  EXPECT_THAT(Owned(), IsEmpty()) << "all or nothing";
  EXPECT_THAT(Told({}), IsEmpty());
  Move("p1/c2", ChangeState::kRefused, At(9));
  EXPECT_EQ(Adopt(Word({Of(1, {Sku(1)}), Of(2, {Sku(1)})})), 2U);
}

TEST_F(SqliteAdoption, NotUnderALeaseThatIsOver) {
  const auto before = lease_;
  ASSERT_TRUE(store_->ReleaseLease(lease_));
  lease_ = Acquire(kContoso, "two");
  const auto refused = store_->Adopt(before, Word({Of(1, {Sku(1)})}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(Owned(), IsEmpty());
}

TEST_F(SqliteAdoption, CountsForNoGuardrailAndIsNoChange) {
  Adopt(Word({Of(1, {Sku(1)})}));
  EXPECT_THAT(*store_->AssignmentsSince(kContoso, At(0), Counted::kAll), IsEmpty());
  EXPECT_THAT(*store_->RemovalsSince(kContoso, At(0), Counted::kAll), IsEmpty());
  EXPECT_THAT(All(), IsEmpty());
}

TEST_F(SqliteAdoption, IsFoundByUserProductAndTime) {
  Adopt(Word({Of(1, {Sku(1)}), Of(2, {Sku(2)})}, 5));
  Adopt(Word({Of(3, {Sku(1)})}, 9));
  const auto first = Of(1, {Sku(1)});
  EXPECT_THAT(Told({.user = "USER1@contoso.com"}), ElementsAre(first));
  EXPECT_THAT(Told({.user = User(1).ToString()}), ElementsAre(first));
  EXPECT_THAT(Told({.product = Sku(2)}), ElementsAre(Of(2, {Sku(2)})));
  EXPECT_THAT(Told({.since = At(6)}), ElementsAre(Of(3, {Sku(1)})));
  EXPECT_THAT(Told({.limit = 1}), ElementsAre(Of(3, {Sku(1)})));
  HistoryQuery of_plan;
  of_plan.plan_id = "p1";
  EXPECT_THAT(Told(of_plan), IsEmpty());
  // Under whatever name the journal knows the user.
  auto renamed = Intent(1);
  renamed.user_principal_name = "renamed@contoso.com";
  Record({renamed});
  EXPECT_THAT(Told({.user = "renamed@contoso.com"}), ElementsAre(first));
}

TEST_F(SqliteAdoption, WhatWasAdoptedStaysWritten) {
  Adopt(Word({Of(1, {Sku(1)})}));
  store_.reset();
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db);
  for (const auto* sql : {"DELETE FROM adoptions", "UPDATE adoptions SET who = 'nobody'"}) {
    const auto done = (*db)->Exec(sql);
    ASSERT_FALSE(done) << sql;
    EXPECT_THAT(done.error().message, HasSubstr("what was adopted stays written"));
  }
}

TEST_F(SqliteAdoption, AnOlderStoreGetsTheTable) {
  Record({Intent(1)});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->Exec(kUndoAdoptions + "PRAGMA user_version = 16"));
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Told({}), IsEmpty());
  EXPECT_THAT(All(), SizeIs(1));
  EXPECT_EQ(Adopt(Word({Of(2, {Sku(1)})})), 1U);
}

}  // namespace
}  // namespace seatkeeper::test
