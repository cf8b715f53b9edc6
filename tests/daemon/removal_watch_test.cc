#include "daemon/removal_watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/plan_builder.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using test::Sku;
using test::User;

const TenantKey kContoso{.tenant_id = "11111111-1111-1111-1111-111111111111", .cloud = "global"};

class RemovalWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto opened = runtime_.OpenStore(folder_.File("seatkeeper.db"));
    ASSERT_TRUE(opened) << opened.error().message;
  }

  void InStore(const std::function<Result<void>(Store&)>& work) {
    const auto done = runtime_.Await<Result<void>>(
        [&](auto told) { runtime_.store().Run(work, std::move(told)); });
    EXPECT_TRUE(done) << done.error().message;
  }
  // Removals so long ago, each of another user, which the service accepted.
  void Remove(int count, std::chrono::hours ago) {
    std::vector<JournalEntry> entries;
    std::vector<JournalUpdate> updates;
    for (int i = 0; i < count; ++i) {
      ++users_;
      JournalEntry entry;
      entry.change_id = fmt::format("c{}", users_);
      entry.plan_id = "p";
      entry.id = "p/" + entry.change_id;
      entry.user = User(users_);
      entry.user_principal_name = fmt::format("user{}@contoso.com", users_);
      entry.remove = {Sku(1)};
      entry.intended_at = now_ - ago;
      updates.emplace_back();
      updates.back().id = entry.id;
      updates.back().state = ChangeState::kAccepted;
      entries.push_back(std::move(entry));
    }
    InStore([&](Store& store) -> Result<void> {
      auto lease = store.AcquireLease(kContoso, "test", now_, std::chrono::minutes(1));
      if (!lease) return std::move(lease).error();
      if (auto written = store.RecordIntents(*lease, entries); !written) return written;
      return store.RecordUpdates(*lease, updates);
    });
  }
  // What a look tells; nothing where it tells nothing.
  std::optional<RemovalsStanding> Look(bool changed) {
    told_.reset();
    watch_.Look("contoso", kContoso, changed);
    // Units of work end in order: a page, then perhaps the next one, then these.
    for (int i = 0; i < 4; ++i) InStore([](Store&) -> Result<void> { return {}; });
    return told_;
  }

  test::TempFolder folder_;
  Runtime runtime_;
  WallTime now_ = runtime_.clock().Now();
  std::optional<RemovalsStanding> told_;
  RemovalWatch watch_{runtime_,
                      [this](const std::string& tenant, const RemovalsStanding& standing) {
                        EXPECT_EQ(tenant, "contoso");
                        told_ = standing;
                      }};
  int users_ = 0;
};

TEST_F(RemovalWatchTest, CountsThirtyDaysPageByPage) {
  Remove(1, days(31));
  Remove(1, days(29));
  Remove(2'500, days(10));
  const auto told = Look(false);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->removals, 2'501);
  EXPECT_EQ(told->oldest, now_ - days(29));
}

TEST_F(RemovalWatchTest, LooksAgainWhereSomethingChanged) {
  const auto first = Look(false);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->removals, 0);
  EXPECT_EQ(first->oldest, std::nullopt);
  Remove(3, days(1));
  EXPECT_FALSE(Look(false)) << "within the hour, and nothing is known to have changed";
  const auto again = Look(true);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->removals, 3);
}

TEST_F(RemovalWatchTest, ATenantThatWentIsNotTold) {
  Remove(1, days(1));
  watch_.Look("contoso", kContoso, true);
  watch_.Forget("contoso");
  InStore([](Store&) -> Result<void> { return {}; });
  EXPECT_FALSE(told_);
}

}  // namespace
}  // namespace seatkeeper
