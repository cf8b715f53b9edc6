#include <algorithm>

#include "tests/simulator/filter_node.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using Node = Filter::Node;
using Kind = Node::Kind;

const json& Below(const json& object, const std::string& path) {
  static const json none;
  const json* at = &object;
  for (const std::string& name : Split(path, '/')) {
    if (name.empty()) continue;
    const auto found = at->is_object() ? at->find(name) : at->end();
    if (found == at->end()) return none;
    at = &*found;
  }
  return *at;
}

bool Same(const Node& node, const json& held, const json& asked) {
  if (!held.is_string() || !asked.is_string()) return held == asked;
  const auto& left = held.get_ref<const std::string&>();
  const auto& right = asked.get_ref<const std::string&>();
  if (node.instants) return ParseIsoTime(left) == ParseIsoTime(right);
  return node.exact ? left == right : EqualsIgnoringCase(left, right);
}

// Nothing is before or after what is not set.
bool IsOrdered(const Node& node, const json& held) {
  if (!held.is_string()) return false;
  const auto& asked = node.values[0].get_ref<const std::string&>();
  const auto& text = held.get_ref<const std::string&>();
  const bool from = node.comparison == "ge";
  if (!node.instants) {
    const int order = ToLower(text).compare(ToLower(asked));
    return from ? order >= 0 : order <= 0;
  }
  const auto at = ParseIsoTime(text);
  return at && (from ? *at >= *ParseIsoTime(asked) : *at <= *ParseIsoTime(asked));
}

bool Compares(const Node& node, const json& held) {
  if (node.comparison == "eq") return Same(node, held, node.values[0]);
  if (node.comparison == "ne") return !Same(node, held, node.values[0]);
  return IsOrdered(node, held);
}

bool HasEnd(const Node& node, const json& held) {
  if (!held.is_string()) return false;
  const std::string text = ToLower(held.get_ref<const std::string&>());
  const std::string end = ToLower(node.values[0].get_ref<const std::string&>());
  return node.kind == Kind::kStartsWith ? text.starts_with(end) : text.ends_with(end);
}

bool IsTrue(const Node& node, const json& object) {
  const auto of_part = [&](const Node& part) { return IsTrue(part, object); };
  const json& held = Below(object, node.path);
  switch (node.kind) {
    case Kind::kAnd:
      return std::all_of(node.parts.begin(), node.parts.end(), of_part);
    case Kind::kOr:
      return std::any_of(node.parts.begin(), node.parts.end(), of_part);
    case Kind::kNot:
      return !IsTrue(node.parts[0], object);
    case Kind::kCompare:
      return Compares(node, held);
    case Kind::kIn:
      return std::any_of(node.values.begin(), node.values.end(),
                         [&](const json& value) { return Same(node, held, value); });
    case Kind::kStartsWith:
    case Kind::kEndsWith:
      return HasEnd(node, held);
    case Kind::kAny:
      return held.is_array() && std::any_of(held.begin(), held.end(), [&](const json& element) {
               return IsTrue(node.parts[0], element);
             });
    case Kind::kCount:
      return (held.size() == node.values[0].get<std::size_t>()) == (node.comparison == "eq");
  }
  return false;
}

}  // namespace

bool Filter::Matches(const json& object) const { return IsTrue(*root_, object); }

}  // namespace seatkeeper::sim
