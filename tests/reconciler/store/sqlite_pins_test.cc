#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Intent(n) gives User(n) Sku(1) without ServicePlanNumber(1), and takes Sku(2).
class SqlitePins : public StoreTest {
 protected:
  static Pin PinOf(int user, const SkuId& product, std::vector<PlanId> disabled = {}) {
    return {.subject = User(user),
            .subject_name = fmt::format("User{}@contoso.com", user),
            .product = product,
            .disabled_plans = std::move(disabled),
            .plan_id = "p0",
            .who = "eve@ops",
            .at = At(5)};
  }
  std::vector<Pin> Present(const TenantKey& tenant = kContoso) {
    auto pins = store_->Pins(tenant);
    EXPECT_TRUE(pins);
    return pins ? *pins : std::vector<Pin>();
  }
  void Write(const std::vector<Pin>& pins) { ASSERT_TRUE(store_->WritePins(kContoso, pins)); }
  Result<void> Intend(const std::vector<JournalEntry>& entries) {
    return store_->RecordIntents(lease_, entries);
  }
};

TEST_F(SqlitePins, AreKeptAcrossARestartOfOneTenantAlone) {
  auto group = PinOf(2, Sku(1), {ServicePlanNumber(3), ServicePlanNumber(4)});
  group.subject = GroupNumber(2);
  Write({PinOf(1, Sku(2)), group});
  store_.reset();
  store_ = Open();
  const auto pins = Present();
  ASSERT_THAT(pins, SizeIs(2));
  auto first = PinOf(1, Sku(2));
  first.number = pins[0].number;
  group.number = pins[1].number;
  EXPECT_THAT(pins, ElementsAre(first, group));
  EXPECT_THAT(Present(kFabrikam), IsEmpty()) << "the same id in another cloud";
  const auto memory = store_->Memory(kContoso);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->pins, pins);
}

TEST_F(SqlitePins, NothingIsIntendedThatAltersThem) {
  Write({PinOf(1, Sku(2)), PinOf(2, Sku(1))});
  const auto taken = Intend({Intent(3), Intent(1)});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::kCancelled);
  EXPECT_THAT(taken.error().message, HasSubstr("User1@contoso.com has was put back by eve@ops"));
  const auto switched = Intend({Intent(2)});
  ASSERT_FALSE(switched) << "with other service plans";
  EXPECT_EQ(switched.error().kind, ErrorKind::kCancelled);
  EXPECT_THAT(All(), IsEmpty()) << "all or nothing";
  EXPECT_TRUE(Intend({Intent(3)}));
}

TEST_F(SqlitePins, WhatLeavesTheSubjectAsPinnedMayBeIntended) {
  Write({PinOf(1, Sku(1), {ServicePlanNumber(1)}), PinOf(1, Sku(9))});
  EXPECT_TRUE(Intend({Intent(1)}));
}

TEST_F(SqlitePins, NothingIsTriedAgainThatAltersThem) {
  Record({Intent(1), Intent(2)});
  Write({PinOf(1, Sku(2))});
  auto again = UpdateTo("p1/c1", ChangeState::kIntended, At(9));
  again.attempt = 2;
  const auto refused = store_->RecordUpdates(lease_, {again});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kCancelled);
  again.id = "p1/c2";
  EXPECT_TRUE(store_->RecordUpdates(lease_, {again})) << "that is somebody else";
  Move("p1/c1", ChangeState::kWithdrawn, At(9));
}

TEST_F(SqlitePins, NeedNoLease) {
  auto beside = Open();
  ASSERT_TRUE(beside->WritePins(kContoso, {PinOf(1, Sku(2))}));
  EXPECT_FALSE(Intend({Intent(1)})) << "beside whoever is at work";
  ASSERT_TRUE(beside->EndPins(kContoso, {Present().at(0).number}, {.who = "eve", .at = At(6)}));
  EXPECT_TRUE(Intend({Intent(1)}));
}

TEST_F(SqlitePins, TheSameAgainIsOnePinAndAnotherStateTakesItsPlace) {
  Write({PinOf(1, Sku(2))});
  const auto number = Present().at(0).number;
  Write({PinOf(1, Sku(2))});
  EXPECT_EQ(Present().at(0).number, number);
  Write({PinOf(1, Sku(2), {ServicePlanNumber(1)})});
  const auto pins = Present();
  ASSERT_THAT(pins, SizeIs(1));
  EXPECT_NE(pins[0].number, number);
  EXPECT_THAT(pins[0].disabled_plans, ElementsAre(ServicePlanNumber(1)));
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db);
  EXPECT_EQ(*(*db)->QueryInt("SELECT count(*) FROM pins WHERE ended_by = 'eve@ops'"), 1);
}

TEST_F(SqlitePins, WhatPolicyOvertookIsEndedWithTheMemory) {
  Write({PinOf(1, Sku(2)), PinOf(2, Sku(2))});
  auto over = Present().at(0);
  over.over = At(8);
  MemoryChange change;
  change.ended_pins = {over};
  EXPECT_FALSE(change.empty());
  ASSERT_TRUE(store_->RecordMemory(lease_, change));
  ASSERT_TRUE(store_->RecordMemory(lease_, change)) << "repeated, it changes nothing";
  ASSERT_THAT(Present(), SizeIs(1));
  EXPECT_EQ(Present().at(0).subject, Subject(User(2)));
  auto db = SqliteDb::Open(path());
  ASSERT_TRUE(db);
  EXPECT_EQ(*(*db)->QueryInt("SELECT count(*) FROM pins WHERE ended_by = 'policy'"), 1);
}

TEST_F(SqlitePins, APinThatWasWrittenMeanwhileOutlivesWhatEndsTheOneBefore) {
  Write({PinOf(1, Sku(2))});
  const auto seen = Present().at(0).number;
  Write({PinOf(1, Sku(2), {ServicePlanNumber(1)})});
  ASSERT_TRUE(store_->EndPins(kContoso, {seen}, {.who = "policy", .at = At(9)}));
  EXPECT_THAT(Present(), SizeIs(1));
}

TEST_F(SqlitePins, HistoryFindsAPlanAndARevisionByItsBeginning) {
  auto other = Intent(2, "p2");
  other.policy_revision = "sha256:def";
  Record({Intent(1), other});
  HistoryQuery query{.tenant = kContoso};
  query.plan_id = "p2";
  EXPECT_THAT(IdsOf(*store_->History(query)), ElementsAre("p2/c2"));
  query.plan_id.reset();
  query.revision = "sha256:ab";
  EXPECT_THAT(IdsOf(*store_->History(query)), ElementsAre("p1/c1"));
}

TEST_F(SqlitePins, TheJournalSaysWhatWasSwapped) {
  auto entry = Intent(1);
  entry.swaps = {{Sku(2), Sku(1)}};
  Record({entry, Intent(2)});
  const auto all = All();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].swaps, IsEmpty());
  EXPECT_EQ(all[1].swaps, entry.swaps);
}

TEST_F(SqlitePins, AnOlderStoreGetsTheTable) {
  Record({Intent(1)});
  store_.reset();
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->Exec(kUndoPins + "PRAGMA user_version = 14"));
  }
  store_ = Open();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Present(), IsEmpty());
  EXPECT_THAT(All(), SizeIs(1));
  Write({PinOf(1, Sku(2))});
}

}  // namespace
}  // namespace seatkeeper::test
