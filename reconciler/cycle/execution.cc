#include "reconciler/cycle/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "reconciler/plan/change_action.h"
#include "reconciler/seams/planted.h"

namespace seatkeeper {
namespace {

// Those whose members decide what policy says of a user.
std::vector<GroupId> NamedGroups(const ObservedState& observed) {
  std::set<GroupId> groups;
  for (const auto& reference : observed.references) {
    if (reference.status == GroupReading::Status::kFound) groups.insert(reference.id);
  }
  return {groups.begin(), groups.end()};
}

std::vector<GroupId> GroupsOf(const UserId& user, const std::vector<GroupId>& groups,
                              const ObservedState& observed) {
  std::vector<GroupId> in;
  std::ranges::copy_if(groups, std::back_inserter(in), [&](const GroupId& id) {
    const auto* group = observed.FindGroup(id);
    return group != nullptr && std::ranges::binary_search(group->members, user);
  });
  return in;
}

std::string NameOf(const GroupId& id, const ObservedState& observed) {
  const auto* group = observed.FindGroup(id);
  return group == nullptr ? id.ToString() : group->display_name;
}

// How the groups that a user is in differ from those they were in; empty: they do not.
std::string Regrouped(const std::vector<GroupId>& before, const std::vector<GroupId>& now,
                      const ObservedState& observed) {
  std::vector<GroupId> joined;
  std::vector<GroupId> left;
  std::ranges::set_difference(now, before, std::back_inserter(joined));
  std::ranges::set_difference(before, now, std::back_inserter(left));
  if (!joined.empty()) {
    return fmt::format("The user joined group `{}` since the plan was made.",
                       NameOf(joined.front(), observed));
  }
  if (!left.empty()) {
    return fmt::format("The user left group `{}` since the plan was made.",
                       NameOf(left.front(), observed));
  }
  return "";
}

}  // namespace

Execution::Execution(const Cycle::Dependencies& dependencies, const GuardedPlan& plan,
                     Settings settings, std::function<void()> done)
    : dependencies_(dependencies),
      plan_(plan.plan()),
      settings_(std::move(settings)),
      groups_(NamedGroups(*settings_.observed)),
      done_(std::move(done)),
      executor_(plan, settings_.options, dependencies.random.Next()) {
  for (const auto& change : plan_.changes) changes_.emplace(change.id, &change);
}

Execution::~Execution() { dependencies_.timers.Cancel(timer_); }

void Execution::Start() { Feed(executor_event::Start{}); }

void Execution::Stop(std::string reason) { Feed(executor_event::Stop{std::move(reason)}); }

void Execution::Feed(ExecutorEvent event) {
  auto effects =
      executor_.Step(std::move(event), dependencies_.clock.Now(), dependencies_.clock.Monotonic());
  for (auto& effect : effects) {
    std::visit([this](auto& asked) { Run(std::move(asked)); }, effect);
  }
}

void Execution::Run(executor_effect::RecordIntents effect) {
  dependencies_.store.Run([lease = settings_.lease, entries = std::move(effect.entries)](
                              Store& store) { return store.RecordIntents(lease, entries); },
                          Guarded([batch = effect.batch](Execution& self, Result<void> result) {
                            self.Feed(executor_event::IntentsRecorded{batch, std::move(result)});
                          }));
  if (IsPlanted(PlantedBug::kIntentAfterSending)) {
    Feed(executor_event::IntentsRecorded{effect.batch, {}});
  }
}

void Execution::Run(executor_effect::RecordAttempts effect) {
  dependencies_.store.Run([lease = settings_.lease, updates = std::move(effect.updates)](
                              Store& store) { return store.RecordUpdates(lease, updates); },
                          Guarded([batch = effect.batch](Execution& self, Result<void> result) {
                            self.Feed(executor_event::IntentsRecorded{batch, std::move(result)});
                          }));
}

void Execution::Run(executor_effect::Recheck effect) {
  // Shared with the callback: the provider writes into it even when this object has been dropped.
  auto sink = std::make_shared<ObservedBuilder>(settings_.observed->properties);
  dependencies_.provider.Reread(
      std::move(effect.subjects), *sink,
      Guarded([batch = effect.batch, sink](Execution& self, Result<void> result) {
        if (!result) {
          self.Feed(executor_event::Rechecked{batch, std::move(result).error()});
          return;
        }
        const auto observed = sink->Finish("", self.dependencies_.clock.Now());
        std::map<Subject, std::uint64_t> fingerprints;
        for (Row row = 0; row < observed.users.size(); ++row) {
          fingerprints.emplace(observed.users.id(row), observed.Fingerprint(row));
        }
        for (const Group& group : observed.groups) {
          fingerprints.emplace(group.id, Fingerprint(group));
        }
        self.CheckGroups({batch, std::move(fingerprints)});
      }));
}

void Execution::CheckGroups(executor_event::Rechecked rechecked) {
  std::vector<UserId> users;
  for (const auto& [subject, fingerprint] : *rechecked.fingerprints) {
    if (const auto* user = std::get_if<UserId>(&subject)) users.push_back(*user);
  }
  if (users.empty() || groups_.empty()) return Feed(std::move(rechecked));
  dependencies_.provider.ReadMemberships(
      users, groups_,
      Guarded([users, rechecked = std::move(rechecked)](Execution& self,
                                                        Result<Memberships> memberships) mutable {
        if (!memberships) {
          rechecked.fingerprints = std::move(memberships).error();
          return self.Feed(std::move(rechecked));
        }
        const auto& observed = *self.settings_.observed;
        for (const auto& user : users) {
          const auto now = memberships->find(user);
          auto how = now == memberships->end()
                         ? "In which groups the user is could not be told before the removal."
                         : Regrouped(GroupsOf(user, self.groups_, observed), now->second, observed);
          if (!how.empty()) rechecked.regrouped.emplace(user, std::move(how));
        }
        self.Feed(std::move(rechecked));
      }));
}

void Execution::Run(executor_effect::Send effect) {
  dependencies_.provider.Write(
      std::move(effect.items),
      Guarded([batch = effect.batch](Execution& self, std::vector<WriteResult> results) {
        self.TellBreaker(results);
        self.Feed(executor_event::Answered{batch, std::move(results)});
      }));
}

void Execution::TellBreaker(const std::vector<WriteResult>& results) {
  if (settings_.breaker == nullptr) return;
  auto& breaker = *settings_.breaker;
  const auto now = dependencies_.clock.Monotonic();
  if (!breaker.Take(results, now)) return;
  const bool open = breaker.state() == CircuitBreaker::State::kOpen;
  const auto pause = breaker.PauseLeft(now).value_or(std::chrono::milliseconds(0));
  dependencies_.observer.OnCircuit(
      {.tenant = settings_.tenant, .open = open, .reason = breaker.reason(), .pause = pause});
  if (open) Stop(WhyPaused(breaker));
}

void Execution::Run(executor_effect::RecordOutcomes effect) {
  dependencies_.store.Run([lease = settings_.lease, updates = std::move(effect.updates)](
                              Store& store) { return store.RecordUpdates(lease, updates); },
                          Guarded([batch = effect.batch](Execution& self, Result<void> result) {
                            self.Feed(executor_event::OutcomesRecorded{batch, std::move(result)});
                          }));
}

void Execution::Run(executor_effect::WakeAt effect) {
  dependencies_.timers.Cancel(timer_);
  timer_ = dependencies_.timers.At(
      effect.when, Guarded([](Execution& self) { self.Feed(executor_event::TimerFired{}); }));
}

void Execution::Run(const executor_effect::Progress& effect) {
  const auto found = changes_.find(effect.change_id);
  const Change* change = found == changes_.end() ? nullptr : found->second;
  const auto split_off = executor_.split_off().find(effect.change_id);
  const bool is_split_off = split_off != executor_.split_off().end();
  if (is_split_off) change = &split_off->second.change;
  const std::string_view split_off_from = is_split_off ? split_off->second.of : std::string_view();
  dependencies_.observer.OnOutcome(
      {.tenant = settings_.tenant,
       .change_id = effect.change_id,
       .action = change == nullptr ? std::string_view() : ActionOf(*change),
       .subject_name = change == nullptr ? std::string_view() : change->subject_name(),
       .is_group = change != nullptr && change->group,
       .state = ToString(effect.state),
       .message = effect.message,
       .change = change,
       .outcome = &executor_.outcomes().at(effect.change_id),
       .split_off_from = split_off_from});
}

void Execution::Run(executor_effect::Finished /*effect*/) {
  dependencies_.timers.Cancel(timer_);
  // Never from inside Start: the owner may drop this object in `done_`.
  timer_ = dependencies_.timers.At(dependencies_.clock.Monotonic(),
                                   Guarded([](Execution& self) { self.done_(); }));
}

std::string WhyPaused(const CircuitBreaker& breaker) {
  return fmt::format("the circuit breaker is open: {}", breaker.reason());
}

}  // namespace seatkeeper
