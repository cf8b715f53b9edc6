#pragma once

#include <algorithm>

#include "policy/rule/tree.h"

namespace seatkeeper::rule::test {

/// Node by node, without asking the printer. Names of extensions are equal as written.
bool SameTree(const Expression& a, const Expression& b);

inline bool SameTrees(const std::vector<Expression>& a, const std::vector<Expression>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameTree);
}

inline bool SameOperand(const Operand& a, const Operand& b) {
  if (a.index() != b.index()) return false;
  if (const auto* extension = std::get_if<DirectoryExtension>(&a)) {
    return extension->name == std::get<DirectoryExtension>(b).name;
  }
  if (const auto* field = std::get_if<ItemField>(&a)) return *field == std::get<ItemField>(b);
  return std::get<Property>(a) == std::get<Property>(b);
}

struct SameAs {
  const Expression& other;

  template <typename Node>
  bool operator()(const Node& node) const {
    const auto* same = std::get_if<Node>(&other.node);
    return same != nullptr && Same(node, *same);
  }

  static bool Same(const Comparison& a, const Comparison& b) {
    return SameOperand(a.operand, b.operand) && a.op == b.op && a.values == b.values;
  }
  static bool Same(const Logical& a, const Logical& b) {
    return a.kind == b.kind && SameTrees(a.terms, b.terms);
  }
  static bool Same(const Negation& a, const Negation& b) { return SameTrees(a.term, b.term); }
  static bool Same(const Quantified& a, const Quantified& b) {
    return a.property == b.property && a.kind == b.kind && SameTrees(a.item, b.item);
  }
  static bool Same(const MemberOf& a, const MemberOf& b) { return a.groups == b.groups; }
  static bool Same(const DirectReports& a, const DirectReports& b) {
    return a.manager == b.manager;
  }
};

inline bool SameTree(const Expression& a, const Expression& b) {
  return std::visit(SameAs{b}, a.node);
}

}  // namespace seatkeeper::rule::test
