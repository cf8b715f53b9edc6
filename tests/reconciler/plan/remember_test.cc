#include "reconciler/plan/remember.h"

#include <gmock/gmock.h>

#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::IdOf;
using test::Manages;
using test::TestTenant;
using testing::ElementsAre;
using testing::IsEmpty;

WallTime Day(int day) { return *ParseTime("2026-03-01T00:00:00Z") + std::chrono::days(day - 1); }
UserProduct Pair(const char* user, const char* product) {
  return {IdOf<UserId>(user), IdOf<SkuId>(product)};
}

TestTenant SmallTenant() {
  return {.users = {{.name = "ada", .licenses = {{"E5"}}}, {.name = "bob"}},
          .products = {{.name = "E3"}, {.name = "E5", .plans = {"P1", "P2"}}}};
}

PlanMemory AfterReading(PlanMemory memory, const TestTenant& tenant,
                        const MemoryChange& settled = {}) {
  return RememberReading(std::move(memory), settled, tenant.Read());
}

std::string Known(const PlanMemory& memory, const char* product) {
  const auto found = memory.known_plans.find(IdOf<SkuId>(product));
  if (found == memory.known_plans.end()) return "nothing";
  std::string names;
  for (const auto& plan : found->second) names += test::NameOf(plan.guid) + " ";
  return names;
}

TEST(KnownPlans, AreThoseOfTheFirstReading) {
  auto tenant = SmallTenant();
  auto memory = AfterReading({}, tenant);
  EXPECT_EQ(Known(memory, "E5"), "P1 P2 ");
  tenant.Product("E5").plans = {"P1", "P2", "P3"};
  memory = AfterReading(std::move(memory), tenant);
  EXPECT_EQ(Known(memory, "E5"), "P1 P2 ");
  tenant.Product("E5").plans = {"P2"};
  memory = AfterReading(std::move(memory), tenant);
  EXPECT_EQ(Known(memory, "E5"), "P1 P2 ") << "a plan that comes back must be known";
  tenant.products.erase(tenant.products.begin() + 1);
  tenant.users[0].licenses.clear();
  memory = AfterReading(std::move(memory), tenant);
  EXPECT_EQ(Known(memory, "E5"), "P1 P2 ") << "so must one of a subscription that comes back";
}

TEST(KnownPlans, AreNotTakenFromWhatShowsNone) {
  auto tenant = SmallTenant();
  tenant.users[0].licenses.push_back({"E9"});  // Held, but not subscribed.
  auto memory = AfterReading({}, tenant);
  EXPECT_EQ(Known(memory, "E9"), "nothing");
  EXPECT_EQ(Known(memory, "E3"), "nothing") << "an empty list would make every plan a new one";
  tenant.Product("E3").plans = {"P7"};
  memory = AfterReading(std::move(memory), tenant);
  EXPECT_EQ(Known(memory, "E3"), "P7 ");
}

TEST(Ownership, BeginsWithWhatWasConfirmed) {
  MemoryChange settled;
  settled.owned = {Pair("ada", "E5")};
  const auto memory = AfterReading({.owned = {Pair("ada", "E5")}}, SmallTenant(), settled);
  EXPECT_THAT(memory.owned, ElementsAre(Pair("ada", "E5")));
}

TEST(Ownership, LastsWhileTheDirectAssignmentMayBeThere) {
  struct Case {
    const char* name;
    std::vector<test::TestLicense> licenses;
    bool known;
    bool owned;
  };
  const auto group = AssignmentSource::kGroup;
  const Case cases[] = {
      {"held directly", {{"E5"}}, true, true},
      {"held with other plans", {{"E5", {"P1"}}}, true, true},
      {"without a seat",
       {{"E5", {}, AssignmentSource::kDirect, "", AssignmentState::kError}},
       true,
       true},
      {"directly and from a group", {{"E5"}, {"E5", {}, group, "g"}}, true, true},
      {"of unknown source", {{"E5", {}, AssignmentSource::kUnknown}}, true, true},
      {"not read", {}, false, true},
      {"gone", {}, true, false},
      {"another product", {{"E3"}}, true, false},
      {"only from a group", {{"E5", {}, group, "g"}}, true, false},
  };
  for (const auto& one : cases) {
    auto tenant = SmallTenant();
    tenant.User("ada").licenses = one.licenses;
    tenant.User("ada").assignments_known = one.known;
    const auto memory = AfterReading({.owned = {Pair("ada", "E5")}}, tenant);
    EXPECT_EQ(memory.owned.size(), one.owned ? 1U : 0U) << one.name;
  }
}

TEST(Ownership, EndsForWhoIsGoneAndGoesOnForOthers) {
  auto tenant = SmallTenant();
  tenant.users = {{.name = "bob", .licenses = {{"E3"}, {"E5"}}}, {.name = "dan"}};
  PlanMemory memory;
  memory.owned = {Pair("ada", "E5"),  Pair("bob", "E3"), Pair("bob", "E5"),
                  Pair("cleo", "E5"), Pair("dan", "E5"), Pair("eve", "E5")};
  memory = AfterReading(std::move(memory), tenant);
  EXPECT_THAT(memory.owned, ElementsAre(Pair("bob", "E3"), Pair("bob", "E5")));
}

TEST(Ownership, EndsWithARemovalEvenIfTheProductIsThereAgain) {
  MemoryChange settled;
  settled.no_longer_owned = {Pair("ada", "E5")};
  const auto memory = AfterReading({.owned = {Pair("ada", "E5")}}, SmallTenant(), settled);
  EXPECT_THAT(memory.owned, IsEmpty()) << "somebody has assigned it anew by hand";
}

