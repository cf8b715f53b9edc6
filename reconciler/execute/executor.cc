#include "reconciler/execute/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "reconciler/execute/executor_state.h"
#include "reconciler/execute/retry_delay.h"
#include "reconciler/plan/plan_words.h"

namespace seatkeeper {
namespace {

std::string_view WhatNext(const Change& change) {
  if (change.takes_away()) return "removal";
  return change.reprocesses() ? "groups are processed again" : "usage location is set";
}

/// Why a change must not be sent after its recheck; nothing when it may.
std::optional<std::string> RecheckObjection(const Change& change,
                                            const executor_event::Rechecked& event) {
  const auto& fingerprints = event.fingerprints;
  const std::string_view kind = change.group ? "group" : "user";
  if (!fingerprints) {
    return fmt::format("The {} could not be read again before the {}: {}", kind, WhatNext(change),
                       fingerprints.error().message);
  }
  const auto found = fingerprints->find(change.subject());
  if (found == fingerprints->end()) {
    return fmt::format("The {} is gone since the plan was made.", kind);
  }
  if (found->second != change.fingerprint) {
    return fmt::format("The {} changed since the plan was made.", kind);
  }
  const auto regrouped = event.regrouped.find(change.subject());
  if (regrouped != event.regrouped.end()) return regrouped->second;
  return std::nullopt;
}

/// The result for one change. An answer that leaves it out says nothing about it.
WriteResult TakeResult(std::vector<WriteResult>& results, const std::string& change_id) {
  const auto found = std::find_if(results.begin(), results.end(), [&](const WriteResult& result) {
    return result.change_id == change_id;
  });
  if (found != results.end()) return *found;
  return {.change_id = change_id,
          .kind = WriteResult::Kind::kAmbiguous,
          .message = "The answer does not mention this change.",
          .service = {}};
}

}  // namespace

Executor::State::State(const GuardedPlan& plan, ExecutorOptions given, std::uint64_t seed)
    : options(std::move(given)),
      policy_revision(plan.plan().policy_revision),
      losses_until(plan.losses_until()),
      seats(plan),
      random(seed) {
  options.max_batch = std::max<std::size_t>(options.max_batch, 1);
  options.max_batches_under_way = std::max<std::size_t>(options.max_batches_under_way, 1);
  for (const Change& change : plan.plan().changes) {
    if (change.verdict != Verdict::kGo) continue;
    items.push_back({.change = change, .origin = ReprocessWords(plan.plan(), change)});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.change.wave < b.change.wave; });
  left = planned = items.size();
  probing = options.probe;
}

void Executor::State::On(const executor_event::Start& /*event*/) { started = true; }

void Executor::State::On(const executor_event::Stop& event) {
  started = true;
  StopBecause(event.reason.empty() ? "Stopped on request." : event.reason);
}

void Executor::State::On(executor_event::Rechecked& event) {
  Batch* batch = Find(event.batch, Batch::Stage::kRecheck);
  if (batch == nullptr) return;
  batch->rechecked_at = std::min(batch->recheck_asked, event.oldest.value_or(monotonic));
  std::vector<Index> good;
  for (const Index index : batch->members) {
    auto objection =
        NeedsRecheck(index) ? RecheckObjection(items[index].change, event) : std::nullopt;
    if (objection) {
      Withdraw(index, std::move(*objection));
    } else {
      good.push_back(index);
    }
  }
  batch->members = std::move(good);
  Continue(event.batch, *batch);
}

void Executor::State::On(executor_event::IntentsRecorded& event) {
  Batch* batch = Find(event.batch, Batch::Stage::kIntents);
  if (batch == nullptr) return;
  if (!event.result) {
    // A suspension is no trouble with the store; it says itself who wanted it and why.
    const auto& error = event.result.error();
    const bool suspended = error.kind == ErrorKind::kCancelled;
    StopBecause(suspended ? error.message : "The journal could not be written: " + error.message);
  } else {
    batch->durable = true;
    for (const Index index : batch->members) items[index].durable = true;
  }
  Continue(event.batch, *batch);
}

void Executor::State::On(executor_event::Answered& event) {
  Batch* batch = Find(event.batch, Batch::Stage::kAnswer);
  if (batch == nullptr) return;
  std::vector<Index> ended;
  for (const Index index : batch->members) {
    WriteResult result = TakeResult(event.results, items[index].change.id);
    if (result.located) items[index].located = true;
    if (result.kind == WriteResult::Kind::kAccepted) probing = false;
    const bool again =
        result.kind == WriteResult::Kind::kTryAgain && items[index].attempts < options.max_attempts;
    if (again) {
      TryAgainLater(index, result);
    } else {
      Apply(index, std::move(result));
      ended.push_back(index);
    }
  }
  batch->members = std::move(ended);
  if (batch->members.empty()) {
    batches.erase(event.batch);
  } else {
    AskOutcomes(event.batch, *batch);
  }
}

void Executor::State::On(executor_event::OutcomesRecorded& event) {
  Batch* batch = Find(event.batch, Batch::Stage::kOutcomes);
  if (batch == nullptr) return;
  if (!event.result) {
    StopBecause("The journal could not be written: " + event.result.error().message);
  }
  for (const Index index : batch->members) {
    if (event.result) Report(index);
    SplitOffRest(index);
    End(index);
  }
  batches.erase(event.batch);
}

