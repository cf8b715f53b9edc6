#include "policy/rule/cursor.h"

#include <algorithm>
#include <utility>

#include "policy/text.h"

namespace seatkeeper::rule {

bool Cursor::AtWord(std::string_view word) const {
  return At(Token::Kind::kWord) && EqualsIgnoreCase(token_.raw, word);
}

bool Cursor::AtRole(OperatorWord::Role role) const {
  const auto* word = Operator();
  return word != nullptr && word->role == role;
}

const OperatorWord* Cursor::Operator() const {
  return At(Token::Kind::kWord) ? FindOperatorWord(token_.raw) : nullptr;
}

void Cursor::Advance() {
  text_end_ = At(Token::Kind::kString) ? token_.offset + token_.length : std::string_view::npos;
  token_ = lexer_.Next();
}

bool Cursor::Enter() {
  if (++depth_ <= kMaxNesting) return true;
  FailHere("rule-too-deep", "nested more than " + std::to_string(kMaxNesting) + " levels deep",
           "split the rule over several policies");
  return false;
}

std::nullopt_t Cursor::Fail(ParseError error) {
  if (At(Token::Kind::kBad)) error = lexer_.error();
  if (!error_) error_ = std::move(error);
  return std::nullopt;
}

std::nullopt_t Cursor::FailHere(std::string code, std::string message, std::string hint) {
  return Fail({.code = std::move(code),
               .message = std::move(message),
               .hint = std::move(hint),
               .offset = token_.offset,
               .length = std::max<std::size_t>(1, token_.length)});
}

ParseError Cursor::TakeError() { return std::move(*error_); }

}  // namespace seatkeeper::rule
