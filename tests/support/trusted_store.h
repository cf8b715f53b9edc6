#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "reconciler/seams/store.h"

namespace seatkeeper::test {

/// An interval at which no store falls silent while a test lets time pass.
inline constexpr std::chrono::hours kSeldom{24 * 30};

/// Somebody stood up for the store, so long ago that the day's allowance is not spent any more, and
/// it has just heard of the tenant: for tests that are not about doubt.
inline void TrustStore(Store& store, const TenantKey& tenant, WallTime now) {
  const auto trusted = store.TrustStore(
      tenant, {.who = "the test", .reason = "", .at = now - std::chrono::hours(25)});
  ASSERT_TRUE(trusted) << trusted.error().message;
  const auto lease = store.AcquireLease(tenant, "the test", now, std::chrono::minutes(1));
  ASSERT_TRUE(lease) << lease.error().message;
  CycleSummary cycle;
  cycle.mode = "observe";
  cycle.result = "ok";
  cycle.started_at = cycle.finished_at = now;
  const auto recorded = store.RecordCycle(*lease, cycle);
  ASSERT_TRUE(recorded) << recorded.error().message;
  const auto released = store.ReleaseLease(*lease);
  ASSERT_TRUE(released) << released.error().message;
}

}  // namespace seatkeeper::test
