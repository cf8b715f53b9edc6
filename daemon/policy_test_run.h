#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/document.h"
#include "policy/products.h"
#include "reconciler/model/time.h"

namespace seatkeeper {

/// What became of one PolicyTest in one tenant.
struct PolicyTestOutcome {
  std::string name;  ///< With the tenant, where the test is run for several.
  SourcePosition at;
  std::size_t expectations = 0;
  /// Expectations that do not hold ("policy-test"), each at its place; or the one reason why no
  /// plan can be made. As warning: that the outcome depends on the day ("depends-on-day").
  std::vector<Diagnostic> findings;

  bool passed() const { return !HasErrors(findings); }
};

/// `policies` with what is about a whole tenant or a moment lifted: limits on amounts, windows,
/// freezes, and approvals of mailboxes. In a test everything has been approved and every window is
/// open; `protected` and `mailboxLoss: deny`, which no approval releases, hold.
PolicySet WithoutLimits(const PolicySet& policies);

/// Plans the tenant that the test makes up, by the planner that the daemon plans with, applies
/// what goes, and compares what users then hold. `today` is for tests without a day. Pure.
PolicyTestOutcome RunPolicyTest(const PolicyTest& test, const PolicySet& without_limits,
                                const std::string& tenant, const ProductCatalog& catalog,
                                WallTime today);

}  // namespace seatkeeper
