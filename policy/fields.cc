#include "policy/fields.h"

#include <algorithm>
#include <limits>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using yaml::Node;

Positioned<std::string> TextOf(const Node& node) { return {node.scalar, node.at, node.length}; }

bool HasText(const Node& node) { return node.kind == Node::Kind::kScalar && !node.scalar.empty(); }

}  // namespace

Diagnostic ErrorAt(const Node& node, std::string code, std::string message, std::string hint) {
  return {.severity = Severity::kError,
          .code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .at = node.at,
          .length = node.length};
}

Diagnostic WarningAt(const Node& node, std::string code, std::string message, std::string hint) {
  Diagnostic diagnostic = ErrorAt(node, std::move(code), std::move(message), std::move(hint));
  diagnostic.severity = Severity::kWarning;
  return diagnostic;
}

Diagnostic ErrorAt(const Positioned<std::string>& value, std::string code, std::string message,
                   std::string hint) {
  return {.severity = Severity::kError,
          .code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .at = value.at,
          .length = value.length};
}

Diagnostic NotYetInForce(const SourcePosition& at, int length, std::string_view what) {
  return {.severity = Severity::kError,
          .code = "not-yet-in-force",
          .message = Quoted(what) + " is not yet in force in this version",
          .hint = "remove it until a version enforces it; nothing is accepted and then ignored",
          .at = at,
          .length = length};
}

const Node* Fields::Scalar(std::string_view key) const {
  const Node* value = Find(key);
  return value != nullptr && HasText(*value) ? value : nullptr;
}

std::optional<Positioned<std::string>> Fields::String(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : std::optional(TextOf(*value));
}

std::optional<bool> Fields::Bool(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : std::optional(value->scalar == "true");
}

std::optional<int> Fields::Int(std::string_view key) const {
  const auto number = Double(key);
  // Beyond the range it was an error; casting it would be one, too.
  if (!number || !(*number >= std::numeric_limits<int>::min()) ||
      !(*number <= std::numeric_limits<int>::max())) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<double> Fields::Double(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : ParseDecimal(value->scalar, true);
}

std::optional<std::chrono::milliseconds> Fields::Duration(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : ParseDuration(value->scalar);
}

std::optional<std::chrono::year_month_day> Fields::Date(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : ParseDate(value->scalar);
}

std::optional<std::chrono::minutes> Fields::TimeOfDay(std::string_view key) const {
  const Node* value = Scalar(key);
  return value == nullptr ? std::nullopt : ParseTimeOfDay(value->scalar);
}

std::optional<std::size_t> Fields::IndexOf(std::string_view key,
                                           std::span<const schema::Choice> words) const {
  const Node* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  const auto found = std::find_if(words.begin(), words.end(), [&](const schema::Choice& choice) {
    return choice.word == value->scalar;
  });
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

std::optional<std::vector<Positioned<std::string>>> Fields::StringList(std::string_view key) const {
  const Node* value = Sequence(key);
  if (value == nullptr) return std::nullopt;
  std::vector<Positioned<std::string>> list;
  for (const Node& item : value->items) {
    if (HasText(item)) list.push_back(TextOf(item));
  }
  return list;
}

const Node* Fields::Mapping(std::string_view key) const {
  const Node* value = Find(key);
  return value != nullptr && value->kind == Node::Kind::kMapping ? value : nullptr;
}

const Node* Fields::Sequence(std::string_view key) const {
  const Node* value = Find(key);
  return value != nullptr && value->kind == Node::Kind::kSequence ? value : nullptr;
}

}  // namespace seatkeeper
