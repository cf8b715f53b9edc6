#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace seatkeeper::rule {

/// The regular expression of -match and -notMatch, compiled. Unanchored and without regard to case,
/// as in Entra's rules; the syntax is RE2's, whose time is linear in the text: Entra's own dialect
/// is .NET's, which has lookaround and back-references besides.
/// Move-only. Matching is safe from any thread.
class Pattern {
 public:
  /// The pattern, or why it is none: a clause for a person, without position.
  static std::variant<Pattern, std::string> Compile(std::string_view expression);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool Matches(std::string_view text) const;

  /// Pieces of text, ASCII in lower case and not empty, of which every ASCII text that matches
  /// contains at least one, letter case aside. Empty: nothing can be said. For passing over most of
  /// many texts by a plain search.
  std::vector<std::string> RequiredPieces() const;

 private:
  struct Compiled;
  explicit Pattern(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace seatkeeper::rule
