// Who is inactive: asked for waste alone, and nothing else may notice.

#include <gmock/gmock.h>

#include <memory>

#include "reconciler/cycle/kept_reading.h"
#include "reconciler/plan/waste.h"
#include "reconciler/seams/change_reader.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr days kAsked{90};

/// Says who has changed as the test says, and tracks sign-ins no more than a service does.
class FakeChanges : public ChangeReader {
 public:
  FakeChanges(Dispatcher& dispatcher, const TestTenant& world)
      : dispatcher_(dispatcher), world_(world) {}

  void MarkNow(const PropertySet& properties,
               std::function<void(Result<std::string>)> done) override {
    dispatcher_.Post([this, properties, done = std::move(done)] {
      const bool tracks = !AsksForSignIns(properties);
      (tracks ? marked : refused) += 1;
      if (tracks) return done(std::string("from here on"));
      done(Error{.kind = ErrorKind::kRejected, .message = "sign-ins are not tracked"});
    });
  }

  void ReadChanges(ChangesRequest request, ObservedBuilder& sink,
                   std::function<void(Result<ChangesRead>)> done) override {
    dispatcher_.Post([this, request = std::move(request), &sink, done = std::move(done)] {
      ChangesRead read{.changed = request.also, .cursor = "and from here"};
      for (const auto& name : changed) read.changed.push_back(IdOf<UserId>(name));
      if (read.changed.empty() && request.unless_nobody) return done(std::move(read));
      // Everything but users: none of them, as many seats.
      auto rest = world_;
      rest.users.clear();
      for (auto& product : rest.products) {
        product.consumed_elsewhere += HoldersOf(world_, product.name);
      }
      rest.Read(sink);
      for (const auto& user : world_.users) {
        const auto id = IdOf<UserId>(user.name);
        if (std::ranges::find(read.changed, id) != read.changed.end()) {
          TestTenant::ReadUser(user, sink);
        }
      }
      changed.clear();
      done(std::move(read));
    });
  }

  std::vector<std::string> changed;  ///< Whom the next reading names.
  int marked = 0;
  int refused = 0;

 private:
  Dispatcher& dispatcher_;
  const TestTenant& world_;
};

/// What a cycle says of waste, and how loudly it says that it cannot.
class Watching : public Observer {
 public:
  void OnWaste(std::string_view, const WasteReport& report) override { waste = report; }
  void OnMessage(Level level, std::string_view, std::string_view message,
                 std::string_view detail) override {
    if (message.find("inactive") == std::string_view::npos) return;
    if (level == Level::kDebug) return;
    said.push_back(std::string(message) + (detail.empty() ? "" : "; ") + std::string(detail));
  }
  std::optional<WasteReport> waste;
  std::vector<std::string> said;
};

/// Of those who hold something only dan has not signed in for long.
class CycleActivity : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    for (auto& user : provider_.world.users) user.signed_in = clock_.Now() - days(1);
    provider_.world.User("dan").signed_in = clock_.Now() - days(200);
    changes_ = std::make_unique<FakeChanges>(timers_, provider_.world);
    kept_.reader = changes_.get();
  }

  CycleRequest Asking(Mode mode = Mode::kObserve) const {
    auto request = Request(mode);
    request.inactive_after = kAsked;
    return request;
  }
  CycleRequest Keeping(CycleRequest request) {
    request.kept = &kept_;
    return request;
  }

  CycleReport Watch(CycleRequest request) {
    watching_.waste.reset();
    std::optional<CycleReport> report;
    Cycle cycle({provider_, *runner_, clock_, timers_, workers_, random_, watching_}, policy_,
                std::move(request));
    cycle.Start([&](CycleReport done) { report = std::move(done); });
    while (!report && timers_.RunNext()) {
    }
    if (!report) throw std::logic_error("the cycle never reported");
    EXPECT_FALSE(report->error) << report->error->message;
    return *std::move(report);
  }

  /// "E3 0 E5 1": inactive seats by product; "unknown" where nobody knows.
  std::string Inactive() const {
    if (!watching_.waste) return "no waste";
    if (!watching_.waste->knows_inactive()) return "unknown";
    std::vector<std::string> products;
    for (const auto& product : watching_.waste->products) {
      const int seats = product.wasted[static_cast<std::size_t>(WasteReason::kInactive)];
      products.push_back(product.name + " " + std::to_string(seats));
    }
    std::sort(products.begin(), products.end());
    std::string text;
    for (const auto& each : products) text += (text.empty() ? "" : " ") + each;
    return text;
  }

  static Error NoPremium() { return {.kind = ErrorKind::kPermission, .message = "no premium"}; }

  KeptReading kept_;
  std::unique_ptr<FakeChanges> changes_;
  Watching watching_;
};

