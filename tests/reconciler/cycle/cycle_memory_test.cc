#include <fmt/format.h>
#include <gmock/gmock.h>

#include "reconciler/plan/planner.h"
#include "reconciler/plan/render_json.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::minutes;
using test::Brief;
using test::CycleTest;
using test::FakeProvider;
using test::Grants;
using test::IdOf;
using test::Manages;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// E5 under `owned`: bob is to get it, dan was given it by hand.
class MemoryTest : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    Grant("bob@contoso.com");
  }

  void Grant(const std::string& users, const std::string& new_plans = "hold") {
    policy_.policies = test::Policies({Grants("p", "{users: [" + users + "]}", "[{product: E5}]"),
                                       Manages("E5", "owned") + "  newPlans: " + new_plans + "\n",
                                       test::Limits("limits", "off")});
  }

  CycleReport Next(Mode mode = Mode::kEnforce) {
    clock_.Advance(minutes(5));
    auto report = Run(mode);
    EXPECT_FALSE(report.error) << report.error->message;
    return report;
  }

  /// bob is given E5 and two later readings show it.
  void AssignToBob() {
    for (int cycle = 0; cycle < 3; ++cycle) Next();
    ASSERT_EQ(Holds("bob"), "E5");
    ASSERT_THAT(Memory().owned, ElementsAre(Pair("bob")));
  }

  PlanMemory Memory() {
    auto memory = store_->Memory(key_);
    EXPECT_TRUE(memory) << memory.error().message;
    return std::move(memory).value();
  }

  static UserProduct Pair(const char* user, const char* product = "E5") {
    return {IdOf<UserId>(user), IdOf<SkuId>(product)};
  }
};

TEST_F(MemoryTest, WhatTheTenantRefusedForItsServicePlansIsNotTriedAgain) {
  provider_.world.products = {{.name = "E5", .plans = {"CALLS"}},
                              {.name = "E3", .plans = {"CHAT"}}};
  const auto calls = IdOf<PlanId>("CALLS");
  const auto chat = IdOf<PlanId>("CHAT");
  provider_.fate = [&](const WriteItem&) {
    return FakeProvider::Fate{
        .kind = WriteResult::Kind::kRefused,
        .happens = false,
        .message = fmt::format("service plan {} depends on the service plan(s) {}.",
                               calls.ToString(), chat.ToString())};
  };
  EXPECT_EQ(Next().failures(), 1);
  EXPECT_EQ(Memory().learned_rules.needs.at(calls), std::set{chat});
  const auto report = Next();
  EXPECT_EQ(Brief(report.plan->plan()), "");
  EXPECT_THAT(test::BriefDrift(report.plan->plan()),
              testing::HasSubstr("the service plan CALLS needs CHAT"));
}

TEST_F(MemoryTest, WhatWasAssignedIsOwnedAndGoesWithTheGrant) {
  AssignToBob();
  Grant("ada@contoso.com");
  EXPECT_EQ(Brief(Next().plan->plan()), "go 1 ada +E5\ngo 1 bob -E5");
  EXPECT_EQ(Holds("bob"), "");
  EXPECT_EQ(Holds("dan"), "E5") << "nobody but a person gave it";
}

TEST_F(MemoryTest, OwnershipEndsWhenAReadingLacksTheAssignment) {
  AssignToBob();
  provider_.world.User("bob").licenses.clear();
  Grant("ada@contoso.com");
  Next();
  EXPECT_THAT(Memory().owned, testing::Not(testing::Contains(Pair("bob"))));
  provider_.world.User("bob").licenses = {{"E5"}};
  EXPECT_EQ(Brief(Next().plan->plan()), "");
}

TEST_F(MemoryTest, OwnershipEndsWithAReadingEvenIfThereIsNoPlan) {
  AssignToBob();
  provider_.world.User("bob").licenses.clear();
  policy_.policies =
      test::Policies({Grants("p", "{users: [ada@contoso.com]}", "[{product: NO_SUCH}]")});
  clock_.Advance(minutes(5));
  EXPECT_TRUE(Run(Mode::kEnforce).error);
  EXPECT_THAT(Memory().owned, IsEmpty());
}

TEST_F(MemoryTest, AFailedReadingForgetsNothing) {
  AssignToBob();
  const auto before = Memory();
  provider_.read_error = Error{.kind = ErrorKind::kIncomplete, .message = "page 40 is missing"};
  provider_.world.User("bob").licenses.clear();
  provider_.world.Product("E5").plans.clear();
  clock_.Advance(minutes(5));
  EXPECT_TRUE(Run(Mode::kEnforce).error);
  EXPECT_EQ(Memory(), before);
}

TEST_F(MemoryTest, WhatSomebodyAssignsAfterOurRemovalIsTheirs) {
  AssignToBob();
  Grant("ada@contoso.com");
  Next();
  ASSERT_EQ(Holds("bob"), "");
  provider_.world.User("bob").licenses = {{"E5"}};  // Before any full reading saw bob without it.
  for (int cycle = 0; cycle < 4; ++cycle) Next();
  EXPECT_EQ(Holds("bob"), "E5");
}

