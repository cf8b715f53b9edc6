#include "daemon/policy_test_text.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::vector<PolicyTestOutcome> TwoOutcomes() {
  PolicyTestOutcome good{
      .name = "good", .at = {"p/t.yaml", 3, 18}, .expectations = 2, .findings = {}};
  PolicyTestOutcome bad{
      .name = "bad", .at = {"p/t.yaml", 9, 18}, .expectations = 1, .findings = {}};
  bad.findings.push_back({.code = "policy-test",
                          .message = "`a&b@x.y` holds <none> \"x\" \x1b[31m",
                          .hint = "because",
                          .at = {"p/t.yaml", 12, 5}});
  return {good, bad};
}

TEST(PolicyTestText, TextShowsEveryTestAndTheLineOfWhatFails) {
  const std::vector<SourceFile> files{
      {.path = "p/t.yaml", .text = std::string(11, '\n') + "    here"}};
  const auto text = RenderTestsText(TwoOutcomes(), FindingLines(files));
  EXPECT_THAT(text, AllOf(HasSubstr("ok    good\nFAIL  bad\np/t.yaml:12:5: error: "),
                          HasSubstr("here\n"), HasSubstr("hint: because"), Not(HasSubstr("\x1b"))));
}

TEST(PolicyTestText, TapCountsAndExplains) {
  EXPECT_EQ(RenderTestsTap(TwoOutcomes()), R"(TAP version 14
1..2
ok 1 - good
not ok 2 - bad
  ---
  findings:
    - at: "p/t.yaml:12:5"
      severity: error
      message: "`a&b@x.y` holds <none> \"x\" \u001b[31m"
      why: "because"
  ...
)");
}

TEST(PolicyTestText, JunitIsXmlWhateverAMessageHolds) {
  EXPECT_EQ(RenderTestsJunit(TwoOutcomes()),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="seatkeeper" tests="2" failures="1" errors="0">
  <testsuite name="p/t.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="good" classname="p/t.yaml" file="p/t.yaml" line="3"/>
    <testcase name="bad" classname="p/t.yaml" file="p/t.yaml" line="9">
      <failure message="`a&#38;b@x.y` holds &#60;none&#62; &#34;x&#34; )"
            "\xEF\xBF\xBD"
            R"([31m">p/t.yaml:12:5: `a&#38;b@x.y` holds &#60;none&#62; &#34;x&#34; )"
            "\xEF\xBF\xBD"
            R"([31m
  because</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
}

}  // namespace
}  // namespace seatkeeper
