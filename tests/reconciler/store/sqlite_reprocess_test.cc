#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class SqliteReprocess : public StoreTest {
 protected:
  // A user is processed again; the change comes to this state.
  void Happen(int user, const std::string& plan, ChangeState state, WallTime at) {
    auto entry = Intent(user, plan);
    entry.reason = "reprocessed";
    entry.add = {{.product = Sku(1), .disabled_plans = {}}};
    entry.remove.clear();
    entry.before.clear();
    entry.intended_at = at;
    Record({entry});
    if (state != ChangeState::kIntended) Move(entry.id, state, at);
  }

  ReprocessPast Since(WallTime since = At(0), const TenantKey& tenant = kContoso) {
    auto found = store_->ReprocessedSince(tenant, since);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : ReprocessPast();
  }
};

TEST_F(SqliteReprocess, WhoWasIsToldWithTheChangesAndTheLastTime) {
  Happen(1, "p1", ChangeState::kRefused, At(1000));
  Happen(1, "p2", ChangeState::kRefused, At(2000));
  Happen(2, "p3", ChangeState::kIntended, At(3000));
  const ReprocessTries one{.last = At(2000), .change_ids = {Intent(1).change_id}};
  const ReprocessTries two{.last = At(3000), .change_ids = {Intent(2).change_id}};
  EXPECT_THAT(Since(), ElementsAre(Pair(User(1), one), Pair(User(2), two)));
  EXPECT_THAT(Since(At(2001)), ElementsAre(Pair(User(2), two)));
  EXPECT_THAT(Since(At(0), kFabrikam), IsEmpty());
}

TEST_F(SqliteReprocess, WhatPerhapsWasNotCarriedOutProvesNothing) {
  Happen(1, "p1", ChangeState::kSuperseded, At(1000));
  Happen(2, "p1", ChangeState::kUnresolved, At(1000));
  const ReprocessTries tried{.last = At(1000), .change_ids = {}};
  EXPECT_THAT(Since(), ElementsAre(Pair(User(1), tried), Pair(User(2), tried)));
}

TEST_F(SqliteReprocess, WhatWasNeverSentAndWhatWasAssignedIsNot) {
  Happen(1, "p1", ChangeState::kWithdrawn, At(1000));
  Record({Intent(2)});
  EXPECT_THAT(Since(), IsEmpty());
}

TEST_F(SqliteReprocess, IsNoStepThatSomebodyMayHaveReversed) {
  Happen(1, "p1", ChangeState::kDiverged, At(1000));
  Happen(1, "p2", ChangeState::kDiverged, At(2000));
  const auto repetitions = store_->RepetitionsSince(kContoso, At(0));
  ASSERT_TRUE(repetitions);
  EXPECT_TRUE(repetitions->empty());
}

}  // namespace
}  // namespace seatkeeper::test
