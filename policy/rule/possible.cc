#include "policy/rule/possible.h"

#include <map>
#include <utility>
#include <vector>

#include "policy/result.h"
#include "policy/rule/facts.h"
#include "policy/rule/operand.h"
#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

struct Group {
  std::vector<Fact> facts;
  bool not_null = false;
};

// A part that must hold, or must fail.
struct Part {
  const Expression* expression;
  bool holds;
};

// What must be true of one user, all of it at once. An -or (or an -and that must fail) is only a
// choice: it is left for later, and each of its branches is then taken by itself.
class Demands {
 public:
  void Add(const Expression& expression, bool holds) {
    std::visit(Overloaded{[&](const Comparison& node) { AddComparison(node, holds); },
                          [&](const Negation& node) { Add(node.term.at(0), !holds); },
                          [&](const Logical& node) { AddLogical(expression, node, holds); },
                          [&](const Quantified& node) { AddQuantified(expression, node, holds); },
                          [](const auto&) {}},
               expression.node);
  }

  std::optional<Conflict> Find() {
    if (opposites_) return Conflict{};
    for (const auto& [name, group] : groups_) {
      if (!ExcludeEachOther(group.facts, group.not_null)) continue;
      const Comparison* last = group.facts.back().comparison;
      return Conflict{NameOf(last->operand), last};
    }
    if (impossible_item_) return impossible_item_;
    for (const auto& choice : std::exchange(choices_, {})) {
      if (auto conflict = AllBranches(choice)) return conflict;
    }
    return std::nullopt;
  }

 private:
  void AddComparison(const Comparison& node, bool holds) {
    groups_[AsciiLower(NameOf(node.operand))].facts.push_back({&node, holds});
  }

  void AddLogical(const Expression& expression, const Logical& node, bool holds) {
    Note(expression, holds);
    if ((node.kind == Logical::Kind::kAnd) != holds) {
      choices_.push_back({&expression, holds});
      return;
    }
    for (const auto& term : node.terms) Add(term, holds);
  }

  void AddQuantified(const Expression& expression, const Quantified& node, bool holds) {
    Note(expression, holds);
    // -any asks for an item that passes, a failing -all for one that does not; the other two are
    // satisfied by an empty list.
    if ((node.kind == Quantified::Kind::kAny) != holds) return;
    groups_[AsciiLower(NameOf(node.property))].not_null = true;
    if (!impossible_item_) impossible_item_ = FindConflict(node.item.at(0), holds);
  }

  void Note(const Expression& expression, bool holds) {
    const auto [known, added] = seen_.emplace(Print(expression), holds);
    if (!added && known->second != holds) opposites_ = true;
  }

  std::optional<Conflict> AllBranches(const Part& choice) const {
    std::optional<Conflict> first;
    for (const auto& term : std::get<Logical>(choice.expression->node).terms) {
      Demands branch = *this;
      branch.Add(term, choice.holds);
      auto conflict = branch.Find();
      if (!conflict) return std::nullopt;
      if (!first) first = std::move(conflict);
    }
    return first;
  }

  std::map<std::string, Group> groups_;  // By the operand's name.
  std::optional<Conflict> impossible_item_;
  std::vector<Part> choices_;
  std::map<std::string, bool> seen_;  // Whole parts, and whether they must hold.
  bool opposites_ = false;
};

}  // namespace

std::optional<Conflict> FindConflict(const Expression& expression, bool holds) {
  Demands demands;
  demands.Add(expression, holds);
  return demands.Find();
}

}  // namespace seatkeeper::rule
