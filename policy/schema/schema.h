#pragma once

#include <span>
#include <string_view>

// What documents may hold, as tables. The loader checks documents by them (check.h) and
// `seatkeeper schema` prints them as JSON Schema, so that the two cannot disagree. All tables are
// constants that live as long as the program; safe from any thread.

namespace seatkeeper::schema {

struct Mapping;

/// Why something that is known is refused, and what would be right.
struct Refusal {
  std::string_view code;
  std::string_view message;
  std::string_view hint;
};

/// A form that a text must have beside being text.
struct Format {
  std::string_view
      pattern;  ///< ECMA regular expression over the whole text, as JSON Schema has it.
  /// The same test in C++. May be stricter than the pattern only where the pattern's line says so.
  bool (*accepts)(std::string_view text);
  std::string_view wanted;  ///< "a date": what the value must be.
  std::string_view hint;
  std::string_view code = "bad-value";
  /// Written without quotes YAML may take it for a number or a boolean, and the loader for text.
  bool plain = false;
  /// Asked after this one has passed.
  const Format* also = nullptr;
  /// Instead of "... must be ..., but is ...".
  const Refusal* refusal = nullptr;
};

/// One word that a text may be.
struct Choice {
  std::string_view word;
  std::string_view about;
  bool later = false;                ///< Designed, but not in force in this version.
  const Refusal* refusal = nullptr;  ///< Known, and never right.
};

enum class Type {
  kAny,       ///< Anything but nothing.
  kText,      ///< Any scalar, unless `choices` or `format` say more.
  kBool,      ///< `true` or `false`, not in quotes.
  kInt,       ///< Decimal digits with an optional sign, not in quotes.
  kNumber,    ///< As kInt, with an optional fraction; no exponent.
  kDuration,  ///< As ParseDuration.
  kList,
  kMapping,
};

/// What a value must be.
struct Value {
  Type type = Type::kText;
  std::span<const Choice> choices{};  ///< kText: one of these words.
  const Format* format = nullptr;     ///< kText.
  /// This word may stand instead of a value of the type: `off`, `all`.
  std::string_view word{};
  double min = 0;                      ///< kInt, kNumber; kDuration in milliseconds.
  double max = 0;                      ///< kInt, kNumber.
  const Value* items = nullptr;        ///< kList.
  const Refusal* not_empty = nullptr;  ///< kList: why it must have items; nullptr: it may be empty.
  /// kList: no item twice. Only printed: the reader of the kind names duplicates, and may know more
  /// spellings of one thing than JSON Schema can.
  bool distinct = false;
  std::string_view alone{};          ///< kList of texts: this one stands alone or not at all.
  const Mapping* mapping = nullptr;  ///< kMapping.
  std::string_view hint{};           ///< What would be right; for a format, instead of its own.
  std::string_view code{};           ///< Of a wrong choice, instead of "bad-value".
};

/// How a key stands in its mapping.
enum class Status {
  kOptional,
  kRequired,
  kLater,    ///< Designed, but not in force in this version: refused, its value still checked.
  kRefused,  ///< Known, and never right: `Key::refusal` says why.
};

/// One key that a mapping knows.
struct Key {
  std::string_view key;
  Status status = Status::kOptional;
  std::string_view about;  ///< A sentence or two for whoever writes the file, without full stop.
  Value value{};
  std::string_view by_default{};  ///< As JSON; empty: there is none, or it needs words.
  std::string_view example{};     ///< As JSON.
  const Refusal* refusal = nullptr;
};

/// A demand on keys of one mapping together.
struct Together {
  enum class Kind {
    kAtLeastOne,     ///< Of `keys`; reported at the mapping.
    kNotBoth,        ///< The two `keys`; reported at the second.
    kNeeds,          ///< All `keys`; reported at the mapping.
    kExcludes,       ///< None of `keys`; reported at each.
    kExcludesValue,  ///< The first key does not have the value of the second entry; at the value.
  };
  Kind kind;
  std::span<const std::string_view> keys;
  Refusal refusal;
  /// Holds only where the key `when` has the value `is`.
  std::string_view when{};
  std::string_view is{};
};

/// What a mapping may hold.
struct Mapping {
  std::span<const Key> keys;
  std::span<const Together> together{};
  /// Keys beside `keys` are allowed, with such values; nullptr: unknown keys are refused.
  const Value* others = nullptr;
  /// The key under which a scalar in the mapping's place was probably meant, for the hint.
  std::string_view usual{};
};

/// One kind of document. `document` is a mapping.
struct Kind {
  std::string_view name;
  std::string_view about;
  Value document;
  bool later = false;  ///< Designed, but not in force in this version.
};

/// The value of `apiVersion` in every document.
inline constexpr std::string_view kApiVersion = "seatkeeper/v1";

}  // namespace seatkeeper::schema
