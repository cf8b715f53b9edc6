#include "daemon/findings.h"
#include "tests/support/json_instances.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<SourceFile> kFiles = {
    {"p/a.yaml", "kind: x\nname: é😀 wrong\n"},
    {"odd %,:\n\xFF\".yaml", "a: b\n"},
};

Diagnostic At(const std::string& file, int line, int column, int length) {
  return {.code = "some-code",
          .message = "this is wrong",
          .hint = "mend it",
          .at = {file, line, column},
          .length = length};
}

// In p/a.yaml the word `wrong` is the 8th to 12th byte behind "name: ", but two characters and a
// blank behind it.
Diagnostic Wrong() { return At("p/a.yaml", 2, 14, 5); }

json Json(const std::vector<Diagnostic>& findings) {
  return json::parse(
      RenderFindingsJson(findings, FindingLines(kFiles), CountFindings(findings, 2)));
}
std::string Github(const std::vector<Diagnostic>& findings) {
  return RenderFindingsGithub(findings, FindingLines(kFiles), "/work");
}
json Sarif(const std::vector<Diagnostic>& findings) {
  return json::parse(RenderFindingsSarif(findings, FindingLines(kFiles), "/work"));
}

TEST(Findings, JsonHasItsDocumentedShape) {
  auto warning = Wrong();
  warning.severity = Severity::kWarning;
  warning.hint.clear();
  EXPECT_EQ(Json({Wrong(), warning}), json::parse(R"({
    "apiVersion": "seatkeeper/v1", "kind": "Validation", "valid": false,
    "counts": {"files": 2, "errors": 1, "warnings": 1},
    "findings": [
      {"path": "p/a.yaml", "line": 2, "column": 10, "endColumn": 15, "severity": "error",
       "code": "some-code", "message": "this is wrong", "hint": "mend it"},
      {"path": "p/a.yaml", "line": 2, "column": 10, "endColumn": 15, "severity": "warning",
       "code": "some-code", "message": "this is wrong", "hint": ""}]})"));
  EXPECT_TRUE(Json({warning})["valid"]) << "warnings do not fail";
  EXPECT_EQ(Json({})["findings"], json::array());
}

TEST(Findings, AFindingAboutAWholeFileHasNoPlace) {
  const auto whole = At("p/a.yaml", 0, 0, 1);
  EXPECT_TRUE(Json({whole})["findings"][0]["line"].is_null());
  EXPECT_EQ(Github({whole}),
            "::error file=p/a.yaml,title=some-code::this is wrong%0Ahint: mend it\n");
  EXPECT_FALSE(Sarif({whole})["runs"][0]["results"][0]["locations"][0]["physicalLocation"].contains(
      "region"));
}

TEST(Findings, ColumnsNeverPassTheLine) {
  EXPECT_EQ(Json({At("p/a.yaml", 1, 3, 1000)})["findings"][0]["endColumn"], 8);
  EXPECT_EQ(Json({At("p/a.yaml", 1, 8, 1)})["findings"][0]["column"], 8) << "behind the last";
  EXPECT_EQ(Json({At("p/a.yaml", 1, 8, 1)})["findings"][0]["endColumn"], 8);
}

TEST(Findings, GithubEscapesWhatWouldEndItsParts) {
  auto finding = Wrong();
  finding.message = "100% of\r\nit: a, b";
  finding.hint.clear();
  EXPECT_EQ(Github({finding}),
            "::error file=p/a.yaml,line=2,col=10,endColumn=15,title=some-code::"
            "100%25 of%0D%0Ait: a, b\n");
  finding.severity = Severity::kWarning;
  finding.at.file = kFiles[1].path;
  finding.at.line = finding.at.column = 1;
  finding.length = 1;
  finding.message = "\x1b[31m";
  EXPECT_EQ(Github({finding}),
            "::warning file=odd %25%2C%3A%0A\xFF\".yaml,line=1,col=1,endColumn=2,title=some-code::"
            "?[31m\n");
}

TEST(Findings, SarifIsWhatCodeScanningReads) {
  auto other = At("p/a.yaml", 1, 1, 4);
  other.code = "other-code";
  other.severity = Severity::kWarning;
  const auto log = Sarif({other, Wrong(), other});
  EXPECT_EQ(log["version"], "2.1.0");
  EXPECT_THAT(log["$schema"].get<std::string>(), HasSubstr("sarif-schema-2.1.0.json"));
  const auto& run = log["runs"][0];
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  EXPECT_EQ(run["tool"]["driver"]["name"], "seatkeeper");
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), 2u) << "each code once";
  for (const auto& result : run["results"]) {
    EXPECT_EQ(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
  }
  const auto& result = run["results"][1];
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["message"]["text"], "this is wrong\nhint: mend it");
  const auto& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"],
            json::parse(R"({"uri": "p/a.yaml", "uriBaseId": "%SRCROOT%"})"));
  EXPECT_EQ(place["region"],
            json::parse(R"({"startLine": 2, "startColumn": 10, "endColumn": 15})"));
  EXPECT_EQ(run["results"][0]["level"], "warning");
}

TEST(Findings, AnEmptySarifLogIsALog) {
  const auto log = Sarif({});
  EXPECT_EQ(log["runs"][0]["results"], json::array());
  EXPECT_EQ(log["runs"][0]["tool"]["driver"]["rules"], json::array());
}

TEST(Findings, NamesOfFilesNeverBreakAFormat) {
  const auto finding = At(kFiles[1].path, 1, 1, 1);
  EXPECT_EQ(Json({finding})["findings"][0]["path"], "odd %,:\n\uFFFD\".yaml");
  EXPECT_EQ(Sarif({finding})["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
                            ["artifactLocation"]["uri"],
            "odd%20%25%2C%3A%0A%FF%22.yaml");
}

TEST(Findings, PathsAreRelativeToWhereTheCommandWasStarted) {
  EXPECT_EQ(PathFrom("/home/repo", "policies/a.yaml"), "policies/a.yaml");
  EXPECT_EQ(PathFrom("/home/repo", "./x/../policies//a.yaml"), "policies/a.yaml");
  EXPECT_EQ(PathFrom("/home/repo", "/home/repo/a.yaml"), "a.yaml");
  EXPECT_EQ(PathFrom("/home/repo", "../other/a.yaml"), "/home/other/a.yaml");
  EXPECT_EQ(PathFrom("/home/repo", "/srv/a.yaml"), "/srv/a.yaml");
  EXPECT_EQ(PathFrom("/", "srv/a.yaml"), "srv/a.yaml");
  const auto sarif = Sarif({At("/srv/my policies/a.yaml", 0, 0, 1)});
  EXPECT_EQ(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"],
            json::parse(R"({"uri": "file:///srv/my%20policies/a.yaml"})"));
}

}  // namespace
}  // namespace seatkeeper
