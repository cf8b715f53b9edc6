#pragma once

#include <string>
#include <vector>

#include "daemon/findings.h"
#include "daemon/policy_test_run.h"

namespace seatkeeper {

/// For people: a line per test, and under it its findings as `validate` shows them.
std::string RenderTestsText(const std::vector<PolicyTestOutcome>& outcomes,
                            const FindingLines& lines);

/// Test Anything Protocol, version 14 (testanything.org): findings as YAML diagnostics.
std::string RenderTestsTap(const std::vector<PolicyTestOutcome>& outcomes);

/// JUnit XML, as CI systems read it: one suite per file, one case per test.
std::string RenderTestsJunit(const std::vector<PolicyTestOutcome>& outcomes);

}  // namespace seatkeeper
