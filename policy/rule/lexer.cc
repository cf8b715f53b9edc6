#include "policy/rule/lexer.h"

#include <utility>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

// What word processors and web pages make of ASCII, and what was meant.
struct Lookalike {
  std::string_view bytes;
  std::string_view name;
  std::string_view ascii;
};
constexpr Lookalike kLookalikes[] = {
    {"\xE2\x80\x90", "hyphen (U+2010)", "a hyphen -"},
    {"\xE2\x80\x91", "non-breaking hyphen (U+2011)", "a hyphen -"},
    {"\xE2\x80\x92", "figure dash (U+2012)", "a hyphen -"},
    {"\xE2\x80\x93", "en dash (U+2013)", "a hyphen -"},
    {"\xE2\x80\x94", "em dash (U+2014)", "a hyphen -"},
    {"\xE2\x80\x95", "horizontal bar (U+2015)", "a hyphen -"},
    {"\xE2\x88\x92", "minus sign (U+2212)", "a hyphen -"},
    {"\xE2\x80\x98", "left single quotation mark (U+2018)", "a straight quote '"},
    {"\xE2\x80\x99", "right single quotation mark (U+2019)", "a straight quote '"},
    {"\xE2\x80\x9A", "low single quotation mark (U+201A)", "a straight quote '"},
    {"\xE2\x80\x9C", "left double quotation mark (U+201C)", "a straight quote \""},
    {"\xE2\x80\x9D", "right double quotation mark (U+201D)", "a straight quote \""},
    {"\xE2\x80\x9E", "low double quotation mark (U+201E)", "a straight quote \""},
    {"\xE2\x80\x9B", "reversed single quotation mark (U+201B)", "a straight quote '"},
    {"\xE2\x80\x9F", "reversed double quotation mark (U+201F)", "a straight quote \""},
    {"\xE2\x80\xB2", "prime (U+2032)", "a straight quote '"},
    {"\xE2\x80\xB3", "double prime (U+2033)", "a straight quote \""},
    {"\xC2\xB4", "acute accent (U+00B4)", "a straight quote '"},
    {"\xC2\xAB", "left angle quotation mark (U+00AB)", "a straight quote \""},
    {"\xC2\xBB", "right angle quotation mark (U+00BB)", "a straight quote \""},
    {"\xC2\xA0", "no-break space (U+00A0)", "a blank"},
    {"\xE2\x80\xAF", "narrow no-break space (U+202F)", "a blank"},
    {"\xE2\x80\x89", "thin space (U+2009)", "a blank"},
    {"\xE3\x80\x80", "ideographic space (U+3000)", "a blank"},
    {"\xE2\x80\x8B", "zero width space (U+200B)", "nothing there"},
    {"\xE2\x81\xA0", "word joiner (U+2060)", "nothing there"},
    {"\xEF\xBB\xBF", "byte order mark (U+FEFF)", "nothing there"},
    {"\xC2\xAD", "soft hyphen (U+00AD)", "nothing there"},
};

const Lookalike* FindLookalike(std::string_view text) {
  for (const auto& lookalike : kLookalikes) {
    if (text.starts_with(lookalike.bytes)) return &lookalike;
  }
  return nullptr;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool EndsWord(char c) {
  return IsSpace(c) || std::string_view("()[],\"'").find(c) != std::string_view::npos;
}

}  // namespace

Token Lexer::Next() {
  while (offset_ < text_.size() && IsSpace(text_[offset_])) ++offset_;
  if (offset_ == text_.size()) return Make(Token::Kind::kEnd, 0);
  switch (text_[offset_]) {
    case '(':
      return Make(Token::Kind::kOpen, 1);
    case ')':
      return Make(Token::Kind::kClose, 1);
    case '[':
      return Make(Token::Kind::kOpenList, 1);
    case ']':
      return Make(Token::Kind::kCloseList, 1);
    case ',':
      return Make(Token::Kind::kComma, 1);
    case '"':
    case '\'':
      return String(text_[offset_]);
    default:
      return Word();
  }
}

Token Lexer::Make(Token::Kind kind, std::size_t length) {
  Token token{.kind = kind,
              .offset = offset_,
              .length = length,
              .raw = text_.substr(offset_, length),
              .text = {}};
  offset_ += length;
  return token;
}

Token Lexer::String(char quote) {
  std::string value;
  for (std::size_t i = offset_ + 1; i < text_.size(); ++i) {
    const char next = i + 1 < text_.size() ? text_[i + 1] : '\0';
    if ((text_[i] == '`' && quote == '"' && next == '"') || (text_[i] == '\'' && next == '\'')) {
      value += next;
      ++i;
    } else if (text_[i] == quote) {
      Token token = Make(Token::Kind::kString, i + 1 - offset_);
      token.text = std::move(value);
      return token;
    } else {
      value += text_[i];
    }
  }
  return Unclosed(quote);
}

// Often the closing quote is there, but not a straight one: then its place is the better help.
Token Lexer::Unclosed(char quote) {
  std::string hint =
      "in YAML, ` #` begins a comment and ends a plain value: write the rule as a | block";
  for (std::size_t i = offset_ + 1; i < text_.size(); ++i) {
    const auto* lookalike = FindLookalike(text_.substr(i));
    if (lookalike == nullptr || !lookalike->ascii.ends_with(quote)) continue;
    hint = "the " + std::string(lookalike->name) + " at character " +
           std::to_string(CountCharacters(text_.substr(0, i)) + 1) +
           " of the rule does not close it: type " + std::string(lookalike->ascii);
    break;
  }
  return Bad(std::string("the text that begins here has no closing ") + quote, std::move(hint), 1);
}

Token Lexer::Word() {
  std::size_t end = offset_;
  while (end < text_.size() && !EndsWord(text_[end])) {
    if (const auto* lookalike = FindLookalike(text_.substr(end))) {
      offset_ = end;
      return Typographic(lookalike->bytes.size());
    }
    ++end;
  }
  return Make(Token::Kind::kWord, end - offset_);
}

Token Lexer::Bad(std::string message, std::string hint, std::size_t length) {
  error_ = {.code = "rule-syntax",
            .message = std::move(message),
            .hint = std::move(hint),
            .offset = offset_,
            .length = length};
  return Make(Token::Kind::kBad, length);
}

Token Lexer::Typographic(std::size_t length) {
  const Lookalike& lookalike = *FindLookalike(text_.substr(offset_));
  Token token = Bad("the " + std::string(lookalike.name) + " has no meaning in a rule",
                    "type " + std::string(lookalike.ascii), length);
  error_.code = "rule-typographic";
  return token;
}

}  // namespace seatkeeper::rule
