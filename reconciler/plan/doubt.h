#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/model/time.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

// Whether the store and the clock can be believed. A removal rests on what was done before (the
// counts of the last 24 hours, what waits, what is owned) and on what time it is; where either is
// in doubt, all removals of the tenant are held, and no approval releases them. Pure.

inline constexpr std::string_view kStoreInDoubt = "store-in-doubt";
inline constexpr std::string_view kClockInDoubt = "clock-in-doubt";

/// What a store says of itself for one tenant.
struct StoreStanding {
  /// When a person last stood up for it: `resume`, or an `apply` that somebody confirmed. Nothing:
  /// nobody ever has, the store is new for this tenant.
  std::optional<WallTime> trusted_at;
  /// The end of the newest cycle since then that was recorded without a gap before it; else that
  /// time itself. A cycle that failed counts: the store was there. What came after a gap does not,
  /// so that a gap is not closed by a cycle that fails before it can be judged.
  std::optional<WallTime> last_heard;
  /// It was found silent since this time, and nobody has stood up for it yet.
  std::optional<WallTime> silent_since;

  friend bool operator==(const StoreStanding&, const StoreStanding&) = default;
};

/// Why a store is in doubt.
struct StoreDoubt {
  enum class Kind {
    kNew,     ///< Nobody has said yet that it may be relied on.
    kSilent,  ///< Nothing was recorded for too long: a restored backup looks just like that.
    kFuture,  ///< It knows of a cycle that is still to come: the clock was, or is, wrong.
  };
  Kind kind = Kind::kNew;
  WallTime since{};  ///< Unless kNew: the last that it has heard.

  friend bool operator==(const StoreDoubt&, const StoreDoubt&) = default;
};

/// How long a store may hear nothing of a tenant: three intervals, but not less than five minutes,
/// for a restart takes a while however short the interval is.
std::chrono::milliseconds SilenceLimit(std::chrono::milliseconds interval);

/// Why the store is in doubt for a cycle that began at that time; nothing: it is not.
std::optional<StoreDoubt> JudgeStore(const StoreStanding& standing, WallTime began,
                                     std::chrono::milliseconds interval);

/// Local clocks at one moment.
struct ClockMark {
  WallTime wall{};
  MonotonicTime monotonic{};
};

/// Everything that a clock is judged by.
struct ClockFacts {
  ClockMark now;
  /// The service's time less local time, as far as it is certain; nothing: the service did not say.
  std::optional<std::chrono::milliseconds> skew;
  /// What this process last believed, uncorrected. Nothing: this is its first cycle.
  std::optional<ClockMark> before;
  /// Of the last cycle that the store knows.
  std::optional<WallTime> last_heard;
};

/// How far clocks may be apart, and how far one may jump.
inline constexpr std::chrono::minutes kClockTolerance{5};

struct ClockJudgement {
  WallTime now{};                      ///< To plan with: the lesser of local and service time.
  std::chrono::milliseconds ahead{0};  ///< How far the local clock is ahead of `now`.
  std::string doubt;                   ///< Why the clock is in doubt; empty: it is not.
  /// What the next cycle of the process compares with. What a clock says that the service
  /// contradicts, or that jumped without any service to bear it out, is not believed, and what was
  /// before stays: a wrong clock does not become right by standing for a while.
  std::optional<ClockMark> believed;
};

ClockJudgement JudgeClock(const ClockFacts& facts);

/// What holds removals for the store's sake, with words for a person.
HeldBy StoreHolds(const std::string& tenant, const StoreDoubt& doubt);

/// For so long after somebody stood up for a store `maxUnassign` allows nothing: as long as its
/// window, for what was removed in that is what the store may not know. The plan that was confirmed
/// with a new store is made before, and exempt.
inline constexpr std::chrono::hours kAllowanceSpentFor{24};

/// What doubt means for a plan. A value; nothing in doubt by default.
struct Doubts {
  std::vector<HeldBy> holding;  ///< Each holds all removals of the tenant.
  /// Said, but not holding: somebody is about to see this very plan and to stand up for it.
  std::vector<HeldBy> told;
  /// Until then `maxUnassign` allows nothing: what was removed before is not known.
  std::optional<WallTime> allowance_spent_until;
};

/// With words for a person. `confirmable`: the plan is made for, or before, an `apply` that a
/// person confirms, which is enough for a store that is new (for no other).
Doubts DoubtsOf(const std::string& tenant, const StoreStanding& standing,
                const std::optional<StoreDoubt>& store, const ClockJudgement& clock,
                bool confirmable);

/// One line for a person: what is in doubt, and what puts an end to it.
std::string Describe(const HeldBy& doubt);

/// Puts what is in doubt into the plan, and a warning for each: also where there is nothing to
/// hold.
void TellDoubts(const Doubts& doubts, Plan& plan);

}  // namespace seatkeeper
