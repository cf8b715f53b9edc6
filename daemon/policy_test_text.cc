#include "daemon/policy_test_text.h"

#include <fmt/format.h>

#include <map>

#include "policy/json_text.h"
#include "policy/text.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

// A test's name may hold blanks and dots, no more; positions and messages may hold anything.
std::string Xml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = Utf8Length(text.substr(i));
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control = byte < 0x20 && byte != '\n' && byte != '\t';
    if (length == 0 || control || byte == 0x7F) {
      out += "\xEF\xBF\xBD";
    } else if (byte == '<' || byte == '>' || byte == '&' || byte == '"') {
      out += fmt::format("&#{};", byte);
    } else {
      out += text.substr(i, length);
    }
    i += length == 0 ? 1 : length;
  }
  return out;
}

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

std::string Sentence(const Diagnostic& finding) {
  auto text = fmt::format("{}: {}", ToString(finding.at), finding.message);
  if (!finding.hint.empty()) text += "\n  " + finding.hint;
  return text;
}

std::vector<const Diagnostic*> Failures(const PolicyTestOutcome& outcome) {
  std::vector<const Diagnostic*> failures;
  for (const auto& finding : outcome.findings) {
    if (finding.severity == Severity::kError) failures.push_back(&finding);
  }
  return failures;
}

std::string RenderCase(const PolicyTestOutcome& outcome) {
  const auto head =
      fmt::format("<testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
                  Xml(outcome.name), Xml(outcome.at.file), Xml(outcome.at.file), outcome.at.line);
  const auto failures = Failures(outcome);
  if (failures.empty()) return "    " + head + "/>\n";
  std::string text;
  for (const auto* failure : failures) text += (text.empty() ? "" : "\n") + Sentence(*failure);
  return fmt::format("    {}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", head,
                     Xml(failures.front()->message), Xml(text));
}

}  // namespace

std::string RenderTestsText(const std::vector<PolicyTestOutcome>& outcomes,
                            const FindingLines& lines) {
  std::string text;
  for (const auto& outcome : outcomes) {
    text += fmt::format("{}  {}\n", outcome.passed() ? "ok  " : "FAIL", Printable(outcome.name));
    text += RenderFindingsText(outcome.findings, lines);
  }
  return text;
}

std::string RenderTestsTap(const std::vector<PolicyTestOutcome>& outcomes) {
  auto text = fmt::format("TAP version 14\n1..{}\n", outcomes.size());
  std::size_t number = 0;
  for (const auto& outcome : outcomes) {
    text += fmt::format("{} {} - {}\n", outcome.passed() ? "ok" : "not ok", ++number,
                        Printable(outcome.name));
    if (outcome.findings.empty()) continue;
    text += "  ---\n  findings:\n";
    for (const auto& finding : outcome.findings) {
      text += fmt::format("    - at: {}\n      severity: {}\n      message: {}\n",
                          Json(ToString(finding.at)), ToString(finding.severity),
                          Json(finding.message));
      if (!finding.hint.empty()) text += fmt::format("      why: {}\n", Json(finding.hint));
    }
    text += "  ...\n";
  }
  return text;
}

std::string RenderTestsJunit(const std::vector<PolicyTestOutcome>& outcomes) {
  struct Suite {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::string cases;
  };
  std::map<std::string, Suite> suites;
  std::size_t failures = 0;
  for (const auto& outcome : outcomes) {
    auto& suite = suites[outcome.at.file];
    ++suite.tests;
    suite.failures += outcome.passed() ? 0 : 1;
    failures += outcome.passed() ? 0 : 1;
    suite.cases += RenderCase(outcome);
  }
  auto text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"seatkeeper\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
      outcomes.size(), failures);
  for (const auto& [file, suite] : suites) {
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n{}"
        "  </testsuite>\n",
        Xml(file), suite.tests, suite.failures, suite.cases);
  }
  return text + "</testsuites>\n";
}

}  // namespace seatkeeper
