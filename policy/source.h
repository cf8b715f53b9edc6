#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <tuple>

namespace seatkeeper {

/// One file of policy or config, held in memory. Readers of files live above `policy/`.
struct SourceFile {
  std::string path;  ///< As a person would open it, relative to where the command was started.
  std::string text;
};

/// A place in a source file. Line and column count from 1; 0 means "the whole file".
/// Columns count bytes, as compilers and editors' problem matchers do.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;

  friend auto operator<=>(const SourcePosition&, const SourcePosition&) = default;
};

/// "file:line:column", or just "file" when the line is 0.
std::string ToString(const SourcePosition& position);

/// The text of one line (counted from 1) without its line end; empty when there is no such line.
std::string_view LineOf(std::string_view text, int line);

/// A value together with where it was written.
template <typename T>
struct Positioned {
  T value{};
  SourcePosition at;
};

}  // namespace seatkeeper
