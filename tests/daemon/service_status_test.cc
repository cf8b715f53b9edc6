#include "daemon/service_status.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr MonotonicTime kNow{std::chrono::hours(1)};

TEST(ServiceStatus, IsHealthyWhileTheLoopBeats) {
  ServiceStatus status;
  status.Beat(kNow);
  EXPECT_TRUE(status.Health(kNow + seconds(60)).ok);
  EXPECT_FALSE(status.Health(kNow + seconds(61)).ok);
  status.Beat(kNow + seconds(61));
  EXPECT_TRUE(status.Health(kNow + seconds(62)).ok);
}

TEST(ServiceStatus, SaysWhatItWaitsFor) {
  ServiceStatus status;
  EXPECT_FALSE(status.Readiness().ok);
  EXPECT_THAT(status.Readiness().text, HasSubstr("policy: not loaded"));
  EXPECT_THAT(status.Readiness().text, HasSubstr("store: not open"));
  status.SetPolicy(true, false);
  EXPECT_FALSE(status.Readiness().ok);
  status.SetStore(true);
  EXPECT_TRUE(status.Readiness().ok);
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("policy")));
}

TEST(ServiceStatus, ATenantInTroubleIsListedAndNoMore) {
  ServiceStatus status;
  status.SetPolicy(true, true);
  status.SetStore(true);
  status.AddTenant("contoso");
  status.AddTenant("fabrikam");
  status.SetResult("contoso", "failed", WallTime(std::chrono::milliseconds(1'767'600'000'000)));
  status.SetResult("stranger", "ok", {});
  const auto answer = status.Readiness();
  EXPECT_TRUE(answer.ok);
  EXPECT_THAT(answer.text, HasSubstr("tenant contoso: failed at 2026-01-05T08:00:00Z"));
  EXPECT_THAT(answer.text, HasSubstr("tenant fabrikam: no cycle yet"));
  EXPECT_THAT(answer.text, HasSubstr("last good one"));
  EXPECT_THAT(answer.text, Not(HasSubstr("stranger")));
  status.RemoveTenant("contoso");
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("contoso")));
}

TEST(ServiceStatus, TellsWhyChangesAreNotSent) {
  ServiceStatus status;
  status.AddTenant("contoso");
  status.SetPaused("contoso", "5 requests in a row failed");
  status.SetPaused("stranger", "5 requests in a row failed");
  EXPECT_THAT(status.Readiness().text,
              HasSubstr("\ntenant contoso: changes are not sent: 5 requests in a row failed\n"));
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("stranger")));
  status.SetPaused("contoso", "");
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("not sent")));
}

TEST(ServiceStatus, TellsSinceWhenATenantIsSuspended) {
  ServiceStatus status;
  const WallTime monday(std::chrono::milliseconds(1'767'600'000'000));
  status.AddTenant("contoso");
  status.SetSuspended("contoso", monday);
  status.SetSuspended("stranger", monday);
  EXPECT_THAT(status.Readiness().text,
              HasSubstr("tenant contoso: no cycle yet, suspended since 2026-01-05T08:00:00Z\n"));
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("stranger")));
  status.SetResult("contoso", "held", monday);
  EXPECT_THAT(status.Readiness().text,
              HasSubstr("tenant contoso: held at 2026-01-05T08:00:00Z, suspended since 2026"));
  status.SetSuspended("contoso", std::nullopt);
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("suspended")));
}

TEST(ServiceStatus, SaysWhatIsInDoubt) {
  ServiceStatus status;
  status.SetPolicy(true, false);
  status.SetStore(true);
  status.AddTenant("contoso");
  status.SetResult("contoso", "held", WallTime(std::chrono::milliseconds(1'767'600'000'000)));
  status.SetDoubts("contoso", {"store-in-doubt: new"});
  EXPECT_TRUE(status.Readiness().ok);
  EXPECT_THAT(status.Readiness().text, HasSubstr("tenant contoso: store-in-doubt: new\n"));
  status.SetDoubts("contoso", {});
  EXPECT_THAT(status.Readiness().text, Not(HasSubstr("doubt")));
}

}  // namespace
}  // namespace seatkeeper
