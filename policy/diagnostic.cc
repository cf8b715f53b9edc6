#include "policy/diagnostic.h"

#include <algorithm>
#include <tuple>

namespace seatkeeper {
namespace {

// A line longer than this is generated, not written; showing it whole would bury the message.
constexpr std::size_t kMaxShownLine = 400;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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

std::string Excerpt(const Diagnostic& diagnostic, std::string_view text) {
  if (diagnostic.at.line < 1 || diagnostic.at.column < 1) return {};
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::string_view line = LineOf(text, diagnostic.at.line);
  if (line.empty() || line.size() > kMaxShownLine) return {};
  const auto column = static_cast<std::size_t>(diagnostic.at.column);
  const auto length = static_cast<std::size_t>(std::max(1, diagnostic.length));
  return "  " + Harmless(line) + "\n  " + Caret(line, column, length) + "\n";
}

}  // namespace

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

std::string Render(const Diagnostic& diagnostic, std::string_view text) {
  const char* severity = diagnostic.severity == Severity::kError ? "error" : "warning";
  std::string out = Harmless(ToString(diagnostic.at)) + ": " + severity + ": " +
                    Harmless(diagnostic.message) + " [" + diagnostic.code + "]\n";
  out += Excerpt(diagnostic, text);
  if (!diagnostic.hint.empty()) out += "  hint: " + Harmless(diagnostic.hint) + "\n";
  return out;
}

}  // namespace seatkeeper
