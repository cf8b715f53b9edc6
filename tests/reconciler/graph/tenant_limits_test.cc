// Figures of a tenant's own: it is slower for them, and nobody else is.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "reconciler/graph/quota.h"

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kBatch = 20;

/// Tenants of one application that all write, and read, as fast as their quotas let them.
class TenantLimits : public ::testing::Test {
 protected:
  std::shared_ptr<Quota> Get(const std::string& tenant, const QuotaLimits& limits) {
    auto quota = book_.Get(
        tenant, {.tenant_id = tenant + " id", .cloud = "global", .client_id = "app"}, limits);
    quota->SetTenantSize(1'000);
    return quota;
  }

  struct Sending {
    std::shared_ptr<Quota> quota;
    int left;
    milliseconds took{};
  };
  using Tenants = std::map<std::string, Sending>;

  // Each as soon as it may, in the order of time, until all have sent what they have to send.
  template <typename When, typename Take>
  void Run(Tenants& tenants, When when, Take take) {
    const auto begin = now_;
    const auto is_busy = [](const auto& each) { return each.second.left > 0; };
    while (std::ranges::any_of(tenants, is_busy)) {
      auto next = MonotonicTime::max();
      for (auto& [name, tenant] : tenants) {
        if (tenant.left <= 0) continue;
        const auto at = when(*tenant.quota, now_);
        if (at > now_) {
          next = std::min(next, at);
          continue;
        }
        take(*tenant.quota, now_);
        tenant.left -= kBatch;
        tenant.took = now_ - begin;
        next = now_;
      }
      now_ = std::max(now_, next);
    }
  }
  void Write(Tenants& tenants) {
    Run(
        tenants, [](Quota& quota, MonotonicTime now) { return quota.RoomAt(kBatch, now); },
        [](Quota& quota, MonotonicTime now) {
          quota.TakeRoom(kBatch, now);
          quota.WritesEnded(kBatch);
        });
  }
  void Read(Tenants& tenants) {
    Run(
        tenants,
        [](Quota& quota, MonotonicTime now) {
          return quota.UnitsAt(kBatch, Quota::Urgency::kUrgent, now);
        },
        [](Quota& quota, MonotonicTime now) { quota.TakeUnits(kBatch, now); });
  }

  MonotonicTime now_{std::chrono::hours(1)};
  QuotaBook book_;
};

TEST_F(TenantLimits, OneThatMayWriteLessIsSlowerAndTheOtherIsNot) {
  Tenants tenants{{"contoso", {Get("contoso", {.writes = {300, seconds(150)}}), 600}},
                  {"fabrikam", {Get("fabrikam", {}), 3'400}}};
  Write(tenants);
  // 300 less what is kept back at once, then 2 a second; 3,000 likewise, then 20 a second.
  EXPECT_GT(tenants.at("contoso").took, seconds(145));
  EXPECT_LT(tenants.at("contoso").took, seconds(165));
  EXPECT_GT(tenants.at("fabrikam").took, seconds(18));
  EXPECT_LT(tenants.at("fabrikam").took, seconds(25));
}

TEST_F(TenantLimits, OneThatMayReadLessIsSlowerAndTheOtherIsNot) {
  Tenants tenants{{"contoso", {Get("contoso", {.units = RateLimit{200, seconds(10)}}), 1'000}},
                  {"fabrikam", {Get("fabrikam", {}), 1'000}}};
  Read(tenants);
  EXPECT_GT(tenants.at("contoso").took, seconds(38));
  EXPECT_LT(tenants.at("contoso").took, seconds(45));
  EXPECT_EQ(tenants.at("fabrikam").took, seconds(0));
}

TEST_F(TenantLimits, AShareOfOneTenantIsNoShareOfTheApplication) {
  const QuotaLimits of_all{.application_writes = {3'000, seconds(300)}};
  auto less = of_all;
  less.share = 0.1;
  Tenants tenants{{"contoso", {Get("contoso", less), 280}},
                  {"fabrikam", {Get("fabrikam", of_all), 2'600}}};
  Write(tenants);
  EXPECT_EQ(tenants.at("contoso").took, seconds(0));
  EXPECT_EQ(tenants.at("fabrikam").took, seconds(0)) << "2,880 of 3,000, of which 30 stay";
  Tenants more{{"contoso", {Get("contoso", less), 40}}};
  Write(more);
  EXPECT_GT(more.at("contoso").took, seconds(10)) << "its own 300 are used up, at 2 a second";
}

TEST_F(TenantLimits, AShareOfTheApplicationIsForAllOfItsTenants) {
  const QuotaLimits half{.application_writes = {3'000, seconds(300)}, .application_share = 0.5};
  Tenants tenants{{"contoso", {Get("contoso", half), 1'000}},
                  {"fabrikam", {Get("fabrikam", half), 1'000}}};
  Write(tenants);
  // 1,485 of 2,000 at once, the rest at 5 a second.
  const auto last = std::max(tenants.at("contoso").took, tenants.at("fabrikam").took);
  EXPECT_GT(last, seconds(95));
  EXPECT_LT(last, seconds(110));
}

TEST_F(TenantLimits, FiguresOfOneStayWhenAnotherIsAskedFor) {
  const QuotaLimits slow{.writes = {300, seconds(150)}};
  const auto contoso = Get("contoso", slow);
  const auto fabrikam = Get("fabrikam", {});
  contoso->TakeRoom(297, now_);
  EXPECT_EQ(contoso->RoomAt(20, now_) - now_, seconds(10));
  EXPECT_EQ(Get("fabrikam", {}), fabrikam);
  EXPECT_EQ(Get("contoso", slow), contoso);
  EXPECT_EQ(contoso->RoomAt(20, now_) - now_, seconds(10));
  EXPECT_EQ(fabrikam->RoomAt(2'600, now_), now_);
}

}  // namespace
}  // namespace seatkeeper::test
