#include "reconciler/execute/executor_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/execute/journal_entries.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {

void Executor::State::Advance() {
  paced_until.reset();
  if (stopping()) {
    WithdrawUnsent();
  } else {
    StartBatches();
  }
  if (!closing.empty()) {
    Batch& batch = batches[++last_batch];
    batch.members = std::exchange(closing, {});
    AskOutcomes(last_batch, batch);
  }
  ArmTimer();
  if (left == 0 && batches.empty()) {
    finished = true;
    effects.push_back(executor_effect::Finished{});
  }
}

void Executor::State::StartBatches() {
  while (wave_left > 0 || LoadNextWave()) {
    while (HasRoom() && QuotaAllows()) {
      auto members = PickRetries();
      const bool further_attempt = !members.empty();
      if (!further_attempt) members = probing ? PickProbe() : PickFresh();
      if (members.empty()) break;
      Begin(std::move(members), further_attempt);
    }
    if (Stuck()) {
      // Nothing that could still free a seat in this wave is left; later waves must not jump ahead.
      for (const Index index : std::exchange(waiting, {})) {
        Withdraw(index, seats.WhyNot(items[index].change));
      }
    }
    if (wave_left > 0) return;
  }
}

bool Executor::State::LoadNextWave() {
  if (next == planned) return false;
  const int wave = items[next].change.wave;
  for (; next < planned && items[next].change.wave == wave; ++next) {
    waiting.push_back(next);
    ++wave_left;
  }
  return true;
}

std::vector<Executor::State::Index> Executor::State::PickRetries() {
  std::vector<Index> picked;
  while (!retrying.empty() && Fits(retrying.front(), picked)) {
    picked.push_back(retrying.front());
    retrying.pop_front();
  }
  return picked;
}

/// Whether a batch has room for one more change. One that sets a usage location stands alone: the
/// order of its two requests is certain only where nothing else is in the batch.
bool Executor::State::Fits(Index index, const std::vector<Index>& picked) const {
  return picked.empty() || (!IsFull(picked) && !items[index].sets_location());
}

bool Executor::State::IsFull(const std::vector<Index>& picked) const {
  return picked.size() >= options.max_batch ||
         (!picked.empty() && items[picked.front()].sets_location());
}

std::vector<Executor::State::Index> Executor::State::PickFresh() {
  std::vector<Index> picked;
  std::vector<Index> passed_over;
  while (!waiting.empty() && !IsFull(picked)) {
    const Index index = waiting.front();
    waiting.pop_front();
    if (!Fits(index, picked) || !TakeFresh(index, picked)) passed_over.push_back(index);
  }
  waiting.insert(waiting.begin(), passed_over.begin(), passed_over.end());
  return picked;
}

