#include <gmock/gmock.h>

#include "reconciler/store/removal_rows.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

class StandingRemovals : public StoreTest {
 protected:
  // A change that reached this state, a second after the one before.
  void Happen(JournalEntry entry, ChangeState state = ChangeState::kConfirmed) {
    ++count_;
    entry.plan_id = fmt::format("p{}", count_);
    entry.id = entry.plan_id + "/" + entry.change_id;
    entry.intended_at = At(1000 * count_);
    Record({entry});
    const bool answered = state == ChangeState::kConfirmed || state == ChangeState::kDiverged;
    if (answered) Move(entry.id, ChangeState::kAccepted, At(1000 * count_));
    if (state == ChangeState::kMatched) Move(entry.id, ChangeState::kAmbiguous, At(1000 * count_));
    if (state != ChangeState::kIntended) Move(entry.id, state, At(1000 * count_));
  }
  static JournalEntry Take(int user) {
    auto entry = Intent(user);
    entry.add.clear();
    entry.remove = {Sku(1)};
    return entry;
  }
  static JournalEntry Give(int user) {
    auto entry = Intent(user);
    entry.add = {{.product = Sku(1), .disabled_plans = {}}};
    entry.remove.clear();
    return entry;
  }
  static JournalEntry TakeFromGroup(int users) {
    auto entry = Take(1);
    entry.user = {};
    entry.group = LicensedGroup{.id = GroupNumber(9),
                                .display_name = "Sales",
                                .members = users,
                                .losses = {{Sku(1), users}}};
    return entry;
  }

  RemovalsStanding Standing(const JournalPlace& behind = {}, const TenantKey& tenant = kContoso) {
    auto found = store_->StandingRemovals(tenant, behind);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : RemovalsStanding();
  }

  int count_ = 0;
};

TEST_F(StandingRemovals, CountUsersAndNameTheOldest) {
  EXPECT_EQ(Standing().removals, 0);
  EXPECT_EQ(Standing().oldest, std::nullopt);
  Happen(Take(1));
  Happen(Take(2), ChangeState::kAccepted);
  Happen(Take(3), ChangeState::kMatched);
  const auto found = Standing();
  EXPECT_EQ(found.removals, 3);
  EXPECT_EQ(found.oldest, At(1000));
  EXPECT_FALSE(found.next);
  EXPECT_EQ(Standing({}, kFabrikam).removals, 0);
}

TEST_F(StandingRemovals, WhatIsOlderIsOver) {
  Happen(Take(1));
  Happen(Take(2));
  EXPECT_EQ(Standing({.at = At(1000)}).removals, 2);
  EXPECT_EQ(Standing({.at = At(1001)}).removals, 1);
  EXPECT_EQ(Standing({.at = At(1001)}).oldest, At(2000));
}

TEST_F(StandingRemovals, WhatDidNotHappenTookNothing) {
  Happen(Take(1), ChangeState::kRefused);
  Happen(Take(2), ChangeState::kWithdrawn);
  Happen(Take(3), ChangeState::kDiverged);
  Happen(Take(4), ChangeState::kAmbiguous);
  Happen(Take(5), ChangeState::kIntended);
  EXPECT_EQ(Standing().removals, 0);
}

TEST_F(StandingRemovals, WhatWasGivenBackStandsNoLonger) {
  Happen(Take(1));
  Happen(Take(2));
  Happen(Give(1), ChangeState::kRefused);
  EXPECT_EQ(Standing().removals, 2) << "a refused change gives nothing back";
  Happen(Give(1));
  EXPECT_EQ(Standing().removals, 1);
  EXPECT_EQ(Standing().oldest, At(2000));
  auto other = Give(2);
  other.add = {{.product = Sku(3), .disabled_plans = {}}};
  Happen(other);
  EXPECT_EQ(Standing().removals, 1) << "another product";
}

TEST_F(StandingRemovals, WhatIsTakenAgainCountsOnceFromThen) {
  Happen(Take(1));
  Happen(Take(1));
  EXPECT_EQ(Standing().removals, 1) << "somebody else gave it back in between";
  EXPECT_EQ(Standing().oldest, At(2000));
}

TEST_F(StandingRemovals, ServicePlansCountAndHigherRungsDoNot) {
  auto plans = Give(1);
  plans.plans_off = {Sku(1)};
  Happen(plans);
  EXPECT_EQ(Standing().removals, 1);
  auto upward = Take(2);
  upward.replaced = upward.remove;
  Happen(upward);
  EXPECT_EQ(Standing().removals, 1);
  Happen(Give(1));
  EXPECT_EQ(Standing().removals, 0);
}

TEST_F(StandingRemovals, OfAGroupAllItsLosersCount) {
  Happen(TakeFromGroup(40));
  Happen(Take(1));
  EXPECT_EQ(Standing().removals, 41);
}

TEST_F(StandingRemovals, PagesAddUpToAll) {
  Happen(Give(1));
  for (int user = 2; user <= 5; ++user) Happen(Take(user));
  auto opened = SqliteDb::Open(path());
  ASSERT_TRUE(opened) << opened.error().message;
  for (const int most : {1, 2, 5, 6}) {
    JournalPlace behind;
    int removals = 0;
    int pages = 0;
    for (std::optional<JournalPlace> next = behind; next; ++pages) {
      const auto page = ReadStandingRemovals(**opened, kContoso, *next, most);
      ASSERT_TRUE(page) << page.error().message;
      removals += page->removals;
      next = page->next;
    }
    EXPECT_EQ(removals, 4) << most;
    EXPECT_EQ(pages, 5 / most + 1) << most;
  }
}

}  // namespace
}  // namespace seatkeeper::test
