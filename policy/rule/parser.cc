#include "policy/rule/parser.h"

#include <iterator>
#include <optional>
#include <utility>

#include "policy/rule/lexer.h"
#include "policy/rule/operator.h"
#include "policy/rule/vocabulary.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Kind = Token::Kind;
using Role = OperatorWord::Role;

bool TakesList(Operator op) { return op == Operator::kIn || op == Operator::kNotIn; }
bool TakesNull(Operator op) { return op == Operator::kEq || op == Operator::kNe; }

// Recursive descent. Every function leaves the first error in error_ and returns nothing then.
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { Advance(); }

  std::optional<Expression> Rule() {
    auto expression = Or();
    if (!expression) return std::nullopt;
    if (token_.kind == Kind::kEnd) return expression;
    return FailAfterTerm();
  }

  ParseError TakeError() { return std::move(*error_); }

 private:
  std::nullopt_t Fail(ParseError error) {
    // A bad token explains itself better than what was expected in its place.
    if (token_.kind == Kind::kBad) error = lexer_.error();
    if (!error_) error_ = std::move(error);
    return std::nullopt;
  }

  std::nullopt_t FailHere(std::string code, std::string message, std::string hint = {}) {
    return Fail({.code = std::move(code),
                 .message = std::move(message),
                 .hint = std::move(hint),
                 .offset = token_.offset,
                 .length = std::max<std::size_t>(1, token_.length)});
  }

  void Advance() { token_ = lexer_.Next(); }

  const OperatorWord* OperatorHere() const {
    return token_.kind == Kind::kWord ? FindOperatorWord(token_.raw) : nullptr;
  }
  bool AtRole(Role role) const {
    const auto* word = OperatorHere();
    return word != nullptr && word->role == role;
  }

  std::optional<Expression> Or() {
    return Joined(Logical::Kind::kOr, Role::kOr, [this] {
      return Joined(Logical::Kind::kAnd, Role::kAnd, [this] { return Term(); });
    });
  }

  // Flattens: a -and (b -and c) is one conjunction of three.
  template <typename ParseTerm>
  std::optional<Expression> Joined(Logical::Kind kind, Role role, ParseTerm parse_term) {
    auto first = parse_term();
    if (!first || !AtRole(role)) return first;
    Logical logical{.kind = kind, .terms = {}};
    Append(logical, std::move(*first));
    while (AtRole(role)) {
      Advance();
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
    if (token_.kind == Kind::kOpen) return Group();
    if (AtRole(Role::kNot)) return Not();
    return Compare();
  }

  bool Enter() {
    if (++depth_ <= kMaxNesting) return true;
    FailHere("rule-too-deep", "nested more than " + std::to_string(kMaxNesting) + " levels deep",
             "split the rule over several policies");
    return false;
  }

  std::optional<Expression> Not() {
    if (!Enter()) return std::nullopt;
    Advance();
    auto term = Term();
    if (!term) return std::nullopt;
    --depth_;
    Negation negation;
    negation.term.push_back(std::move(*term));
    return Expression{std::move(negation)};
  }

  std::optional<Expression> Group() {
    if (!Enter()) return std::nullopt;
    const Token open = token_;
    Advance();
    auto inner = Or();
    if (!inner) return std::nullopt;
    if (token_.kind == Kind::kEnd) {
      return Fail({.code = "rule-syntax",
                   .message = "this parenthesis is not closed",
                   .hint = "add )",
                   .offset = open.offset,
                   .length = 1});
    }
    if (token_.kind != Kind::kClose) return FailAfterTerm();
    Advance();
    --depth_;
    return inner;
  }

  std::nullopt_t FailAfterTerm() {
    if (token_.kind == Kind::kClose) {
      return FailHere("rule-syntax", "this parenthesis was never opened", "remove it");
    }
    if (token_.kind != Kind::kWord || token_.raw.empty() || FindProperty(AfterPrefix(token_.raw))) {
      return FailHere("rule-syntax", "-and or -or is missing here",
                      "join comparisons with -and or -or");
    }
    if (const auto* word = OperatorHere(); word != nullptr && word->role == Role::kLater) {
      return Fail(LaterError(word->spelling, token_.offset, token_.length));
    }
    std::string hint(ForeignOperatorHint(token_.raw));
    if (hint.empty()) hint = SuggestNearest(token_.raw, {"-and", "-or"});
    if (hint.empty()) hint = "join comparisons with -and or -or";
    return FailHere("rule-unknown-operator",
                    "-and or -or must stand here, not " + Quoted(token_.raw), std::move(hint));
  }

  static std::string_view AfterPrefix(std::string_view word) {
    return word.substr(std::min(word.size(), word.find('.') + 1));
  }

  std::optional<Expression> Compare() {
    if (token_.kind == Kind::kString) {
      return FailHere("rule-syntax", "the property must stand before the value",
                      "write property operator value, as in user.country -eq \"FR\"");
    }
    if (token_.kind != Kind::kWord) {
      return FailHere("rule-syntax", "a comparison is missing here",
                      "a comparison is: property operator value, as in user.country -eq \"FR\"");
    }
    if (EqualsIgnoreCase(token_.raw, "Direct")) return DirectReports();
    if (const auto* word = OperatorHere()) {
      return FailHere("rule-syntax", "a comparison must stand before " + Quoted(word->spelling));
    }
    auto resolved = ResolveProperty(token_.raw, token_.offset);
    if (auto* error = std::get_if<ParseError>(&resolved)) return Fail(std::move(*error));
    Comparison comparison{.property = std::get<Property>(resolved), .op = {}, .values = {}};
    Advance();
    if (!ReadOperator(comparison) || !ReadValues(comparison)) return std::nullopt;
    return Expression{std::move(comparison)};
  }

  std::nullopt_t DirectReports() {
    const std::size_t start = token_.offset;
    const std::size_t length = token_.length;
    Advance();
    if (token_.kind == Kind::kWord && EqualsIgnoreCase(token_.raw, "Reports")) {
      const std::size_t end = token_.offset + token_.length;
      return Fail(LaterError("Direct Reports for", start, end - start));
    }
    return Fail({.code = "rule-syntax",
                 .message = "a property must stand here, not `Direct`",
                 .hint = {},
                 .offset = start,
                 .length = length});
  }

  bool ReadOperator(Comparison& comparison) {
    const auto& info = Info(comparison.property);
    const std::string property = "user." + std::string(info.rule_name);
    const auto* word = OperatorHere();
    if (word == nullptr || word->role != Role::kComparison) {
      FailOperator(word, property);
      return false;
    }
    comparison.op = word->op;
    if (info.type == PropertyType::kBoolean && !TakesNull(word->op)) {
      FailHere("rule-type", Quoted(word->spelling) + " does not go with " + property,
               "it is true or false: compare it with -eq or -ne");
      return false;
    }
    Advance();
    return true;
  }

  void FailOperator(const OperatorWord* word, const std::string& property) {
    if (word != nullptr && word->role == Role::kLater) {
      Fail(LaterError(word->spelling, token_.offset, token_.length));
    } else if (word != nullptr && word->role == Role::kNot) {
      FailHere("rule-syntax", "-not stands before a comparison, not inside it",
               "write -ne, or -not before the property");
    } else if (token_.kind != Kind::kWord || word != nullptr) {
      FailHere("rule-syntax", "an operator is missing after " + property,
               property + " needs an operator and a value, as in -eq \"...\"");
    } else {
      std::string hint(ForeignOperatorHint(token_.raw));
      if (hint.empty()) hint = SuggestNearest(token_.raw, SpellingsOf(Role::kComparison));
      FailHere("rule-unknown-operator", "unknown operator " + Quoted(token_.raw), std::move(hint));
    }
  }

  bool ReadValues(Comparison& comparison) {
    if (TakesList(comparison.op)) return ReadList(comparison);
    if (token_.kind == Kind::kOpenList) {
      FailHere("rule-type", Quoted(Spelling(comparison.op)) + " takes one value, not a list",
               "use -in or -notIn with a list");
      return false;
    }
    return ReadValue(comparison);
  }

  bool ReadList(Comparison& comparison) {
    const std::string op(Spelling(comparison.op));
    if (token_.kind != Kind::kOpenList) {
      FailHere("rule-type", Quoted(op) + " takes a list", "write " + op + " [\"a\", \"b\"]");
      return false;
    }
    Advance();
    if (token_.kind == Kind::kCloseList) {
      FailHere("rule-type", "an empty list matches nothing", "name at least one value");
      return false;
    }
    while (ReadValue(comparison)) {
      if (token_.kind == Kind::kCloseList) {
        Advance();
        return true;
      }
      if (token_.kind != Kind::kComma) {
        FailHere("rule-syntax", "a comma or ] must stand here");
        return false;
      }
      Advance();
    }
    return false;
  }

  bool ReadValue(Comparison& comparison) {
    const auto& info = Info(comparison.property);
    const std::string property = "user." + std::string(info.rule_name);
    if (token_.kind == Kind::kString) {
      if (info.type == PropertyType::kBoolean) {
        FailHere("rule-type", property + " is true or false, not text",
                 "write true or false without quotes");
        return false;
      }
      return Take(comparison,
                  {.kind = Literal::Kind::kString, .boolean = false, .text = token_.text});
    }
    if (token_.kind != Kind::kWord) {
      FailHere("rule-syntax", "a value is missing here");
      return false;
    }
    if (EqualsIgnoreCase(token_.raw, "null")) return ReadNull(comparison);
    const bool is_true = EqualsIgnoreCase(token_.raw, "true");
    if (!is_true && !EqualsIgnoreCase(token_.raw, "false")) {
      Fail(NotAValue(token_.raw, token_.offset, info.type));
      return false;
    }
    if (info.type == PropertyType::kString) {
      FailHere("rule-type", property + " is text, not true or false",
               "put text in double quotes: \"" + std::string(token_.raw) + "\"");
      return false;
    }
    return Take(comparison, {.kind = Literal::Kind::kBoolean, .boolean = is_true, .text = {}});
  }

  bool ReadNull(Comparison& comparison) {
    if (!TakesNull(comparison.op)) {
      FailHere("rule-type", "null does not go with " + Quoted(Spelling(comparison.op)),
               "compare with null by -eq or -ne");
      return false;
    }
    return Take(comparison, {});
  }

  bool Take(Comparison& comparison, Literal literal) {
    comparison.values.push_back(std::move(literal));
    Advance();
    return true;
  }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  std::optional<ParseError> error_;
};

}  // namespace

std::variant<Expression, ParseError> Parse(std::string_view text) {
  if (text.size() > kMaxRuleBytes) {
    return ParseError{.code = "rule-too-long",
                      .message = "the rule has " + std::to_string(text.size()) +
                                 " bytes; the limit is " + std::to_string(kMaxRuleBytes),
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
