#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/scalar.h"
#include "policy/schema/schema.h"
#include "policy/source.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// A finding at a node, underlined.
Diagnostic ErrorAt(const yaml::Node& node, std::string code, std::string message,
                   std::string hint = {});
Diagnostic WarningAt(const yaml::Node& node, std::string code, std::string message,
                     std::string hint = {});

/// The same at a value that was read from a node.
Diagnostic ErrorAt(const Positioned<std::string>& value, std::string code, std::string message,
                   std::string hint = {});

/// What a key or value gets that is designed but not in force; `what` as written in the file.
Diagnostic NotYetInForce(const SourcePosition& at, int length, std::string_view what);

/// Fetches values out of one mapping that schema::Check looked at. Nothing is reported here: a key
/// that is absent and a value that is wrong, which Check has reported, both read as nothing. Of a
/// node that is no mapping every key is absent. Keeps a reference to the node.
class Fields {
 public:
  explicit Fields(const yaml::Node& node) : node_(node) {}

  const yaml::Node& node() const { return node_; }

  /// The key stands there, with whatever value.
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  /// The value as it is; nullptr when the key is absent.
  const yaml::Node* Find(std::string_view key) const { return node_.Find(key); }

  /// A scalar with its text, if it is not empty.
  const yaml::Node* Scalar(std::string_view key) const;
  std::optional<Positioned<std::string>> String(std::string_view key) const;
  std::optional<bool> Bool(std::string_view key) const;
  std::optional<int> Int(std::string_view key) const;
  std::optional<double> Double(std::string_view key) const;
  std::optional<std::chrono::milliseconds> Duration(std::string_view key) const;
  std::optional<std::chrono::year_month_day> Date(std::string_view key) const;
  std::optional<std::chrono::minutes> TimeOfDay(std::string_view key) const;

  /// The word as the enumeration whose values stand in the order of `words`.
  template <typename Enum>
  std::optional<Enum> Choice(std::string_view key, std::span<const schema::Choice> words) const {
    const auto index = IndexOf(key, words);
    return index ? std::optional(static_cast<Enum>(*index)) : std::nullopt;
  }

  /// The texts of a list, without items that are none; nothing when it is no list.
  std::optional<std::vector<Positioned<std::string>>> StringList(std::string_view key) const;
  /// The value, if it is a mapping or a list.
  const yaml::Node* Mapping(std::string_view key) const;
  const yaml::Node* Sequence(std::string_view key) const;

 private:
  std::optional<std::size_t> IndexOf(std::string_view key,
                                     std::span<const schema::Choice> words) const;

  const yaml::Node& node_;
};

}  // namespace seatkeeper
