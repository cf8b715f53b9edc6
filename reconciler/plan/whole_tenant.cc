#include "reconciler/plan/whole_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "reconciler/plan/amounts.h"
#include "reconciler/plan/reversals.h"
#include "reconciler/plan/suspension.h"

namespace seatkeeper {

std::vector<HeldBy> TenantReasons(const std::string& tenant, std::size_t reversed_steps,
                                  const GuardInput& input) {
  std::vector<HeldBy> reasons;
  if (reversed_steps >= kReversedStepsMost) {
    reasons.push_back(
        {.guardrail = "reversed",
         .value =
             fmt::format("{} changes of this tenant were undone again and again", reversed_steps),
         .limit = fmt::format("fewer than {}: more stop the tenant", kReversedStepsMost),
         .release = "find what else changes its licences: another tool, or a second daemon with "
                    "another policy; or approve what of it is meant, see `seatkeeper approve "
                    "--list`: then it counts no longer",
         .product = {}});
  }
  if (!input.suspended.empty()) {
    reasons.push_back({.guardrail = "suspended",
                       .value = Describe(input.suspended),
                       .limit = "nothing is changed while the tenant is suspended",
                       .release = fmt::format("`seatkeeper resume --tenant {}`", tenant),
                       .product = {}});
  }
  return reasons;
}

void HoldTenant(const std::vector<HeldBy>& reasons, Draft& draft) {
  for (const auto& why : reasons) {
    draft.ForEachUser([&](std::span<Part> of_user) {
      for (auto& part : of_user) {
        if (part.can_go()) Hold(part, why, of_user, draft.holds);
      }
    });
    for (auto& part : draft.group_parts) Hold(part, why, draft.holds);
  }
}

void HoldTenant(const std::vector<HeldBy>& reasons, std::vector<Change>& changes) {
  for (const auto& why : reasons) {
    for (auto& change : changes) HoldBesides(change, why);
  }
}

void HoldBesides(Change& change, const HeldBy& why) {
  const auto& held = change.held;
  if (std::find(held.begin(), held.end(), why) != held.end()) return;
  HoldWhole(change, why);
}

}  // namespace seatkeeper
