#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/source.h"

namespace seatkeeper::yaml {

/// One document's part of a file, found by its markers alone, so that a syntax error in one
/// document does not hide those after it.
struct Chunk {
  std::string_view text;  ///< Begins at the start of a line; includes its own `---`.
  int first_line = 1;     ///< Of the file, counted from 1.
};

/// Cuts at every line that begins with `---` or `...`: in YAML those end a document wherever they
/// stand. REQUIRES: `text` without byte order mark.
std::vector<Chunk> SplitDocuments(std::string_view text);

/// The first byte that a YAML file may not hold: malformed UTF-8, control characters, a carriage
/// return that no line feed follows.
std::optional<Diagnostic> FindBadByte(const SourceFile& file, std::string_view text);

/// The `%` line of a chunk, if it begins with one. YAML directives change what a file means, and
/// nothing here needs them.
std::optional<Diagnostic> FindDirective(const SourceFile& file, const Chunk& chunk);

}  // namespace seatkeeper::yaml
