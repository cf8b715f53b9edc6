// Whatever the store reported done survives a power cut, and a unit of work is whole or not at all.

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "reconciler/store/migrations.h"
#include "reconciler/store/store_thread.h"
#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/faulty_vfs.h"
#include "tests/support/long_run.h"

namespace seatkeeper::test {
namespace {

constexpr const char* kFile = "store.db";

std::unique_ptr<TransactionalStore> Open(const FaultyVfs& machine) {
  auto opened = OpenSqliteStore(kFile, machine.options());
  return opened ? std::move(opened).value() : nullptr;
}

void ExpectSound(const FaultyVfs& machine) {
  auto db = SqliteDb::Open(kFile, machine.options());
  ASSERT_TRUE(db) << db.error().message;
  auto check = (*db)->Prepare("PRAGMA integrity_check");
  ASSERT_TRUE(check && *check->Step());
  EXPECT_EQ(check->Text(0), "ok");
  EXPECT_EQ(*(*db)->QueryInt("PRAGMA user_version"), NewestSchema());
}

/// What a change is expected to be, or found to be. Not there: nothing.
struct Shape {
  ChangeState state = ChangeState::kIntended;
  std::string message;
  friend bool operator==(const Shape&, const Shape&) = default;
};
const Shape kCycle{.state = ChangeState::kConfirmed, .message = "a cycle"};
using Shapes = std::map<std::string, std::optional<Shape>>;

/// One unit of work and what comes of it.
struct Unit {
  std::vector<JournalEntry> intents;
  std::vector<JournalUpdate> updates;
  std::optional<CycleSummary> cycle;
  Shapes effects;
};

/// A program that writes to its store on a machine that fails, and what it may expect to find
/// there.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : machine_(seed), random_(seed * 31 + 7) {}

  FaultyVfs& machine() { return machine_; }
  std::size_t known() const { return certain_.size(); }

  /// The store opens, is sound, and holds what was reported done.
  void Start() {
    store_ = Open(machine_);
    ASSERT_NE(store_, nullptr);
    Compare();
    auto lease = store_->AcquireLease(kContoso, "one", At(0), kTtl);
    ASSERT_TRUE(lease) << lease.error().message;
    lease_ = *std::move(lease);
  }

  /// Groups of units until the power is gone, or so many.
  void Work(int groups) {
    while (machine_.has_power() && groups-- > 0) WorkOnce();
  }

  /// Closes the store as a program does that ends; the power may go meanwhile.
  void Close() { store_.reset(); }
  /// The power goes and comes back; sometimes it goes again while the store is opened.
  void CutPower() {
    machine_.CutPower();
    store_.reset();
    while (random_.Next() % 3 == 0) {
      machine_.CutPowerAfter(static_cast<int>(random_.Next() % 12));
      auto opened = Open(machine_);
      machine_.CutPower();
    }
  }

 private:
  void WorkOnce() {
    std::vector<Unit> units;
    touched_.clear();
    for (auto count = 1 + random_.Next() % 4; count > 0; --count) units.push_back(Draw());
    std::vector<StoreWork> works;
    for (const Unit& unit : units) {
      works.push_back({.work = [this, &unit](Store& store) { return Do(unit, store); },
                       .done = {},
                       .result = {}});
    }
    RunAsGroup(*store_, works);
    for (std::size_t i = 0; i < units.size(); ++i) Judge(units[i], works[i].result);
  }

  Result<void> Do(const Unit& unit, Store& store) const {
    auto done = store.RecordIntents(lease_, unit.intents);
    if (done) done = store.RecordUpdates(lease_, unit.updates);
    if (done && unit.cycle) done = store.RecordCycle(lease_, *unit.cycle);
    return done;
  }

  // What failed is not there, or there as a whole, until something later is on the disk: then it is
  // not there for good.
  void Judge(const Unit& unit, const Result<void>& result) {
    if (!result) {
      doubtful_.push_back(unit.effects);
      return;
    }
    doubtful_.clear();
    for (const auto& [id, shape] : unit.effects) certain_[id] = shape;
  }

  Unit Draw() {
    Unit unit;
    const auto mark = fmt::format("unit {}", ++units_);
    for (auto count = random_.Next() % 8; count > 0; --count) {
      auto entry = Intent(++users_);
      unit.effects[entry.id] = Shape{.state = ChangeState::kIntended, .message = ""};
      unit.intents.push_back(std::move(entry));
    }
    for (auto count = random_.Next() % 4; count > 0 && !certain_.empty(); --count) {
      const auto at = std::next(certain_.begin(),
                                static_cast<std::ptrdiff_t>(random_.Next() % certain_.size()));
      const auto next = Next(at->second->state);
      if (!next || !touched_.insert(at->first).second) continue;
      auto update = UpdateTo(at->first, *next, At(units_));
      update.message = mark;
      unit.effects[at->first] = Shape{.state = *next, .message = mark};
      unit.updates.push_back(std::move(update));
    }
    if (random_.Next() % 4 == 0) {
      unit.cycle.emplace().plan_id = mark;
      unit.effects[mark] = kCycle;
    }
    return unit;
  }

  std::optional<ChangeState> Next(ChangeState state) {
    if (!IsOpen(state)) return std::nullopt;
    if (state == ChangeState::kAccepted) return ChangeState::kConfirmed;
    if (state == ChangeState::kAmbiguous) return ChangeState::kMatched;
    return random_.Next() % 2 == 0 ? ChangeState::kAccepted : ChangeState::kAmbiguous;
  }

