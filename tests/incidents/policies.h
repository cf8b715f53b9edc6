#pragma once

#include <string>

namespace seatkeeper::test {

// Policy documents that several stories begin with, as somebody writes them into a file. Each ends
// with a divider, so that more can follow.

/// Engineers who have not left hold E5, and nobody else.
inline const std::string kEngineersHaveE5 = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineers}
spec:
  subjects:
    rule: user.department -eq "Engineering"
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5}]
---
)";

/// Whoever is not granted E5 loses it, after the usual week.
inline const std::string kE5IsManaged = R"(
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full}
---
)";

/// The same, in the cycle that finds it unwanted.
inline const std::string kE5GoesAtOnce = R"(
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
)";

/// The members of the group Analysts hold Power BI, and nobody else.
inline const std::string kAnalystsHavePowerBi = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: analysts}
spec:
  subjects: {groups: [Analysts]}
  licenses: [{product: POWER_BI_PRO}]
---
)";
inline const std::string kPowerBiGoesAtOnce = R"(
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: power-bi}
spec: {product: POWER_BI_PRO, management: full, unassign: {after: 0d, confirmations: 1}}
---
)";

/// Engineers hold E5, salespeople E3, and nobody both.
inline const std::string kE5AboveE3 = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: sales}
spec:
  subjects:
    rule: user.department -eq "Sales"
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E3}]
---
apiVersion: seatkeeper/v1
kind: ProductLadder
metadata: {name: suites}
spec: {products: [SPE_E5, SPE_E3]}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e3}
spec: {product: SPE_E3, management: full, unassign: {after: 0d, confirmations: 1}}
---
)";

/// Limits for a story that is about something else.
inline const std::string kNoLimits = R"(
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxChanges: off}
---
)";
inline const std::string kMailboxesMayGo = R"(
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: mailboxes}
spec: {mailboxLoss: allow}
---
)";

/// A Guardrails document that says this.
inline std::string Limits(const std::string& spec) {
  return "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: limits}\nspec: " + spec +
         "\n---\n";
}

}  // namespace seatkeeper::test
