#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "reconciler/cycle/cycle.h"
#include "reconciler/cycle/inherited_from.h"
#include "reconciler/cycle/reached_by_groups.h"
#include "reconciler/execute/circuit_breaker.h"
#include "reconciler/execute/executor.h"

namespace seatkeeper {

/// Gives the Executor its I/O: turns what it asks for into calls of provider, store and timers, and
/// feeds back what came of them. Everything on the loop's thread.
/// Shared only with its own callbacks, which hold it weakly: dropping it drops what is under way.
class Execution : public std::enable_shared_from_this<Execution> {
 public:
  struct Settings {
    std::string tenant;  ///< Name in the config.
    Lease lease;
    std::shared_ptr<const ObservedState> observed;  ///< What the plan rests on.
    ExecutorOptions options;
    std::vector<Link> links = {};       ///< Those that rules reach through.
    CircuitBreaker* breaker = nullptr;  ///< Is told all answers, and outlives this; nullptr: none.
  };

  Execution(const Cycle::Dependencies& dependencies, const GuardedPlan& plan, Settings settings,
            std::function<void()> done);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  void Start();
  void Stop(std::string reason);

  /// By change id; whole once `done` was called.
  const std::map<std::string, ChangeOutcome>& outcomes() const { return executor_.outcomes(); }
  const std::map<std::string, SplitOff>& split_off() const { return executor_.split_off(); }
  const std::string& stop_reason() const { return executor_.stop_reason(); }

 private:
  void Feed(ExecutorEvent event);
  void Run(executor_effect::RecordIntents effect);
  void Run(executor_effect::RecordAttempts effect);
  void Run(executor_effect::Recheck effect);
  /// Whom of the users just read groups would give something else now than when the plan was made.
  void CheckInherited(const ObservedState& now, executor_event::Rechecked& rechecked) const;
  /// Second part of a recheck: who of the users just read is in other groups than the plan rests
  /// on.
  void CheckGroups(executor_event::Rechecked rechecked);
  /// Third part: who of them has another manager or stands otherwise where rules reach, which of
  /// the groups has other members, and which reaches somebody of whom any of this is so.
  void CheckLinks(executor_event::Rechecked rechecked);
  /// What of this is not known freshly enough.
  std::vector<Link> LinksToRead(const executor_event::Rechecked& rechecked) const;
  void CompareLinks(executor_event::Rechecked rechecked);
  void Run(executor_effect::Send effect);
  /// Stops everything where the answers open the circuit.
  void TellBreaker(const std::vector<WriteResult>& results);
  void Run(executor_effect::RecordOutcomes effect);
  void Run(executor_effect::WakeAt effect);
  void Run(const executor_effect::Progress& effect);
  void Run(executor_effect::Finished effect);

  /// A callback that comes to nothing once this object is gone.
  template <typename Handler>
  auto Guarded(Handler handler) {
    return [weak = weak_from_this(), handler = std::move(handler)](auto&&... arguments) mutable {
      if (const auto self = weak.lock()) {
        handler(*self, std::forward<decltype(arguments)>(arguments)...);
      }
    };
  }

  Cycle::Dependencies dependencies_;
  const Plan& plan_;
  Settings settings_;
  // Who stands in a relationship, as it was asked for at that moment.
  struct FreshLink {
    MonotonicTime asked_at{};
    LinkedUsers now;
  };
  std::vector<GroupId> groups_;  // Those that policy names. Ordered.
  InheritedFrom inherited_;
  ReachedByGroups reached_;
  std::map<Link, FreshLink> fresh_links_;
  std::function<void()> done_;
  Executor executor_;
  std::map<std::string, const Change*> changes_;  // By id, of plan_.
  TimerId timer_ = 0;
};

/// Why nothing is sent while the circuit is open, for a person.
std::string WhyPaused(const CircuitBreaker& breaker);

}  // namespace seatkeeper
