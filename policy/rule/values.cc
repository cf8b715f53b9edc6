#include "policy/rule/values.h"

#include <string>
#include <utility>

#include "policy/rule/moment.h"
#include "policy/rule/operand.h"
#include "policy/rule/regex.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Kind = Token::Kind;
using Role = OperatorWord::Role;

bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

// Reads one value; `cursor_` stands at it.
class ValueReader {
 public:
  ValueReader(Cursor& cursor, const Operand& operand, Operator op)
      : cursor_(cursor), name_(NameOf(operand)), type_(TypeOf(operand)), op_(op) {}

  std::optional<Literal> Read() {
    if (cursor_.At(Kind::kString)) return Text();
    if (!cursor_.At(Kind::kWord)) return cursor_.FailHere("rule-syntax", "a value is missing here");
    if (cursor_.AtWord("null")) return Null();
    if (type_ == PropertyType::kDateTime && cursor_.AtWord("system.now")) return Now();
    const bool is_true = cursor_.AtWord("true");
    if (is_true || cursor_.AtWord("false")) return Boolean(is_true);
    if (type_ == PropertyType::kDateTime && !LooksLikeAMistake()) return Date(cursor_.token().raw);
    return NotAValue();
  }

 private:
  std::optional<Literal> Take(Literal literal) {
    cursor_.Advance();
    return literal;
  }

  std::optional<Literal> Text() {
    const std::string text = cursor_.token().text;
    if (type_ == PropertyType::kBoolean) {
      return cursor_.FailHere("rule-type", name_ + " is true or false, not text",
                              "write true or false without quotes");
    }
    if (type_ == PropertyType::kDateTime) return Date(text);
    if (TakesPattern(op_)) {
      if (auto problem = CheckRegex(text)) {
        return cursor_.FailHere("rule-regex", std::move(problem->message),
                                std::move(problem->hint));
      }
    }
    Literal literal{.kind = Literal::Kind::kString, .text = text};
    return Take(std::move(literal));
  }

  std::optional<Literal> Null() {
    if (TakesNull(op_)) return Take({});
    return cursor_.FailHere("rule-type", "null does not go with " + Quoted(Spelling(op_)),
                            "compare with null by -eq or -ne");
  }

  std::optional<Literal> Boolean(bool value) {
    const std::string written(cursor_.token().raw);
    if (type_ == PropertyType::kBoolean) {
      return Take({.kind = Literal::Kind::kBoolean, .boolean = value, .text = {}});
    }
    if (type_ == PropertyType::kDateTime) {
      return cursor_.FailHere("rule-type", name_ + " is a date, not true or false",
                              "write system.now, or a date as in 2027-03-31");
    }
    return cursor_.FailHere("rule-type", name_ + " is text, not true or false",
                            "put text in double quotes: \"" + written + "\"");
  }

  std::optional<Literal> Date(std::string_view written) {
    auto parsed = ParseMoment(written);
    if (auto* hint = std::get_if<std::string>(&parsed)) {
      if (EqualsIgnoreCase(written.substr(0, 10), "system.now")) *hint = "leave the quotes out";
      return cursor_.FailHere("rule-date", Quoted(written) + " is not a date", std::move(*hint));
    }
    if (TakesNull(op_)) return NoBounds();
    Literal literal{.kind = Literal::Kind::kTime, .text = {}};
    literal.time = std::get<Moment>(parsed);
    return Take(std::move(literal));
  }

  std::nullopt_t NoBounds() {
    return cursor_.FailHere("rule-type", Quoted(Spelling(op_)) + " compares a date with null only",
                            "write -ge or -le");
  }

  std::optional<Literal> Now() {
    if (TakesNull(op_)) return NoBounds();
    cursor_.Advance();
    Literal literal{.kind = Literal::Kind::kNow, .text = {}};
    const bool plus = cursor_.AtRole(Role::kPlus);
    if (!plus && !cursor_.AtRole(Role::kMinus)) return literal;
    cursor_.Advance();
    if (!cursor_.At(Kind::kWord)) {
      return cursor_.FailHere("rule-syntax", "a duration is missing here",
                              "write an ISO 8601 duration without quotes, as in p30d or pt12h");
    }
    auto duration = ParseIsoDuration(cursor_.token().raw);
    if (auto* hint = std::get_if<std::string>(&duration)) {
      return cursor_.FailHere("rule-date", Quoted(cursor_.token().raw) + " is not a duration",
                              std::move(*hint));
    }
    const auto length = std::get<std::chrono::seconds>(duration);
    literal.offset = plus ? length : -length;
    return Take(std::move(literal));
  }

  bool LooksLikeAMistake() const {
    const auto word = cursor_.token().raw;
    return word.starts_with('$') || StartsWithIgnoreCase(word, "user.");
  }

  std::nullopt_t NotAValue() {
    const std::string word(cursor_.token().raw);
    for (const auto* dollar : {"$null", "$true", "$false"}) {
      if (!cursor_.AtWord(dollar)) continue;
      return Unquoted("write " + AsciiLower(word.substr(1)) + ", without the dollar sign");
    }
    if (StartsWithIgnoreCase(word, "system.")) {
      return cursor_.FailHere("rule-type", name_ + " is no date",
                              "system.now goes with dates, as in user.employeeHireDate");
    }
    if (StartsWithIgnoreCase(word, "user.")) {
      return cursor_.FailHere("rule-syntax", "a property cannot be compared with a property",
                              "compare it with a text in double quotes");
    }
    if (type_ == PropertyType::kBoolean) {
      return cursor_.FailHere("rule-type", Quoted(word) + " is not a value", "write true or false");
    }
    return Unquoted("put text in double quotes: \"" + word.substr(0, 60) + "\"");
  }

  std::nullopt_t Unquoted(std::string hint) {
    return cursor_.FailHere("rule-unquoted", Quoted(cursor_.token().raw) + " is not a value",
                            std::move(hint));
  }

  Cursor& cursor_;
  const std::string name_;
  const PropertyType type_;
  const Operator op_;
};

}  // namespace

std::optional<Literal> ReadValue(Cursor& cursor, const Operand& operand, Operator op) {
  return ValueReader(cursor, operand, op).Read();
}

}  // namespace seatkeeper::rule
