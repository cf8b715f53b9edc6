#pragma once

#include <string>

#include "reconciler/plan/plan.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

/// What a plan that undoes others says besides its changes, for people: what cannot be put back and
/// why, what needs not, what is pinned. Empty for any other plan. Ends with a line end.
std::string RenderUndoneText(const Plan& plan, const TextStyle& style);

/// A line of JSON per thing that is not put back, then one with counts. Empty for any other plan.
std::string RenderUndoneJson(const Plan& plan);

}  // namespace seatkeeper
