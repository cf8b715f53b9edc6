#pragma once

#include <chrono>
#include <ostream>
#include <set>
#include <string>

#include "reconciler/cycle/cycle.h"
#include "reconciler/seams/observer.h"

namespace seatkeeper {

/// Shows the changes of `apply` as they end: on a terminal one line that is written over, with a
/// bar, count, rate and the time that is left at that rate; otherwise a line for each. Goes to
/// stderr.
class ApplyProgress final : public Observer {
 public:
  ApplyProgress(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}

  /// So many changes will be sent, from now on.
  void Begin(std::size_t total, MonotonicTime now);
  /// Time for the rate; told by the caller, who has the clock.
  void SetClock(const class Clock& clock) { clock_ = &clock; }
  /// Ends the line that is written over.
  void End();

  void OnOutcome(const Outcome& outcome) override;

 private:
  std::ostream& out_;
  bool is_terminal_;
  const Clock* clock_ = nullptr;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  MonotonicTime began_{};
  MonotonicTime shown_{};
};

/// Writes a line of JSON for each change as it ends. Goes to stdout.
class ApplyJsonLines final : public Observer {
 public:
  explicit ApplyJsonLines(std::ostream& out) : out_(out) {}

  /// From now on, and of no change that ended before.
  void Begin() {
    begun_ = true;
    told_.clear();
  }
  /// Ids of the changes that have been told since.
  const std::set<std::string>& told() const { return told_; }

  void OnOutcome(const Outcome& outcome) override;

 private:
  std::ostream& out_;
  bool begun_ = false;
  std::set<std::string> told_;
};

/// A table per product (assigned, unassigned, plans changed, failed), then each failure with its
/// user and reason, and why it stopped early (what was
/// not sent for that reason is counted, not listed). Ends with a line end.
std::string RenderApplyText(const CycleReport& report);

/// One line of JSON per change that was tried and not told before, then one summary object.
std::string RenderApplyJson(const CycleReport& report, const std::set<std::string>& told = {});

}  // namespace seatkeeper
