#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reconciler/execute/split.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/plan.h"
#include "reconciler/seams/store.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

class WriteRoom;

struct ExecutorOptions {
  std::string plan_id;
  std::size_t max_batch = 20;  ///< Changes; one that sets a usage location stands alone.
  std::size_t max_batches_under_way = 4;
  int max_attempts = 6;  ///< Of one change, when the service says "try again".
  std::chrono::milliseconds retry_base{1'000};
  std::chrono::milliseconds retry_ceiling{60'000};
  /// Whether the service works is in doubt: one change after the other is sent, those first that
  /// take nothing away, until one is accepted.
  bool probe = false;
  SplitFacts split_facts = {};
  /// A batch begins when the service takes so many writes, and has room taken for them until it is
  /// sent; nullptr: whenever there is something to send. Outlives the executor.
  WriteRoom* room = nullptr;
};

using BatchId = std::uint64_t;

/// How long a recheck vouches for a removal, from when the oldest fact of it was asked for: older
/// than that, it is made again before sending, so often at most. Then the change is withdrawn.
inline constexpr std::chrono::seconds kRecheckHolds{60};
inline constexpr int kMostRechecks = 3;

/// What the executor is told.
namespace executor_event {
struct Start {};
/// The intents or attempts of a batch are durable, or could not be made so; kCancelled: because the
/// tenant is suspended. Answers RecordIntents and RecordAttempts.
struct IntentsRecorded {
  BatchId batch;
  Result<void> result;
};
/// What the changes of a batch rest on, read anew: fingerprints of its users and groups. What is
/// gone is not in the map.
struct Rechecked {
  BatchId batch;
  Result<std::map<Subject, std::uint64_t>> fingerprints;
  /// Of those whose groups, managers or members are others than when planned, or may be, and of
  /// groups that reach somebody who changed: how, for a person.
  std::map<Subject, std::string> regrouped = {};
  /// When the oldest of this was read; nothing: since the Recheck was asked for.
  std::optional<MonotonicTime> oldest = {};
};
struct Answered {
  BatchId batch;
  std::vector<WriteResult> results;
};
/// The outcomes of a batch are durable, or could not be made so.
struct OutcomesRecorded {
  BatchId batch;
  Result<void> result;
};
/// The moment of a WakeAt has come. One too many does no harm.
struct TimerFired {};
/// Finish what is under way, send nothing more. The reason is shown and recorded.
struct Stop {
  std::string reason;
};
}  // namespace executor_event
using ExecutorEvent =
    std::variant<executor_event::Start, executor_event::IntentsRecorded, executor_event::Rechecked,
                 executor_event::Answered, executor_event::OutcomesRecorded,
                 executor_event::TimerFired, executor_event::Stop>;

/// What the executor asks for.
namespace executor_effect {
struct RecordIntents {
  BatchId batch;
  std::vector<JournalEntry> entries;
};
/// The same changes again after "try again": attempts of entries that are durable already.
struct RecordAttempts {
  BatchId batch;
  std::vector<JournalUpdate> updates;
};
struct Recheck {
  BatchId batch;
  std::vector<Subject> subjects;
};
struct Send {
  BatchId batch;
  std::vector<WriteItem> items;
};
/// What ended, or was withdrawn after its intent was durable. The number may be new: changes that
/// were waiting for another attempt when the executor stopped make a batch of their own.
struct RecordOutcomes {
  BatchId batch;
  std::vector<JournalUpdate> updates;
};
/// Send TimerFired then. Only the latest WakeAt counts.
struct WakeAt {
  MonotonicTime when;
};
/// One change has ended, for progress. Only after its outcome is durable; a change that was
/// withdrawn before it was intended never comes into the journal, so nothing is waited for.
struct Progress {
  std::string change_id;
  ChangeState state;
  std::string message;
};
/// The last effect, once: every change has its outcome and nothing is waited for any more.
struct Finished {};
}  // namespace executor_effect
using ExecutorEffect =
    std::variant<executor_effect::RecordIntents, executor_effect::RecordAttempts,
                 executor_effect::Recheck, executor_effect::Send, executor_effect::RecordOutcomes,
                 executor_effect::WakeAt, executor_effect::Progress, executor_effect::Finished>;

/// What became of one change of the plan.
struct ChangeOutcome {
  std::string change_id;
  ChangeState state = ChangeState::kWithdrawn;
  int attempts = 0;
  ServiceError service;
  std::string message;
};

/// A change that is not in the plan: what went on by itself of one that was refused as a whole.
struct SplitOff {
  Change change;
  std::string of;  ///< The id of the change that was refused.
};

/// Carries out the `go` changes of a guarded plan: a state machine without I/O. The caller turns
/// effects into I/O and feeds back what came of them; it must answer every Recheck, RecordIntents,
/// RecordAttempts, Send and RecordOutcomes exactly once, with the same batch number.
///
/// Order kept for each batch: room taken for its writes -> recheck (only where something is taken
/// away, a usage location is set or a user is processed again; what differs from the plan is
/// withdrawn) -> intents durable -> sent, at most kRecheckHolds after the recheck -> outcomes
/// durable. Further attempts go the same way. A user or group has at most one request under way,
/// and no second change while the first is open. A wave starts when the one before it has ended,
/// and a change is sent only if the seats it needs are free by what was really accepted: a change
/// that may have happened keeps the seats it takes and frees none, and neither does a group's,
/// whose members the service works through later. What takes something away is withdrawn where its
/// sending, or sending it again, would begin at GuardedPlan::losses_until() or later. When the
/// store fails, nothing more is sent.
///
/// A change that is refused for one product's sake ends as refused; what does not depend on that
/// product (RemainderOf) goes on as a change of its own, in the same wave and by the same way, as
/// soon as that outcome is durable.
///
/// Stopping (Stop, a failed store, or one that says the tenant is suspended) withdraws what is not
/// sent, awaits and records what is. An event for a batch that does not wait for it is ignored; so
/// is every event once finished. Keeps what it needs of the plan. Single-threaded; the seed gives
/// the jitter of retries.
class Executor {
 public:
  Executor(const GuardedPlan& plan, ExecutorOptions options, std::uint64_t random_seed);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  std::vector<ExecutorEffect> Step(ExecutorEvent event, WallTime now, MonotonicTime monotonic);

  bool finished() const;
  /// Outcomes so far, by change id, those of split_off() included; whole once finished.
  const std::map<std::string, ChangeOutcome>& outcomes() const;
  /// By change id.
  const std::map<std::string, SplitOff>& split_off() const;
  /// Why it stopped before the end (store failure, Stop); empty otherwise.
  const std::string& stop_reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace seatkeeper