/// One alone, if possible one by which nobody can come to harm.
std::vector<Executor::State::Index> Executor::State::PickProbe() {
  std::vector<Index> picked;
  if (!delayed.empty()) return picked;
  for (const bool harmless : {true, false}) {
    for (std::size_t i = 0; i < waiting.size() && picked.empty();) {
      const Index index = waiting[i];
      if (items[index].change.takes_away() == harmless || !TakeFresh(index, picked)) {
        ++i;
      } else {
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  }
  return picked;
}

/// False: it has to wait, for its subject's other change or for a seat.
bool Executor::State::TakeFresh(Index index, std::vector<Index>& picked) {
  Item& item = items[index];
  const Subject subject = item.change.subject();
  if (open.contains(subject)) {
    Withdraw(index, fmt::format("Another change of this {} is not confirmed yet.",
                                item.change.group ? "group" : "user"));
    return true;
  }
  if (busy.contains(subject) || !seats.CanTake(item.change)) return false;
  busy.insert(subject);
  seats.Take(item.change);
  item.has_seats = true;
  picked.push_back(index);
  return true;
}

bool Executor::State::Stuck() const {
  return !waiting.empty() && batches.empty() && delayed.empty() && retrying.empty() &&
         closing.empty() && !paced_until;
}

std::size_t Executor::State::UnderWay() const {
  return static_cast<std::size_t>(std::count_if(
      batches.begin(), batches.end(),
      [](const auto& entry) { return entry.second.stage != Batch::Stage::kOutcomes; }));
}

bool Executor::State::HasRoom() const {
  return UnderWay() < (probing ? 1 : options.max_batches_under_way);
}

/// Asked before anything is made ready to be sent: nothing waits between its recheck and its
/// sending. As many as a batch may hold are asked for, or what there is.
bool Executor::State::QuotaAllows() {
  if (options.room == nullptr) return true;
  const auto writes = std::min(options.max_batch, waiting.size() + retrying.size());
  if (writes == 0) return true;
  const auto when = options.room->RoomAt(static_cast<int>(writes), monotonic);
  if (when <= monotonic) return true;
  paced_until = when;
  return false;
}

/// A usage location is set by a request of its own.
int Executor::State::CountWrites(const std::vector<Index>& members) const {
  const auto located = std::count_if(members.begin(), members.end(),
                                     [this](Index index) { return items[index].sets_location(); });
  return static_cast<int>(members.size()) + static_cast<int>(located);
}

void Executor::State::Begin(std::vector<Index> members, bool further_attempt) {
  Batch& batch = batches[++last_batch];
  batch.members = std::move(members);
  batch.further_attempt = further_attempt;
  batch.room = RoomTaken(options.room, CountWrites(batch.members), monotonic);
  Continue(last_batch, batch);
}

void Executor::State::Continue(BatchId id, Batch& batch) {
  WithdrawLate(batch);
  WithdrawUnchecked(batch);
  if (batch.members.empty()) {
    batches.erase(id);
  } else if (stopping()) {
    for (const Index index : batch.members) Withdraw(index, stop_reason);
    batches.erase(id);
  } else if (NeedsRecheck(batch)) {
    AskRecheck(id, batch);
  } else if (!batch.durable) {
    AskIntents(id, batch);
  } else {
    AskSend(id, batch);
  }
}

/// Windows close, and freezes begin, while a plan is carried out and between attempts: the last
/// look is taken in the step that sends.
void Executor::State::WithdrawLate(Batch& batch) {
  if (stopping() || !losses_until || now < *losses_until) return;
  std::erase_if(batch.members, [this](Index index) {
    if (!items[index].change.takes_away()) return false;
    Withdraw(index, fmt::format("Windows and freezes let removals and swaps go before {} only.",
                                FormatTime(*losses_until)));
    return true;
  });
}

/// A service so slow that what it says is old when it comes vouches for nothing.
void Executor::State::WithdrawUnchecked(Batch& batch) {
  if (stopping() || batch.rechecks < kMostRechecks || !NeedsRecheck(batch)) return;
  std::erase_if(batch.members, [this](Index index) {
    if (!NeedsRecheck(index)) return false;
    Withdraw(index, fmt::format("What it rests on could not be read again within {} seconds.",
                                kRecheckHolds.count()));
    return true;
  });
}

bool Executor::State::NeedsRecheck(const Batch& batch) const {
  if (IsPlanted(PlantedBug::kNoRecheck)) return false;
  if (Holds(batch)) return false;
  return std::any_of(batch.members.begin(), batch.members.end(),
                     [this](Index index) { return NeedsRecheck(index); });
}

/// Reads may wait for the service's limits, or be tried again, and a slow disk may let a recheck
/// grow old between the intent and the sending.
bool Executor::State::Holds(const Batch& batch) const {
  return batch.rechecked_at && monotonic - *batch.rechecked_at <= kRecheckHolds;
}

/// It rests on something that somebody else may have altered: what the user holds or the group
/// gives, or that they have no usage location, for one that is there is never overwritten; or that
/// all that a user inherits is meant to be, for what is not would be taken away.
bool Executor::State::NeedsRecheck(Index index) const {
  const auto& item = items[index];
  return item.change.takes_away() || item.change.reprocesses() || item.sets_location();
}

void Executor::State::AskRecheck(BatchId id, Batch& batch) {
  batch.stage = Batch::Stage::kRecheck;
  batch.recheck_asked = monotonic;
  ++batch.rechecks;
  executor_effect::Recheck effect{.batch = id, .subjects = {}};
  for (const Index index : batch.members) {
    if (NeedsRecheck(index)) effect.subjects.push_back(items[index].change.subject());
  }
  effects.push_back(std::move(effect));
}

void Executor::State::AskIntents(BatchId id, Batch& batch) {
  batch.stage = Batch::Stage::kIntents;
  if (batch.further_attempt) {
    executor_effect::RecordAttempts effect{.batch = id, .updates = {}};
    for (const Index index : batch.members) {
      const Item& item = items[index];
      effect.updates.push_back({.id = EntryId(options.plan_id, item.change.id),
                                .state = ChangeState::kIntended,
                                .attempt = item.attempts + 1,
                                .at = now,
                                .service = item.last_service,
                                .message = item.last_message});
    }
    effects.push_back(std::move(effect));
    return;
  }
  executor_effect::RecordIntents effect{.batch = id, .entries = {}};
  for (const Index index : batch.members) {
    effect.entries.push_back(
        MakeIntent(items[index].change, options.plan_id, policy_revision, now));
    effect.entries.back().message = items[index].origin;
  }
  effects.push_back(std::move(effect));
}

void Executor::State::AskSend(BatchId id, Batch& batch) {
  batch.stage = Batch::Stage::kAnswer;
  batch.room.Use(CountWrites(batch.members));
  executor_effect::Send effect{.batch = id, .items = {}};
  for (const Index index : batch.members) {
    ++items[index].attempts;
    effect.items.push_back(MakeWriteItem(items[index].change, items[index].located));
  }
  effects.push_back(std::move(effect));
}

void Executor::State::AskOutcomes(BatchId id, Batch& batch) {
  batch.stage = Batch::Stage::kOutcomes;
  executor_effect::RecordOutcomes effect{.batch = id, .updates = {}};
  for (const Index index : batch.members) {
    const ChangeOutcome& outcome = outcomes[items[index].change.id];
    effect.updates.push_back({.id = EntryId(options.plan_id, outcome.change_id),
                              .state = outcome.state,
                              .attempt = std::max(outcome.attempts, 1),
                              .at = now,
                              .service = outcome.service,
                              .message = outcome.message});
  }
  effects.push_back(std::move(effect));
}

void Executor::State::WithdrawUnsent() {
  // The waves that never started end with this one.
  wave_left += planned - next;
  for (; next < planned; ++next) waiting.push_back(next);
  for (const Index index : std::exchange(waiting, {})) Withdraw(index, stop_reason);
  for (const Index index : std::exchange(retrying, {})) Withdraw(index, stop_reason);
  for (const auto& [when, index] : std::exchange(delayed, {})) Withdraw(index, stop_reason);
}

void Executor::State::ArmTimer() {
  auto earliest = paced_until;
  if (!delayed.empty()) {
    earliest = std::min(earliest.value_or(delayed.begin()->first), delayed.begin()->first);
  }
  if (!earliest || (wake_at && *wake_at <= *earliest)) return;
  wake_at = earliest;
  effects.push_back(executor_effect::WakeAt{.when = *earliest});
}

Executor::State::Batch* Executor::State::Find(BatchId id, Batch::Stage stage) {
  const auto found = batches.find(id);
  if (found == batches.end() || found->second.stage != stage) return nullptr;
  return &found->second;
}

}  // namespace seatkeeper
