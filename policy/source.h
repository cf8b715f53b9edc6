#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

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

/// The lines of a file's text, each found at once however many there are. A byte order mark is no
/// part of the first. Keeps a view of the text.
class SourceLines {
 public:
  explicit SourceLines(std::string_view text);

  /// One line, counted from 1, without its line end; empty when there is no such line.
  std::string_view Line(int line) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

/// A value together with where it was written.
template <typename T>
struct Positioned {
  T value{};
  SourcePosition at;
  int length = 1;  ///< Bytes to underline from `at`, quotes included.
};

}  // namespace seatkeeper
