#include "tests/simulation/life.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/load_policy.h"
#include "tests/simulation/tenant_log.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

Wish DrawWish(std::uint64_t seed) {
  Wish wish;
  wish.limited = seed % 3 == 0;
  wish.waits = seed % 3 == 1;
  wish.ladder = seed % 4 < 2;
  if (seed % 5 < 2) wish.planning = seed % 2 == 0;
  return wish;
}

// Every other daemon asks who changed.
std::optional<minutes> DrawEverybodyEvery(std::uint64_t seed) {
  return seed % 2 == 0 ? std::optional(minutes(60)) : std::nullopt;
}

}  // namespace

Life::Life(std::uint64_t seed)
    : wish_(DrawWish(seed)),
      world_({.seed = seed,
              .policy = wish_.Yaml(),
              .shared_store = true,
              .users = 40,
              .interval = Life::kInterval,
              .everybody_every = DrawEverybodyEvery(seed)}) {
  if (wish_.planning) FoundPlanners();
  truth_.Note(world_.Elsewhere(), wish_, world_.tenant());
  world_.OnWrite([this](const WireWrite& write) { JudgeWrite(write); });
}

void Life::Run() {
  for (int step = 0; step < 10 && wrong_.empty(); ++step) Step();
  if (wrong_.empty()) Calm();
  JudgeLimit();
  JudgeApprovals();
  for (const auto& each : world_.violations()) Wrong("world", each);
}

const sim::User& Life::AnyUser() {
  const auto& users = world_.tenant().users();
  return std::next(users.begin(), Draw(static_cast<unsigned>(users.size())))->second;
}

void Life::Step() {
  BreakThings();
  if (Chance(2)) EditSomebody();
  if (Chance(4)) EditSomebody();
  const bool promote = Chance(8);
  if (promote) Promote();
  if (Chance(5)) Commit();
  if (Chance(12)) LeaveSeats(Chance(2) ? kE5 : kE3, Draw(3));
  if (Chance(10)) DeleteOrRestore();
  if (wish_.limited && Chance(2)) GiveBack();
  if (wish_.limited && Chance(2)) Approve();
  if (Chance(8)) LeaveAlone();
  if (Chance(12)) SuspendForACycle();
  if (Chance(16)) ObserveForACycle();
  if (Chance(8)) world_.Restart();
  if (Chance(8)) SetClock();
  if (Chance(6)) UndoSomething();
  if (Chance(8)) Unpin();
  const bool want_again = Chance(3);
  const bool sell_out = Chance(promote ? 2 : 8);
  world_.OnPlan([this, want_again, sell_out] {
    if (want_again) WantAgain();
    if (sell_out) SellOut();
  });
  const std::size_t theft = Chance(5) ? 1 + Draw(120) : 0;
  const std::size_t rival = Chance(5) ? 1 + Draw(120) : 0;
  world_.OnEvent([this, theft, rival](std::size_t event) {
    if (event == theft) StealLease();
    if (event == rival) RunRival();
  });
  RunCycle(Chance(4) ? 1 + Draw(150) : 0);
  world_.OnEvent(nullptr);
  world_.OnPlan(nullptr);
  world_.Wait(minutes(3));
  seats_went_ = false;
  ReturnLease();
  world_.Wait(minutes(2 + Draw(5)));
}

std::optional<CycleReport> Life::RunPass(std::size_t crash_after, World::Daemon daemon) {
  if (daemon == World::kOurs) began_ = world_.Elsewhere();
  const auto mine = cycles_.size();
  cycles_.push_back({.begin = world_.Elsewhere()});
  auto report = world_.RunCycle(crash_after, daemon);
  cycles_[mine].end = world_.Elsewhere();
  // An undo does not ask what policy wants.
  cycles_[mine].planned = report && report->plan && !undoing_;
  return report;
}

std::optional<CycleReport> Life::RunCycle(std::size_t crash_after) {
  auto report = RunPass(crash_after, World::kOurs);
  LookAtLog();
  LookAtJournal();
  LookAtPins();
  return report;
}

void Life::Calm() {
  world_.Control("DELETE", "/_sim/faults");
  world_.network().SetTrouble(0, 0);
  world_.SetDiskTrouble(0);
  if (clock_off_ != clock_off_.zero()) SetClock();
  slow_network_ = false;
  for (int cycle = 0; cycle < 16 && wrong_.empty(); ++cycle) {
    world_.Wait(minutes(8));
    if (cycle == 8) OutwaitGroups();
    const auto report = RunCycle();
    const bool rests = report && report->plan && world_.OpenChanges().empty() &&
                       report->plan->plan().CountWith(Verdict::kGo) == 0;
    if (rests) return JudgeDisclosure();
  }
  // What is held may make the tenant refuse another change for ever.
  if (!wish_.limited && wrong_.empty()) Wrong("no-rest", "16 cycles were not enough");
}

std::vector<std::string> ShareAProcess(std::uint64_t seed) {
  const Wish wish;
  World ours({.seed = seed, .policy = wish.Yaml(), .users = 10});
  World theirs({.seed = seed + 1,
                .policy = wish.Yaml(),
                .users = 10,
                .tenant_id = "33333333-3333-3333-3333-333333333333"});
  std::vector<std::string> wrong;
  for (int cycle = 0; cycle < 2; ++cycle) {
    for (auto* world : {&ours, &theirs}) {
      world->RunCycle();
      world->Wait(minutes(5));
    }
  }
  for (auto* world : {&ours, &theirs}) {
    for (const auto& line : LogOf(*world)) {
      if (line.value("status", 0) == 401) wrong.push_back("foreign-token: " + line.dump());
    }
  }
  return wrong;
}

}  // namespace seatkeeper::test
