#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/source.h"

namespace seatkeeper::yaml {

/// A node of a YAML document with its place. Anchors, aliases, merge keys, custom tags and
/// duplicate keys were refused when the file was parsed, so none appear here.
/// Scalars keep their text: `NO` is the text "NO" until somebody asks for a boolean, and only
/// `true` and `false` are booleans (YAML 1.2), so Norway stays a country.
struct Node {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  struct Entry;

  Kind kind = Kind::kNull;
  SourcePosition at;
  std::string scalar;
  bool quoted = false;  ///< Written in quotes or as a block: always a string.
  bool block = false;   ///< A block scalar (| or >): positions inside its text are not known.
  /// The bytes of `scalar` stand as they are on one line of the file, beginning at `at`, or just
  /// after it when `quoted`: an offset into the text is then an offset into the line.
  bool verbatim = false;
  int length = 1;  ///< Bytes to underline from `at`, quotes included; never past the line.
  std::vector<Node> items;
  std::vector<Entry> entries;

  /// The value of `key`, or nullptr.
  const Node* Find(std::string_view key) const;
};

struct Node::Entry {
  std::string key;
  SourcePosition at;
  Node value;
  int length = 1;  ///< Bytes to underline from `at`.
};

/// Bounds that no file written by a person meets; beyond them a file is refused, so that hostile
/// input can neither exhaust memory nor the stack.
inline constexpr std::size_t kMaxFileBytes = std::size_t{8} << 20;
inline constexpr int kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 500'000;

/// All documents of one file; empty ones are left out. A value that is not written (`key:`) is
/// kNull at the place of its key. Problems go to `diagnostics`; documents that could be read whole
/// are returned even when another document of the file could not.
std::vector<Node> Parse(const SourceFile& file, std::vector<Diagnostic>& diagnostics);

}  // namespace seatkeeper::yaml