TEST_F(MemoryTest, AnAnswerThatWasLostMakesNothingOwned) {
  provider_.fate = [](const WriteItem&) {
    return FakeProvider::Fate{.kind = WriteResult::Kind::kAmbiguous};
  };
  Next();
  for (int cycle = 0; cycle < 5; ++cycle) Next();
  EXPECT_EQ(Journal(), "bob:matched ");
  EXPECT_THAT(Memory().owned, IsEmpty());
  Grant("dan@contoso.com");
  EXPECT_EQ(Brief(Next().plan->plan()), "");
}

TEST_F(MemoryTest, OfSwitchedServicePlansAloneNothingIsOwned) {
  policy_.policies = test::Policies(
      {Grants("p", "{users: [dan@contoso.com]}", "[{product: E5, disabledPlans: [P1]}]"),
       Manages("E5", "full"), test::Limits("limits", "off")});
  EXPECT_EQ(Brief(Next().plan->plan()), "go 1 dan ~E5(-P1)");
  Next();
  Next();
  EXPECT_EQ(Journal(), "dan:confirmed ");
  EXPECT_THAT(Memory().owned, IsEmpty());
}

TEST_F(MemoryTest, PlanReadsItAndWritesNothing) {
  AssignToBob();
  Grant("ada@contoso.com");
  const auto before = Memory();
  provider_.world.products.push_back({.name = "NEW", .plans = {"P9"}});
  EXPECT_EQ(Brief(Next(Mode::kPlan).plan->plan()), "go 1 ada +E5\ngo 1 bob -E5");
  EXPECT_EQ(Memory(), before);
}

TEST_F(MemoryTest, ObserveKeepsIt) {
  provider_.world.Product("E5").seats = 1;
  Next(Mode::kObserve);
  const auto began = clock_.Now();
  EXPECT_THAT(Memory().waiting, ElementsAre(testing::Pair(Pair("bob"), began)));
  EXPECT_THAT(Memory().known_plans, SizeIs(1)) << "E3 has no service plans";
  Next(Mode::kObserve);
  EXPECT_THAT(Memory().waiting, ElementsAre(testing::Pair(Pair("bob"), began)));
}

TEST_F(MemoryTest, WhoHasWaitedLongerComesFirstAfterARestart) {
  provider_.world.Product("E5").seats = 1;  // dan's.
  Next();
  Grant("ada@contoso.com, bob@contoso.com");
  Next();
  store_ = *OpenSqliteStore(folder_.File("seatkeeper.db"));
  runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  provider_.world.Product("E5").seats = 2;
  EXPECT_EQ(Brief(Next().plan->plan()), "go 1 bob +E5") << "ada's object id comes first";
}

TEST_F(MemoryTest, ANewServicePlanIsHeldBackFromNewHolders) {
  Grant("bob@contoso.com, dan@contoso.com");
  provider_.can.can_write = false;
  Next(Mode::kObserve);
  provider_.can.can_write = true;
  provider_.world.Product("E5").plans = {"NEW", "P1"};
  EXPECT_EQ(Brief(Next().plan->plan()), "go 1 bob +E5(-NEW)");
  EXPECT_EQ(Brief(Next().plan->plan()), "");
  Grant("bob@contoso.com, dan@contoso.com", "enable");
  EXPECT_EQ(Brief(Next().plan->plan()), "go 1 bob ~E5");
  for (int cycle = 0; cycle < 2; ++cycle) Next();
  EXPECT_THAT(Memory().known_plans[IdOf<SkuId>("E5")], SizeIs(2));
}

TEST_F(MemoryTest, GivesTheSamePlanAsOneMadeByHand) {
  provider_.world.users.push_back({.name = "eve"});
  provider_.world.Product("E5").seats = 2;
  Grant("bob@contoso.com, eve@contoso.com");
  Next();
  const auto began = clock_.Now();
  Next();
  Next();
  PlanMemory by_hand;
  by_hand.known_plans[IdOf<SkuId>("E5")] = {IdOf<PlanId>("P1")};
  by_hand.owned = {Pair("bob")};
  by_hand.waiting[Pair("eve")] = began;
  by_hand.accepted = Memory().accepted;  // Hashes: tests of readings say what is in it.
  ASSERT_TRUE(by_hand.accepted);
  EXPECT_EQ(Memory(), by_hand);
  provider_.world.Product("E5").plans = {"NEW", "P1"};
  provider_.world.Product("E5").seats = 5;
  Grant("ada@contoso.com, eve@contoso.com");
  const auto stored = Next(Mode::kPlan);
  ObservedBuilder builder(PlanningProperties());
  provider_.world.Read(builder);
  const auto observed = builder.Finish(key_.tenant_id, stored.plan->plan().observed_at);
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policy_.policies,
                              .policy_revision = policy_.revision,
                              .observed = observed,
                              .now = clock_.Now(),
                              .memory = by_hand});
  ASSERT_TRUE(plan);
  EXPECT_EQ(RenderPlanJson(stored.plan->plan()), RenderPlanJson(plan->plan()));
}

}  // namespace
}  // namespace seatkeeper
