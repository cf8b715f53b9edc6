// Revisions of the policy over several cycles: which are accepted, and what suspicious ones hold.

#include <gmock/gmock.h>

#include "reconciler/cycle/cycle.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using test::Brief;
using test::CycleTest;
using test::Grants;
using test::Limits;
using test::Manages;
using testing::HasSubstr;
using NewStore = CycleRequest::NewStore;

class CycleRevisionTest : public CycleTest {
 protected:
  static std::string Swap() {
    return Grants("p", "{users: [ada@contoso.com, bob@contoso.com, dan@contoso.com]}",
                  "[{product: E5}]");
  }
  void UsePolicy(const std::vector<std::string>& documents, const std::string& revision) {
    policy_.policies = test::Policies(documents);
    policy_.revision = revision;
  }
  void Loosen() { UsePolicy({Swap(), Manages("E3", "full"), Limits("limits", "off")}, "loose"); }
  void UseStrict(const std::string& revision) {
    UsePolicy({Swap(), Manages("E3", "full"), Limits("limits", "{seats: 5}")}, revision);
  }
  std::string Accepted() {
    const auto accepted = store_->AcceptedRevision(key_);
    EXPECT_TRUE(accepted);
    return *accepted ? (*accepted)->revision : "none";
  }
  void UseNewStore() {
    auto opened = OpenSqliteStore(folder_.File("new.db"));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(opened).value();
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  }
};

TEST_F(CycleRevisionTest, TheFirstOneIsAcceptedByACycleThatSucceeds) {
  EXPECT_EQ(Accepted(), "none");
  Run(Mode::kPlan);
  EXPECT_EQ(Accepted(), "none") << "who only plans writes nothing";
  Run(Mode::kObserve);
  EXPECT_EQ(Accepted(), "sha256:test");
}

TEST_F(CycleRevisionTest, ACycleThatFailsAcceptsNothing) {
  provider_.read_error =
      Error{.kind = ErrorKind::kUnreachable, .message = "down", .position = {}, .service = {}};
  Run(Mode::kObserve);
  EXPECT_EQ(Accepted(), "none");
}

TEST_F(CycleRevisionTest, NorDoesOneToWhichAPersonSaidNo) {
  auto request = Request(Mode::kEnforce);
  request.confirm = [](const GuardedPlan&) { return false; };
  EXPECT_TRUE(Run(std::move(request)).declined);
  EXPECT_EQ(Accepted(), "none");
}

TEST_F(CycleRevisionTest, ASuspiciousOneGivesAndTakesNothingUntilItIsTakenBack) {
  UseStrict("strict");
  Run(Mode::kObserve);
  Loosen();
  const auto held = Run(Mode::kEnforce);
  EXPECT_EQ(Brief(held.plan->plan()),
            "go 1 ada +E5\ngo 1 bob +E5\nheld ada -E3 [suspicious-revision]\n"
            "held cleo -E3 [suspicious-revision]");
  EXPECT_EQ(ResultOf(held), "held");
  EXPECT_EQ(Accepted(), "strict");
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Holds("bob"), "E5") << "assignments go on";

  UseStrict("stricter again");
  EXPECT_EQ(Brief(Run(Mode::kEnforce).plan->plan()), "go 1 ada -E3\ngo 1 cleo -E3");
  EXPECT_EQ(Accepted(), "stricter again");
}

TEST_F(CycleRevisionTest, ItStaysSuspiciousHoweverOftenItIsSeen) {
  UseStrict("strict");
  Run(Mode::kObserve);
  Loosen();
  for (int i = 0; i < 3; ++i) Run(Mode::kEnforce);
  EXPECT_EQ(Holds("cleo"), "E3");
  EXPECT_EQ(Accepted(), "strict");
}

TEST_F(CycleRevisionTest, AnApprovalOfWhatItHoldsAcceptsIt) {
  UseStrict("strict");
  Run(Mode::kObserve);
  Loosen();
  const auto held = Run(Mode::kEnforce);
  ASSERT_FALSE(held.plan->plan().held_digest.empty());
  ASSERT_TRUE(store_->RecordApproval(key_, {.number = 0,
                                            .digest = held.plan->plan().held_digest,
                                            .who = "ada@host",
                                            .reason = "meant so",
                                            .approved_at = clock_.Now(),
                                            .expires_at = clock_.Now() + std::chrono::hours(24)}));
  EXPECT_EQ(Brief(Run(Mode::kEnforce).plan->plan()), "go 1 ada -E3\ngo 1 cleo -E3");
  EXPECT_EQ(Accepted(), "loose");
  EXPECT_TRUE(Run(Mode::kEnforce).plan->plan().suspicions.empty());
}

TEST_F(CycleRevisionTest, ItIsSuspiciousForAPersonsApplyAsWell) {
  UseStrict("strict");
  Run(Mode::kObserve);
  Loosen();
  auto request = Request(Mode::kEnforce);
  request.new_store = NewStore::kTrusted;
  Run(std::move(request));
  EXPECT_EQ(Holds("cleo"), "E3");
}

TEST_F(CycleRevisionTest, WhileTheStoreIsNewThePolicyMayTakeShape) {
  UseNewStore();
  UseStrict("strict");
  Run(Mode::kObserve);
  EXPECT_EQ(Accepted(), "strict");
  Loosen();
  const auto report = Run(Mode::kObserve);
  EXPECT_TRUE(report.plan->plan().suspicions.empty());
  EXPECT_THAT(Brief(report.plan->plan()), HasSubstr("cleo -E3 [store-in-doubt]"));
  EXPECT_EQ(Accepted(), "loose");
}

TEST_F(CycleRevisionTest, ASourceThatKnowsItsHistoryIsAskedForTheAcceptedOne) {
  UseStrict("strict");
  Run(Mode::kObserve);
  std::string asked;
  UseStrict("rewritten");
  policy_.descent = [&](const std::string& accepted) {
    asked = accepted;
    return Descent::kNo;
  };
  EXPECT_THAT(Brief(Run(Mode::kEnforce).plan->plan()),
              HasSubstr("held cleo -E3 [suspicious-revision]"));
  EXPECT_EQ(asked, "strict");
  policy_.descent = [](const std::string&) { return Descent::kYes; };
  Run(Mode::kEnforce);
  EXPECT_EQ(Accepted(), "rewritten");
}

TEST_F(CycleRevisionTest, AnOutdatedPolicyIsNotAccepted) {
  UseStrict("strict");
  Run(Mode::kObserve);
  UseStrict("last good");
  policy_.outdated = true;
  Run(Mode::kEnforce);
  EXPECT_EQ(Accepted(), "strict");
}

}  // namespace
}  // namespace seatkeeper
