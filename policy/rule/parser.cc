#include "policy/rule/parser.h"

#include <iterator>
#include <optional>
#include <utility>

#include "policy/rule/comparison.h"
#include "policy/rule/cursor.h"
#include "policy/rule/operand.h"
#include "policy/rule/special.h"
#include "policy/rule/vocabulary.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Kind = Token::Kind;
using Role = OperatorWord::Role;

bool StandsAlone(const Expression& expression) {
  return std::holds_alternative<MemberOf>(expression.node) ||
         std::holds_alternative<DirectReports>(expression.node);
}

// How comparisons are put together, by recursive descent; what a comparison is made of is read by
// the functions that share the cursor.
class Parser {
 public:
  explicit Parser(std::string_view text) : cursor_(text) {}

  std::optional<Expression> Rule() {
    auto expression = Or();
    if (!expression) return std::nullopt;
    if (!cursor_.At(Kind::kEnd)) return FailAfterTerm();
    if (alone_ && !StandsAlone(*expression)) return cursor_.Fail(std::move(*alone_));
    return expression;
  }

  ParseError TakeError() { return cursor_.TakeError(); }

 private:
  std::optional<Expression> Or() {
    return Joined(Logical::Kind::kOr, Role::kOr, [this] {
      return Joined(Logical::Kind::kAnd, Role::kAnd, [this] { return Term(); });
    });
  }

  // Flattens: a -and (b -and c) is one conjunction of three.
  template <typename ParseTerm>
  std::optional<Expression> Joined(Logical::Kind kind, Role role, ParseTerm parse_term) {
    auto first = parse_term();
    if (!first || !cursor_.AtRole(role)) return first;
    Logical logical{.kind = kind, .terms = {}};
    Append(logical, std::move(*first));
    while (cursor_.AtRole(role)) {
      cursor_.Advance();
      auto next = parse_term();
      if (!next) return std::nullopt;
      Append(logical, std::move(*next));
    }
    return Expression{std::move(logical)};
  }

  static void Append(Logical& logical, Expression term) {
    auto* inner = std::get_if<Logical>(&term.node);
    if (inner != nullptr && inner->kind == logical.kind) {
      std::move(inner->terms.begin(), inner->terms.end(), std::back_inserter(logical.terms));
    } else {
      logical.terms.push_back(std::move(term));
    }
  }

  std::optional<Expression> Term() {
    if (cursor_.At(Kind::kOpen)) return Group();
    if (cursor_.AtRole(Role::kNot)) return Not();
    if (!CheckStartOfComparison()) return std::nullopt;
    if (list_) return CompareItem();
    if (cursor_.AtWord("Direct")) return Alone(&ReadDirectReports, "Direct Reports for");
    if (cursor_.AtWord(kMemberOf)) return Alone(&ReadMemberOf, kMemberOf);
    return Compare();
  }

  std::optional<Expression> Not() {
    if (!cursor_.Enter()) return std::nullopt;
    cursor_.Advance();
    auto term = Term();
    if (!term) return std::nullopt;
    cursor_.Leave();
    Negation negation;
    negation.term.push_back(std::move(*term));
    return Expression{std::move(negation)};
  }

  std::optional<Expression> Group() {
    if (!cursor_.Enter()) return std::nullopt;
    const Token open = cursor_.token();
    cursor_.Advance();
    auto inner = Or();
    if (!inner) return std::nullopt;
    if (cursor_.At(Kind::kEnd)) {
      return cursor_.Fail({.code = "rule-syntax",
                           .message = "this parenthesis is not closed",
                           .hint = "add )",
                           .offset = open.offset,
                           .length = 1});
    }
    if (!cursor_.At(Kind::kClose)) return FailAfterTerm();
    cursor_.Advance();
    cursor_.Leave();
    return inner;
  }

  std::nullopt_t FailAfterTerm() {
    const auto word = cursor_.token().raw;
    if (cursor_.At(Kind::kClose)) {
      return cursor_.FailHere("rule-syntax", "this parenthesis was never opened", "remove it");
    }
    if (!cursor_.At(Kind::kWord) || NamesAnOperand(word) || cursor_.AtRole(Role::kNot)) {
      return cursor_.FailHere("rule-syntax", "-and or -or is missing here",
                              "join comparisons with -and or -or");
    }
    std::string hint(ForeignOperatorHint(word));
    if (cursor_.AtRole(Role::kPlus) || cursor_.AtRole(Role::kMinus)) {
      hint = "-plus and -minus stand once, after system.now";
    }
    if (cursor_.TouchesText()) hint = "inside a text, ' is written '' and \" is written `\"";
    if (hint.empty()) hint = SuggestNearest(word, {"-and", "-or"});
    if (hint.empty()) hint = "join comparisons with -and or -or";
    return cursor_.FailHere("rule-unknown-operator",
                            "-and or -or must stand here, not " + Quoted(word), std::move(hint));
  }

