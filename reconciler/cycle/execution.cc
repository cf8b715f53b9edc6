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

// A listing of many members is good for the batches that come right after it.
constexpr std::chrono::seconds kLinksKept{20};

std::string Relinked(const UserId& user, const LinkedUsers& before, const LinkedUsers& now,
                     const ObservedState& observed) {
  const bool was = std::ranges::binary_search(before.users, user);
  const bool is = std::ranges::binary_search(now.users, user);
  if (was == is) return "";
  if (now.link.kind == Link::Kind::kDirectReports) {
    return "The user's manager changed since the plan was made.";
  }
  return fmt::format("The user {} group `{}` directly since the plan was made.",
                     is ? "joined" : "left", NameOf(GroupId{now.link.of}, observed));
}

// How a user stands otherwise in a relationship than the plan rests on, or that a group has other
// members; empty: neither. What the reading did not know holds removals anyway.
std::string Relinked(const Subject& subject, const LinkedUsers* before, const LinkedUsers& now,
                     const ObservedState& observed) {
  const auto* group = std::get_if<GroupId>(&subject);
  if (group != nullptr && group->guid != now.link.of) return "";
  if (before == nullptr || before->status != GroupReading::Status::kFound) return "";
  if (now.status != GroupReading::Status::kFound) {
    return fmt::format("What the plan rests on could not be read again: {}",
                       now.detail.empty() ? "it is gone" : now.detail);
  }
  if (const auto* user = std::get_if<UserId>(&subject)) {
    return Relinked(*user, *before, now, observed);
  }
  return before->users == now.users ? "" : "The group's members changed since the plan was made.";
}

}  // namespace

Execution::Execution(const Cycle::Dependencies& dependencies, const GuardedPlan& plan,
                     Settings settings, std::function<void()> done)
    : dependencies_(dependencies),
      plan_(plan.plan()),
      settings_(std::move(settings)),
      groups_(NamedGroups(*settings_.observed)),
      inherited_(plan_, *settings_.observed),
      reached_(plan_, *settings_.observed),
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
  auto sink = std::make_shared<ObservedBuilder>(settings_.observed->decisive());
  reached_.AddUsers(effect.subjects);
  inherited_.AddGroups(effect.subjects);
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
        executor_event::Rechecked rechecked{batch, std::move(fingerprints)};
        self.CheckInherited(observed, rechecked);
        self.CheckGroups(std::move(rechecked));
      }));
}

void Execution::CheckInherited(const ObservedState& now,
                               executor_event::Rechecked& rechecked) const {
  for (Row row = 0; row < now.users.size(); ++row) {
    const auto user = now.users.id(row);
    auto how = inherited_.HowChanged(user, *settings_.observed, now);
    if (!how.empty()) rechecked.regrouped.emplace(user, std::move(how));
  }
}

void Execution::CheckGroups(executor_event::Rechecked rechecked) {
  std::vector<UserId> users;
  for (const auto& [subject, fingerprint] : *rechecked.fingerprints) {
    if (const auto* user = std::get_if<UserId>(&subject)) users.push_back(*user);
  }
  if (users.empty() || groups_.empty()) return CheckLinks(std::move(rechecked));
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
        self.CheckLinks(std::move(rechecked));
      }));
}

std::vector<Link> Execution::LinksToRead(const executor_event::Rechecked& rechecked) const {
  std::set<Link> links;
  for (const auto& [subject, fingerprint] : *rechecked.fingerprints) {
    if (const auto* group = std::get_if<GroupId>(&subject)) {
      links.insert({.kind = Link::Kind::kDirectMembers, .of = group->guid});
    } else {
      links.insert(settings_.links.begin(), settings_.links.end());
    }
  }
  return {links.begin(), links.end()};
}

void Execution::CheckLinks(executor_event::Rechecked rechecked) {
  const auto now = dependencies_.clock.Monotonic();
  auto links = LinksToRead(rechecked);
  std::erase_if(links, [&](const Link& link) {
    const auto fresh = fresh_links_.find(link);
    return fresh != fresh_links_.end() && now - fresh->second.asked_at <= kLinksKept;
  });
  if (links.empty()) return CompareLinks(std::move(rechecked));
  dependencies_.provider.ReadLinks(
      std::move(links),
      Guarded([now, rechecked = std::move(rechecked)](
                  Execution& self, Result<std::vector<LinkedUsers>> read) mutable {
        if (!read) {
          rechecked.fingerprints = std::move(read).error();
          return self.Feed(std::move(rechecked));
        }
        for (auto& linked : *read) {
          const auto link = linked.link;
          self.fresh_links_.insert_or_assign(link, FreshLink{now, std::move(linked)});
        }
        self.CompareLinks(std::move(rechecked));
      }));
}

void Execution::CompareLinks(executor_event::Rechecked rechecked) {
  const auto& observed = *settings_.observed;
  for (const auto& link : LinksToRead(rechecked)) {
    const auto fresh = fresh_links_.find(link);
    const LinkedUsers none{.link = link};
    const auto& now = fresh == fresh_links_.end() ? none : fresh->second.now;
    if (fresh != fresh_links_.end()) {
      rechecked.oldest =
          std::min(rechecked.oldest.value_or(fresh->second.asked_at), fresh->second.asked_at);
    }
    for (const auto& [subject, fingerprint] : *rechecked.fingerprints) {
      auto how = Relinked(subject, observed.FindLinked(link), now, observed);
      if (!how.empty()) rechecked.regrouped.emplace(subject, std::move(how));
    }
  }
  reached_.Judge(observed, rechecked);
  Feed(std::move(rechecked));
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
