#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/execute/executor.h"
#include "reconciler/execute/room_taken.h"
#include "reconciler/execute/seat_account.h"

namespace seatkeeper {

/// The inside of the executor. Included by executor*.cc only.
///
/// executor.cc takes events in and moves single changes on; executor_batches.cc decides what goes
/// into which batch and when.
struct Executor::State {
  /// Position of a change in `items`.
  using Index = std::size_t;

  /// One change on its way.
  struct Item {
    Change change;
    int attempts = 0;               ///< Times it was sent.
    bool durable = false;           ///< Its intent is in the journal.
    bool has_seats = false;         ///< It holds what it takes from `seats`.
    bool located = false;           ///< Its usage location was set, if not its products.
    ServiceError last_service;      ///< The last "try again" and ...
    std::string last_message;       ///< ... its words: why there is a further attempt.
    std::string origin;             ///< Of what was split off: from where. Of what is processed
                                    ///< again: why. Empty otherwise.
    std::optional<Remainder> rest;  ///< What goes on by itself once its refusal is durable.

    bool sets_location() const { return !change.usage_location.empty() && !located; }
  };

  struct Batch {
    /// What is waited for.
    enum class Stage { kRecheck, kIntents, kAnswer, kOutcomes };
    Stage stage = Stage::kRecheck;
    std::vector<Index> members;
    bool further_attempt = false;
    bool durable = false;  ///< The intents (or attempts) of its members are.
    MonotonicTime recheck_asked{};
    std::optional<MonotonicTime> rechecked_at;  ///< When the oldest of what it found was asked for.
    int rechecks = 0;                           ///< Of this attempt.
    RoomTaken room = {};                        ///< For what may still be sent.
  };

  State(const GuardedPlan& plan, ExecutorOptions given, std::uint64_t seed);

  // Events: executor.cc.
  void On(const executor_event::Start& event);
  void On(executor_event::IntentsRecorded& event);
  void On(executor_event::Rechecked& event);
  void On(executor_event::Answered& event);
  void On(executor_event::OutcomesRecorded& event);
  void On(const executor_event::TimerFired& event);
  void On(const executor_event::Stop& event);

  // What becomes of one change: executor.cc.
  void Apply(Index index, WriteResult result);
  void TakeApart(Index index, WriteResult& refusal);
  void SplitOffRest(Index index);
  void TryAgainLater(Index index, const WriteResult& result);
  void Withdraw(Index index, std::string message);
  void SetOutcome(Index index, ChangeState state, ServiceError service, std::string message);
  void End(Index index);
  void Report(Index index);

  // Batches: executor_batches.cc.
  void Advance();
  void StartBatches();
  bool LoadNextWave();
  std::vector<Index> PickRetries();
  std::vector<Index> PickFresh();
  std::vector<Index> PickProbe();
  bool TakeFresh(Index index, std::vector<Index>& picked);
  bool Fits(Index index, const std::vector<Index>& picked) const;
  bool IsFull(const std::vector<Index>& picked) const;
  bool Stuck() const;
  std::size_t UnderWay() const;
  bool HasRoom() const;
  bool QuotaAllows();
  int CountWrites(const std::vector<Index>& members) const;
  void Begin(std::vector<Index> members, bool further_attempt);
  void Continue(BatchId id, Batch& batch);
  bool NeedsRecheck(Index index) const;
  bool NeedsRecheck(const Batch& batch) const;
  bool Holds(const Batch& batch) const;
  void AskRecheck(BatchId id, Batch& batch);
  void AskIntents(BatchId id, Batch& batch);
  void AskSend(BatchId id, Batch& batch);
  void AskOutcomes(BatchId id, Batch& batch);
  void WithdrawUnsent();
  void WithdrawLate(Batch& batch);
  void WithdrawUnchecked(Batch& batch);
  void ArmTimer();
  Batch* Find(BatchId id, Batch::Stage stage);
  void StopBecause(std::string reason);
  bool stopping() const { return !stop_reason.empty(); }

  ExecutorOptions options;
  std::string policy_revision;
  std::optional<WallTime> losses_until;
  SeatAccount seats;
  std::mt19937_64 random;
  std::vector<Item> items;  ///< By wave, then as in the plan; then what was split off.
  std::size_t planned = 0;  ///< How many of `items` are in the plan.

  // Where the changes are that no batch has. The others are with `batches` or have ended.
  Index next = 0;             ///< The first item of the waves that have not started.
  std::deque<Index> waiting;  ///< Of the present wave, not intended yet.
  std::set<std::pair<MonotonicTime, Index>> delayed;  ///< Until then.
  std::deque<Index> retrying;                         ///< Their time has come.
  std::vector<Index> closing;  ///< Withdrawn in this step, with an intent in the journal.

  std::map<BatchId, Batch> batches;
  BatchId last_batch = 0;
  std::size_t wave_left = 0;  ///< Changes of the present wave that have not ended.
  std::size_t left = 0;       ///< Of all waves.
  std::set<Subject> busy;     ///< Of changes that are picked and have not ended.
  std::set<Subject> open;     ///< Of changes that ended accepted or ambiguous.
  std::optional<MonotonicTime> wake_at;
  std::optional<MonotonicTime> paced_until;  ///< The service takes no further batch before.
  std::map<std::string, ChangeOutcome> outcomes;
  std::map<std::string, SplitOff> split_off;
  bool probing = false;  ///< No change has been accepted yet.
  std::string stop_reason;
  bool started = false;
  bool finished = false;

  // Of the present step.
  WallTime now{};
  MonotonicTime monotonic{};
  std::vector<ExecutorEffect> effects;
};

}  // namespace seatkeeper
