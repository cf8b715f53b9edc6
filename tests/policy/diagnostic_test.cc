#include "policy/diagnostic.h"

#include <gtest/gtest.h>

namespace seatkeeper {
namespace {

Diagnostic At(int line, int column, int length = 1) {
  return {.code = "some-code",
          .message = "something is wrong",
          .hint = "mend it",
          .at = {"a.yaml", line, column},
          .length = length};
}

TEST(Diagnostic, RendersLineCaretAndHint) {
  EXPECT_EQ(Render(At(2, 3, 4), "one\n  name: x\r\n"),
            "a.yaml:2:3: error: something is wrong [some-code]\n"
            "    name: x\n"
            "    ^~~~\n"
            "  hint: mend it\n");
}

TEST(Diagnostic, LeavesTheCaretOutWithoutText) {
  EXPECT_EQ(Render(At(2, 3), ""),
            "a.yaml:2:3: error: something is wrong [some-code]\n  hint: mend it\n");
}

TEST(Diagnostic, CaretStandsUnderItsCharacterNotItsByte) {
  EXPECT_EQ(Render(At(1, 6, 6), "\té: äöü x"),
            "a.yaml:1:6: error: something is wrong [some-code]\n"
            "  \té: äöü x\n"
            "  \t   ^~~\n"
            "  hint: mend it\n");
}

TEST(Diagnostic, CaretNeverPassesTheLine) {
  EXPECT_EQ(Render(At(1, 3, 1000), "abcd"),
            "a.yaml:1:3: error: something is wrong [some-code]\n"
            "  abcd\n"
            "    ^~\n"
            "  hint: mend it\n");
}

TEST(Diagnostic, ByteOrderMarkDoesNotShiftTheCaret) {
  EXPECT_NE(Render(At(1, 1), "\xEF\xBB\xBFkey: x").find("\n  key: x\n  ^\n"), std::string::npos);
}

TEST(Diagnostic, ControlCharactersDoNotReachTheTerminal) {
  Diagnostic diagnostic = At(1, 1);
  diagnostic.message = "unknown key \x1b[31m";
  diagnostic.at.file = "a\x1b.yaml";
  EXPECT_EQ(Render(diagnostic, "\x1b[2J").find('\x1b'), std::string::npos);
}

TEST(Diagnostic, SortsByPlaceThenCode) {
  std::vector<Diagnostic> diagnostics = {At(2, 1), At(1, 5), At(1, 2)};
  diagnostics.push_back(At(1, 2));
  diagnostics.back().code = "a-code";
  Sort(diagnostics);
  EXPECT_EQ(diagnostics[0].code, "a-code");
  EXPECT_EQ(diagnostics[1].at.column, 2);
  EXPECT_EQ(diagnostics[2].at.column, 5);
  EXPECT_EQ(diagnostics[3].at.line, 2);
}

TEST(Diagnostic, WarningsAreNoErrors) {
  Diagnostic warning = At(1, 1);
  warning.severity = Severity::kWarning;
  EXPECT_FALSE(HasErrors({warning}));
  EXPECT_TRUE(HasErrors({warning, At(1, 1)}));
}

TEST(Source, PositionOfAWholeFileIsItsName) {
  EXPECT_EQ(ToString(SourcePosition{"a.yaml", 0, 0}), "a.yaml");
  EXPECT_EQ(ToString(SourcePosition{"a.yaml", 3, 7}), "a.yaml:3:7");
}

TEST(Source, FindsLines) {
  EXPECT_EQ(SourceLines("a\r\nb\nc").Line(1), "a");
  EXPECT_EQ(SourceLines("a\r\nb\nc").Line(3), "c");
  EXPECT_EQ(SourceLines("a\n\nc\n").Line(2), "");
  EXPECT_EQ(SourceLines("a\nb").Line(3), "");
  EXPECT_EQ(SourceLines("a").Line(0), "");
  EXPECT_EQ(SourceLines("\xEF\xBB\xBFkey").Line(1), "key");
}

}  // namespace
}  // namespace seatkeeper
