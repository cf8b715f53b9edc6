#include "policy/fields.h"

#include <algorithm>
#include <charconv>

#include "policy/text.h"

namespace seatkeeper {
namespace {

using yaml::Node;

std::string_view Describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "text";
    case Node::Kind::kSequence:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping";
  }
  return "?";
}

std::string MustBe(std::string_view what, std::string_view wanted, const Node& node) {
  std::string message = Quoted(what) + " must be " + std::string(wanted) + ", but is ";
  if (node.kind == Node::Kind::kScalar) return message + Quoted(node.scalar);
  return message + std::string(Describe(node));
}

Diagnostic EmptyValue(const Node& node, std::string_view what) {
  return ErrorAt(node, "empty-value", Quoted(what) + " has no value",
                 "give it a value, or leave the key out");
}

bool IsDecimal(std::string_view text, bool fraction) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto dot = fraction ? text.find('.') : std::string_view::npos;
  const auto digits = [](std::string_view part) {
    return !part.empty() &&
           std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (dot == std::string_view::npos) return digits(text);
  return digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}

// from_chars does not take a plus sign; a number beyond the type's range is no number here.
template <typename Number>
std::optional<Number> ToNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Number>
std::string RangeText(Number min, Number max) {
  const auto text = [](Number number) {
    std::string digits = std::to_string(number);
    if (digits.find('.') == std::string::npos) return digits;
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return digits;
  };
  return "from " + text(min) + " to " + text(max);
}

std::string ListOf(std::span<const std::string_view> words) {
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  using std::chrono::milliseconds;
  const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = ToNumber<std::int64_t>(text.substr(0, unit_at));
  const auto unit = text.substr(unit_at);
  const std::int64_t unit_ms = unit == "ms"  ? 1
                               : unit == "s" ? 1'000
                               : unit == "m" ? 60'000
                               : unit == "h" ? 3'600'000
                               : unit == "d" ? 86'400'000
                                             : 0;
  constexpr std::int64_t kTenYearsMs = std::int64_t{3'652} * 86'400'000;
  if (!count || unit_ms == 0 || *count > kTenYearsMs / unit_ms) return std::nullopt;
  return milliseconds(*count * unit_ms);
}

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

Diagnostic NotYetInForce(const SourcePosition& at, int length, std::string_view what) {
  return {.severity = Severity::kError,
          .code = "not-yet-in-force",
          .message = Quoted(what) + " is not yet in force in this version",
          .hint = "remove it until a version enforces it; nothing is accepted and then ignored",
          .at = at,
          .length = length};
}

std::optional<Positioned<std::string>> ReadText(const Node& node, std::string_view what,
                                                std::vector<Diagnostic>& diagnostics) {
  if (node.kind == Node::Kind::kScalar && !node.scalar.empty()) {
    return Positioned<std::string>{node.scalar, node.at};
  }
  const bool empty = node.kind == Node::Kind::kNull || node.kind == Node::Kind::kScalar;
  diagnostics.push_back(empty ? EmptyValue(node, what)
                              : ErrorAt(node, "wrong-type", MustBe(what, "text", node)));
  return std::nullopt;
}

Fields::Fields(const Node& node, std::string place, std::span<const FieldSpec> table,
               std::vector<Diagnostic>& diagnostics)
    : node_(node), place_(std::move(place)), diagnostics_(diagnostics) {
  if (node.kind != Node::Kind::kMapping) {
    const std::string_view what = place_.empty() ? "document" : std::string_view(place_);
    Report(node.kind == Node::Kind::kNull
               ? EmptyValue(node, what)
               : ErrorAt(node, "wrong-type", MustBe(what, "a mapping", node)));
    return;
  }
  CheckKeys(table);
  CheckRequired(table);
}

void Fields::CheckKeys(std::span<const FieldSpec> table) {
  std::vector<std::string_view> known;
  for (const auto& spec : table) known.push_back(spec.key);
  for (const auto& entry : node_.entries) {
    const auto spec = std::find_if(table.begin(), table.end(),
                                   [&](const FieldSpec& s) { return s.key == entry.key; });
    if (spec == table.end()) {
      const std::string where = place_.empty() ? "" : " in " + Quoted(place_);
      std::string hint = SuggestNearest(entry.key, known);
      if (hint.empty()) hint = "known keys: " + ListOf(known);
      Report({.code = "unknown-key",
              .message = "unknown key " + Quoted(entry.key) + where,
              .hint = std::move(hint),
              .at = entry.at,
              .length = entry.length});
    } else if (spec->status == FieldSpec::Status::kLater) {
      Report(NotYetInForce(entry.at, entry.length, entry.key));
    }
  }
}

void Fields::CheckRequired(std::span<const FieldSpec> table) {
  for (const auto& spec : table) {
    if (spec.status != FieldSpec::Status::kRequired || Has(spec.key)) continue;
    const std::string where = place_.empty() ? "the document" : Quoted(place_);
    Report(ErrorAt(node_, "missing-key", where + " lacks " + Quoted(spec.key),
                   "add the key " + Quoted(spec.key)));
  }
}

std::string Fields::PathOf(std::string_view key) const {
  return place_.empty() ? std::string(key) : place_ + "." + std::string(key);
}

const Node* Fields::Find(std::string_view key) const { return node_.Find(key); }

void Fields::Report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ok_ = false;
  diagnostics_.push_back(std::move(diagnostic));
}

