#pragma once

#include <string>
#include <vector>

#include "reconciler/plan/explain.h"

namespace seatkeeper {

// The sentences of an explanation, apart from how they are laid out. Everything that came from a
// tenant or a file is fit for a terminal.

/// REQUIRES: the tenant is suspended.
std::string DescribeSuspension(const Explanation& explanation);

/// Where the product stands: "to be added, in wave 1".
std::string DescribeStanding(const Explanation& explanation, const ProductExplanation& product);

/// "directly", "through the group "Sales" (6f...): state Error, MutuallyExclusiveViolation".
std::string DescribeSource(const HeldFrom& held);

/// "granted by engineering (p.yaml:4:16), priority 100, to ...": what a policy says and to whom.
std::string DescribeStatement(const StatementRole& statement);

/// Which parts of a policy's subjects select the user; or, where they do not, what is missing.
std::string WhySelected(const std::vector<SubjectPart>& parts);
std::string WhyNotSelected(const std::vector<SubjectPart>& parts);

}  // namespace seatkeeper
