#include "policy/rule/lint.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "policy/result.h"
#include "policy/rule/lexer.h"
#include "policy/rule/operand.h"
#include "policy/rule/plainer.h"
#include "policy/rule/possible.h"
#include "policy/rule/vocabulary.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

struct Word {
  std::size_t offset;
  std::string_view raw;
  std::string canonical;
};

// The names of properties and fields in a rule that parsed, in the order of the text: one for every
// comparison, -any and -all, and two for memberOf, which stands alone.
std::vector<Word> FindNames(std::string_view text) {
  std::vector<Word> words;
  Lexer lexer(text);
  for (Token token = lexer.Next(); token.kind != Token::Kind::kEnd; token = lexer.Next()) {
    if (token.kind == Token::Kind::kBad) break;
    if (token.kind != Token::Kind::kWord) continue;
    std::string canonical;
    const bool string_item = token.raw == "_";
    const auto list = string_item ? Property::kOtherMails : Property::kAssignedPlans;
    for (const auto& resolved : {ResolveOperand(token.raw, 0), ResolveItem(token.raw, 0, list)}) {
      if (const auto* operand = std::get_if<Operand>(&resolved)) canonical = NameOf(*operand);
    }
    for (const std::string_view name : {kMemberOf, kMemberOfItem}) {
      if (EqualsIgnoreCase(token.raw, name)) canonical = std::string(name);
    }
    if (!canonical.empty()) words.push_back({token.offset, token.raw, std::move(canonical)});
  }
  return words;
}

class Linter {
 public:
  Linter(const Expression& rule, std::string_view text) : rule_(rule), names_(FindNames(text)) {
    std::size_t next = 0;
    Visit(rule, next);
  }

  std::vector<Lint> Run() {
    FindNobodyAndEverybody();
    FindOwnProperties();
    for (const auto* comparison : comparisons_) FindPlainer(*comparison);
    FindLetterCase();
    return std::move(lints_);
  }

 private:
  // The parser keeps the order of what was written, so the nth operand has the nth name.
  void Visit(const Expression& expression, std::size_t& next) {
    std::visit(
        Overloaded{[&](const Comparison& node) {
                     places_[&node] = next++;
                     comparisons_.push_back(&node);
                   },
                   [&](const Quantified& node) {
                     places_[&node] = next++;
                     Visit(node.item.at(0), next);
                   },
                   [&](const Logical& node) {
                     for (const auto& term : node.terms) Visit(term, next);
                   },
                   [&](const Negation& node) { Visit(node.term.at(0), next); }, [](const auto&) {}},
        expression.node);
  }

  void Add(std::string code, std::string message, std::string hint, const Word* at) {
    Lint lint{.code = std::move(code),
              .message = std::move(message),
              .hint = std::move(hint),
              .offset = std::nullopt};
    if (at != nullptr) {
      lint.offset = at->offset;
      lint.length = at->raw.size();
    }
    lints_.push_back(std::move(lint));
  }

  const Word* NameOfNode(const void* node) const {
    const auto place = places_.find(node);
    if (place == places_.end() || place->second >= names_.size()) return nullptr;
    return &names_[place->second];
  }

  void FindNobodyAndEverybody() {
    if (const auto conflict = FindConflict(rule_, true)) {
      Report(*conflict, "rule-matches-nobody", "no user matches: ",
             {.several = "exclude each other",
              .single = "can never hold",
              .parts = "a part of the rule must hold and fail at once",
              .hint = "join alternatives with -or, or use -in"});
    }
    if (SelectsEverybodyPlainly()) return;
    if (const auto conflict = FindConflict(rule_, false)) {
      Report(*conflict, "rule-matches-everybody", "every user matches: ",
             {.several = "leave nobody out",
              .single = "can never fail",
              .parts = "a part of the rule may hold or fail",
              .hint = "user.objectId -ne null says so plainly"});
    }
  }

  struct Wording {
    const char* several;  // Conditions on one operand.
    const char* single;
    const char* parts;
    const char* hint;
  };

  void Report(const Conflict& conflict, std::string code, const std::string& what,
              const Wording& wording) {
    if (conflict.about.empty()) {
      Add(std::move(code), what + wording.parts, wording.hint, nullptr);
      return;
    }
    const auto same = std::count_if(
        comparisons_.begin(), comparisons_.end(),
        [&](const auto* node) { return EqualsIgnoreCase(NameOf(node->operand), conflict.about); });
    const Word* at = NameOfNode(conflict.at);
    if (same > 1) {
      Add(std::move(code), what + "the conditions on " + conflict.about + " " + wording.several,
          wording.hint, at);
    } else {
      // Only ids have values that no user can have.
      Add(std::move(code), what + "what it asks of " + conflict.about + " " + wording.single,
          "this id is always a GUID, as in efb87545-963c-4e0d-99df-69c6916d9eb0", at);
    }
  }

  // `user.objectId -ne null`, as Entra documents it.
  bool SelectsEverybodyPlainly() const {
    const auto* comparison = std::get_if<Comparison>(&rule_.node);
    return comparison != nullptr && comparison->op == Operator::kNe &&
           NameOf(comparison->operand) == NameOf(Property::kObjectId) &&
           comparison->values.at(0).kind == Literal::Kind::kNull;
  }

  void FindOwnProperties() {
    std::set<Property> seen;
    ForEachOperand(rule_, [&](const Operand& operand) {
      const auto* property = std::get_if<Property>(&operand);
      if (property == nullptr || !Info(*property).seatkeeper_only) return;
      if (!seen.insert(*property).second) return;
      const std::string name = NameOf(operand);
      const auto at = std::find_if(names_.begin(), names_.end(),
                                   [&](const Word& word) { return word.canonical == name; });
      Add("rule-not-in-entra", name + " is seatkeeper's own: Entra's rules do not know it",
          "the rule cannot be used for a dynamic group as it stands",
          at == names_.end() ? nullptr : &*at);
    });
  }

  void FindPlainer(const Comparison& comparison) {
    const auto plainer = PlainerForm(comparison);
    if (!plainer) return;
    Add("rule-plainer",
        Quoted(Spelling(comparison.op)) + " is not needed here: the expression is plain text",
        "write " + Print(Expression{*plainer}), NameOfNode(&comparison));
  }

  void FindLetterCase() {
    std::set<std::string_view> seen;
    for (const auto& word : names_) {
      if (word.raw == word.canonical || !seen.insert(word.raw).second) continue;
      Add("rule-property-case",
          Quoted(word.raw) +
              " is spelt otherwise in Entra's documentation, which tells letter case "
              "apart in names",
          "write " + word.canonical, &word);
    }
  }

  const Expression& rule_;
  const std::vector<Word> names_;
  std::map<const void*, std::size_t> places_;  // Of a comparison, -any or -all: index into names_.
  std::vector<const Comparison*> comparisons_;
  std::vector<Lint> lints_;
};

}  // namespace

std::vector<Lint> FindLints(const Expression& rule, std::string_view text) {
  return Linter(rule, text).Run();
}

}  // namespace seatkeeper::rule
