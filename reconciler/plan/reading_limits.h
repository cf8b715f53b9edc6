#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "policy/document.h"

namespace seatkeeper {

// How far a reading may differ from the last accepted one; see readings.h.

/// The strictest of the documents that say something, the built-in default where none does, in
/// percent. Nothing: off.
std::optional<double> StrictestMaxUserLoss(const std::vector<const Guardrails*>& documents);

/// How many of so many users may be gone: max(1, floor(percent)).
std::size_t AllowedUserLoss(double percent, std::size_t users);

/// Fewer members or values than these, and nothing is made of it when all of them are gone.
inline constexpr std::size_t kFewestToMatter = 3;

/// How many of so many members, or values, may be gone: floor(percent), but always up to four, as
/// long as that is no more than half.
std::size_t AllowedShrinking(double percent, std::size_t members);

}  // namespace seatkeeper
