#include "policy/yaml.h"

#include <gtest/gtest.h>

#include "tests/policy/support.h"

namespace seatkeeper::yaml {
namespace {

using test::Brief;

std::vector<Node> ParseText(std::string text, std::string* findings) {
  std::vector<Diagnostic> diagnostics;
  auto documents = Parse({"p.yaml", std::move(text)}, diagnostics);
  Sort(diagnostics);
  *findings = Brief(diagnostics);
  return documents;
}

Node ParseOne(std::string text) {
  std::string findings;
  auto documents = ParseText(std::move(text), &findings);
  EXPECT_EQ(findings, "");
  EXPECT_EQ(documents.size(), 1u);
  return documents.empty() ? Node{} : std::move(documents[0]);
}

std::string Place(const Node& node) {
  return std::to_string(node.at.line) + ":" + std::to_string(node.at.column) + "+" +
         std::to_string(node.length);
}

TEST(Yaml, NodesKnowTheirPlaces) {
  const Node root =
      ParseOne("# top\nname: engineering\nlist:\n  - one\n  - 'two'\nmap: {a: \"b\"}\n");
  ASSERT_EQ(root.kind, Node::Kind::kMapping);
  EXPECT_EQ(Place(*root.Find("name")), "2:7+11");
  EXPECT_EQ(Place(root.Find("list")->items[0]), "4:5+3");
  EXPECT_EQ(Place(root.Find("list")->items[1]), "5:5+5");
  EXPECT_EQ(Place(*root.Find("map")->Find("a")), "6:10+3");
  EXPECT_EQ(root.entries[2].at.line, 6);
  EXPECT_EQ(root.entries[2].length, 3);
  EXPECT_EQ(root.Find("nothing"), nullptr);
}

TEST(Yaml, ColumnsCountBytes) {
  const Node root = ParseOne("{é: x, name: y}\n");
  EXPECT_EQ(Place(*root.Find("name")), "1:15+1");
}

TEST(Yaml, ScalarsKeepTheirTextAndStyle) {
  const Node root = ParseOne(
      "plain: NO\nsingle: 'it''s'\ndouble: \"a\\tb\"\nblock: |\n  one\n  two\nfolded: one\n  two\n"
      "exact: \"a b\"\n");
  EXPECT_EQ(root.Find("plain")->scalar, "NO");
  EXPECT_TRUE(root.Find("plain")->verbatim);
  EXPECT_FALSE(root.Find("plain")->quoted);
  EXPECT_EQ(root.Find("single")->scalar, "it's");
  EXPECT_TRUE(root.Find("single")->quoted);
  EXPECT_FALSE(root.Find("single")->verbatim);
  EXPECT_EQ(root.Find("double")->scalar, "a\tb");
  EXPECT_FALSE(root.Find("double")->verbatim);
  EXPECT_TRUE(root.Find("block")->block);
  EXPECT_EQ(root.Find("block")->scalar, "one\ntwo\n");
  EXPECT_EQ(root.Find("folded")->scalar, "one two");
  EXPECT_FALSE(root.Find("folded")->verbatim);
  EXPECT_TRUE(root.Find("exact")->verbatim);
}

TEST(Yaml, ValueThatIsNotWrittenIsAtItsKey) {
  const Node root = ParseOne("a:\nb: ~\nc: null\n");
  EXPECT_EQ(root.Find("a")->kind, Node::Kind::kNull);
  EXPECT_EQ(Place(*root.Find("a")), "1:1+1");
  EXPECT_EQ(root.Find("b")->at.column, 4);
  EXPECT_EQ(root.Find("c")->at.column, 4);
}

TEST(Yaml, ReadsManyDocumentsAndSkipsEmptyOnes) {
  std::string findings;
  const auto documents =
      ParseText("---\n# nothing\n---\na: 1\n...\n---\n---\nb: 2\n--- {c: 3}\n", &findings);
  EXPECT_EQ(findings, "");
  ASSERT_EQ(documents.size(), 3u);
  EXPECT_EQ(documents[1].entries[0].at.line, 8);
  EXPECT_EQ(documents[2].entries[0].at.line, 9);
  EXPECT_EQ(documents[2].entries[0].at.column, 6);
}

TEST(Yaml, AcceptsByteOrderMarkAndWindowsLineEnds) {
  const Node root = ParseOne(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: two\r\n");
  EXPECT_EQ(root.Find("b")->scalar, "two");
  EXPECT_EQ(Place(*root.Find("a")), "1:4+1");
}

TEST(Yaml, BrokenDocumentDoesNotHideTheOthers) {
  std::string findings;
  const auto documents = ParseText("a: 1\n---\nb: [1\n---\nc: 3\n---\nd: : 4\n", &findings);
  EXPECT_EQ(documents.size(), 2u);
  EXPECT_NE(findings.find("error yaml-syntax "), std::string::npos);
  EXPECT_NE(findings.find("error yaml-syntax 7:"), std::string::npos) << findings;
}

struct Row {
  const char* name;
  std::string text;
  const char* findings;
};

TEST(Yaml, RefusesWithPosition) {
  const Row rows[] = {
      {"duplicate", "a: 1\nb: 2\na: 3\n", "error duplicate-key 3:1+1\n"},
      {"duplicate in flow", "x: {ab: 1, \"ab\": 2}\n", "error duplicate-key 1:12+4\n"},
      {"merge key", "a:\n  <<: {b: 1}\n", "error yaml-merge-key 2:3+1\n"},
      {"anchor", "a: &x 1\n", "error yaml-anchor 1:4+1\n"},
      {"alias", "a: &x 1\nb: *x\n", "error yaml-anchor 1:4+1\nerror yaml-alias 2:4+1\n"},
      {"tag", "a: !secret 1\n", "error yaml-tag 1:4+1\n"},
      {"core tag", "a: !!str 1\n", "error yaml-tag 1:4+1\n"},
      {"list as key", "? [a]\n: 1\n", "error yaml-key 1:3+1\n"},
      {"empty key", ": 1\n", "error yaml-key 1:1+1\n"},
      {"tab", "a:\n\tb: 1\n", "error yaml-tab 2:1+1\n"},
      {"not utf-8", "a: 1\nb: \xE9t\xE9\n", "error yaml-encoding 2:4+1\n"},
      {"utf-16",
       std::string("\xFF\xFE"
                   "a\0",
                   4),
       "error yaml-encoding 1:1+1\n"},
      {"nul", std::string("a: \0", 4), "error yaml-control-character 1:4+1\n"},
      {"end of transmission",
       "a: 1\n\x04"
       "b: 2\n",
       "error yaml-control-character 2:1+1\n"},
      {"lone carriage return", "a: 1\rb: 2\n", "error yaml-control-character 1:5+1\n"},
      {"directive", "# x\n%YAML 1.1\n---\na: 1\n", "error yaml-directive 2:1+9\n"},
      {"outdented", "spec:\n  x: 1\n y: 2\n", "error yaml-syntax 3:2+1\n"},
      {"after a flow document", "[a]\nb: 1\n", "error yaml-syntax 2:1+1\n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::string findings;
    ParseText(row.text, &findings);
    EXPECT_EQ(findings, row.findings);
  }
}

// yaml-cpp marks this one past the end of the text.
TEST(Yaml, FindingAtTheEndStaysWithinTheLine) {
  std::string findings;
  ParseText("a: 1\n---\n\"v\\", &findings);
  EXPECT_EQ(findings, "error yaml-syntax 3:4+1\n");
}

TEST(Yaml, DepthIsBounded) {
  const auto nest = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']') + "\n";
  };
  std::string findings;
  EXPECT_EQ(ParseText(nest(64), &findings).size(), 1u);
  EXPECT_EQ(findings, "");
  ParseText(nest(65), &findings);
  EXPECT_EQ(findings, "error yaml-too-deep 1:65+1\n");
  ParseText(std::string(1'000'000, '['), &findings);
  EXPECT_EQ(findings.substr(0, 5), "error") << findings;
}

TEST(Yaml, SizeAndCountAreBounded) {
  std::string findings;
  ParseText(std::string(kMaxFileBytes + 1, ' '), &findings);
  EXPECT_EQ(findings, "error file-too-large 0:0+1\n");
  std::string many = "[";
  for (std::size_t i = 0; i < kMaxNodes + 1; ++i) many += "a,\n";
  ParseText(many + "]", &findings);
  EXPECT_NE(findings.find("yaml-too-large"), std::string::npos) << findings;
}

}  // namespace
}  // namespace seatkeeper::yaml
