#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "reconciler/cycle/cycle_running.h"
#include "reconciler/cycle/undo_query.h"
#include "reconciler/model/merge.h"
#include "reconciler/model/sort_unique.h"
#include "reconciler/plan/activity.h"
#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {
namespace {

// More users than that, or than the share, are read faster with everybody: 999 a page, not 20.
constexpr std::size_t kMostUsers = 200;
constexpr std::size_t kMostUsersShare = 50;
// Of more changes than that nobody counts whom they were about.
constexpr std::size_t kMostChanges = 10'000;
// Changes that were sent so long before everybody was read may not have been in that reading.
constexpr std::chrono::hours kUnseenFor{1};

// Users whom seatkeeper itself may have changed: of them the service may tell late, or nothing.
// Nothing: a group is among them, of which nobody says whom it reaches.
Result<std::optional<std::vector<UserId>>> ChangedByUs(Store& store, const TenantKey& tenant,
                                                       WallTime since) {
  auto open = store.OpenChanges(tenant);
  if (!open) return std::move(open).error();
  const HistoryQuery recent{.tenant = tenant,
                            .user = std::nullopt,
                            .product = std::nullopt,
                            .since = since,
                            .limit = kMostChanges};
  auto sent = store.History(recent);
  if (!sent) return std::move(sent).error();
  if (sent->size() >= recent.limit) return std::optional<std::vector<UserId>>();
  std::vector<UserId> users;
  bool groups = false;
  const auto add = [&](const JournalEntry& entry) {
    groups = groups || entry.group.has_value();
    users.push_back(entry.user);
  };
  std::ranges::for_each(*open, add);
  for (const auto& each : *sent) add(each.entry);
  if (groups) return std::optional<std::vector<UserId>>();
  SortUnique(users);
  return std::optional(std::move(users));
}

}  // namespace

// A reading that changes are added to. Shared with callbacks: the provider writes into the sink
// even when the cycle has been dropped.
struct Cycle::Running::Merging {
  KeptReading::Basis basis;
  bool fresh = false;  // Everybody has just been read: this is what changed meanwhile.
  std::vector<UserId> also = {};
  WallTime began{};
  std::optional<ObservedBuilder> sink = std::nullopt;
  ChangesRead changes = {};
  std::optional<Result<ObservedState>> merged = std::nullopt;
};

void Cycle::Running::Read() {
  if (request.undo && !job->undo) return FindUndoneChanges();
  needs = ReadingNeeds(job->policy.policies, request.tenant);
  needs.properties |= request.also_read;
  if (job->undo) AddUndoNeeds(*job->undo, needs);
  decisive = needs.properties;
  if (request.kept == nullptr || !request.kept->activity_fails) AskActivity();
  if (request.kept == nullptr || request.kept->reader == nullptr) return ReadEverybody();
  if (!std::exchange(request.kept->recalled, true)) return RecallReading();
  ReadOn();
}

void Cycle::Running::ReadOn() {
  if (!request.kept->basis) return ReadEverybody();
  auto basis = *std::exchange(request.kept->basis, std::nullopt);
  const auto age = clock.Monotonic() - basis.everybody_at;
  // What the reading has for waste alone no cursor tracks, and a rule may rest on it since.
  const bool due = age >= request.kept->everybody_every || AsksForSignIns(decisive);
  if (due || !(basis.state.properties == needs.properties)) return ReadEverybody();
  auto merging = std::make_shared<Merging>(Merging{.basis = std::move(basis)});
  auto users = std::make_shared<std::optional<std::vector<UserId>>>();
  dependencies.store.Run(
      [key = request.key, since = merging->basis.since - kUnseenFor,
       users](Store& store) -> Result<void> {
        auto found = ChangedByUs(store, key, since);
        if (!found) return std::move(found).error();
        *users = *std::move(found);
        return {};
      },
      Guarded([merging, users](Running& self, const Result<void>& result) {
        if (!result || !*users) return self.ReadEverybody();
        merging->also = std::move(**users);
        self.ReadChanges(merging);
      }));
}

void Cycle::Running::ReadEverybody() {
  job->part = false;
  cursor.clear();
  AskActivity();
  if (request.kept == nullptr || request.kept->reader == nullptr) return ListEverybody();
  // Before the first page: whoever changes from here on will be named.
  request.kept->reader->MarkNow(Tracked(), Guarded([](Running& self, Result<std::string> marked) {
                                  if (marked) {
                                    self.cursor = std::move(marked).value();
                                  } else if (marked.error().kind != ErrorKind::kRejected) {
                                    self.TellNoChanges(marked.error());
                                  }
                                  self.ListEverybody();
                                }));
}

