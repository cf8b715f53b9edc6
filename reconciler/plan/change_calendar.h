#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "policy/document.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// How far ahead an opening is looked for.
inline constexpr std::chrono::days kCalendarReach{400};

/// Whether removals and swaps may go at one moment, as the windows and freezes of a tenant's
/// Guardrails documents say. A value.
struct Opening {
  bool open = true;
  /// While open: the first moment at which they may not go any more; nothing: not within
  /// kCalendarReach.
  std::optional<WallTime> closes{};
  /// While closed: the next moment at which they may; nothing: not within kCalendarReach.
  std::optional<WallTime> opens{};
  /// While closed: each document or freeze that stands in the way from now until then, for a
  /// person, with its place in the files. Each once, in the order in which they do.
  std::vector<std::string> obstacles{};
};

/// The strictest wins: every document that names windows must have one open, and no freeze of any
/// document may cover the day, in UTC.
///
/// A window is open from `from` to just before `to`, by the clocks of its time zone; where `to` is
/// not after `from`, to that time of the next day, the day of `from` being the one named. Where
/// clocks change, the shorter reading counts. A time that clocks leave out is the moment at which
/// they jump. Of a time that they show twice a window takes the second to open and the first to
/// close; one that would close before it opens stays closed. Where the database does not know a
/// zone's clocks (policy/time_zone.h), its windows do not open.
///
/// Pure: the time zone database is constant.
Opening OpeningAt(const std::vector<const Guardrails*>& documents, WallTime now);

/// What a deferred change waits for: the next moment first, in RFC 3339 and UTC, then what stands
/// in the way. REQUIRES: it is closed.
std::string UntilOpen(const Opening& opening);

}  // namespace seatkeeper
