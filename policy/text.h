#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper {

/// ASCII lower case; other bytes stay. Enough for keys, ids and names of products.
std::string AsciiLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

/// Case folding for comparing what people typed: the simple (one to one) folding of Unicode for
/// Latin, Greek, Cyrillic and Armenian letters, bytes otherwise. Malformed UTF-8 stays as it is.
/// Entra compares strings without regard to case; it does not document for which scripts.
std::string FoldCase(std::string_view text);

/// `text` without white space at its ends, and with one blank for every run of it inside. White
/// space is what Unicode calls so (tabs, line ends, no-break spaces, ...) and the characters
/// without width that come along when tables are pasted (U+200B, U+FEFF).
std::string CollapseSpace(std::string_view text);

/// The candidate nearest to `text` (edit distance, case ignored), if it is near enough to be a
/// likely slip of the finger: at most a third of the length, at least 1. Ties go to the first.
std::optional<std::string> Nearest(std::string_view text,
                                   const std::vector<std::string_view>& candidates);

/// "did you mean `nearest`?", or empty when nothing is near. For the hint of a Diagnostic.
std::string SuggestNearest(std::string_view text, const std::vector<std::string_view>& candidates);

/// `text` between backticks for a message; long text is cut at a character's border and ends in
/// three dots, so that a message stays one line whatever a file holds.
std::string Quoted(std::string_view text);

/// Bytes of the UTF-8 character that `text` begins with; 0 when it begins with none (empty,
/// malformed, overlong, surrogate, or beyond U+10FFFF).
std::size_t Utf8Length(std::string_view text);

/// Whether all of `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

/// Characters (Unicode code points) in `text`; a byte that begins none counts as one.
std::size_t CountCharacters(std::string_view text);

}  // namespace seatkeeper
