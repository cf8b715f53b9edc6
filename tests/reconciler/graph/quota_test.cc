#include "reconciler/graph/quota.h"

#include <gtest/gtest.h>

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Urgency = Quota::Urgency;

class QuotaTest : public ::testing::Test {
 protected:
  std::shared_ptr<Quota> Get(const std::string& tenant, const std::string& client_id = "app") {
    return book_.Get(
        tenant, {.tenant_id = tenant + " id", .cloud = "global", .client_id = client_id}, limits_);
  }
  milliseconds Wait(Quota& quota, int writes) { return quota.RoomAt(writes, now_) - now_; }
  milliseconds Wait(Quota& quota, double units, Urgency urgency) {
    return quota.UnitsAt(units, urgency, now_) - now_;
  }

  MonotonicTime now_{std::chrono::hours(1)};
  QuotaLimits limits_;
  QuotaBook book_;
};

TEST_F(QuotaTest, WritesGoUntilTheLimitAndThenTwentyASecond) {
  const auto quota = Get("contoso");
  quota->SetTenantSize(1'000);
  EXPECT_EQ(Wait(*quota, 2'970), milliseconds(0));
  quota->TakeRoom(2'970, now_);
  EXPECT_EQ(Wait(*quota, 20), seconds(1));
}

TEST_F(QuotaTest, RoomThatIsReturnedIsThereAgain) {
  const auto quota = Get("contoso");
  quota->TakeRoom(2'970, now_);
  quota->ReturnRoom(20);
  EXPECT_EQ(Wait(*quota, 20), milliseconds(0));
}

TEST_F(QuotaTest, TheSizeOfATenantDecidesOnItsUnits) {
  EXPECT_EQ(UnitsOfTenant(49).amount, 3'500);
  EXPECT_EQ(UnitsOfTenant(50).amount, 5'000);
  EXPECT_EQ(UnitsOfTenant(500).amount, 5'000);
  EXPECT_EQ(UnitsOfTenant(501).amount, 8'000);
  const auto quota = Get("contoso");
  quota->TakeUnits(100, now_);
  EXPECT_GT(Wait(*quota, 3'400, Urgency::kUrgent), milliseconds(0)) << "small until it is known";
  quota->SetTenantSize(501);
  EXPECT_EQ(Wait(*quota, 7'800, Urgency::kUrgent), milliseconds(0));
}

TEST_F(QuotaTest, AFigureForUnitsHoldsWhateverTheSize) {
  limits_.units = RateLimit{100, seconds(10)};
  const auto quota = Get("contoso");
  quota->SetTenantSize(100'000);
  quota->TakeUnits(99, now_);
  EXPECT_EQ(Wait(*quota, 1, Urgency::kUrgent), milliseconds(100));
}

TEST_F(QuotaTest, UrgentReadsAreLeftAQuarter) {
  limits_.units = RateLimit{1'000, seconds(10)};
  const auto quota = Get("contoso");
  quota->TakeUnits(740, now_);
  EXPECT_GT(Wait(*quota, 1, Urgency::kCanWait), milliseconds(0));
  EXPECT_EQ(Wait(*quota, 100, Urgency::kUrgent), milliseconds(0));
}

TEST_F(QuotaTest, WritesAndReadsDoNotWaitForEachOthersLimit) {
  const auto quota = Get("contoso");
  quota->TakeRoom(3'000, now_);
  EXPECT_GT(Wait(*quota, 1), milliseconds(0));
  EXPECT_EQ(Wait(*quota, 1, Urgency::kUrgent), milliseconds(0));
}

TEST_F(QuotaTest, TenantsOfOneApplicationShareItsLimits) {
  limits_.application_writes = {1'000, seconds(100)};
  const auto contoso = Get("contoso");
  const auto fabrikam = Get("fabrikam");
  const auto another = Get("fabrikam", "another app");
  contoso->TakeRoom(990, now_);
  EXPECT_EQ(Wait(*fabrikam, 10), seconds(1));
  EXPECT_EQ(Wait(*another, 10), milliseconds(0));
}

TEST_F(QuotaTest, TheSameKeyIsTheSameQuotaAndTakesNewFigures) {
  const auto quota = Get("contoso");
  quota->TakeRoom(500, now_);
  limits_.writes = {600, seconds(60)};
  EXPECT_EQ(Get("contoso"), quota);
  EXPECT_EQ(Wait(*quota, 94), milliseconds(0));
  EXPECT_GT(Wait(*quota, 95), milliseconds(0));
}

TEST_F(QuotaTest, ACallCostsWhatItsLastAnswerSaid) {
  const auto quota = Get("contoso");
  EXPECT_EQ(quota->UnitsOf("subscribedSkus"), 3);
  EXPECT_EQ(quota->UnitsOf("something else"), 1);
  quota->CorrectUnits("subscribedSkus", 3, 7, now_);
  EXPECT_EQ(quota->UnitsOf("subscribedSkus"), 7);
  EXPECT_NEAR(quota->Use(now_).units * 3'500, 4, 1e-9) << "the difference is accounted for";
}

TEST_F(QuotaTest, TheServiceKnowsWhatOthersSent) {
  const auto quota = Get("contoso");
  quota->TakeRoom(20, now_);
  quota->WritesEnded(20);
  quota->Hear({.used = 1.0}, Quota::Of::kWrites, now_);
  EXPECT_EQ(Wait(*quota, 20), milliseconds(2'500));
  EXPECT_EQ(Wait(*quota, 100, Urgency::kUrgent), milliseconds(0)) << "that is about writes";
}

TEST_F(QuotaTest, WhatIsUnderWayMayNotHaveBeenCounted) {
  const auto quota = Get("contoso");
  quota->TakeRoom(80, now_);
  quota->WritesEnded(20);
  quota->Hear({.used = 0.9}, Quota::Of::kWrites, now_);
  EXPECT_EQ(Wait(*quota, 210), milliseconds(0));
  EXPECT_GT(Wait(*quota, 211), milliseconds(0));
}

TEST_F(QuotaTest, RoomThatWasNeverGivenBackIsForgotten) {
  const auto quota = Get("contoso");
  quota->TakeRoom(500, now_);
  now_ += std::chrono::minutes(6);
  quota->Hear({.used = 0.9}, Quota::Of::kWrites, now_);
  EXPECT_EQ(Wait(*quota, 270), milliseconds(0));
}

TEST_F(QuotaTest, AThrottledBucketIsTheOneThatTheServiceNames) {
  const auto contoso = Get("contoso");
  const auto fabrikam = Get("fabrikam");
  contoso->Hear(
      {.throttled = 1, .whose = ThrottleSigns::Whose::kApplication, .retry_after = seconds(9)},
      Quota::Of::kWrites, now_);
  EXPECT_EQ(Wait(*fabrikam, 1), seconds(9));
  EXPECT_EQ(Wait(*fabrikam, 1, Urgency::kUrgent), milliseconds(0));
  fabrikam->Hear({.throttled = 1, .what = ThrottleSigns::What::kUnits, .retry_after = seconds(30)},
                 Quota::Of::kWrites, now_);
  EXPECT_EQ(Wait(*fabrikam, 1, Urgency::kUrgent), seconds(30));
  EXPECT_EQ(Wait(*contoso, 1, Urgency::kUrgent), milliseconds(0));
}

TEST_F(QuotaTest, WaitsAreCountedForWritesAndReads) {
  const auto quota = Get("contoso");
  quota->TakeRoom(2'970, now_);
  const auto when = quota->RoomAt(20, now_);
  EXPECT_GT(when, now_);
  (void)quota->RoomAt(20, now_ + milliseconds(300));  // Asked again: the same wait.
  now_ = when;
  quota->TakeRoom(20, now_);
  quota->ReadWaited(milliseconds(70));
  const auto use = book_.UseOf("contoso", now_);
  EXPECT_EQ(use.writes_waited, seconds(1));
  EXPECT_EQ(use.reads_waited, milliseconds(70));
  EXPECT_NEAR(use.writes, 0.99, 1e-6);
}

TEST_F(QuotaTest, WhoNeverSentDidNotWaitForEver) {
  const auto quota = Get("contoso");
  quota->TakeRoom(2'970, now_);
  (void)quota->RoomAt(20, now_);
  now_ += std::chrono::hours(20);
  quota->TakeRoom(1, now_);
  EXPECT_EQ(quota->Use(now_).writes_waited, seconds(1));
}

TEST_F(QuotaTest, BothApplicationsOfATenantAreToldOfTogether) {
  Get("contoso", "reader")->ReadWaited(milliseconds(5));
  Get("contoso", "writer")->HearItems({.throttled = 3}, Quota::Of::kWrites, now_);
  const auto use = book_.UseOf("contoso", now_);
  EXPECT_EQ(use.reads_waited, milliseconds(5));
  EXPECT_EQ(use.throttled, 3U);
  EXPECT_EQ(book_.UseOf("nobody", now_).throttled, 0U);
}

}  // namespace
}  // namespace seatkeeper::test
