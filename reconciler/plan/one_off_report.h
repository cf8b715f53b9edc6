#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/plan/one_off.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/planner.h"

namespace seatkeeper {

/// What a one-off plan says besides its changes.
struct OneOffReport {
  struct Line {
    std::string user;              ///< Principal name, or as the person wrote it.
    std::optional<SkuId> product;  ///< Nothing: it is about the user as such.
    std::string text;
  };
  /// What policy makes of it in later cycles, told once for all whom it concerns alike.
  struct FollowUp {
    SkuId product;
    std::string text;
    std::vector<std::string> users;  ///< Principal names, ordered.
  };
  std::vector<Line> not_done;   ///< Asked for and not in the plan's changes.
  std::vector<Line> needless;   ///< As it was asked for already.
  std::vector<FollowUp> later;  ///< By product, then text.

  bool is_partial() const { return !not_done.empty(); }
};

/// Finds out what of the one-off is not in `plan`, and why, and what policy as it stands will do
/// about what is: its rules are asked as if the change had been made. Guardrails may still hold
/// that. Pure. REQUIRES: `plan` was made from `input`, and input.one_off is there.
Result<OneOffReport> ReportOneOff(const PlanInput& input, const Plan& plan);

}  // namespace seatkeeper
