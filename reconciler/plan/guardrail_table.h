#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace seatkeeper {

/// A guardrail by the name that plans, metrics and journal call it by, and whether an approval may
/// release what it holds.
struct Guardrail {
  std::string_view name;
  bool approvable;
};

/// Every guardrail there is. Where an approval releases something, a person may know what
/// seatkeeper does not: that so many are meant. Where it does not, the facts are in doubt, or the
/// policy or the config says the opposite: that has to be mended where it stands. A name that is
/// missing here is never released.
inline constexpr std::array kGuardrails{
    Guardrail{"maxUnassign", true},  // Not where a ceiling of the config holds.
    Guardrail{"maxAssign", true},    // Likewise.
    Guardrail{"maxChanges", true},   // Likewise.
    Guardrail{"mailboxLoss", true},  // Not where policy says `deny`.
    Guardrail{"unknown-source", true},
    Guardrail{"reversed", true},  // What was undone; its sum, which stops the tenant, follows.
    Guardrail{"maxUserLoss", true},
    Guardrail{"group-shrunk", true},
    Guardrail{"attribute-changed", true},
    Guardrail{"units-fallen", true},
    Guardrail{"reference-changed", true},
    Guardrail{"suspicious-revision", true},  // And with that the revision; see revision_check.h.
    Guardrail{"protected", false},
    Guardrail{"pinned", false},
    Guardrail{"reference", false},
    Guardrail{"contradiction", false},
    Guardrail{"still-granted", false},
    Guardrail{"no-policy", false},
    Guardrail{"policy-not-loading", false},
    Guardrail{"store-in-doubt", false},
    Guardrail{"clock-in-doubt", false},
    Guardrail{"suspended", false},
};

/// Whether approvals release what this guardrail holds, unless the hold itself says that they do
/// not (HeldBy::approvable).
constexpr bool MayBeApproved(std::string_view guardrail) {
  const auto* found = std::find_if(kGuardrails.begin(), kGuardrails.end(),
                                   [&](const Guardrail& one) { return one.name == guardrail; });
  return found != kGuardrails.end() && found->approvable;
}

}  // namespace seatkeeper
