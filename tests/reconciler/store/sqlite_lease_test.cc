#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

class SqliteLease : public StoreTest {};

TEST_F(SqliteLease, IsExclusiveUntilItExpires) {
  const auto refused = store_->AcquireLease(kContoso, "two", At(59'999), kTtl);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("one"));

  const auto taken = store_->AcquireLease(kContoso, "two", At(60'000), kTtl);
  ASSERT_TRUE(taken.ok());
  EXPECT_GT(taken->fence, lease_.fence);
  EXPECT_EQ(taken->expires_at, At(120'000));
}

TEST_F(SqliteLease, OfOneTenantDoesNotStandInTheWayOfAnother) {
  EXPECT_TRUE(store_->AcquireLease(kFabrikam, "two", At(0), kTtl).ok());
}

TEST_F(SqliteLease, IsRenewedForLonger) {
  ASSERT_TRUE(store_->RenewLease(lease_, At(200'000)).ok());
  EXPECT_FALSE(store_->AcquireLease(kContoso, "two", At(199'999), kTtl).ok());
  EXPECT_TRUE(store_->AcquireLease(kContoso, "two", At(200'000), kTtl).ok());
}

// Whoever took it had a clock that is a year ahead.
TEST_F(SqliteLease, ThatEndsTooLateIsShortenedAndLeftToAHolderWhoLives) {
  const auto far = At(31'536'000'000);
  const auto renew = [&] { ASSERT_TRUE(store_->RenewLease(lease_, far)); };
  const auto taken_at = [&](std::int64_t millis) {
    return store_->AcquireLease(kContoso, "two", At(millis), kTtl).ok();
  };
  renew();
  EXPECT_FALSE(taken_at(1'000));
  EXPECT_FALSE(taken_at(60'999));
  renew();
  EXPECT_FALSE(taken_at(61'000)) << "the holder lives";
  Record({Intent(1)});
  EXPECT_FALSE(taken_at(120'999));
  EXPECT_TRUE(taken_at(121'000)) << "the holder has not been heard of for as long as a lease lasts";
}

TEST_F(SqliteLease, GivenBackIsFreeAtOnceAndItsFenceIsNeverUsedAgain) {
  ASSERT_TRUE(store_->ReleaseLease(lease_).ok());
  const auto next = store_->AcquireLease(kContoso, "two", At(1), kTtl);
  ASSERT_TRUE(next.ok());
  EXPECT_GT(next->fence, lease_.fence);
}

TEST_F(SqliteLease, TakenAgainByItsHolderEndsWhatThatHolderDidBefore) {
  const auto again = store_->AcquireLease(kContoso, "one", At(1), kTtl);
  ASSERT_TRUE(again.ok());
  EXPECT_GT(again->fence, lease_.fence);
  EXPECT_EQ(store_->RecordIntents(lease_, {Intent(1)}).error().kind, ErrorKind::kConflict);
}

TEST_F(SqliteLease, TakenOverRefusesEveryWriteOfTheOldHolder) {
  Record({Intent(1)});
  const auto taken = store_->AcquireLease(kContoso, "two", At(60'000), kTtl);
  ASSERT_TRUE(taken.ok());

  const auto refused = [](const Result<void>& result) {
    return !result.ok() && result.error().kind == ErrorKind::kConflict;
  };
  EXPECT_TRUE(refused(store_->RecordIntents(lease_, {Intent(2)})));
  EXPECT_TRUE(
      refused(store_->RecordUpdates(lease_, {UpdateTo("p1/c1", ChangeState::kAccepted, At(9))})));
  EXPECT_TRUE(refused(store_->RecordCycle(lease_, {})));
  EXPECT_TRUE(refused(store_->RenewLease(lease_, At(999'999))));
  EXPECT_TRUE(refused(store_->ReleaseLease(lease_)));

  ASSERT_EQ(All().size(), 1U);
  EXPECT_EQ(All().front().state, ChangeState::kIntended);
  EXPECT_TRUE(
      store_->RecordUpdates(*taken, {UpdateTo("p1/c1", ChangeState::kAccepted, At(9))}).ok());
}

TEST_F(SqliteLease, GivenBackRefusesFurtherWrites) {
  ASSERT_TRUE(store_->ReleaseLease(lease_).ok());
  const auto refused = store_->RecordIntents(lease_, {Intent(1)});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("given back"));
}

TEST_F(SqliteLease, HoldsBetweenTwoConnections) {
  auto other = Open();
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->AcquireLease(kContoso, "two", At(1), kTtl).error().kind, ErrorKind::kConflict);
  const auto taken = other->AcquireLease(kContoso, "two", At(60'000), kTtl);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(store_->RecordIntents(lease_, {Intent(1)}).error().kind, ErrorKind::kConflict);
}

TEST_F(SqliteLease, FencesGrowAcrossReopening) {
  ASSERT_TRUE(store_->ReleaseLease(lease_).ok());
  store_.reset();
  store_ = Open();
  EXPECT_GT(Acquire(kContoso, "one").fence, lease_.fence);
}

}  // namespace
}  // namespace seatkeeper::test
