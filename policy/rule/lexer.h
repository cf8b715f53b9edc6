#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/rule/parser.h"

namespace seatkeeper::rule {

/// A word of a rule. Words are anything unquoted: properties, operators, true, false, null, and
/// mistakes, which the parser names better than the lexer could.
struct Token {
  enum class Kind {
    kEnd,
    kWord,
    kString,
    kOpen,       ///< (
    kClose,      ///< )
    kOpenList,   ///< [
    kCloseList,  ///< ]
    kComma,
    kBad,  ///< Lexer::error() says why; no further tokens may be asked for.
  };
  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string_view raw;  ///< As written; lives as long as the rule's text.
  std::string text;      ///< Of a string: its value.
};

/// Cuts a rule into tokens, one at a time, so that errors are met in reading order.
///
/// Strings: in double quotes `" is a double quote and '' a single one; in single quotes '' is a
/// single quote. Every other character, backtick and single quote included, means itself.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token Next();
  const ParseError& error() const { return error_; }

 private:
  Token Make(Token::Kind kind, std::size_t length);
  Token String(char quote);
  Token Unclosed(char quote);
  Token Word();
  Token Bad(std::string message, std::string hint, std::size_t length);
  Token Typographic(std::size_t length);

  std::string_view text_;
  std::size_t offset_ = 0;
  ParseError error_;
};

}  // namespace seatkeeper::rule
