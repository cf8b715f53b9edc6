// Whatever stands in a file, loading ends, and what it says has a place.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/policy/support.h"

namespace seatkeeper {
namespace {

constexpr char kGood[] = R"(# engineers
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering, tenants: [contoso]}
spec:
  priority: 100
  subjects:
    rule: (user.department -eq "Engineering") -and -not (user.city -in ["Graz", "Linz"])
    groups: [All Engineers]
    where: 'user.userType -eq "Member"'
    except: {users: [lee@contoso.com]}
  licenses:
    - product: SPE_E5
      disabledPlans: [YAMMER_ENTERPRISE]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec:
  product: SPE_E5
  management: full
  unassign: {after: 0d, confirmations: 1}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: default}
spec: {maxUnassign: {seats: 25, percent: 5}}
)";

constexpr std::string_view kPieces[] = {
    "---\n", "...\n", "\n",  "\t", "  ",   ": ",           "- ",   "[",   "]",
    "{",     "}",     "&a ", "*a", "<<: ", "!x ",          "|\n",  ">\n", "\"",
    "'",     "#",     "%",   "? ", "\xC3", "\xE2\x80\x93", "null", "~"};

std::string Mutate(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text.erase(at, 1 + below(20));
        break;
      case 1:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 2:
        text[at] = static_cast<char>(below(256));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), below(60)));
        break;
    }
  }
  return text;
}

void ExpectPlaced(const Diagnostic& diagnostic, std::string_view text) {
  EXPECT_FALSE(diagnostic.code.empty() || diagnostic.message.empty()) << text;
  EXPECT_GE(diagnostic.length, 1) << text;
  if (diagnostic.code == "no-documents") return;
  EXPECT_GE(diagnostic.at.line, 1) << text;
  EXPECT_GE(diagnostic.at.column, 1) << text;
  const auto line = SourceLines(text).Line(diagnostic.at.line);
  EXPECT_LE(static_cast<std::size_t>(diagnostic.at.column), line.size() + 1)
      << diagnostic.code << " " << diagnostic.message << "\n"
      << text;
  EXPECT_FALSE(Render(diagnostic, text).empty());
}

TEST(Robustness, GoodFileIsGood) { EXPECT_EQ(test::Brief(test::LoadText(kGood).diagnostics), ""); }

TEST(Robustness, MutatedFilesNeverBreakTheLoader) {
  std::mt19937 random(20261121);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = Mutate(kGood, random);
    const auto loaded = test::LoadText(text, {.tenants = {"contoso"}});
    for (const auto& diagnostic : loaded.diagnostics) ExpectPlaced(diagnostic, text);
    if (!loaded.ok()) ++refused;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(refused, 2500);
}

TEST(Robustness, MutatedFilesOfEveryKindNeverBreakTheLoader) {
  const auto path =
      std::filesystem::path(SEATKEEPER_SOURCE_DIR) / "tests/fuzz/policy_corpus/every_kind.yaml";
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  ASSERT_GT(text.str().size(), 1000u);
  std::mt19937 random(20261122);
  for (int i = 0; i < 2000; ++i) {
    const std::string mutated = Mutate(text.str(), random);
    for (const auto& finding : test::LoadText(mutated).diagnostics) ExpectPlaced(finding, mutated);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Robustness, RandomBytesNeverBreakTheLoader) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = static_cast<char>(random() % (i % 2 == 0 ? 256 : 128));
    for (const auto& diagnostic : test::LoadText(text).diagnostics) ExpectPlaced(diagnostic, text);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace seatkeeper
