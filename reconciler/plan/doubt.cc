#include "reconciler/plan/doubt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr int kIntervalsOfSilence = 3;
constexpr std::chrono::minutes kLeastSilence{5};

// "15 days", "6 minutes": the largest unit, cut off.
std::string Span(milliseconds span) {
  constexpr std::array<std::pair<milliseconds, const char*>, 3> kUnits{
      {{std::chrono::days(1), "day"},
       {std::chrono::hours(1), "hour"},
       {std::chrono::minutes(1), "minute"}}};
  for (const auto& [unit, name] : kUnits) {
    if (const auto count = span / unit; count > 0) {
      return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
    }
  }
  return fmt::format("{} seconds", std::chrono::duration_cast<std::chrono::seconds>(span).count());
}

std::string Skewed(milliseconds skew) {
  return fmt::format("this machine's clock is {} {} the service's", Span(std::chrono::abs(skew)),
                     skew.count() < 0 ? "ahead of" : "behind");
}

// How much further wall time moved than monotonic time.
milliseconds JumpOf(const ClockFacts& facts) {
  if (!facts.before) return milliseconds(0);
  return (facts.now.wall - facts.before->wall) - (facts.now.monotonic - facts.before->monotonic);
}

HeldBy ClockHolds(const std::string& why) {
  return {.guardrail = std::string(kClockInDoubt),
          .value = why,
          .limit = "removals rest on a clock that is right to 5 minutes",
          .release = "set this machine's clock, with NTP: no approval releases it",
          .product = {}};
}

}  // namespace

milliseconds SilenceLimit(milliseconds interval) {
  return std::max<milliseconds>(kIntervalsOfSilence * interval, kLeastSilence);
}

std::optional<StoreDoubt> JudgeStore(const StoreStanding& standing, WallTime began,
                                     milliseconds interval) {
  using Kind = StoreDoubt::Kind;
  if (!standing.trusted_at) return StoreDoubt{.kind = Kind::kNew};
  if (standing.silent_since) {
    return StoreDoubt{.kind = Kind::kSilent, .since = *standing.silent_since};
  }
  const auto heard = standing.last_heard.value_or(*standing.trusted_at);
  if (heard > began + kClockTolerance) return StoreDoubt{.kind = Kind::kFuture, .since = heard};
  if (began - heard > SilenceLimit(interval)) {
    return StoreDoubt{.kind = Kind::kSilent, .since = heard};
  }
  return std::nullopt;
}

ClockJudgement JudgeClock(const ClockFacts& facts) {
  const auto& now = facts.now;
  ClockJudgement judged{.now = now.wall, .ahead = {}, .doubt = {}, .believed = now};
  if (facts.skew && facts.skew->count() < 0) {
    judged.ahead = -*facts.skew;
    judged.now = now.wall - judged.ahead;
  }
  const bool skewed = facts.skew && std::chrono::abs(*facts.skew) > kClockTolerance;
  const auto jump = JumpOf(facts);
  const bool jumped = std::chrono::abs(jump) > kClockTolerance;
  if (skewed) {
    judged.doubt = Skewed(*facts.skew);
  } else if (jumped) {
    judged.doubt = fmt::format("this machine's clock jumped {} {} since the last cycle",
                               Span(std::chrono::abs(jump)), jump.count() > 0 ? "ahead" : "back");
  }
  if (skewed || (jumped && !facts.skew)) judged.believed = facts.before;
  if (judged.doubt.empty() && facts.last_heard &&
      *facts.last_heard - judged.now > kClockTolerance) {
    judged.doubt = fmt::format("it is {}, but a cycle was recorded at {} already",
                               FormatTime(judged.now), FormatTime(*facts.last_heard));
  }
  return judged;
}

HeldBy StoreHolds(const std::string& tenant, const StoreDoubt& doubt) {
  const auto resume = fmt::format("`seatkeeper resume --tenant {}`", tenant);
  HeldBy held{.guardrail = std::string(kStoreInDoubt),
              .value = {},
              .limit = "removals rest on a store that knows what was done before",
              .release = {},
              .product = {}};
  switch (doubt.kind) {
    case StoreDoubt::Kind::kNew:
      held.value = "the store is new for this tenant";
      held.release = resume + ", or a first `apply` that a person confirms";
      break;
    case StoreDoubt::Kind::kSilent:
      held.value = fmt::format(
          "the store heard nothing for more than three intervals after {}, as one restored from a "
          "backup has not",
          FormatTime(doubt.since));
      held.release =
          resume + "; where seatkeeper is meant to run less often, set the tenant's `interval`";
      break;
    case StoreDoubt::Kind::kFuture:
      held.value = fmt::format("the store knows of a cycle at {}, which is still to come",
                               FormatTime(doubt.since));
      held.release = "set this machine's clock where it is behind; otherwise " + resume;
      break;
  }
  return held;
}

Doubts DoubtsOf(const std::string& tenant, const StoreStanding& standing,
                const std::optional<StoreDoubt>& store, const ClockJudgement& clock,
                bool confirmable) {
  Doubts doubts;
  if (!clock.doubt.empty()) doubts.holding.push_back(ClockHolds(clock.doubt));
  if (store) {
    const bool pass = confirmable && store->kind == StoreDoubt::Kind::kNew;
    (pass ? doubts.told : doubts.holding).push_back(StoreHolds(tenant, *store));
  }
  if (standing.trusted_at && clock.now < *standing.trusted_at + kAllowanceSpentFor) {
    doubts.allowance_spent_until = *standing.trusted_at + kAllowanceSpentFor;
  }
  return doubts;
}

std::string Describe(const HeldBy& doubt) {
  return fmt::format("{}: {}; removals are held. To release them: {}", doubt.guardrail, doubt.value,
                     doubt.release);
}

void TellDoubts(const Doubts& doubts, Plan& plan) {
  for (const auto& doubt : doubts.holding) plan.warnings.push_back(Describe(doubt));
  for (const auto& doubt : doubts.told) {
    plan.warnings.push_back(fmt::format("{}: {}; the daemon holds removals. To release them: {}",
                                        doubt.guardrail, doubt.value, doubt.release));
  }
  plan.doubts = doubts.holding;
  plan.doubts.insert(plan.doubts.end(), doubts.told.begin(), doubts.told.end());
}

}  // namespace seatkeeper