Plan PlanAt(const TestTenant& tenant, const std::vector<std::string>& documents,
            const PlanMemory& memory, WallTime now) {
  const auto policies = test::Policies(documents);
  const auto observed = tenant.Read();
  const auto plan = MakePlan({.tenant = "contoso",
                              .policies = policies,
                              .observed = observed,
                              .now = now,
                              .memory = memory});
  return plan ? plan->plan() : Plan{};
}

/// Two users are granted what has one seat.
class WaitingMemory : public testing::Test {
 protected:
  WaitingMemory() {
    tenant_ = {.users = {{.name = "ada"}, {.name = "bob"}},
               .products = {{.name = "E5", .seats = 1}}};
  }

  Plan Cycle(int day) {
    auto plan = PlanAt(tenant_, documents_, memory_, Day(day));
    memory_ = RememberPlan(std::move(memory_), plan);
    return plan;
  }

  TestTenant tenant_;
  std::vector<std::string> documents_ = {
      Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]")};
  PlanMemory memory_;
};

TEST_F(WaitingMemory, IsRememberedSinceItBegan) {
  Cycle(1);
  EXPECT_THAT(memory_.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(1))));
  tenant_.User("ada").licenses = {{"E5"}};
  const auto plan = Cycle(5);
  EXPECT_THAT(memory_.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(1))));
  ASSERT_EQ(plan.waiting.size(), 1U);
  EXPECT_EQ(plan.waiting[0].since, Day(1));
}

TEST_F(WaitingMemory, GoesBeforeWhoComesLater) {
  tenant_.Product("E5").seats = 0;
  documents_ = {Grants("p", "{users: [bob@contoso.com]}", "[{product: E5}]")};
  Cycle(1);
  documents_ = {Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]")};
  Cycle(2);
  tenant_.Product("E5").seats = 1;
  EXPECT_EQ(test::Brief(Cycle(3)), "go 1 bob +E5");
}

TEST_F(WaitingMemory, IsKeptUntilThePlannedSeatIsThere) {
  Cycle(1);
  tenant_.Product("E5").seats = 2;
  EXPECT_EQ(test::Brief(Cycle(2)), "go 1 ada +E5\ngo 1 bob +E5");
  EXPECT_THAT(memory_.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(1))))
      << "the request may still fail";
  tenant_.User("bob").licenses = {{"E5"}};
  Cycle(3);
  EXPECT_THAT(memory_.waiting, IsEmpty());
}

TEST_F(WaitingMemory, IsForgottenWithTheGrant) {
  Cycle(1);
  documents_ = {Grants("p", "{users: [ada@contoso.com]}", "[{product: E5}]")};
  Cycle(2);
  EXPECT_THAT(memory_.waiting, IsEmpty());
  documents_ = {Grants("p", "{users: [ada@contoso.com, bob@contoso.com]}", "[{product: E5}]")};
  Cycle(3);
  EXPECT_THAT(memory_.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(3))));
}

TEST_F(WaitingMemory, GoesOnWhereNothingIsReadAboutTheUser) {
  Cycle(1);
  tenant_.User("bob").assignments_known = false;
  Cycle(2);
  tenant_.User("bob").assignments_known = true;
  Cycle(3);
  EXPECT_THAT(memory_.waiting, testing::Contains(testing::Pair(Pair("bob", "E5"), Day(1))));
}

TEST_F(WaitingMemory, NeverBeginsInTheFuture) {
  memory_.waiting[Pair("bob", "E5")] = Day(20);
  Cycle(10);
  EXPECT_THAT(memory_.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(10))));
}

TEST(MemoryDifference, IsEmptyBetweenEquals) {
  PlanMemory memory;
  memory.known_plans[IdOf<SkuId>("E5")] = {IdOf<PlanId>("P1")};
  memory.owned = {Pair("ada", "E5")};
  memory.waiting[Pair("bob", "E5")] = Day(1);
  EXPECT_TRUE(Difference(memory, memory).empty());
}

TEST(MemoryDifference, NamesWhatCameAndWhatWent) {
  PlanMemory before;
  before.known_plans[IdOf<SkuId>("E3")] = {IdOf<PlanId>("P1")};
  before.known_plans[IdOf<SkuId>("E5")] = {IdOf<PlanId>("P1")};
  before.owned = {Pair("ada", "E3"), Pair("bob", "E3")};
  before.waiting = {{Pair("ada", "E5"), Day(1)}, {Pair("bob", "E5"), Day(1)}};
  PlanMemory after = before;
  after.known_plans[IdOf<SkuId>("E5")] = {IdOf<PlanId>("P1"), IdOf<PlanId>("P2")};
  after.owned = {Pair("bob", "E3"), Pair("bob", "E5")};
  after.waiting = {{Pair("bob", "E5"), Day(2)}, {Pair("cleo", "E5"), Day(3)}};
  const auto change = Difference(before, after);
  EXPECT_THAT(change.known_plans,
              ElementsAre(testing::Pair(IdOf<SkuId>("E5"),
                                        ElementsAre(IdOf<PlanId>("P1"), IdOf<PlanId>("P2")))));
  EXPECT_THAT(change.owned, ElementsAre(Pair("bob", "E5")));
  EXPECT_THAT(change.no_longer_owned, ElementsAre(Pair("ada", "E3")));
  EXPECT_THAT(change.waiting, ElementsAre(testing::Pair(Pair("bob", "E5"), Day(2)),
                                          testing::Pair(Pair("cleo", "E5"), Day(3))));
  EXPECT_THAT(change.no_longer_waiting, ElementsAre(Pair("ada", "E5")));
}

}  // namespace
}  // namespace seatkeeper
