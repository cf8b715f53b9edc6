#include <gmock/gmock.h>

#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class SqliteGroup : public StoreTest {
 protected:
  /// An intent "<plan>/g<number>" that takes Sku(2) from three members and something of Sku(1) from
  /// one.
  static JournalEntry GroupIntent(int number, const std::string& plan = "p1") {
    JournalEntry entry = Intent(number, plan);
    entry.change_id = fmt::format("g{}", number);
    entry.id = plan + "/" + entry.change_id;
    entry.user = {};
    entry.user_principal_name.clear();
    entry.group = LicensedGroup{.id = GroupNumber(number),
                                .display_name = fmt::format("Bürö {}", number),
                                .members = 40,
                                .losses = {{Sku(1), 1}, {Sku(2), 3}}};
    return entry;
  }

  std::map<SkuId, int> Removals(WallTime since = At(0)) {
    const auto removals = store_->RemovalsSince(kContoso, since, Counted::kUnapproved);
    EXPECT_TRUE(removals.ok());
    return removals.ok() ? *removals : std::map<SkuId, int>();
  }

  std::vector<std::string> Ids(const std::string& user) {
    const auto rows = store_->History({.tenant = kContoso, .user = user});
    EXPECT_TRUE(rows.ok());
    return rows.ok() ? IdsOf(*rows) : std::vector<std::string>();
  }
};

TEST_F(SqliteGroup, IsKeptWithItsMembersAndTheirLosses) {
  Record({GroupIntent(1), Intent(2)});
  const auto open = store_->OpenChanges(kContoso);
  ASSERT_TRUE(open.ok());
  ASSERT_EQ(open->size(), 2U);
  const JournalEntry& read = open->front();
  ASSERT_TRUE(read.group);
  EXPECT_EQ(read.subject(), Subject(GroupNumber(1)));
  EXPECT_EQ(read.group->display_name, "Bürö 1");
  EXPECT_EQ(read.group->members, 40);
  EXPECT_EQ(read.group->losses, (std::vector<std::pair<SkuId, int>>{{Sku(1), 1}, {Sku(2), 3}}));
  EXPECT_EQ(read.user, UserId{});
  EXPECT_EQ(read.user_principal_name, "");
  EXPECT_EQ(read.add, Intent(1).add);
  EXPECT_EQ(read.before, Intent(1).before);
  EXPECT_FALSE(open->back().group);
  EXPECT_EQ(open->back().user, User(2));
}

TEST_F(SqliteGroup, HasOneOpenChangeAtATime) {
  Record({GroupIntent(1)});
  const auto refused = store_->RecordIntents(lease_, {GroupIntent(1, "p2")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("Group Bürö 1 has an open change already: p1/g1"));
  Record({GroupIntent(2, "p2"), Intent(1, "p2")});
  Move("p1/g1", ChangeState::kConfirmed, At(9));
  Record({GroupIntent(1, "p2")});
}

TEST_F(SqliteGroup, CountsTheMembersWhoLoseSomethingAndNotItself) {
  Record({GroupIntent(1), Intent(2)});
  EXPECT_THAT(Removals(), ElementsAre(Pair(Sku(1), 1), Pair(Sku(2), 4)));
  Move("p1/g1", ChangeState::kConfirmed, At(5));
  Record({GroupIntent(1, "p2")});
  EXPECT_THAT(Removals(), ElementsAre(Pair(Sku(1), 2), Pair(Sku(2), 7)))
      << "others may have lost it the second time";
  Move("p2/g1", ChangeState::kRefused, At(6));
  EXPECT_THAT(Removals(), ElementsAre(Pair(Sku(1), 1), Pair(Sku(2), 4)));
  EXPECT_THAT(Removals(At(50)), IsEmpty());
}

TEST_F(SqliteGroup, IsFoundInHistoryByNameOrId) {
  Record({GroupIntent(1), GroupIntent(2), Intent(1)});
  EXPECT_THAT(Ids("BÜRÖ 1"), ElementsAre("p1/g1"));
  EXPECT_THAT(Ids(GroupNumber(2).ToString()), ElementsAre("p1/g2"));
  EXPECT_THAT(Ids("user1@contoso.com"), ElementsAre("p1/c1"));
}

TEST_F(SqliteGroup, AStoreFromBeforeKnowsUsersAlone) {
  Record({Intent(1)});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db.ok());
    auto back = (*db)->Exec(kUndoLicensedGroups);
    if (back) back = (*db)->Exec("PRAGMA user_version = 5");
    ASSERT_TRUE(back.ok()) << back.error().message;
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Removals(), ElementsAre(Pair(Sku(2), 1)));
  const auto open = store_->OpenChanges(kContoso);
  ASSERT_TRUE(open.ok());
  ASSERT_EQ(open->size(), 1U);
  EXPECT_FALSE(open->front().group);
  EXPECT_EQ(open->front().user, User(1));
  Record({GroupIntent(1)});
  EXPECT_EQ(store_->OpenChanges(kContoso)->size(), 2U);
}

TEST_F(SqliteGroup, ThatCannotBeReadIsAnErrorAndNeverAUser) {
  Record({GroupIntent(1)});
  for (const char* damage : {"subject = 'crowd'", "losses = '[1]'", "user_id = 'x'"}) {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec(fmt::format("UPDATE changes SET {}", damage)).ok());
    const auto open = store_->OpenChanges(kContoso);
    ASSERT_FALSE(open.ok()) << damage;
    EXPECT_EQ(open.error().kind, ErrorKind::kStore);
    ASSERT_TRUE((*db)
                    ->Exec(fmt::format("UPDATE changes SET subject = 'group', losses = '[]', "
                                       "user_id = '{}'",
                                       GroupNumber(1).ToString()))
                    .ok());
  }
}

}  // namespace
}  // namespace seatkeeper::test