TEST_F(CycleActivity, IsCountedWhereItIsAsked) {
  Watch(Asking());
  EXPECT_EQ(Inactive(), "E3 0 E5 1");
  EXPECT_EQ(provider_.sign_in_reads, 1);
  EXPECT_THAT(watching_.said, IsEmpty());
}

TEST_F(CycleActivity, NobodyAsksUnlessTheConfigSaysSo) {
  Watch(Request(Mode::kObserve));
  EXPECT_EQ(Inactive(), "unknown");
  Watch(Asking(Mode::kPlan));
  EXPECT_EQ(Inactive(), "no waste") << "who only looks counts nothing";
  EXPECT_EQ(provider_.sign_in_reads, 0);
}

TEST_F(CycleActivity, WhatIsDecidedIsTheSameWithAndWithout) {
  const auto without = Watch(Request(Mode::kPlan));
  const auto with = Watch(Asking());
  ASSERT_TRUE(with.plan && without.plan);
  const auto& plan = with.plan->plan();
  const auto& other = without.plan->plan();
  EXPECT_EQ(plan.digest, other.digest);
  EXPECT_EQ(plan.held_digest, other.held_digest);
  ASSERT_EQ(plan.changes.size(), other.changes.size());
  EXPECT_THAT(plan.changes, Not(IsEmpty()));
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    EXPECT_EQ(plan.changes[i].fingerprint, other.changes[i].fingerprint);
  }
}

TEST_F(CycleActivity, WhoSignsInMeanwhileIsChangedAllTheSame) {
  int rereads = 0;
  provider_.before_reread = [&] {
    ++rereads;
    for (auto& user : provider_.world.users) user.signed_in = clock_.Now();
    provider_.sign_in_error = NoPremium();
  };
  const auto report = Watch(Asking(Mode::kEnforce));
  EXPECT_EQ(provider_.sign_in_reads, 1);
  EXPECT_GT(rereads, 0);
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(Holds("ada"), "E5");
  EXPECT_EQ(Holds("bob"), "E5");
  EXPECT_EQ(Holds("cleo"), "");
}

TEST_F(CycleActivity, RefusedSignInsStopNothing) {
  provider_.sign_in_error = NoPremium();
  const auto report = Watch(Asking(Mode::kEnforce));
  EXPECT_EQ(Inactive(), "unknown");
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(Holds("bob"), "E5");
  EXPECT_EQ(provider_.reads, 2) << "with sign-ins, then without";
  EXPECT_THAT(watching_.said,
              ElementsAre("who is inactive is not known: sign-ins were not read; no premium"));
}

TEST_F(CycleActivity, RefusalsAreToldOnceAndAskedAboutWithEverybody) {
  provider_.sign_in_error = NoPremium();
  Watch(Keeping(Asking()));
  EXPECT_EQ(provider_.reads, 2);
  clock_.Advance(minutes(5));
  Watch(Keeping(Asking()));
  EXPECT_EQ(provider_.reads, 2) << "what changed is read without them";
  EXPECT_EQ(kept_.readings.changes, 1U);
  clock_.Advance(minutes(60));
  Watch(Keeping(Asking()));
  EXPECT_EQ(provider_.sign_in_reads, 2) << "everybody is due: they are asked for again";
  EXPECT_EQ(Inactive(), "unknown");
  EXPECT_THAT(watching_.said, SizeIs(1));
  provider_.sign_in_error.reset();
  clock_.Advance(minutes(60));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 1");
  ASSERT_THAT(watching_.said, SizeIs(2));
  EXPECT_EQ(watching_.said[1], "who is inactive is known again");
}