  Shapes Found() {
    Shapes found;
    auto history = store_->History({.tenant = kContoso, .limit = 1'000'000});
    EXPECT_TRUE(history) << history.error().message;
    if (!history) return found;
    for (const auto& [tenant, entry] : *history) {
      found[entry.id] = Shape{.state = entry.state, .message = entry.message};
    }
    auto db = SqliteDb::Open(kFile, machine_.options());
    auto cycles = (*db)->Prepare("SELECT plan_id FROM cycles");
    while (cycles && *cycles->Step()) found[cycles->Text(0)] = kCycle;
    return found;
  }

  void Compare() {
    auto found = Found();
    for (const auto& effects : doubtful_) {
      const auto there = [&](const auto& effect) { return found[effect.first] == effect.second; };
      const auto kept = std::ranges::count_if(effects, there);
      EXPECT_TRUE(kept == 0 || kept == static_cast<std::ptrdiff_t>(effects.size()))
          << "a unit of work is there by " << kept << " of " << effects.size();
      if (kept == 0) continue;
      for (const auto& [id, shape] : effects) certain_[id] = shape;
    }
    doubtful_.clear();
    std::erase_if(found, [](const auto& entry) { return !entry.second; });
    EXPECT_EQ(found.size(), certain_.size());
    for (const auto& [id, shape] : certain_) {
      ASSERT_TRUE(found[id]) << id << " was reported done and is lost";
      EXPECT_TRUE(found[id] == shape)
          << id << ": " << found[id]->message << ", not " << shape->message;
    }
  }

  FaultyVfs machine_;
  FixedRandom random_;
  std::unique_ptr<TransactionalStore> store_;
  Lease lease_;
  Shapes certain_;
  std::vector<Shapes> doubtful_;
  std::set<std::string> touched_;  // By this group.
  int units_ = 0;
  int users_ = 0;
};

class SqlitePower : public testing::TestWithParam<int> {};

TEST_P(SqlitePower, WhatWasReportedDoneIsThereAndEveryUnitIsWhole) {
  FixedRandom random(static_cast<std::uint64_t>(GetParam()));
  Writer writer(static_cast<std::uint64_t>(GetParam()));
  ASSERT_NO_FATAL_FAILURE(writer.Start());
  for (int life = 0; life < 8; ++life) {
    writer.machine().CutPowerAfter(static_cast<int>(random.Next() % 1500));
    writer.Work(1 + static_cast<int>(random.Next() % 30));
    if (random.Next() % 2 == 0) writer.Close();
    writer.CutPower();
    ExpectSound(writer.machine());
    ASSERT_NO_FATAL_FAILURE(writer.Start());
  }
  EXPECT_GT(writer.known(), 0U);
}

TEST_P(SqlitePower, ADiskThatFailsNowAndThenLosesNothingEither) {
  FixedRandom random(static_cast<std::uint64_t>(GetParam()));
  Writer writer(static_cast<std::uint64_t>(GetParam()));
  ASSERT_NO_FATAL_FAILURE(writer.Start());
  for (int life = 0; life < 6; ++life) {
    for (const auto fault : {DiskFault::kFull, DiskFault::kNoRead, DiskFault::kNoWrite,
                             DiskFault::kNoSync, DiskFault::kNoTruncate}) {
      writer.machine().Fail(fault, static_cast<unsigned>(random.Next() % 30));
    }
    if (random.Next() % 2 == 0) {
      writer.machine().CutPowerAfter(static_cast<int>(random.Next() % 600));
    }
    writer.Work(20);
    writer.machine().Mend();
    writer.Work(2);  // The same store goes on.
    if (random.Next() % 3 == 0) writer.Close();
    if (random.Next() % 2 == 0) writer.machine().KillPrograms();
    writer.CutPower();
    ExpectSound(writer.machine());
    ASSERT_NO_FATAL_FAILURE(writer.Start());
  }
  EXPECT_GT(writer.known(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SqlitePower, testing::Range(1, 1 + RandomCases(20)));

// The power goes at every single moment of an opening that brings the schema up to date; `prepare`
// leaves what is opened.
void CutEveryMomentOfOpening(const std::function<void(FaultyVfs&)>& prepare,
                             const std::function<void(FaultyVfs&)>& expect) {
  for (int moment = 0;; ++moment) {
    SCOPED_TRACE(moment);
    FaultyVfs machine(static_cast<std::uint64_t>(moment) + 1);
    prepare(machine);
    machine.CutPowerAfter(moment);
    const bool opened = Open(machine) != nullptr;
    const bool finished = machine.has_power();
    machine.CutPower();
    ASSERT_NE(Open(machine), nullptr);
    ExpectSound(machine);
    expect(machine);
    if (testing::Test::HasFailure()) return;
    if (!finished) continue;
    EXPECT_TRUE(opened);
    EXPECT_GT(moment, 20) << "there is something to interrupt";
    return;
  }
}

TEST(SqlitePowerMigration, CutInTheMiddleOfANewStoreIsFinishedAtTheNextOpening) {
  CutEveryMomentOfOpening([](FaultyVfs&) {}, [](FaultyVfs&) {});
}

TEST(SqlitePowerMigration, CutInTheMiddleOfAnOldStoreIsFinishedAndLosesNothing) {
  CutEveryMomentOfOpening(
      [](FaultyVfs& machine) {
        {
          auto store = Open(machine);
          const auto lease = store->AcquireLease(kContoso, "one", At(0), kTtl);
          ASSERT_TRUE(store->RecordIntents(*lease, {Intent(1), Intent(2)}).ok());
        }
        auto db = SqliteDb::Open(kFile, machine.options());
        ASSERT_TRUE((*db)->Exec(kUndoLicensedGroups + "PRAGMA user_version = 5;").ok());
      },
      [](FaultyVfs& machine) { EXPECT_EQ(Open(machine)->OpenChanges(kContoso)->size(), 2U); });
}

}  // namespace
}  // namespace seatkeeper::test