  static bool NamesAnOperand(std::string_view word) {
    return word == "_" || word.find('.') != std::string_view::npos || FindProperty(word);
  }

  bool CheckStartOfComparison() {
    if (cursor_.At(Kind::kString)) {
      cursor_.FailHere("rule-syntax", "the property must stand before the value",
                       "write property operator value, as in user.country -eq \"FR\"");
    } else if (!cursor_.At(Kind::kWord)) {
      cursor_.FailHere("rule-syntax", "a comparison is missing here",
                       "a comparison is: property operator value, as in user.country -eq \"FR\"");
    } else if (const auto* word = cursor_.Operator()) {
      cursor_.FailHere("rule-syntax", "a comparison must stand before " + Quoted(word->spelling));
    } else {
      return true;
    }
    return false;
  }

  std::optional<Expression> Compare() {
    const Token word = cursor_.token();
    auto resolved = ResolveOperand(word.raw, word.offset);
    if (auto* error = std::get_if<ParseError>(&resolved)) return cursor_.Fail(std::move(*error));
    auto& operand = std::get<Operand>(resolved);
    cursor_.Advance();
    const bool quantifier = cursor_.AtRole(Role::kAny) || cursor_.AtRole(Role::kAll);
    if (quantifier && IsList(TypeOf(operand))) return Quantify(std::get<Property>(operand));
    return Wrap(ReadComparison(cursor_, std::move(operand)));
  }

  std::optional<Expression> CompareItem() {
    const Token word = cursor_.token();
    auto resolved = ResolveItem(word.raw, word.offset, *list_);
    if (auto* error = std::get_if<ParseError>(&resolved)) return cursor_.Fail(std::move(*error));
    cursor_.Advance();
    return Wrap(ReadComparison(cursor_, std::move(std::get<Operand>(resolved))));
  }

  static std::optional<Expression> Wrap(std::optional<Comparison> comparison) {
    if (!comparison) return std::nullopt;
    return Expression{std::move(*comparison)};
  }

  std::optional<Expression> Quantify(Property list) {
    Quantified quantified{.property = list, .kind = {}, .item = {}};
    quantified.kind = cursor_.AtRole(Role::kAny) ? Quantified::Kind::kAny : Quantified::Kind::kAll;
    const std::string written = NameOf(list) + " " + std::string(cursor_.Operator()->spelling);
    cursor_.Advance();
    if (!cursor_.At(Kind::kOpen)) {
      return cursor_.FailHere(
          "rule-syntax", "a parenthesis must stand here",
          "write " + written + " (" + std::string(ItemExample(Info(list).type)) + ")");
    }
    list_ = list;
    auto item = Group();
    list_.reset();
    if (!item) return std::nullopt;
    quantified.item.push_back(std::move(*item));
    return Expression{std::move(quantified)};
  }

  // Whether it does stand alone is known at the end of the rule.
  std::optional<Expression> Alone(std::optional<Expression> (*read)(Cursor&),
                                  std::string_view name) {
    const Token start = cursor_.token();
    auto expression = read(cursor_);
    if (expression && !alone_) {
      alone_ = {.code = "rule-not-alone",
                .message = Quoted(name) + " must be the whole rule",
                .hint = "narrow it with `where`, or write a policy for each part",
                .offset = start.offset,
                .length = start.length};
    }
    return expression;
  }

  Cursor cursor_;
  std::optional<Property> list_;     // Inside the parentheses of its -any or -all.
  std::optional<ParseError> alone_;  // What to say if something stands beside a special rule.
};

}  // namespace

std::variant<Expression, ParseError> Parse(std::string_view text) {
  const std::size_t characters = CountCharacters(text);
  if (characters > kMaxRuleCharacters) {
    return ParseError{.code = "rule-too-long",
                      .message = "the rule has " + std::to_string(characters) +
                                 " characters; the limit is " + std::to_string(kMaxRuleCharacters),
                      .hint = "split it over several policies, or select by group",
                      .offset = 0,
                      .length = 1};
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return ParseError{.code = "rule-empty",
                      .message = "the rule is empty",
                      .hint = "user.objectId -ne null selects everybody",
                      .offset = 0,
                      .length = 1};
  }
  Parser parser(text);
  auto expression = parser.Rule();
  if (!expression) return parser.TakeError();
  return std::move(*expression);
}

}  // namespace seatkeeper::rule
