// The checks of the simulation can fail: mistakes planted in the program, one at a time, each of
// which some seed has to show as the breach of the rule that forbids it.

#include "reconciler/seams/planted.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/simulation/life.h"

namespace seatkeeper {
namespace {

PlantedBug planted = PlantedBug::kNone;

}  // namespace

bool IsPlanted(PlantedBug bug) { return bug == planted; }

namespace test {
namespace {

struct Planting {
  PlantedBug bug;
  std::string name;
  std::string rule;  // That it breaches.
};

class Planted : public testing::TestWithParam<Planting> {
 protected:
  ~Planted() override { planted = PlantedBug::kNone; }
};

constexpr std::uint64_t kSeeds = 500;

std::vector<std::string> WrongWith(PlantedBug bug, std::uint64_t seed) {
  if (bug == PlantedBug::kTokenByClient) return ShareAProcess(seed);
  Life life(seed);
  life.Run();
  return life.wrong();
}

TEST_P(Planted, IsFound) {
  const auto& [bug, name, rule] = GetParam();
  planted = bug;
  std::string others;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const auto& wrong : WrongWith(bug, seed)) {
      if (wrong.find(rule) != std::string::npos) {
        fmt::print("{}: found with seed {}: {}\n", name, seed, wrong);
        return;
      }
      others += "  " + wrong + "\n";
    }
  }
  FAIL() << name << " breached no rule " << rule << " with any of " << kSeeds << " seeds\n"
         << others;
}

INSTANTIATE_TEST_SUITE_P(
    Bugs, Planted,
    testing::ValuesIn(std::vector<Planting>{
        {PlantedBug::kUnknownGroupIsEmpty, "UnknownGroupIsEmpty", "unjustified"},
        {PlantedBug::kNoRecheck, "NoRecheck", "unjustified"},
        {PlantedBug::kWaitsByTheClock, "WaitsByTheClock", "too-soon"},
        {PlantedBug::kPlansOffUncounted, "PlansOffUncounted", "over-limit"},
        {PlantedBug::kIntentAfterSending, "IntentAfterSending", "no durable intent"},
        {PlantedBug::kOutcomeOverwritten, "OutcomeOverwritten", "altered"},
        {PlantedBug::kAnswerConfirms, "AnswerConfirms", "unseen"},
        {PlantedBug::kFenceUnchecked, "FenceUnchecked", "outdated-lease"},
        {PlantedBug::kApprovalNeverSpent, "ApprovalNeverSpent", "approved-twice"},
        {PlantedBug::kTokenByClient, "TokenByClient", "foreign-token"},
        {PlantedBug::kPinsForgotten, "PinsForgotten", "undone-again"},
        {PlantedBug::kSeatsPresumed, "SeatsPresumed", "overdraw"},
        {PlantedBug::kMembersUncounted, "MembersUncounted", "over-limit"},
        {PlantedBug::kSwapTorn, "SwapTorn", "gap"}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace test
}  // namespace seatkeeper
