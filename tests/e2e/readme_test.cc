// What the README shows is what the tool does.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
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
  WriteFile(folder() / "pseudonyms.key", "0123456789abcdef0123456789abcdef\n");
  std::filesystem::create_directories(folder() / "base");
  std::filesystem::copy(folder() / "policies", folder() / "base/policies");
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  auto commands = Commands();
  for (const auto& block : Blocks("sh")) {
    // What is held is another test's; a block of the demo's is no command of ours.
    if (block.starts_with("seatkeeper ") && !block.starts_with("seatkeeper approve ")) {
      commands.insert(block.substr(0, block.size() - 1));
    }
  }
  ASSERT_GE(commands.size(), 8U);
  for (const auto& command : commands) {
    if (command == "seatkeeper run") continue;                   // The daemon's own tests start it.
    if (command.find("PLAN-ID") != std::string::npos) continue;  // As do those of `undo`.
    if (command.find("accept ") != std::string::npos) continue;  // Of `accept`.
    if (command.find("assign ") != std::string::npos) continue;  // And those of one-offs.
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

TEST_F(Readme, ShowsAPolicyTestThatIsThereAndPasses) {
  const auto policies = std::filesystem::path(SOURCE_DIR) / "examples/first-plan/policies";
  EXPECT_THAT(Blocks("yaml"), Contains(ReadFile(policies / "tests.yaml")));
  const auto done = RunProgram({SEATKEEPER, "test", policies.string()}, {});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(Readme, ShowsHowToReleaseWhatIsHeld) {
  StartTenant({"--users", "100"});
  WriteConfig();
  UseExamplePolicies();
  TrustStoreOfTenant();
  WritePolicy("few.yaml", R"(apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: few}
spec: {maxChanges: 1}
)");
  const auto held = Seatkeeper({"plan", "--format", "json"});
  ASSERT_EQ(held.exit_code, 3) << held.err;
  const auto digest = nlohmann::json::parse(held.out).value("heldDigest", "");

  const std::regex shown("sha256:[0-9a-f]+");
  std::string document;
  for (const auto& block : Blocks("yaml")) {
    if (block.find("kind: Approval") != std::string::npos) document = block;
  }
  document = std::regex_replace(document, shown, digest);
  WritePolicy("approval.yaml",
              std::regex_replace(document, std::regex("expires: [-0-9]+"), "expires: 2199-12-01"));
  const auto released = Seatkeeper({"plan"});
  EXPECT_EQ(released.exit_code, 0) << released.out << released.err;
  EXPECT_THAT(released.out, HasSubstr("leavers of November"));

  std::filesystem::remove(folder() / "policies/approval.yaml");
  ASSERT_EQ(Seatkeeper({"plan"}).exit_code, 3);
  int commands = 0;
  for (const auto& block : Blocks("sh")) {
    if (block.rfind("seatkeeper approve ", 0) != 0) continue;
    ++commands;
    const auto line = "PATH=" + std::filesystem::path(SEATKEEPER).parent_path().string() +
                      ":$PATH " + std::regex_replace(block, shown, digest.substr(0, 19));
    const auto done = RunProgram({"/bin/sh", "-c", line}, {.folder = folder(), .extra = {}});
    EXPECT_EQ(done.exit_code, 0) << line << done.out << done.err;
  }
  EXPECT_EQ(commands, 1);
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 0);
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
