#include <gmock/gmock.h>

#include <optional>

#include "reconciler/cycle/kept_audit.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A log in memory, or one that may not be read.
class FakeAudit : public AuditReader {
 public:
  explicit FakeAudit(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  void ReadAudit(WallTime since, std::function<void(Result<AuditRead>)> done) override {
    asked.push_back(since);
    dispatcher_.Post([this, since, done = std::move(done)] {
      if (error) return done(*error);
      AuditRead read;
      for (const auto& event : log) {
        if (event.at >= since) read.events.push_back(event);
      }
      done(std::move(read));
    });
  }

  std::vector<LicenseEvent> log;
  std::optional<Error> error;
  std::vector<WallTime> asked;

 private:
  Dispatcher& dispatcher_;
};

/// cleo holds E3, which nobody grants: extra, as root gave it.
class CycleAuditTest : public CycleTest {
 protected:
  CycleRequest Asking(KeptAudit* kept = nullptr) {
    provider_.audit_reader = &audit_;
    auto request = Request(Mode::kPlan);
    request.audit_reach = std::chrono::days(7);
    request.audit = kept;
    return request;
  }
  LicenseEvent Given(std::chrono::minutes ago) const {
    return {.at = clock_.Now() - ago,
            .user = IdOf<UserId>("cleo"),
            .actor = Actor::kUser,
            .name = "root@contoso.com",
            .names_products = true,
            .gained = {IdOf<SkuId>("E3")}};
  }
  // Who gave cleo E3, as the plan says; empty where it names nobody.
  static std::string WhoGaveIt(const CycleReport& report) {
    EXPECT_TRUE(report.plan) << (report.error ? report.error->message : "no plan");
    if (!report.plan) return "no plan";
    for (const auto& drift : report.plan->plan().drift) {
      if (drift.user == IdOf<UserId>("cleo") && drift.author) return drift.author->name;
    }
    return "";
  }

  FakeAudit audit_{timers_};
};

TEST_F(CycleAuditTest, DriftNamesWhoBroughtItAbout) {
  audit_.log = {Given(std::chrono::minutes(90))};
  EXPECT_EQ(WhoGaveIt(Run(Asking())), "root@contoso.com");
  EXPECT_THAT(audit_.asked, SizeIs(1));
}

TEST_F(CycleAuditTest, NobodyAsksUnlessTheConfigSaysSo) {
  audit_.log = {Given(std::chrono::minutes(90))};
  auto request = Asking();
  request.audit_reach = std::chrono::milliseconds(0);
  EXPECT_EQ(WhoGaveIt(Run(std::move(request))), "");
  EXPECT_THAT(audit_.asked, IsEmpty());
}

TEST_F(CycleAuditTest, LaterCyclesAskOnlyForWhatIsNew) {
  KeptAudit kept;
  audit_.log = {Given(std::chrono::minutes(90))};
  EXPECT_EQ(WhoGaveIt(Run(Asking(&kept))), "root@contoso.com");
  const auto first = clock_.Now();
  clock_.Advance(std::chrono::minutes(30));
  EXPECT_EQ(WhoGaveIt(Run(Asking(&kept))), "root@contoso.com") << "it is remembered";
  ASSERT_THAT(audit_.asked, SizeIs(2));
  EXPECT_EQ(audit_.asked[1], first - std::chrono::hours(1)) << "what is listed late is not missed";
  EXPECT_THAT(kept.events, SizeIs(1));
}

TEST_F(CycleAuditTest, WhatIsOlderThanTheReachIsForgotten) {
  KeptAudit kept;
  audit_.log = {Given(std::chrono::minutes(90))};
  Run(Asking(&kept));
  clock_.Advance(std::chrono::days(8));
  EXPECT_EQ(WhoGaveIt(Run(Asking(&kept))), "");
  EXPECT_THAT(kept.events, IsEmpty());
}

TEST_F(CycleAuditTest, ALogThatCannotBeReadStopsNothing) {
  audit_.error = Error{.kind = ErrorKind::kPermission, .message = "denied"};
  KeptAudit kept;
  EXPECT_EQ(WhoGaveIt(Run(Asking(&kept))), "");
  EXPECT_TRUE(kept.fails);
  audit_.error.reset();
  audit_.log = {Given(std::chrono::minutes(90))};
  EXPECT_EQ(WhoGaveIt(Run(Asking(&kept))), "root@contoso.com");
  EXPECT_FALSE(kept.fails);
}

TEST_F(CycleAuditTest, WhatIsDecidedIsTheSameWithAndWithout) {
  const auto without = Run(Request(Mode::kPlan));
  audit_.log = {Given(std::chrono::minutes(90))};
  const auto with = Run(Asking());
  ASSERT_TRUE(with.plan && without.plan);
  EXPECT_EQ(with.plan->plan().digest, without.plan->plan().digest);
  EXPECT_EQ(with.plan->plan().held_digest, without.plan->plan().held_digest);
}

}  // namespace
}  // namespace seatkeeper::test
