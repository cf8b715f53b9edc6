// The last reading: the bytes of it, whole, or those before them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/faulty_vfs.h"

namespace seatkeeper::test {
namespace {

// Zeros among them, and more than one part of them.
std::string Bytes(char first, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i += 97) bytes[i] = static_cast<char>(first + i / 97 % 13);
  return bytes;
}

class SqliteReading : public StoreTest {
 protected:
  std::string Saved(const TenantKey& tenant = kContoso) {
    auto saved = store_->SavedReading(tenant);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved ? *saved : "";
  }
};

TEST_F(SqliteReading, IsNothingUntilOneIsSaved) { EXPECT_EQ(Saved(), ""); }

TEST_F(SqliteReading, IsWhatWasSavedLast) {
  const auto large = Bytes('a', 3'500'000);
  const auto small = Bytes('b', 1'200'000);
  ASSERT_TRUE(store_->SaveReading(lease_, large));
  EXPECT_TRUE(Saved() == large);
  ASSERT_TRUE(store_->SaveReading(lease_, small));
  EXPECT_TRUE(Saved() == small) << "nothing of the larger one is left";
  store_ = Open();
  EXPECT_TRUE(Saved() == small);
}

TEST_F(SqliteReading, BelongsToItsTenantInItsCloud) {
  const auto other = Acquire(kFabrikam, "one");
  ASSERT_TRUE(store_->SaveReading(lease_, "contoso"));
  EXPECT_EQ(Saved(kFabrikam), "");
  ASSERT_TRUE(store_->SaveReading(other, "fabrikam"));
  EXPECT_EQ(Saved(), "contoso");
}

TEST_F(SqliteReading, IsNotSavedByWhoHasLostTheLease) {
  ASSERT_TRUE(store_->SaveReading(lease_, "before"));
  Acquire(kContoso, "one");
  const auto late = store_->SaveReading(lease_, "late");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(Saved(), "before");
}

TEST(SqliteReadingPower, CutAnywhereIsTheOneBeforeOrTheNewOne) {
  const auto before = Bytes('a', 1'100'000);
  const auto after = Bytes('b', 1'200'000);
  bool lost = false;
  for (int moment = 0;; moment += 17) {
    SCOPED_TRACE(moment);
    FaultyVfs machine(static_cast<std::uint64_t>(moment) + 1);
    auto store = OpenSqliteStore("store.db", machine.options());
    ASSERT_TRUE(store);
    const auto lease = (*store)->AcquireLease(kContoso, "one", At(0), kTtl);
    ASSERT_TRUE((*store)->SaveReading(*lease, before));
    machine.CutPowerAfter(moment);
    const bool saved = (*store)->SaveReading(*lease, after).ok();
    const bool finished = machine.has_power();
    machine.CutPower();
    store->reset();
    store = OpenSqliteStore("store.db", machine.options());
    ASSERT_TRUE(store);
    const auto found = (*store)->SavedReading(kContoso);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(*found == before || *found == after) << found->size();
    EXPECT_TRUE(!saved || *found == after) << "reported done and lost";
    lost = lost || *found == before;
    if (finished) break;
  }
  EXPECT_TRUE(lost) << "there is something to interrupt";
}

}  // namespace
}  // namespace seatkeeper::test
