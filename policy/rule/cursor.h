#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policy/rule/lexer.h"
#include "policy/rule/operator.h"
#include "policy/rule/parser.h"

namespace seatkeeper::rule {

/// Where a parser stands in a rule, and the first error it met. The functions that read a part of a
/// rule begin at its first token, leave the cursor behind its last one, and return nothing once
/// there is an error; nobody reads on after that.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : lexer_(text) { Advance(); }

  const Token& token() const { return token_; }
  bool At(Token::Kind kind) const { return token_.kind == kind; }
  /// Any letter case.
  bool AtWord(std::string_view word) const;
  bool AtRole(OperatorWord::Role role) const;
  /// What the token means where an operator can stand, or nullptr.
  const OperatorWord* Operator() const;

  void Advance();
  /// The token stands right behind a text, as after a quote that closed it too early.
  bool TouchesText() const { return token_.offset == text_end_; }

  /// Counts one level of nesting; false, with the error, when there are too many.
  bool Enter();
  void Leave() { --depth_; }

  /// Keeps the first error. At a token that is none, its own error is kept instead: it explains
  /// itself better than what was expected in its place.
  std::nullopt_t Fail(ParseError error);
  /// At the present token.
  std::nullopt_t FailHere(std::string code, std::string message, std::string hint = {});

  /// REQUIRES: something failed.
  ParseError TakeError();

 private:
  Lexer lexer_;
  Token token_;
  std::size_t text_end_ = std::string_view::npos;  // Of the text before the token, if one is.
  int depth_ = 0;
  std::optional<ParseError> error_;
};

}  // namespace seatkeeper::rule
