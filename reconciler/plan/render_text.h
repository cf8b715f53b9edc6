#pragma once

#include <string>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

struct TextStyle {
  bool color = false;
  bool full = false;  ///< Long lists whole; otherwise folded, saying how many more there are.
};

/// The plan for people: totals by product first, then what goes, what is held and deferred and
/// why, and the drift that nothing is done about. Ends with a line end; no user's name can carry
/// control characters into the terminal.
std::string RenderPlanText(const Plan& plan, const TextStyle& style);

/// "+ SPE_E5 (without YAMMER_ENTERPRISE), - SPE_E3": what one change does.
std::string DescribeChange(const Plan& plan, const Change& change);

/// `text` with control characters, malformed UTF-8 and what turns the direction of text replaced by
/// question marks, for anything that came from a tenant.
std::string Printable(std::string_view text);

}  // namespace seatkeeper
