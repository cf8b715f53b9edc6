#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Kind = ChangeStep::Kind;

class SqliteRepetition : public StoreTest {
 protected:
  // One change of user 1 that reached this state, a second after the one before.
  void Happen(JournalEntry entry, ChangeState state = ChangeState::kConfirmed) {
    ++count_;
    entry.plan_id = fmt::format("p{}", count_);
    entry.id = entry.plan_id + "/" + entry.change_id;
    entry.intended_at = At(1000 * count_);
    Record({entry});
    if (state == ChangeState::kConfirmed || state == ChangeState::kDiverged) {
      Move(entry.id, ChangeState::kAccepted, At(1000 * count_));
    }
    if (state != ChangeState::kIntended) Move(entry.id, state, At(1000 * count_));
  }

  static JournalEntry Give(std::vector<PlanId> off = {}) {
    auto entry = Intent(1);
    entry.add = {{.product = Sku(1), .disabled_plans = std::move(off)}};
    entry.remove.clear();
    entry.before.clear();
    return entry;
  }
  static JournalEntry Take() {
    auto entry = Give();
    entry.add.clear();
    entry.remove = {Sku(1)};
    entry.before = {{.product = Sku(1), .disabled_plans = {}}};
    return entry;
  }
  static JournalEntry Switch(std::vector<PlanId> off) {
    auto entry = Give(std::move(off));
    entry.before = {{.product = Sku(1), .disabled_plans = {}}};
    return entry;
  }

  static ChangeStep StepOf(Kind kind, std::vector<PlanId> off = {}) {
    return {.subject = User(1), .product = Sku(1), .kind = kind, .disabled_plans = std::move(off)};
  }

  Repetitions Since(WallTime since = At(0), const TenantKey& tenant = kContoso) {
    auto found = store_->RepetitionsSince(tenant, since);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : Repetitions();
  }

  int count_ = 0;
};

TEST_F(SqliteRepetition, OnceIsNoneAndTwiceIsOne) {
  Happen(Give());
  EXPECT_THAT(Since(), IsEmpty());
  Happen(Give());
  EXPECT_THAT(Since(), ElementsAre(Pair(StepOf(Kind::kGive),
                                        Repetition{.times = 2, .unseen = 0, .last = At(2000)})));
  EXPECT_THAT(Since(At(0), kFabrikam), IsEmpty());
}

TEST_F(SqliteRepetition, WhatLiesBeforeTheWindowIsForgotten) {
  Happen(Give());
  Happen(Give());
  EXPECT_EQ(Since(At(1000)).size(), 1U);
  EXPECT_THAT(Since(At(1001)), IsEmpty());
}

TEST_F(SqliteRepetition, OnlyWhatTookEffectCounts) {
  for (const auto state : {ChangeState::kRefused, ChangeState::kWithdrawn}) {
    Happen(Take(), state);
    Happen(Take(), state);
    EXPECT_THAT(Since(), IsEmpty()) << ToString(state);
  }
  for (const auto state :
       {ChangeState::kReverted, ChangeState::kSuperseded, ChangeState::kUnresolved}) {
    Happen(Take(), state);
    Happen(Take(), state);
    EXPECT_THAT(Since(), IsEmpty()) << ToString(state);
  }
}

TEST_F(SqliteRepetition, MatchedAndAcceptedCountAndWhatNeverShowedIsTold) {
  Happen(Take(), ChangeState::kMatched);
  Happen(Take(), ChangeState::kDiverged);
  Happen(Take(), ChangeState::kAccepted);
  EXPECT_THAT(Since(), ElementsAre(Pair(StepOf(Kind::kTake),
                                        Repetition{.times = 3, .unseen = 1, .last = At(3000)})));
}

TEST_F(SqliteRepetition, WhatWeUndidOurselvesIsNobodysReversal) {
  Happen(Give());
  Happen(Take());
  Happen(Give());
  Happen(Take());
  Happen(Give());
  EXPECT_THAT(Since(), IsEmpty()) << "policy went to and fro, nobody else did";
}

TEST_F(SqliteRepetition, OursInBetweenDoesNotHideTheirs) {
  Happen(Give());
  Happen(Give());  // Somebody had taken it.
  Happen(Take());  // We did.
  Happen(Give());  // And somebody may have taken it since.
  EXPECT_THAT(Since(), ElementsAre(Pair(StepOf(Kind::kGive),
                                        Repetition{.times = 2, .unseen = 0, .last = At(4000)})));
}

TEST_F(SqliteRepetition, ServicePlansCountBySet) {
  const std::vector<PlanId> one{ServicePlanNumber(1)};
  const std::vector<PlanId> two{ServicePlanNumber(1), ServicePlanNumber(2)};
  Happen(Give());
  Happen(Switch(one));
  Happen(Switch(two));
  EXPECT_THAT(Since(), IsEmpty()) << "three different things";
  Happen(Switch(two));
  EXPECT_THAT(Since(), ElementsAre(Pair(StepOf(Kind::kPlans, two),
                                        Repetition{.times = 2, .unseen = 0, .last = At(4000)})));
}

TEST_F(SqliteRepetition, ASwapIsTwoSteps) {
  auto swap = Give();
  swap.remove = {Sku(2)};
  swap.replaced = {Sku(2)};
  swap.before = {{.product = Sku(2), .disabled_plans = {}}};
  Happen(swap);
  Happen(swap);
  auto down = StepOf(Kind::kTake);
  down.product = Sku(2);
  const Repetition twice{.times = 2, .unseen = 0, .last = At(2000)};
  EXPECT_EQ(Since(), (Repetitions{{StepOf(Kind::kGive), twice}, {down, twice}}));
}

TEST_F(SqliteRepetition, GroupsHaveTheirOwn) {
  auto entry = Give();
  entry.group = LicensedGroup{.id = GroupNumber(1), .display_name = "all", .members = 3};
  Happen(entry);
  Happen(Give());
  EXPECT_THAT(Since(), IsEmpty());
  Happen(entry);
  auto step = StepOf(Kind::kGive);
  step.subject = GroupNumber(1);
  EXPECT_THAT(Since(),
              ElementsAre(Pair(step, Repetition{.times = 2, .unseen = 0, .last = At(3000)})));
}

}  // namespace
}  // namespace seatkeeper::test
