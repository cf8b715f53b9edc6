#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using testing::AnyOf;
using testing::Eq;

using Help = EndToEnd;

// The command lines that `--help` of the commands gives as examples, by command.
std::map<std::string, std::string> ExamplesOf(const std::string& manual) {
  std::map<std::string, std::string> examples;
  const std::regex pattern("Example: (seatkeeper ([a-z]+)[^\n]*)");
  for (std::sregex_iterator match(manual.begin(), manual.end(), pattern), end; match != end;
       ++match) {
    examples[(*match)[2]] = (*match)[1];
  }
  return examples;
}

TEST_F(Help, ExamplesRun) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  std::string manual;
  for (const auto& command :
       {"validate", "test",       "plan",    "apply",   "explain",  "coverage", "products",
        "select",   "snapshot",   "history", "suspend", "resume",   "doctor",   "schema",
        "version",  "completion", "man",     "assign",  "unassign", "report",   "import"}) {
    manual += Seatkeeper({command, "--help"}).out;
  }
  auto examples = ExamplesOf(manual);
  EXPECT_EQ(examples.size(), 21U) << "accept, approve, help and run have tests of their own";
  const auto user = State()["users"][0].value("userPrincipalName", "");
  // In an order in which each finds what it needs: a plan before it is applied.
  std::vector<std::string> lines{examples["plan"], examples["apply"] + " --yes"};
  examples.erase("apply");
  for (const auto* command : {"assign", "unassign"}) examples[command] += " --yes";
  for (const auto& [command, line] : examples) lines.push_back(line);
  for (const auto& line : lines) {
    const auto shell = "PATH=" + std::filesystem::path(SEATKEEPER).parent_path().string() +
                       ":$PATH " + std::regex_replace(line, std::regex("ada@contoso.com"), user);
    const auto done = RunProgram({"/bin/sh", "-c", shell}, {.folder = folder(), .extra = {}});
    EXPECT_THAT(done.exit_code, AnyOf(Eq(0), Eq(3))) << shell << "\n" << done.out << done.err;
  }
}

}  // namespace
}  // namespace seatkeeper::test
