#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/cycle/cycle.h"
#include "reconciler/store/transactional_store.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulator/core.h"
#include "tests/simulator/directory.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_vfs.h"
#include "tests/support/trusted_store.h"

namespace seatkeeper::test {

/// Lets a test do something when the plan has been made and nothing has been sent.
class PlanObserver final : public Observer {
 public:
  void OnPlan(std::string_view /*tenant*/, const Plan& /*plan*/) override {
    if (on_plan) on_plan();
  }
  std::function<void()> on_plan;
};

/// Another machine's clock.
class RivalClock final : public Clock {
 public:
  explicit RivalClock(const FakeClock& clock) : clock_(clock) {}
  WallTime Now() const override { return clock_.Now() + ahead; }
  MonotonicTime Monotonic() const override { return clock_.Monotonic(); }
  std::chrono::milliseconds ahead{0};

 private:
  const FakeClock& clock_;
};

/// A tenant, the network, the store's disk, and the program that runs, crashes and starts again:
/// the real reader, planner, guard, executor and SQLite store against the simulator's core, in one
/// process and in virtual time. Every daemon has a machine of its own, whose power goes when it
/// crashes. Everything is drawn from the seed; a seed replays exactly.
class World {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::string policy;  ///< YAML.
    /// Of a second daemon on the same tenant, which has a store of its own and knows nothing of the
    /// first; empty: there is none.
    std::string rival_policy = {};
    /// The second daemon runs on the same machine, with the same store and policy.
    bool shared_store = false;
    std::size_t users = 60;
    /// Somebody has stood up for the stores; otherwise they are new.
    bool trusted = true;
    std::chrono::milliseconds interval = kSeldom;
    /// The tenant at the beginning, as a snapshot; empty: one is made up.
    std::string tenant = {};
    std::string tenant_id = "11111111-1111-1111-1111-111111111111";
    /// Between two readings of everybody it is read who changed; nothing: it never is.
    std::optional<std::chrono::milliseconds> everybody_every = std::nullopt;
  };
  enum Daemon : std::size_t { kOurs, kRival };

  explicit World(const Options& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// One enforcing cycle, to its end. Nothing when the program could not start for its disk, or
  /// crashed in the middle of it: after `crash_after` events of the loop (0: it does not crash).
  std::optional<CycleReport> RunCycle(std::size_t crash_after = 0, Daemon daemon = kOurs);

  /// What governs from the next cycle on; in the beginning that is what the options say.
  void SetPolicy(PolicyInForce policy, Daemon daemon = kOurs) {
    policies_[daemon] = std::move(policy);
  }
  void SetMode(CycleRequest::Mode mode) { mode_ = mode; }
  void SetCeilings(const Ceilings& ceilings) { ceilings_ = ceilings; }
  /// The next cycle reads everybody, and leaves what was kept of the readings before it alone.
  void ReadEverybodyNext() { everybody_next_ = true; }
  /// The next cycle is an undo of these changes.
  void UndoNext(UndoQuery query) { undo_ = std::move(query); }

  /// Called in the cycles to come, when the plan is made and before anything of it is sent.
  void OnPlan(std::function<void()> callback) { observer_.on_plan = std::move(callback); }

  /// Called with the number of each event of the loop in the cycles of ours to come, before it
  /// happens. May run a whole cycle of the rival: what is due of ours meanwhile happens as well.
  void OnEvent(std::function<void(std::size_t)> callback) { on_event_ = std::move(callback); }
  /// Called with each write that reaches the tenant, before the tenant acts on it.
  void OnWrite(std::function<void(const WireWrite&)> callback) { on_write_ = std::move(callback); }

  /// Of 1000 operations of the disk so many fail, each kind of trouble for itself.
  void SetDiskTrouble(unsigned per_mille);
  /// While it lives the disk fails nobody: for whoever looks on.
  FaultyVfs::Quiet Undisturbed(Daemon daemon = kOurs) {
    return FaultyVfs::Quiet(MachineOf(daemon));
  }

  /// The program ends between two cycles, and begins anew with the next.
  void Restart();

  /// Lets time pass; what is still on the wire arrives.
  void Wait(std::chrono::milliseconds span) { timers_.RunFor(span); }

  /// Talks to the simulator's control plane, as a test or an administrator would.
  std::string Control(const std::string& method, const std::string& target,
                      const std::string& body = "");

  /// What is true of the tenant now, whatever its readers see.
  const sim::Directory& tenant() const { return tenant_.directory(); }

  const std::vector<JournalEntry>& OpenChanges(Daemon daemon = kOurs);
  std::vector<HistoryEntry> History(Daemon daemon = kOurs);

  /// The store's file as another process opens it, beside a running daemon.
  std::unique_ptr<TransactionalStore> OpenStore(Daemon daemon = kOurs);
  const TenantKey& key() const { return key_; }

  /// What `seatkeeper resume` does.
  void Resume();
  /// Keeps a copy of the store's file, and puts it back: the program is not running meanwhile.
  void BackUpStore();
  void RestoreStore();
  /// The machine's clock is set; what the service says the time is stays right.
  void JumpClock(std::chrono::milliseconds by) { clock_.JumpWall(by); }
  void SetRivalAhead(std::chrono::milliseconds by) { rival_clock_.ahead = by; }

  WallTime Now() const { return clock_.Now(); }
  /// By the tenant's clock, which nobody sets.
  WallTime Elsewhere() const { return clock_.Elsewhere(); }
  Random& random() { return random_; }
  SimulatedNetwork& network() { return network_; }
  /// What was found wrong while things were under way. Must stay empty.
  std::vector<std::string> violations() const;

  static constexpr int kMaxEvents = 2'000'000;

 private:
  struct Program;
  /// What OpenChanges said last, and of which state of the disk.
  struct Peek {
    int alterations = -1;
    std::vector<JournalEntry> open;
  };
  bool IsIntended(const WireWrite& write, Daemon daemon);
  void Crash(Daemon daemon);
  Clock& ClockOf(Daemon daemon) {
    return daemon == kOurs ? static_cast<Clock&>(clock_) : rival_clock_;
  }
  FaultyVfs& MachineOf(Daemon daemon) { return machines_[shared_store_ ? kOurs : daemon]; }

  const TenantKey key_;
  const bool shared_store_;
  std::array<FaultyVfs, 2> machines_;
  std::array<Peek, 2> peeks_;
  FakeClock clock_;
  RivalClock rival_clock_{clock_};
  FakeTimers timers_;
  FixedRandom random_;
  FixedRandom machine_random_;  // Apart, so that what a disk does alters nothing else of a seed.
  sim::Simulator tenant_;
  SimulatedNetwork network_;
  PlanObserver observer_;
  std::array<PolicyInForce, 2> policies_;
  std::chrono::milliseconds interval_;
  std::optional<std::chrono::milliseconds> everybody_every_;
  bool everybody_next_ = false;
  CycleRequest::Mode mode_ = CycleRequest::Mode::kEnforce;
  Ceilings ceilings_;
  std::function<void(std::size_t)> on_event_;
  std::function<void(const WireWrite&)> on_write_;
  std::optional<UndoQuery> undo_;
  std::vector<std::string> violations_;
  std::array<std::unique_ptr<Program>, 2> programs_;
};

}  // namespace seatkeeper::test
