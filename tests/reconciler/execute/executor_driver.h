#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/execute/executor.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper::test {

inline std::vector<std::string> IdsOf(const executor_effect::Send& send) {
  std::vector<std::string> ids;
  for (const auto& item : send.items) ids.push_back(item.change_id);
  return ids;
}

/// Answers an executor one effect at a time. What is not told otherwise goes well: the journal
/// writes, users are unchanged, the service accepts. Progress and WakeAt are only remembered.
class Driver {
 public:
  using Pending = std::variant<executor_effect::RecordIntents, executor_effect::RecordAttempts,
                               executor_effect::Recheck, executor_effect::Send,
                               executor_effect::RecordOutcomes>;

  explicit Driver(std::vector<Change> changes, std::map<SkuId, int> free_seats = {},
                  ExecutorOptions options = {})
      : plan_(Guarded(std::move(changes), std::move(free_seats))) {
    if (options.plan_id.empty()) options.plan_id = "p1";
    for (const Change& change : plan_.plan().changes) {
      fingerprints[change.user] = change.fingerprint;
    }
    executor_.emplace(plan_, std::move(options), 1);
  }

  Executor& executor() { return *executor_; }

  void Step(ExecutorEvent event) {
    for (auto& effect : executor_->Step(std::move(event), now, monotonic)) Take(std::move(effect));
  }
  void Start() { Step(executor_event::Start{}); }
  void Stop(const std::string& reason) { Step(executor_event::Stop{reason}); }

  /// Lets the clock reach the last WakeAt.
  void FireTimer() {
    ASSERT_TRUE(wake.has_value()) << "nothing waits for the time";
    Advance(*std::exchange(wake, std::nullopt) - monotonic);
    Step(executor_event::TimerFired{});
  }
  void Advance(std::chrono::milliseconds by) {
    monotonic += by;
    now += by;
  }

  /// The effect that has waited longest, if it is of this kind.
  template <typename Effect>
  const Effect* Front() const {
    return pending.empty() ? nullptr : std::get_if<Effect>(&pending.front());
  }

  /// Answers the effect that has waited longest.
  void AnswerFront() {
    Pending front = std::move(pending.front());
    pending.pop_front();
    std::visit([this](auto& effect) { Answer(effect); }, front);
  }

  /// Answers everything, timers included, until it is finished.
  void Run() {
    for (int i = 0; i < 100'000 && !executor_->finished(); ++i) {
      if (!pending.empty()) {
        AnswerFront();
      } else if (wake) {
        FireTimer();
      } else {
        FAIL() << "not finished, and nothing to wait for";
      }
    }
  }

  /// Answers until the front is of this kind.
  template <typename Effect>
  const Effect& RunUntil() {
    while (Front<Effect>() == nullptr) {
      if (pending.empty()) {
        ADD_FAILURE() << "the effect never came";
        static const Effect kNone{};
        return kNone;
      }
      AnswerFront();
    }
    return *Front<Effect>();
  }

  ChangeState StateOf(const std::string& change) const {
    return executor_->outcomes().at(change).state;
  }
  std::string MessageOf(const std::string& change) const {
    return executor_->outcomes().at(change).message;
  }

  // What the world answers from now on.
  std::map<UserId, std::uint64_t> fingerprints;  ///< A missing user is gone.
  std::optional<Error> recheck_error;
  std::optional<Error> intents_error;
  std::optional<Error> outcomes_error;
  std::map<std::string, std::deque<WriteResult>> answers;  ///< By change; then accepted.

  // What the executor asked for.
  std::deque<Pending> pending;
  std::optional<MonotonicTime> wake;
  std::vector<std::string> progress;           ///< "change state".
  std::vector<std::vector<std::string>> sent;  ///< Change ids of each request.
  std::vector<std::vector<UserId>> rechecked;
  std::map<std::string, std::vector<JournalUpdate>> recorded;  ///< Durable, by entry id.
  std::map<std::string, JournalEntry> intents;                 ///< Durable, by entry id.
  int finished = 0;

  WallTime now{std::chrono::milliseconds(1'795'000'000'000)};
  MonotonicTime monotonic{std::chrono::milliseconds(5'000)};

 private:
  void Take(ExecutorEffect effect) {
    std::visit(
        Overloaded{[this](executor_effect::WakeAt& at) { wake = at.when; },
                   [this](executor_effect::Progress& done) {
                     progress.push_back(done.change_id + " " + std::string(ToString(done.state)));
                   },
                   [this](executor_effect::Finished&) { ++finished; },
                   [this](auto& other) { pending.emplace_back(std::move(other)); }},
        effect);
  }

  static Result<void> Outcome(const std::optional<Error>& error) {
    if (error) return *error;
    return {};
  }

  void Answer(executor_effect::RecordIntents& effect) {
    if (!intents_error) {
      for (const JournalEntry& entry : effect.entries) intents[entry.id] = entry;
    }
    Step(executor_event::IntentsRecorded{effect.batch, Outcome(intents_error)});
  }
  void Answer(executor_effect::RecordAttempts& effect) {
    if (!intents_error) Remember(effect.updates);
    Step(executor_event::IntentsRecorded{effect.batch, Outcome(intents_error)});
  }
  void Answer(executor_effect::RecordOutcomes& effect) {
    if (!outcomes_error) Remember(effect.updates);
    Step(executor_event::OutcomesRecorded{effect.batch, Outcome(outcomes_error)});
  }
  void Remember(const std::vector<JournalUpdate>& updates) {
    for (const JournalUpdate& update : updates) recorded[update.id].push_back(update);
  }
  void Answer(executor_effect::Recheck& effect) {
    rechecked.push_back(effect.users);
    if (recheck_error) {
      Step(executor_event::Rechecked{effect.batch, *recheck_error});
      return;
    }
    std::map<UserId, std::uint64_t> read;
    for (const UserId& user : effect.users) {
      if (const auto found = fingerprints.find(user); found != fingerprints.end()) {
        read.insert(*found);
      }
    }
    Step(executor_event::Rechecked{effect.batch, std::move(read)});
  }
  void Answer(executor_effect::Send& effect) {
    sent.push_back(IdsOf(effect));
    std::vector<WriteResult> results;
    for (const WriteItem& item : effect.items) {
      auto& queue = answers[item.change_id];
      WriteResult result;
      result.kind = WriteResult::Kind::kAccepted;
      if (!queue.empty()) {
        result = std::move(queue.front());
        queue.pop_front();
      }
      result.change_id = item.change_id;
      results.push_back(std::move(result));
    }
    Step(executor_event::Answered{effect.batch, std::move(results)});
  }

  GuardedPlan plan_;
  std::optional<Executor> executor_;
};

inline WriteResult Says(WriteResult::Kind kind, int status = 0, const std::string& message = "") {
  return {.change_id = "",
          .kind = kind,
          .message = message,
          .service = {.status = status, .code = "", .request_id = "", .retry_after = {}}};
}
inline WriteResult Refused() { return Says(WriteResult::Kind::kRefused, 400, "no such thing"); }
inline WriteResult TryAgain(std::optional<std::chrono::milliseconds> after = {}) {
  WriteResult result = Says(WriteResult::Kind::kTryAgain, 429, "slow down");
  result.service.retry_after = after;
  return result;
}
inline WriteResult Ambiguous() {
  return Says(WriteResult::Kind::kAmbiguous, 0, "connection reset");
}

inline Error Failure(ErrorKind kind, const std::string& message) {
  return {.kind = kind, .message = message, .position = {}, .service = {}};
}

}  // namespace seatkeeper::test
