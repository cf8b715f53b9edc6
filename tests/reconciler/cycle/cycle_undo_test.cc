#include <gmock/gmock.h>

#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::Brief;
using test::IdOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A cycle that swapped ada's E3 for E5, gave bob E5 and took cleo's E3 away; then its undoing.
class CycleUndo : public test::CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    plan_id_ = Run(Mode::kEnforce).plan_id;
    ASSERT_EQ(Holds("ada") + "," + Holds("bob") + "," + Holds("cleo"), "E5,E5,");
    provider_.written.clear();
    clock_.Advance(minutes(5));
  }

  CycleRequest Undo(std::vector<std::string> users = {}) const {
    auto request = Request(Mode::kEnforce);
    request.undo = UndoQuery{.plan_id = plan_id_, .users = std::move(users), .who = "eve@ops"};
    return request;
  }

  std::vector<Pin> Pins() {
    auto pins = store_->Pins(key_);
    EXPECT_TRUE(pins);
    return pins ? *pins : std::vector<Pin>();
  }

  std::string plan_id_;
};

TEST_F(CycleUndo, PutsBackWhatWasTakenAndLeavesWhatWasGiven) {
  const auto report = Run(Undo());
  ASSERT_TRUE(report.plan);
  EXPECT_EQ(Brief(report.plan->plan()), "go 1 ada +E3\ngo 1 cleo +E3")
      << "without a ladder E5 was a gift beside the removal";
  EXPECT_EQ(report.plan->plan().undone->left_alone, 1U);
  EXPECT_EQ(Holds("ada") + "," + Holds("bob") + "," + Holds("cleo"), "E5E3,E5,E3");
  EXPECT_THAT(Journal(), HasSubstr("cleo:confirmed cleo:confirmed"));
}

TEST_F(CycleUndo, WhatNoReadingHasConfirmedYetIsReadTwice) {
  provider_.reread_error = Error{.kind = ErrorKind::kUnreachable, .message = "down"};
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [bob@contoso.com]}", "[{product: E3}]")});
  plan_id_ = Run(Mode::kEnforce).plan_id;
  ASSERT_THAT(Journal(), HasSubstr("bob:accepted"));
  provider_.reread_error.reset();
  const int reads = provider_.reads;
  const auto report = Run(Undo());
  EXPECT_EQ(provider_.reads - reads, 2);
  EXPECT_THAT(Journal(), testing::Not(HasSubstr("accepted"))) << "two readings agree";
  EXPECT_EQ(report.plan->plan().undone->left_alone, 1U);
}

TEST_F(CycleUndo, OfOneUserAlone) {
  EXPECT_EQ(Brief(Run(Undo({"CLEO@contoso.com"})).plan->plan()), "go 1 cleo +E3");
  EXPECT_EQ(SentTo(), "cleo ");
}

TEST_F(CycleUndo, WhatIsPutBackIsPinnedBeforeAnythingIsSent) {
  std::size_t pinned = 0;
  provider_.fate = [&](const WriteItem&) {
    pinned = Pins().size();
    return test::FakeProvider::Fate{};
  };
  Run(Undo({"cleo@contoso.com"}));
  EXPECT_EQ(pinned, 1U);
  const auto pins = Pins();
  ASSERT_THAT(pins, SizeIs(1));
  EXPECT_EQ(pins[0].subject, Subject(IdOf<UserId>("cleo")));
  EXPECT_EQ(pins[0].product, IdOf<SkuId>("E3"));
  EXPECT_EQ(pins[0].plan_id, plan_id_);
  EXPECT_EQ(pins[0].who, "eve@ops");

  provider_.written.clear();
  clock_.Advance(minutes(5));
  const auto next = Run(Mode::kEnforce);
  EXPECT_EQ(Brief(next.plan->plan()), "held cleo -E3 [pinned]") << "the policy has not changed";
  EXPECT_EQ(ResultOf(next), "held");
  EXPECT_EQ(SentTo(), "");
}

TEST_F(CycleUndo, APolicyThatWantsTheSameEndsThePin) {
  Run(Undo({"cleo@contoso.com"}));
  policy_.policies =
      test::Policies({test::Grants("p", "{users: [cleo@contoso.com]}", "[{product: E3}]"),
                      test::Manages("E3", "full"), test::Limits("limits", "{seats: 5}")});
  clock_.Advance(minutes(5));
  Run(Mode::kPlan);
  EXPECT_THAT(Pins(), SizeIs(1)) << "who only looks ends nothing";
  Run(Mode::kObserve);
  EXPECT_THAT(Pins(), IsEmpty());
}

TEST_F(CycleUndo, AnEndedPinLetsPolicyDecideAgain) {
  Run(Undo({"cleo@contoso.com"}));
  ASSERT_TRUE(store_->EndPins(key_, {Pins().at(0).number}, {.who = "eve", .at = clock_.Now()}));
  clock_.Advance(minutes(5));
  EXPECT_EQ(Brief(Run(Mode::kEnforce).plan->plan()), "go 1 cleo -E3");
}

