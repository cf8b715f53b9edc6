#include "reconciler/plan/text_match.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>
#include <variant>

#include "policy/rule/pattern.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Literal;
using rule::Operator;

bool IsAscii(std::string_view bytes) {
  unsigned char all = 0;
  for (const char byte : bytes) all |= static_cast<unsigned char>(byte);
  return all < 0x80;
}

RowSet EqualTexts(const std::vector<std::string>& values, const FoldedTexts& texts) {
  if (values.size() == 1) {
    const std::string_view value = values.front();
    return RowSet::Where(texts.size(), [&](Row code) { return texts.Text(code) == value; });
  }
  // Most texts differ from all values in their length already, and are not hashed.
  std::uint64_t lengths = 0;
  for (const auto& value : values) lengths |= std::uint64_t{1} << (value.size() % 64);
  const std::unordered_set<std::string_view> wanted(values.begin(), values.end());
  return RowSet::Where(texts.size(), [&](Row code) {
    const auto text = texts.Text(code);
    return ((lengths >> (text.size() % 64)) & 1) != 0 && wanted.contains(text);
  });
}

// One pass over all texts at once. A hit that reaches into the next text is none.
RowSet TextsContaining(std::string_view value, const FoldedTexts& texts) {
  RowSet passing(texts.size());
  if (value.empty()) {
    passing.Complement();
    return passing;
  }
  const auto bytes = texts.bytes();
  const auto ends = texts.ends();
  TextDictionary::Code code = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const void* hit = memmem(bytes.data() + at, bytes.size() - at, value.data(), value.size());
    if (hit == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes.data());
    while (ends[code] <= at) ++code;
    if (at + value.size() <= ends[code]) {
      passing.Insert(code);
      at = ends[code];
    } else {
      ++at;
    }
  }
  return passing;
}

// On the texts as they are: the pattern itself passes over letter case.
RowSet TextsMatching(const std::string& expression, const TextDictionary& texts) {
  const auto compiled = rule::Pattern::Compile(expression);
  const auto* pattern = std::get_if<rule::Pattern>(&compiled);
  if (pattern == nullptr) return RowSet(texts.size());  // The parser let it pass: cannot be.
  return RowSet::Where(texts.size(), [&](Row code) { return pattern->Matches(texts.Text(code)); });
}

}  // namespace

FoldedTexts::FoldedTexts(const TextDictionary& original) : original_(original) {
  const auto bytes = original.bytes();
  ends_.assign(original.ends().begin(), original.ends().end());
  if (IsAscii(bytes)) {
    bytes_ = AsciiLower(bytes);
    return;
  }
  bytes_.reserve(bytes.size());
  for (TextDictionary::Code code = 0; code < ends_.size(); ++code) {
    const auto text = original.Text(code);
    bytes_ += IsAscii(text) ? AsciiLower(text) : FoldCase(text);
    ends_[code] = bytes_.size();
  }
}

bool IsNegative(Operator op) {
  switch (op) {
    case Operator::kNe:
    case Operator::kNotStartsWith:
    case Operator::kNotEndsWith:
    case Operator::kNotContains:
    case Operator::kNotIn:
    case Operator::kNotMatch:
      return true;
    case Operator::kEq:
    case Operator::kStartsWith:
    case Operator::kEndsWith:
    case Operator::kContains:
    case Operator::kIn:
    case Operator::kMatch:
    case Operator::kGe:
    case Operator::kLe:
      break;
  }
  return false;
}

RowSet PassingTexts(const Comparison& comparison, const FoldedTexts& texts) {
  std::vector<std::string> values;
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kString) values.push_back(FoldCase(literal.text));
  }
  if (values.empty()) return RowSet(texts.size());
  const std::string_view value = values.front();
  switch (comparison.op) {
    case Operator::kEq:
    case Operator::kNe:
    case Operator::kIn:
    case Operator::kNotIn:
      return EqualTexts(values, texts);
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return RowSet::Where(texts.size(),
                           [&](Row code) { return texts.Text(code).starts_with(value); });
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return RowSet::Where(texts.size(),
                           [&](Row code) { return texts.Text(code).ends_with(value); });
    case Operator::kContains:
    case Operator::kNotContains:
      return TextsContaining(value, texts);
    case Operator::kMatch:
    case Operator::kNotMatch:
      return TextsMatching(comparison.values.front().text, texts.original());
    case Operator::kGe:
    case Operator::kLe:
      break;
  }
  return RowSet(texts.size());
}

}  // namespace seatkeeper
