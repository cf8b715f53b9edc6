#pragma once

#include <array>
#include <string_view>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// Every answer of ActionOf.
inline constexpr std::array<std::string_view, 5> kChangeActions{"assign", "unassign", "swap",
                                                                "plans", "reprocess"};

/// What a change does, in one word, for counting: "swap" gives and takes products in one request,
/// "assign" and "unassign" do one of them, "plans" only switches service plans of what the user or
/// group has directly already, "reprocess" has the service process a user's groups again. Pure.
std::string_view ActionOf(const Change& change);

}  // namespace seatkeeper
