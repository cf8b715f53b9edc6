// The README's table of guardrails is what the stories of this folder show.

#include "tests/incidents/safety_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "reconciler/plan/guardrail_table.h"

namespace seatkeeper::test {
namespace {

const std::string kReadme = std::string(SOURCE_DIR) + "/README.md";

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every guardrail that may hold a change.
std::set<std::string> AllGuardrails() {
  std::set<std::string> names;
  for (const auto& guardrail : kGuardrails) names.emplace(guardrail.name);
  return names;
}

// Those for which the planner has words.
std::set<std::string> GuardrailsInSource() {
  std::set<std::string> names;
  const std::string mark = ".guardrail = \"";
  const std::filesystem::path reconciler = std::filesystem::path(SOURCE_DIR) / "reconciler";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(reconciler)) {
    if (entry.path().extension() != ".cc") continue;
    const auto text = TextOf(entry.path());
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      names.insert(text.substr(begin, text.find('"', begin) - begin));
    }
  }
  return names;
}

TEST(SafetyTable, HasAnIncidentForEveryGuardrail) {
  std::set<std::string> shown;
  for (const auto& row : SafetyTable()) shown.insert(row.guardrail);
  for (const auto& guardrail : AllGuardrails()) {
    EXPECT_TRUE(shown.contains(guardrail)) << "no story of this folder is about " << guardrail;
  }
}

TEST(SafetyTable, TheCodeListsEveryGuardrail) {
  const auto listed = AllGuardrails();
  const auto in_source = GuardrailsInSource();
  EXPECT_GT(in_source.size(), 5U);
  for (const auto& guardrail : in_source) {
    EXPECT_TRUE(listed.contains(guardrail)) << guardrail << " is missing in kGuardrails";
  }
}

TEST(SafetyTable, NamesTestsThatThereAre) {
  for (const auto& row : SafetyTable()) EXPECT_TRUE(IsTest(row.test)) << row.test;
}

TEST(SafetyTable, StandsInTheReadmeAsItIs) {
  const auto readme = TextOf(kReadme);
  const auto wanted = RenderSafetyTable();
  const auto begin = readme.find(wanted.substr(0, wanted.find('\n')));
  ASSERT_NE(begin, std::string::npos) << "the README has no table of guardrails";
  const auto end = readme.find("\n\n", begin) + 1;
  const char* accept = std::getenv("SEATKEEPER_ACCEPT");
  if (accept != nullptr && std::string(accept) == "1") {
    std::ofstream(kReadme, std::ios::binary)
        << readme.substr(0, begin) << wanted << readme.substr(end);
    GTEST_SKIP() << "wrote " << kReadme;
  }
  EXPECT_EQ(readme.substr(begin, end - begin), wanted) << "SEATKEEPER_ACCEPT=1 writes what is new";
}

}  // namespace
}  // namespace seatkeeper::test
