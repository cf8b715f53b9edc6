// Runs the parser over the collection of Entra rules, where that file is at hand: the directory is
// named by SEATKEEPER_SHARED_DATA, or lies beside the source tree.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "policy/rule/parser.h"

namespace seatkeeper::rule {
namespace {

std::filesystem::path RulesFile() {
  const char* named = std::getenv("SEATKEEPER_SHARED_DATA");
  const std::filesystem::path directory =
      named != nullptr ? named : SEATKEEPER_SOURCE_DIR "/../shared/data";
  return directory / "dynamic-rules.json";
}

// Words of which a valid rule in the file holds one exactly when it needs a later version.
bool UsesLaterFeature(const std::string& rule) {
  for (const char* word :
       {"-match", "-notMatch", "-any", "-all", " -ge ", " -le ", "otherMails", "proxyAddresses",
        "assignedPlans", "user.memberOf", "user.memberof", "employeeHireDate", "extension_",
        "Direct Reports", "onPremisesDistinguishedName"}) {
    if (rule.find(word) != std::string::npos) return true;
  }
  return false;
}

class SharedRules : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(RulesFile());
    if (!file) GTEST_SKIP() << "not checked: there is no " << RulesFile();
    rules_ = nlohmann::json::parse(file);
  }

  nlohmann::json rules_;
};

TEST_F(SharedRules, ValidRulesParseOrAreNotYetInForce) {
  int parsed_count = 0;
  int later_count = 0;
  for (const auto& entry : rules_) {
    if (!entry.at("valid").get<bool>()) continue;
    const auto rule = entry.at("rule").get<std::string>();
    const auto parsed = Parse(rule);
    const auto* error = std::get_if<ParseError>(&parsed);
    if (UsesLaterFeature(rule)) {
      ++later_count;
      ASSERT_NE(error, nullptr) << rule;
      EXPECT_EQ(error->code, "rule-not-yet-in-force") << rule << "\n" << error->message;
    } else {
      ++parsed_count;
      EXPECT_EQ(error, nullptr) << rule << "\n" << (error ? error->message : "");
    }
  }
  EXPECT_GT(parsed_count, 15);
  EXPECT_GT(later_count, 10);
}

TEST_F(SharedRules, InvalidRulesAreRefusedWithinTheirText) {
  for (const auto& entry : rules_) {
    if (entry.at("valid").get<bool>()) continue;
    const auto rule = entry.at("rule").get<std::string>();
    const auto parsed = Parse(rule);
    const auto* error = std::get_if<ParseError>(&parsed);
    ASSERT_NE(error, nullptr) << rule;
    EXPECT_LE(error->offset, rule.size()) << rule;
    EXPECT_FALSE(error->code.empty() || error->message.empty()) << rule;
  }
}

}  // namespace
}  // namespace seatkeeper::rule