void Fields::Error(std::string_view key, std::string code, std::string message, std::string hint) {
  const Node* value = Find(key);
  Report(ErrorAt(value ? *value : node_, std::move(code), std::move(message), std::move(hint)));
}

void Fields::Warning(std::string_view key, std::string code, std::string message,
                     std::string hint) {
  const Node* value = Find(key);
  Report(WarningAt(value ? *value : node_, std::move(code), std::move(message), std::move(hint)));
}

void Fields::WrongType(std::string_view key, std::string_view wanted, std::string hint) {
  Error(key, "wrong-type", MustBe(PathOf(key), wanted, *Find(key)), std::move(hint));
}

const Node* Fields::Scalar(std::string_view key, std::string_view wanted) {
  const Node* value = Find(key);
  if (value == nullptr) return nullptr;
  if (value->kind == Node::Kind::kScalar && !value->scalar.empty()) return value;
  if (value->kind == Node::Kind::kNull || value->kind == Node::Kind::kScalar) {
    Report(EmptyValue(*value, PathOf(key)));
  } else {
    WrongType(key, wanted);
  }
  return nullptr;
}

std::optional<Positioned<std::string>> Fields::String(std::string_view key) {
  const Node* value = Scalar(key, "text");
  if (value == nullptr) return std::nullopt;
  return Positioned<std::string>{value->scalar, value->at};
}

std::optional<bool> Fields::Bool(std::string_view key) {
  const Node* value = Scalar(key, "true or false");
  if (value == nullptr) return std::nullopt;
  if (!value->quoted && value->scalar == "true") return true;
  if (!value->quoted && value->scalar == "false") return false;
  WrongType(key, "true or false", "write true or false, in lower case and without quotes");
  return std::nullopt;
}

std::optional<int> Fields::Int(std::string_view key, int min, int max) {
  const Node* value = Scalar(key, "a whole number");
  if (value == nullptr) return std::nullopt;
  if (value->quoted || !IsDecimal(value->scalar, false)) {
    WrongType(key, "a whole number", value->quoted ? "leave the quotes out" : "");
    return std::nullopt;
  }
  const auto number = ToNumber<int>(value->scalar);
  if (number && *number >= min && *number <= max) return number;
  Error(key, "out-of-range", Quoted(PathOf(key)) + " must be " + RangeText(min, max));
  return std::nullopt;
}

std::optional<double> Fields::Double(std::string_view key, double min, double max) {
  const Node* value = Scalar(key, "a number");
  if (value == nullptr) return std::nullopt;
  if (value->quoted || !IsDecimal(value->scalar, true)) {
    WrongType(key, "a number", value->quoted ? "leave the quotes out" : "");
    return std::nullopt;
  }
  const auto number = ToNumber<double>(value->scalar);
  if (number && *number >= min && *number <= max) return number;
  Error(key, "out-of-range", Quoted(PathOf(key)) + " must be " + RangeText(min, max));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Fields::Duration(std::string_view key) {
  const Node* value = Scalar(key, "a duration");
  if (value == nullptr) return std::nullopt;
  const auto duration = ParseDuration(value->scalar);
  if (!duration) {
    Error(key, "bad-duration",
          Quoted(PathOf(key)) + " must be a duration, but is " + Quoted(value->scalar),
          "one whole number and one unit, such as 90s, 5m, 24h or 14d");
  }
  return duration;
}

std::optional<std::size_t> Fields::Choice(std::string_view key,
                                          std::span<const std::string_view> allowed,
                                          std::span<const std::string_view> later) {
  const Node* value = Scalar(key, "one of " + ListOf(allowed));
  if (value == nullptr) return std::nullopt;
  const auto found = std::find(allowed.begin(), allowed.end(), value->scalar);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  if (std::find(later.begin(), later.end(), value->scalar) != later.end()) {
    Report(NotYetInForce(value->at, value->length, std::string(key) + ": " + value->scalar));
    return std::nullopt;
  }
  const std::string suggestion = SuggestNearest(value->scalar, {allowed.begin(), allowed.end()});
  Error(key, "bad-value",
        Quoted(PathOf(key)) + " must be one of " + ListOf(allowed) + ", but is " +
            Quoted(value->scalar),
        suggestion);
  return std::nullopt;
}

std::optional<std::vector<Positioned<std::string>>> Fields::StringList(std::string_view key) {
  const Node* value = Sequence(key);
  if (value == nullptr) return std::nullopt;
  std::vector<Positioned<std::string>> list;
  for (const Node& item : value->items) {
    if (auto text = ReadText(item, "an item of " + PathOf(key), diagnostics_)) {
      list.push_back(std::move(*text));
    } else {
      ok_ = false;
    }
  }
  return list;
}

const Node* Fields::Mapping(std::string_view key) {
  const Node* value = Find(key);
  if (value == nullptr || value->kind == Node::Kind::kMapping) return value;
  if (value->kind == Node::Kind::kNull) {
    Report(EmptyValue(*value, PathOf(key)));
  } else {
    WrongType(key, "a mapping");
  }
  return nullptr;
}

const Node* Fields::Sequence(std::string_view key) {
  const Node* value = Find(key);
  if (value == nullptr || value->kind == Node::Kind::kSequence) return value;
  if (value->kind == Node::Kind::kNull) {
    Report(EmptyValue(*value, PathOf(key)));
  } else if (value->kind == Node::Kind::kScalar) {
    WrongType(key, "a list", "put it in brackets, as in [one, two]");
  } else {
    WrongType(key, "a list");
  }
  return nullptr;
}

}  // namespace seatkeeper
