#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/source.h"
#include "policy/yaml.h"

namespace seatkeeper {

/// One key that a mapping knows.
struct FieldSpec {
  enum class Status {
    kOptional,
    kRequired,
    kLater,  ///< Designed, but not in force in this version: refused, never ignored.
  };
  std::string_view key;
  Status status = Status::kOptional;
};

/// "90s", "5m", "24h", "14d" or "250ms": one whole number and one unit, at most ten years.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// A finding at a node, underlined.
Diagnostic ErrorAt(const yaml::Node& node, std::string code, std::string message,
                   std::string hint = {});
Diagnostic WarningAt(const yaml::Node& node, std::string code, std::string message,
                     std::string hint = {});

/// What a key or value gets that is designed but not in force; `what` as written in the file.
Diagnostic NotYetInForce(const SourcePosition& at, int length, std::string_view what);

/// The text of a scalar. A node that has none (nothing, a list, a mapping, empty text) is reported
/// as `what` with code "wrong-type" or "empty-value".
std::optional<Positioned<std::string>> ReadText(const yaml::Node& node, std::string_view what,
                                                std::vector<Diagnostic>& diagnostics);

/// A typed reader over one mapping of a policy or config file. Construction checks the keys:
/// unknown ones ("unknown-key", with the nearest), those not in force ("not-yet-in-force") and
/// missing required ones ("missing-key"), or that the node is no mapping at all ("wrong-type").
/// Each getter returns nothing when the key is absent and also when its value is wrong; the latter
/// is reported once per call, at the value, so call each getter once. Keys asked for must be in the
/// table. Keeps references to its arguments; not for use by several threads.
///
/// Codes of getters: "empty-value" (a key without value, or empty text), "wrong-type",
/// "bad-value", "out-of-range", "bad-duration".
class Fields {
 public:
  /// `place` is the path for messages, for example "spec.subjects"; empty for a whole document.
  Fields(const yaml::Node& node, std::string place, std::span<const FieldSpec> table,
         std::vector<Diagnostic>& diagnostics);

  /// Nothing was wrong with this mapping itself so far; mappings inside it count for themselves.
  bool ok() const { return ok_; }
  const yaml::Node& node() const { return node_; }
  const std::string& place() const { return place_; }
  std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  /// "spec.subjects.rule" for "rule".
  std::string PathOf(std::string_view key) const;

  /// The key stands there, with whatever value.
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  /// The value as it is, unchecked; nullptr when the key is absent. Wrong mappings have no values.
  const yaml::Node* Find(std::string_view key) const;

  /// Any scalar, as text: `007` and `true` too, since the table says that text is meant.
  std::optional<Positioned<std::string>> String(std::string_view key);
  /// Only `true` and `false`, not in quotes.
  std::optional<bool> Bool(std::string_view key);
  /// Decimal digits with an optional sign, not in quotes, within [min, max].
  std::optional<int> Int(std::string_view key, int min, int max);
  /// As Int, with an optional fraction; no exponent.
  std::optional<double> Double(std::string_view key, double min, double max);
  /// As ParseDuration; quotes do not matter.
  std::optional<std::chrono::milliseconds> Duration(std::string_view key);
  /// The index into `allowed` of the value, which must be spelt exactly so; a value in `later` is
  /// reported as not yet in force.
  std::optional<std::size_t> Choice(std::string_view key, std::span<const std::string_view> allowed,
                                    std::span<const std::string_view> later = {});
  /// A list of texts. `[]` is an empty list, not an absent one; items that are wrong are reported
  /// and left out.
  std::optional<std::vector<Positioned<std::string>>> StringList(std::string_view key);
  /// The value, if it is a mapping: for another Fields.
  const yaml::Node* Mapping(std::string_view key);
  /// The value, if it is a list; its items are unchecked.
  const yaml::Node* Sequence(std::string_view key);

  /// A finding at the value of `key`, or at the mapping when the key is absent.
  void Error(std::string_view key, std::string code, std::string message, std::string hint = {});
  void Warning(std::string_view key, std::string code, std::string message, std::string hint = {});

 private:
  void CheckKeys(std::span<const FieldSpec> table);
  void CheckRequired(std::span<const FieldSpec> table);
  void Report(Diagnostic diagnostic);
  const yaml::Node* Scalar(std::string_view key, std::string_view wanted);
  void WrongType(std::string_view key, std::string_view wanted, std::string hint = {});

  const yaml::Node& node_;
  std::string place_;
  std::vector<Diagnostic>& diagnostics_;
  bool ok_ = true;
};

}  // namespace seatkeeper
