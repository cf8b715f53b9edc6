// What the README shows is what the tool does.

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Eq;
using testing::HasSubstr;

class Readme : public EndToEnd {
 protected:
  const std::string text_ = ReadFile(std::filesystem::path(SOURCE_DIR) / "README.md");

  // The contents of ``` blocks of one language.
  std::vector<std::string> Blocks(const std::string& language) const {
    std::vector<std::string> blocks;
    const std::string open = "```" + language + "\n";
    for (auto at = text_.find(open); at != std::string::npos; at = text_.find(open, at + 1)) {
      const auto begin = at + open.size();
      blocks.push_back(text_.substr(begin, text_.find("```", begin) - begin));
    }
    return blocks;
  }

  // `seatkeeper ...` in running text and tables, each once.
  std::set<std::string> Commands() const {
    std::set<std::string> commands;
    const std::regex pattern("`(seatkeeper [^`]+)`");
    for (std::sregex_iterator match(text_.begin(), text_.end(), pattern), end; match != end;
         ++match) {
      commands.insert((*match)[1]);
    }
    return commands;
  }
};

TEST_F(Readme, EveryCommandRuns) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  std::filesystem::copy_file(std::filesystem::path(SOURCE_DIR) / "tests/data/product-catalog.csv",
                             folder() / "products.csv");
  const auto commands = Commands();
  ASSERT_GE(commands.size(), 8U);
  for (const auto& command : commands) {
    if (command == "seatkeeper run") continue;  // The daemon's own tests start it.
    auto line = "PATH=" + std::filesystem::path(SEATKEEPER).parent_path().string() + ":$PATH " +
                command + (command == "seatkeeper apply" ? " --yes" : "");
    const auto done = RunProgram({"/bin/sh", "-c", line}, {.folder = folder(), .extra = {}});
    EXPECT_THAT(done.exit_code, AnyOf(Eq(0), Eq(3))) << command << "\n" << done.err;
  }
}

TEST_F(Readme, ShowsAPolicyThatIsThereAndWhatItGives) {
  const auto example = std::filesystem::path(SOURCE_DIR) / "examples/first-plan";
  EXPECT_THAT(ReadFile(example / "policies/engineering.yaml"), HasSubstr(Blocks("yaml").at(0)));
  const auto done = RunProgram({SEATKEEPER, "plan", "--snapshot", "tenant.json", "--policy",
                                "policies", "--tenant", "contoso"},
                               {.folder = example, .extra = {}});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(Blocks("text"), Contains(done.out));
  const auto explained = RunProgram({SEATKEEPER, "explain", "cleo@contoso.example", "--snapshot",
                                     "tenant.json", "--policy", "policies", "--tenant", "contoso"},
                                    {.folder = example, .extra = {}});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(Blocks("text"), Contains(explained.out));
}

TEST_F(Readme, ShowsAConfigThatLoads) {
  StartTenant({"--users", "10"});
  WritePolicy("a.yaml", Blocks("yaml").at(0));
  WriteFile(folder() / "seatkeeper.yaml", Blocks("yaml").at(1));
  const auto done = Seatkeeper({"doctor"});
  EXPECT_THAT(done.out, HasSubstr("ok    config"));
}

}  // namespace
}  // namespace seatkeeper::test