TEST_F(CycleUndo, APlanThatWasMadeBeforeThePinIsStopped) {
  provider_.world.User("cleo").licenses = {{"E3"}};  // Given back by hand.
  auto request = Request(Mode::kEnforce);
  request.confirm = [&](const GuardedPlan& plan) {
    EXPECT_EQ(Brief(plan.plan()), "go 1 cleo -E3");
    const Pin pin{.subject = IdOf<UserId>("cleo"),
                  .subject_name = "cleo@contoso.com",
                  .product = IdOf<SkuId>("E3"),
                  .plan_id = plan_id_,
                  .who = "eve@ops",
                  .at = clock_.Now()};
    EXPECT_TRUE(store_->WritePins(key_, {pin}));
    return true;
  };
  const auto report = Run(request);
  EXPECT_THAT(report.stopped, HasSubstr("put back by eve@ops"));
  EXPECT_EQ(SentTo(), "");
  EXPECT_EQ(Holds("cleo"), "E3");
}

TEST_F(CycleUndo, ASuspendedTenantStaysAsItIs) {
  ASSERT_TRUE(store_->Suspend(key_, {.who = "eve", .reason = "look", .at = clock_.Now()}));
  EXPECT_EQ(Brief(Run(Undo()).plan->plan()), "held ada +E3 [suspended]\nheld cleo +E3 [suspended]");
  EXPECT_EQ(SentTo(), "");
  EXPECT_THAT(Pins(), IsEmpty()) << "nothing was put back";
}

TEST_F(CycleUndo, WhoDeclinesPinsNothing) {
  auto request = Undo();
  request.confirm = [](const GuardedPlan&) { return false; };
  EXPECT_TRUE(Run(request).declined);
  EXPECT_EQ(SentTo(), "");
  EXPECT_THAT(Pins(), IsEmpty());
}

TEST_F(CycleUndo, WaitsForAnotherCycleAsLongAsItWasTold) {
  const auto lease = store_->AcquireLease(key_, "daemon@host", clock_.Now(), minutes(10));
  ASSERT_TRUE(lease);
  const auto refused = Run(Undo());
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->kind, ErrorKind::kConflict);
  EXPECT_THAT(refused.error->message, HasSubstr("daemon@host"));

  auto patient = Undo();
  patient.lease_patience = minutes(1);
  timers_.At(clock_.Monotonic() + seconds(20), [&] { EXPECT_TRUE(store_->ReleaseLease(*lease)); });
  const auto report = Run(patient);
  EXPECT_FALSE(report.error);
  EXPECT_EQ(Holds("cleo"), "E3");

  const auto again = store_->AcquireLease(key_, "daemon@host", clock_.Now(), minutes(10));
  ASSERT_TRUE(again);
  const auto began = clock_.Monotonic();
  EXPECT_TRUE(Run(patient).error);
  EXPECT_LE(clock_.Monotonic() - began, minutes(1));
}

TEST_F(CycleUndo, ForgetsNothingOfWhatPolicyWants) {
  // bob waits for a seat of VISIO, and dan is to lose E3 in a week.
  provider_.world.products.push_back({.name = "VISIO", .seats = 0});
  provider_.world.User("dan").licenses = {{"E5"}, {"E3"}};
  policy_.policies = test::Policies(
      {test::Grants("p", "{users: [bob@contoso.com]}", "[{product: VISIO}]"),
       test::Manages("E3", "full", "{after: 7d}"), test::Limits("limits", "{seats: 5}")});
  Run(Mode::kEnforce);
  const auto before = store_->Memory(key_);
  ASSERT_TRUE(before);
  ASSERT_THAT(before->waiting, SizeIs(1));
  ASSERT_THAT(before->deferrals.entries, SizeIs(1));
  clock_.Advance(minutes(5));
  Run(Undo({"cleo@contoso.com"}));
  EXPECT_EQ(Holds("cleo"), "E3");
  const auto after = store_->Memory(key_);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->waiting, before->waiting);
  EXPECT_EQ(after->deferrals, before->deferrals);
  EXPECT_EQ(after->accepted, before->accepted);
}

TEST_F(CycleUndo, WhatItPutsBackIsNotSeatkeepersOwn) {
  Run(Undo({"cleo@contoso.com"}));
  clock_.Advance(minutes(5));
  Run(Mode::kObserve);
  const auto memory = store_->Memory(key_);
  ASSERT_TRUE(memory);
  for (const auto& pair : memory->owned) EXPECT_NE(pair.user, IdOf<UserId>("cleo"));
}

TEST_F(CycleUndo, ASwapIsRememberedAsOne) {
  provider_.world.User("ada").licenses = {{"E3", {}}};
  policy_.policies.product_ladders =
      test::Policies({"apiVersion: seatkeeper/v1\nkind: ProductLadder\nmetadata: {name: s}\n"
                      "spec: {products: [E5, E3]}\n"})
          .product_ladders;
  plan_id_ = Run(Mode::kEnforce).plan_id;
  ASSERT_EQ(Holds("ada"), "E5");
  clock_.Advance(minutes(5));
  EXPECT_EQ(Brief(Run(Undo()).plan->plan()), "go 1 ada +E3 -E5");
  EXPECT_EQ(Holds("ada"), "E3");
}

}  // namespace
}  // namespace seatkeeper
