#pragma once

#include <string>

#include "reconciler/plan/one_off_report.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/text_page.h"

namespace seatkeeper {

/// What a one-off's plan says besides its changes; each part only where there is something to say.
/// `observed_only`: the daemon does not change this tenant by itself, so what policy would do later
/// is done by the next `apply` alone.
std::string RenderOneOffText(const Plan& plan, const OneOffReport& report, bool observed_only,
                             const TextStyle& style);

/// A line of JSON for each of them: kinds "notDone", "needless" and "later".
std::string RenderOneOffJson(const Plan& plan, const OneOffReport& report);

}  // namespace seatkeeper