void Cycle::Running::ListEverybody() {
  auto sink = std::make_shared<ObservedBuilder>(needs.properties);
  // The moment before the first request: what was answered later may or may not be in it.
  const auto began = clock.local().Now();
  everybody_at = clock.Monotonic();
  dependencies.provider.Read(
      needs, *sink, Guarded([began, sink](Running& self, Result<void> result) {
        if (!result) return self.ListDecisive(std::move(result).error());
        self.TellActivity();
        auto state = sink->Finish(self.request.key.tenant_id, began);
        if (self.cursor.empty()) return self.TakeReading(std::move(state));
        auto merging = std::make_shared<Merging>(Merging{
            .basis = {.state = std::move(state), .cursor = std::move(self.cursor)}, .fresh = true});
        self.ReadChanges(merging);
      }));
}

void Cycle::Running::ReadChanges(const std::shared_ptr<Merging>& merging) {
  auto& basis = merging->basis;
  merging->began = clock.local().Now();
  merging->sink.emplace(needs.properties);
  request.kept->reader->ReadChanges(
      {.request = needs,
       .cursor = basis.cursor,
       .also = merging->also,
       .unless_nobody = merging->fresh,
       .most_users = std::max(kMostUsers, basis.state.users.size() / kMostUsersShare)},
      *merging->sink, Guarded([merging](Running& self, Result<ChangesRead> result) {
        if (!result) return self.GiveUpChanges(*merging, result.error());
        merging->changes = std::move(result).value();
        self.Merge(merging);
      }));
}

void Cycle::Running::Merge(const std::shared_ptr<Merging>& merging) {
  cursor = merging->changes.cursor;
  // Nobody changed while everybody was read: nothing was read again.
  if (merging->fresh && merging->changes.changed.empty()) {
    return TakeReading(std::move(merging->basis.state));
  }
  dependencies.workers.Run(
      [merging, tenant = request.key.tenant_id] {
        merging->merged = MergeReading(merging->basis.state,
                                       {.changed = merging->changes.changed,
                                        .reread = merging->sink->Finish(tenant, merging->began)});
      },
      Guarded([merging](Running& self) {
        auto& merged = *merging->merged;
        if (!merged) return self.GiveUpChanges(*merging, merged.error());
        if (merging->fresh) {
          // Of those who did not change the rows are as of the listing.
          merged->read_at = merging->basis.state.read_at;
        } else {
          self.everybody_at = merging->basis.everybody_at;
          self.everybody_since = merging->basis.since;
          self.job->part = true;
          self.TellChanges(*merged, merging->changes.changed.size());
        }
        self.TakeReading(std::move(merged).value());
      }));
}

void Cycle::Running::GiveUpChanges(Merging& merging, const Error& error) {
  TellNoChanges(error);
  cursor.clear();
  // Everybody has been read, and proven whole, before.
  if (merging.fresh) return TakeReading(std::move(merging.basis.state));
  ReadEverybody();
}

// Once, and then only for who looks closely: a service that never can would fill the log.
void Cycle::Running::TellNoChanges(const Error& error) {
  const bool known = std::exchange(request.kept->changes_fail, true);
  dependencies.observer.OnMessage(known ? Observer::Level::kDebug : Observer::Level::kWarning,
                                  request.tenant, "what changed cannot be told: everybody is read",
                                  error.message);
}

// Not when a reading of everybody was followed by its changes: that saves nothing.
void Cycle::Running::TellChanges(const ObservedState& merged, std::size_t changed) {
  auto& observer = dependencies.observer;
  if (std::exchange(request.kept->changes_fail, false)) {
    observer.OnMessage(Observer::Level::kInfo, request.tenant, "what changed can be told again",
                       "");
  }
  observer.OnMessage(Observer::Level::kInfo, request.tenant, "read what changed",
                     fmt::format("{} users again, of {}", changed, merged.users.size()));
}

void Cycle::Running::CountReading() {
  if (request.kept == nullptr) return;
  auto& readings = request.kept->readings;
  if (job->part) {
    ++readings.changes;
    return;
  }
  ++readings.everybody;
  dependencies.observer.OnMessage(Observer::Level::kInfo, request.tenant, "read everybody",
                                  fmt::format("{} users", job->observed->users.size()));
}

void Cycle::Running::TakeReading(ObservedState state) {
  job->observed = std::move(state);
  job->observed->aside = job->observed->properties.Without(decisive);
  CorrectTime();
  if (!job->part) everybody_since = job->observed->read_at;
  CountReading();
  dependencies.observer.OnRead(request.tenant, *job->observed);
  ReadAudit();
}

bool Cycle::Running::NeedsEverybody() const {
  if (!job->part || request.mode != CycleRequest::Mode::kEnforce || !*job->planned) return false;
  const auto& changes = (*job->planned)->plan().changes;
  return std::ranges::any_of(changes, [](const Change& change) {
    return change.verdict == Verdict::kGo && (change.takes_away() || change.reprocesses());
  });
}

void Cycle::Running::KeepReading() {
  if (request.kept == nullptr || !job->observed || cursor.empty()) return;
  request.kept->basis = {.state = std::move(*job->observed),
                         .cursor = std::move(cursor),
                         .everybody_at = everybody_at,
                         .since = everybody_since};
  job->observed.reset();
}

}  // namespace seatkeeper