void Executor::State::On(const executor_event::TimerFired& /*event*/) {
  wake_at.reset();
  while (!delayed.empty() && delayed.begin()->first <= monotonic) {
    retrying.push_back(delayed.begin()->second);
    delayed.erase(delayed.begin());
  }
}

void Executor::State::Apply(Index index, WriteResult result) {
  Item& item = items[index];
  switch (result.kind) {
    case WriteResult::Kind::kAccepted:
      item.has_seats = false;  // They are the user's now, or the members'.
      seats.Free(item.change);
      SetOutcome(index, ChangeState::kAccepted, std::move(result.service), item.origin);
      return;
    case WriteResult::Kind::kAmbiguous:
      item.has_seats = false;  // They may be the user's now, and what it removes may not be free.
      SetOutcome(index, ChangeState::kAmbiguous, std::move(result.service),
                 std::move(result.message));
      return;
    case WriteResult::Kind::kRefused:
      if (const auto product = ProductRefused(item.change, result)) {
        seats.Close(*product, result.message);
      }
      TakeApart(index, result);
      SetOutcome(index, ChangeState::kRefused, std::move(result.service),
                 std::move(result.message));
      return;
    case WriteResult::Kind::kTryAgain:
      SetOutcome(index, ChangeState::kWithdrawn, std::move(result.service),
                 fmt::format("Given up after {} attempts, none of which was acted on: {}",
                             item.attempts, result.message));
      return;
  }
}

void Executor::State::TakeApart(Index index, WriteResult& refusal) {
  Item& item = items[index];
  if (item.change.reprocesses()) return;  // Nothing of it could be sent by itself.
  Change tried = item.change;
  if (item.located) tried.usage_location.clear();
  item.rest = RemainderOf(tried, refusal, options.split_facts);
  if (!item.rest) return;
  const auto& id = item.rest->change.id;
  if (std::ranges::any_of(items, [&](const Item& other) { return other.change.id == id; })) {
    item.rest.reset();  // The plan has it already, as a change of its own.
    return;
  }
  refusal.message += fmt::format(" (the rest of it goes on as change {})", id);
}

/// Not before the refusal is durable: until then the subject has an open change.
void Executor::State::SplitOffRest(Index index) {
  if (!items[index].rest) return;
  Remainder rest = *std::exchange(items[index].rest, std::nullopt);
  const std::string of = items[index].change.id;
  split_off[rest.change.id] = {.change = rest.change, .of = of};
  waiting.push_front(items.size());
  items.push_back({.change = std::move(rest.change),
                   .origin = fmt::format("Split off from change {}, which was refused.", of)});
  ++wave_left;
  ++left;
}

void Executor::State::TryAgainLater(Index index, const WriteResult& result) {
  Item& item = items[index];
  item.last_service = result.service;
  item.last_message = result.message;
  const auto delay = RetryDelay(item.attempts, options.retry_base, options.retry_ceiling,
                                result.service.retry_after, random());
  delayed.emplace(monotonic + delay, index);
}

void Executor::State::Withdraw(Index index, std::string message) {
  SetOutcome(index, ChangeState::kWithdrawn, items[index].last_service, std::move(message));
  if (items[index].durable) {
    closing.push_back(index);
  } else {
    Report(index);
    End(index);
  }
}

void Executor::State::SetOutcome(Index index, ChangeState state, ServiceError service,
                                 std::string message) {
  Item& item = items[index];
  if (item.located && state != ChangeState::kAccepted) {
    message =
        fmt::format("The usage location {} was set; then: {}", item.change.usage_location, message);
  }
  if (item.has_seats) seats.Return(item.change);
  item.has_seats = false;
  outcomes[item.change.id] = {.change_id = item.change.id,
                              .state = state,
                              .attempts = item.attempts,
                              .service = std::move(service),
                              .message = std::move(message)};
}

void Executor::State::Report(Index index) {
  const ChangeOutcome& outcome = outcomes[items[index].change.id];
  effects.push_back(executor_effect::Progress{
      .change_id = outcome.change_id, .state = outcome.state, .message = outcome.message});
}

void Executor::State::End(Index index) {
  const Change& change = items[index].change;
  busy.erase(change.subject());
  if (IsOpen(outcomes[change.id].state)) open.insert(change.subject());
  --wave_left;
  --left;
}

void Executor::State::StopBecause(std::string reason) {
  if (stop_reason.empty()) stop_reason = std::move(reason);
}

Executor::Executor(const GuardedPlan& plan, ExecutorOptions options, std::uint64_t random_seed)
    : state_(std::make_unique<State>(plan, std::move(options), random_seed)) {}

Executor::~Executor() = default;

std::vector<ExecutorEffect> Executor::Step(ExecutorEvent event, WallTime now,
                                           MonotonicTime monotonic) {
  State& state = *state_;
  if (state.finished) return {};
  state.now = now;
  state.monotonic = monotonic;
  std::visit([&](auto& specific) { state.On(specific); }, event);
  if (state.started) state.Advance();
  return std::exchange(state.effects, {});
}

bool Executor::finished() const { return state_->finished; }

const std::map<std::string, ChangeOutcome>& Executor::outcomes() const { return state_->outcomes; }

const std::map<std::string, SplitOff>& Executor::split_off() const { return state_->split_off; }

const std::string& Executor::stop_reason() const { return state_->stop_reason; }

}  // namespace seatkeeper
