#include "policy/rule/lint.h"

#include <map>
#include <set>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

bool SameValue(const Literal& a, const Literal& b) {
  return a.kind == b.kind && a.boolean == b.boolean && FoldCase(a.text) == FoldCase(b.text);
}

// Only terms that must all hold are looked at, and only -eq, whose meaning leaves no doubt.
void FindContradiction(const Logical& logical, std::vector<Lint>& lints) {
  std::map<Property, const Literal*> required;
  for (const auto& term : logical.terms) {
    const auto* comparison = std::get_if<Comparison>(&term.node);
    if (comparison == nullptr || comparison->op != Operator::kEq) continue;
    const Literal& value = comparison->values.at(0);
    const auto [known, added] = required.emplace(comparison->property, &value);
    if (added || SameValue(*known->second, value)) continue;
    lints.push_back({.code = "rule-matches-nobody",
                     .message = "no user matches: user." +
                                std::string(Info(comparison->property).rule_name) +
                                " cannot equal two values at once",
                     .hint = "join alternatives with -or, or use -in"});
    return;
  }
}

}  // namespace

std::vector<Lint> FindLints(const Expression& rule) {
  std::vector<Lint> lints;
  const auto* logical = std::get_if<Logical>(&rule.node);
  if (logical != nullptr && logical->kind == Logical::Kind::kAnd) {
    FindContradiction(*logical, lints);
  }
  std::set<Property> own;
  ForEachProperty(rule, [&](Property property) {
    if (!Info(property).seatkeeper_only || !own.insert(property).second) return;
    lints.push_back({.code = "rule-not-in-entra",
                     .message = "user." + std::string(Info(property).rule_name) +
                                " is seatkeeper's own: Entra's rules do not know it",
                     .hint = "the rule cannot be used for a dynamic group as it stands"});
  });
  return lints;
}

}  // namespace seatkeeper::rule
