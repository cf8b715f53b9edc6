#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reconciler/execute/executor.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper::test {

std::vector<std::string> IdsOf(const executor_effect::Send& send);

/// Answers an executor one effect at a time. What is not told otherwise goes well: the journal
/// writes, users are unchanged, the service accepts. Progress and WakeAt are only remembered.
class Driver {
 public:
  using Pending = std::variant<executor_effect::RecordIntents, executor_effect::RecordAttempts,
                               executor_effect::Recheck, executor_effect::Send,
                               executor_effect::RecordOutcomes>;

  explicit Driver(std::vector<Change> changes, std::map<SkuId, int> free_seats = {},
                  ExecutorOptions options = {}, std::optional<WallTime> closes = {});
  ~Driver();

  Executor& executor() { return *executor_; }

  void Step(ExecutorEvent event);
  void Start();
  void Stop(const std::string& reason);

  /// Lets the clock reach the last WakeAt.
  void FireTimer();
  void Advance(std::chrono::milliseconds by);

  /// The effect that has waited longest, if it is of this kind.
  template <typename Effect>
  const Effect* Front() const {
    return pending.empty() ? nullptr : std::get_if<Effect>(&pending.front());
  }

  /// Answers the effect that has waited longest.
  void AnswerFront();

  /// Answers everything, timers included, until it is finished.
  void Run();

  /// Answers until the front is of this kind.
  template <typename Effect>
  const Effect& RunUntil() {
    while (Front<Effect>() == nullptr) {
      if (pending.empty()) {
        ReportMissing();
        static const Effect kNone{};
        return kNone;
      }
      AnswerFront();
    }
    return *Front<Effect>();
  }

  ChangeState StateOf(const std::string& change) const;
  std::string MessageOf(const std::string& change) const;

  // What the world answers from now on.
  std::map<Subject, std::uint64_t> fingerprints;  ///< What is missing is gone.
  std::optional<Error> recheck_error;
  std::chrono::milliseconds recheck_takes{0};
  std::optional<std::chrono::milliseconds> recheck_is_old;  ///< Some of it, by so much.
  std::optional<Error> intents_error;
  std::optional<Error> outcomes_error;
  std::map<std::string, std::deque<WriteResult>> answers;  ///< By change; then accepted.

  // What the executor asked for.
  std::deque<Pending> pending;
  std::optional<MonotonicTime> wake;
  std::vector<std::string> progress;           ///< "change state".
  std::vector<std::vector<std::string>> sent;  ///< Change ids of each request.
  std::vector<std::vector<Subject>> rechecked;
  std::map<std::string, std::vector<JournalUpdate>> recorded;  ///< Durable, by entry id.
  std::map<std::string, JournalEntry> intents;                 ///< Durable, by entry id.
  int finished = 0;

  WallTime now{std::chrono::milliseconds(1'795'000'000'000)};
  MonotonicTime monotonic{std::chrono::milliseconds(5'000)};

 private:
  static void ReportMissing();
  void Take(ExecutorEffect effect);
  void Answer(executor_effect::RecordIntents& effect);
  void Answer(executor_effect::RecordAttempts& effect);
  void Answer(executor_effect::RecordOutcomes& effect);
  void Answer(executor_effect::Recheck& effect);
  void Answer(executor_effect::Send& effect);
  void Remember(const std::vector<JournalUpdate>& updates);

  GuardedPlan plan_;
  std::optional<Executor> executor_;
};

WriteResult Says(WriteResult::Kind kind, int status = 0, const std::string& message = "");
WriteResult Refused();
WriteResult TryAgain(std::optional<std::chrono::milliseconds> after = {});
WriteResult Ambiguous();

Error Failure(ErrorKind kind, const std::string& message);

}  // namespace seatkeeper::test
