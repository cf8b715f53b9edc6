#include "tests/reconciler/execute/executor_driver.h"

#include <gtest/gtest.h>

#include <utility>

namespace seatkeeper::test {
namespace {

Result<void> Outcome(const std::optional<Error>& error) {
  if (error) return *error;
  return {};
}

}  // namespace

std::vector<std::string> IdsOf(const executor_effect::Send& send) {
  std::vector<std::string> ids;
  for (const auto& item : send.items) ids.push_back(item.change_id);
  return ids;
}

Driver::Driver(std::vector<Change> changes, std::map<SkuId, int> free_seats,
               ExecutorOptions options, std::optional<WallTime> closes)
    : plan_(Guarded(std::move(changes), std::move(free_seats), closes)) {
  if (options.plan_id.empty()) options.plan_id = "p1";
  for (const Change& change : plan_.plan().changes) {
    fingerprints[change.subject()] = change.fingerprint;
  }
  executor_.emplace(plan_, std::move(options), 1);
}

Driver::~Driver() = default;

void Driver::Step(ExecutorEvent event) {
  for (auto& effect : executor_->Step(std::move(event), now, monotonic)) Take(std::move(effect));
}

void Driver::Start() { Step(executor_event::Start{}); }

void Driver::Stop(const std::string& reason) { Step(executor_event::Stop{reason}); }

void Driver::FireTimer() {
  ASSERT_TRUE(wake.has_value()) << "nothing waits for the time";
  Advance(*std::exchange(wake, std::nullopt) - monotonic);
  Step(executor_event::TimerFired{});
}

void Driver::Advance(std::chrono::milliseconds by) {
  monotonic += by;
  now += by;
}

void Driver::AnswerFront() {
  Pending front = std::move(pending.front());
  pending.pop_front();
  std::visit([this](auto& effect) { Answer(effect); }, front);
}

void Driver::Run() {
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

void Driver::ReportMissing() { ADD_FAILURE() << "the effect never came"; }

ChangeState Driver::StateOf(const std::string& change) const {
  return executor_->outcomes().at(change).state;
}

std::string Driver::MessageOf(const std::string& change) const {
  return executor_->outcomes().at(change).message;
}

void Driver::Take(ExecutorEffect effect) {
  std::visit(
      Overloaded{[this](executor_effect::WakeAt& at) { wake = at.when; },
                 [this](executor_effect::Progress& done) {
                   progress.push_back(done.change_id + " " + std::string(ToString(done.state)));
                 },
                 [this](executor_effect::Finished&) { ++finished; },
                 [this](auto& other) { pending.emplace_back(std::move(other)); }},
      effect);
}

void Driver::Answer(executor_effect::RecordIntents& effect) {
  if (!intents_error) {
    for (const JournalEntry& entry : effect.entries) intents[entry.id] = entry;
  }
  Step(executor_event::IntentsRecorded{effect.batch, Outcome(intents_error)});
}

void Driver::Answer(executor_effect::RecordAttempts& effect) {
  if (!intents_error) Remember(effect.updates);
  Step(executor_event::IntentsRecorded{effect.batch, Outcome(intents_error)});
}

void Driver::Answer(executor_effect::RecordOutcomes& effect) {
  if (!outcomes_error) Remember(effect.updates);
  Step(executor_event::OutcomesRecorded{effect.batch, Outcome(outcomes_error)});
}

void Driver::Remember(const std::vector<JournalUpdate>& updates) {
  for (const JournalUpdate& update : updates) recorded[update.id].push_back(update);
}

void Driver::Answer(executor_effect::Recheck& effect) {
  rechecked.push_back(effect.subjects);
  Advance(recheck_takes);
  if (recheck_error) {
    Step(executor_event::Rechecked{effect.batch, *recheck_error});
    return;
  }
  std::map<Subject, std::uint64_t> read;
  for (const Subject& subject : effect.subjects) {
    if (const auto found = fingerprints.find(subject); found != fingerprints.end()) {
      read.insert(*found);
    }
  }
  executor_event::Rechecked event{effect.batch, std::move(read)};
  if (recheck_is_old) event.oldest = monotonic - *recheck_is_old;
  Step(std::move(event));
}

void Driver::Answer(executor_effect::Send& effect) {
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

WriteResult Says(WriteResult::Kind kind, int status, const std::string& message) {
  return {.change_id = "",
          .kind = kind,
          .message = message,
          .service = {.status = status, .code = "", .request_id = "", .retry_after = {}}};
}

WriteResult Refused() { return Says(WriteResult::Kind::kRefused, 400, "no such thing"); }

WriteResult TryAgain(std::optional<std::chrono::milliseconds> after) {
  WriteResult result = Says(WriteResult::Kind::kTryAgain, 429, "slow down");
  result.service.retry_after = after;
  return result;
}

WriteResult Ambiguous() { return Says(WriteResult::Kind::kAmbiguous, 0, "connection reset"); }

Error Failure(ErrorKind kind, const std::string& message) {
  return {.kind = kind, .message = message, .position = {}, .service = {}};
}

}  // namespace seatkeeper::test
