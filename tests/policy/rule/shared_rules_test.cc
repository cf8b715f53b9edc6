// Runs the parser over the collection of Entra rules, where that file is at hand: the directory is
// named by SEATKEEPER_SHARED_DATA, or lies beside the source tree.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "policy/rule/lint.h"
#include "policy/rule/parser.h"
#include "tests/policy/rule/same_tree.h"
#include "tests/policy/rule/support.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::rule {
namespace {

std::filesystem::path RulesFile() {
  const char* named = std::getenv("SEATKEEPER_SHARED_DATA");
  const std::filesystem::path directory =
      named != nullptr ? named : SEATKEEPER_SOURCE_DIR "/../shared/data";
  return directory / "dynamic-rules.json";
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

TEST_F(SharedRules, ValidRulesParseAndPrintToTheSameTree) {
  int count = 0;
  for (const auto& entry : rules_) {
    if (!entry.at("valid").get<bool>()) continue;
    ++count;
    const auto rule = entry.at("rule").get<std::string>();
    const auto parsed = Parse(rule);
    const auto* error = std::get_if<ParseError>(&parsed);
    ASSERT_EQ(error, nullptr) << rule << "\n" << error->message;
    const auto& tree = std::get<Expression>(parsed);
    const auto again = Parse(Print(tree));
    ASSERT_TRUE(std::holds_alternative<Expression>(again)) << Print(tree);
    EXPECT_TRUE(test::SameTree(tree, std::get<Expression>(again))) << rule;
  }
  EXPECT_GT(count, 30);
}

// What the notes say of a rule's meaning, as far as the tree shows it.
TEST_F(SharedRules, ValidRulesMeanWhatTheirNotesSay) {
  const std::map<std::string, std::string> meanings = {
      {"user.department -eq \"null\"", "user.department -eq \"null\""},
      {"user.department eq \"Sales\" and user.city startsWith \"Wi\"",
       "user.department -eq \"Sales\" -and user.city -startsWith \"Wi\""},
      {"-not (user.city -in [\"Graz\",\"Linz\"])", "-not user.city -in [\"Graz\", \"Linz\"]"},
      {"user.department -eq \"O''Neill Labs\"", "user.department -eq \"O''Neill Labs\""},
      {"user.department -eq \"`\"Skunk`\" Works\"", "user.department -eq \"`\"Skunk`\" Works\""},
      {"(user.proxyAddresses -any (_ -startsWith \"smtp:legacy\"))",
       "user.proxyAddresses -any (_ -startsWith \"smtp:legacy\")"},
      {"user.employeeHireDate -ge system.now -minus p30d",
       "user.employeeHireDate -ge system.now -minus p30d"},
      {"Direct Reports for \"a1f3c9d2-7b44-4e0c-9d6a-2f8b1c5e7d90\"",
       "Direct Reports for \"a1f3c9d2-7b44-4e0c-9d6a-2f8b1c5e7d90\""},
  };
  std::size_t found = 0;
  for (const auto& entry : rules_) {
    const auto meaning = meanings.find(entry.at("rule").get<std::string>());
    if (meaning == meanings.end()) continue;
    ++found;
    EXPECT_EQ(test::Canonical(meaning->first), meaning->second);
  }
  EXPECT_EQ(found, meanings.size());
}

// What a rule is refused at, by a part of it that the error must begin with.
std::string ExpectedPlace(const std::string& rule) {
  const std::pair<const char*, const char*> places[] = {
      {"user.accountEnabled -contains", "-contains"},
      {"(user.department -eq \"Sales\") (", "(user.department -eq \"Marketing"},
      {"-match \"*@", "\"*@"},
      {"-not $null", "-not"},
      {"-notIn ['", "-notIn"},
      {"\"Sales\" -eq", "\"Sales\""},
      {"Sales Team", "Sales Team"},
      {"-like", "-like"},
      {"-ge \"M\"", "-ge"},
      {"assignedPlan.planName", "assignedPlan.planName"},
      {"-any _", "_"},
      {"yesterday", "yesterday"},
      {"user.manager", "user.manager"},
      {"user.extensionAttribute16", "user.extensionAttribute16"},
      {"“Sales”", "“Sales”"},
      {"-xor", "-xor"},
  };
  for (const auto& [part, place] : places) {
    if (rule.find(part) != std::string::npos) return place;
  }
  return rule;  // Its beginning: empty, too long, not closed, not alone.
}

TEST_F(SharedRules, InvalidRulesAreRefusedAtTheirMistake) {
  int count = 0;
  for (const auto& entry : rules_) {
    if (entry.at("valid").get<bool>()) continue;
    const auto rule = entry.at("rule").get<std::string>();
    if (rule.find("user.createdDateTime") != std::string::npos) continue;
    ++count;
    const auto parsed = Parse(rule);
    const auto* error = std::get_if<ParseError>(&parsed);
    ASSERT_NE(error, nullptr) << rule;
    EXPECT_EQ(error->offset, rule.find(ExpectedPlace(rule))) << rule << "\n" << error->message;
    EXPECT_FALSE(error->code.empty() || error->message.empty()) << rule;
  }
  EXPECT_GT(count, 15);
}

// Invalid in Entra, and said to be so: dates of creation are an extension of the language.
TEST_F(SharedRules, OwnExtensionsParseWithAWarning) {
  int count = 0;
  for (const auto& entry : rules_) {
    const auto rule = entry.at("rule").get<std::string>();
    if (rule.find("user.createdDateTime") == std::string::npos) continue;
    ++count;
    const auto parsed = Parse(rule);
    ASSERT_TRUE(std::holds_alternative<Expression>(parsed)) << rule;
    const auto lints = FindLints(std::get<Expression>(parsed), rule);
    ASSERT_EQ(lints.size(), 1U);
    EXPECT_EQ(lints[0].code, "rule-not-in-entra");
  }
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace seatkeeper::rule
