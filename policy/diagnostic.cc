#include "policy/diagnostic.h"

#include <algorithm>
#include <tuple>

namespace seatkeeper {
namespace {

// A line longer than this is generated, not written; showing it whole would bury the message.
constexpr std::size_t kMaxShownLine = 400;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Policies come from strangers' pull requests: they must not steer the terminal they are shown in.
std::string Harmless(std::string_view text) {
  std::string shown(text);
  for (char& c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) c = '?';
  }
  return shown;
}

// Keeps tabs, so that the caret stands under its column whatever the tab width.
std::string Caret(std::string_view line, std::size_t column, std::size_t length) {
  std::string caret;
  for (std::size_t i = 0; i + 1 < column && i < line.size(); ++i) {
    if (!IsContinuation(line[i])) caret += line[i] == '\t' ? '\t' : ' ';
  }
  caret += '^';
  const std::size_t end = std::min(line.size(), column - 1 + length);
  for (std::size_t i = column; i < end; ++i) {
    if (!IsContinuation(line[i])) caret += '~';
  }
  return caret;
}

std::string Excerpt(const Diagnostic& diagnostic, const SourceLines& lines) {
  if (diagnostic.at.line < 1 || diagnostic.at.column < 1) return {};
  const std::string_view line = lines.Line(diagnostic.at.line);
  if (line.empty() || line.size() > kMaxShownLine) return {};
  const auto column = static_cast<std::size_t>(diagnostic.at.column);
  const auto length = static_cast<std::size_t>(std::max(1, diagnostic.length));
  return "  " + Harmless(line) + "\n  " + Caret(line, column, length) + "\n";
}

}  // namespace

std::string_view ToString(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

void Sort(std::vector<Diagnostic>& diagnostics) {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.at.file, d.at.line, d.at.column, d.code, d.message, d.hint);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

bool HasErrors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string Render(const Diagnostic& diagnostic, const SourceLines& lines) {
  std::string out = Harmless(ToString(diagnostic.at)) + ": " +
                    std::string(ToString(diagnostic.severity)) + ": " +
                    Harmless(diagnostic.message) + " [" + diagnostic.code + "]\n";
  out += Excerpt(diagnostic, lines);
  if (!diagnostic.hint.empty()) out += "  hint: " + Harmless(diagnostic.hint) + "\n";
  return out;
}

std::string Render(const Diagnostic& diagnostic, std::string_view text) {
  return Render(diagnostic, SourceLines(text));
}

}  // namespace seatkeeper
