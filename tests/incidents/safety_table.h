#pragma once

#include <string>
#include <vector>

namespace seatkeeper::test {

/// One row of the README's table of guardrails: what it held back in which incident.
struct SafetyRow {
  std::string guardrail;  ///< As plans call it; or what defers, as policy files call it.
  std::string incident;   ///< In a few words, for whoever reads the README.
  std::string standard;   ///< Without any document about it; figures come from the code.
  std::string release;
  std::string test;        ///< "Suite.Name" of the story in this folder that shows it.
  bool approvable = true;  ///< Unless the incident is one that approvals do not release.
};

const std::vector<SafetyRow>& SafetyTable();

/// As Markdown, from the heading row to the end of the last one.
std::string RenderSafetyTable();

/// Whether a test of this program has that name; cases with parameters by the name alone.
bool IsTest(const std::string& name);

}  // namespace seatkeeper::test
