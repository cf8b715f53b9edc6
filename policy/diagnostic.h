#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/source.h"

namespace seatkeeper {

enum class Severity { kError, kWarning };
std::string_view ToString(Severity severity);  ///< "error", "warning".

/// One finding in a policy or config file. Findings are collected, not thrown one at a time.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;     ///< Stable name for machines, for example "unknown-key".
  std::string message;  ///< What is wrong, as a sentence without full stop or position.
  std::string hint;     ///< What would be right; may be empty.
  SourcePosition at;
  int length = 1;  ///< Bytes to underline from `at`.
};

/// By file, line, column, then code: the order in which findings are shown.
void Sort(std::vector<Diagnostic>& diagnostics);

bool HasErrors(const std::vector<Diagnostic>& diagnostics);

/// "file:line:column: error: message [code]", the line with a caret under it, and the hint.
/// `lines` are the file's; without any the caret is left out. Ends with a line end.
std::string Render(const Diagnostic& diagnostic, const SourceLines& lines);
std::string Render(const Diagnostic& diagnostic, std::string_view text);

}  // namespace seatkeeper