TEST_F(CycleActivity, AReadingThatFailsWithoutThemFails) {
  provider_.read_error = Error{.kind = ErrorKind::kUnreachable, .message = "nobody answers"};
  auto report = Run(Asking());
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->message, "nobody answers");
  EXPECT_EQ(provider_.reads, 2);
  provider_.read_error.reset();
  provider_.sign_in_error = Error{.kind = ErrorKind::kThrottled, .message = "wait"};
  report = Run(Asking());
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->message, "wait");
  EXPECT_EQ(provider_.reads, 3) << "whoever is told to wait does not ask for more";
}

TEST_F(CycleActivity, BetweenReadingsOfEverybodyTheLastSignInsAge) {
  provider_.world.User("ada").signed_in = clock_.Now() - kAsked + minutes(10);
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 1");
  clock_.Advance(minutes(30));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 1 E5 1") << "the clock went on, and nobody said that ada was back";
  provider_.world.User("ada").signed_in = clock_.Now();
  provider_.world.User("dan").signed_in = clock_.Now();
  changes_->changed = {"ada"};
  clock_.Advance(minutes(10));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 1") << "ada was read again, dan was not";
  EXPECT_EQ(kept_.readings.changes, 2U);
  clock_.Advance(minutes(60));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 0");
  EXPECT_EQ(provider_.reads, 2);
  EXPECT_EQ(changes_->refused, 0) << "they are never among what is to be tracked";
}

TEST_F(CycleActivity, WhetherItIsAskedMakesTheNextReadingOneOfEverybody) {
  Watch(Keeping(Request(Mode::kObserve)));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 1");
  EXPECT_EQ(provider_.reads, 2);
  Watch(Keeping(Request(Mode::kObserve)));
  EXPECT_EQ(Inactive(), "unknown");
  EXPECT_EQ(provider_.reads, 3);
  Watch(Keeping(Request(Mode::kObserve)));
  EXPECT_EQ(provider_.reads, 3);
  EXPECT_EQ(kept_.readings.changes, 1U);
}

TEST_F(CycleActivity, ARuleNeverRestsOnSignInsThatWereReadForWaste) {
  Watch(Keeping(Asking()));
  policy_.policies = Policies({Grants(
      "p", "{rule: 'user.signInActivity.lastSignInDateTime -eq null'}", "[{product: E5}]")});
  policy_.revision = "sha256:other";
  clock_.Advance(minutes(5));
  Watch(Keeping(Asking()));
  EXPECT_EQ(provider_.reads, 2) << "nobody says whose sign-ins changed";
  EXPECT_EQ(changes_->refused, 1);
  provider_.sign_in_error = NoPremium();
  const auto report = Run(Keeping(Asking()));
  ASSERT_TRUE(report.error) << "what a rule asks is not left out";
  EXPECT_EQ(report.error->message, "no premium");
}

TEST_F(CycleActivity, IsPartOfTheStoredReading) {
  Watch(Keeping(Asking()));
  kept_ = {.reader = changes_.get()};
  clock_.Advance(minutes(5));
  Watch(Keeping(Asking()));
  EXPECT_EQ(Inactive(), "E3 0 E5 1");
  EXPECT_EQ(provider_.reads, 1) << "another process goes on from it";
}

TEST_F(CycleActivity, EachDayKeepsWhoWasInactiveAsFarAsThatWasKnown) {
  const auto inactive = [this] {
    auto found = store_->ProductDays(key_);
    EXPECT_TRUE(found.ok());
    std::string text;
    for (const auto& day : *found) {
      if (day.product != IdOf<SkuId>("E5")) continue;
      text += std::to_string(day.wasted) + "+";
      text += day.inactive ? std::to_string(*day.inactive) : "?";
      text += " ";
    }
    return text;
  };
  Watch(Asking());
  EXPECT_EQ(inactive(), "0+1 ");
  provider_.sign_in_error = NoPremium();
  Watch(Asking());
  EXPECT_EQ(inactive(), "0+? ");
}

}  // namespace
}  // namespace seatkeeper::test
