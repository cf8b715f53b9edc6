#include "reconciler/plan/text_match.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <variant>

#include "policy/rule/pattern.h"
#include "policy/text.h"
#include "reconciler/plan/text_scan.h"

namespace seatkeeper {
namespace {

using rule::Comparison;
using rule::Literal;
using rule::Operator;

using Values = std::vector<std::string>;  // Folded.

// What the positive form of an operator says of one folded text.
bool Passes(Operator op, std::string_view folded, const Values& values) {
  switch (op) {
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return folded.starts_with(values.front());
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return folded.ends_with(values.front());
    case Operator::kContains:
    case Operator::kNotContains:
      return folded.find(values.front()) != std::string_view::npos;
    case Operator::kEq:
    case Operator::kNe:
    case Operator::kIn:
    case Operator::kNotIn:
      return std::find(values.begin(), values.end(), folded) != values.end();
    case Operator::kMatch:
    case Operator::kNotMatch:
    case Operator::kGe:
    case Operator::kLe:
      break;
  }
  return false;
}

// The functions below answer for ASCII texts; what they say of others means nothing.

RowSet EqualTexts(const Values& values, const TextDictionary& texts) {
  if (values.size() == 1) {
    const AsciiNeedle value(values.front());
    return RowSet::Where(texts.size(), [&](Row code) { return value.Equals(texts.Text(code)); });
  }
  // Most texts differ from all values in their length already, and are not hashed.
  std::uint64_t lengths = 0;
  for (const auto& value : values) lengths |= std::uint64_t{1} << (value.size() % 64);
  const std::unordered_set<std::string_view> wanted(values.begin(), values.end());
  return RowSet::Where(texts.size(), [&](Row code) {
    const auto text = texts.Text(code);
    return ((lengths >> (text.size() % 64)) & 1) != 0 && wanted.contains(AsciiLower(text));
  });
}

RowSet Everything(std::size_t size) {
  RowSet all(size);
  all.Complement();
  return all;
}

RowSet PassingAscii(Operator op, const Values& values, const TextDictionary& texts) {
  const AsciiNeedle value(values.front());
  switch (op) {
    case Operator::kStartsWith:
    case Operator::kNotStartsWith:
      return RowSet::Where(texts.size(), [&](Row code) { return value.Starts(texts.Text(code)); });
    case Operator::kEndsWith:
    case Operator::kNotEndsWith:
      return RowSet::Where(texts.size(), [&](Row code) { return value.Ends(texts.Text(code)); });
    case Operator::kContains:
    case Operator::kNotContains:
      return values.front().empty() ? Everything(texts.size()) : value.Contained(texts);
    default:
      return EqualTexts(values, texts);
  }
}

// On the texts as they are: the pattern itself passes over letter case. Most texts hold none of the
// pieces that a match must have, and are not run through it.
RowSet TextsMatching(const std::string& expression, const TextDictionary& texts) {
  const auto compiled = rule::Pattern::Compile(expression);
  const auto* pattern = std::get_if<rule::Pattern>(&compiled);
  if (pattern == nullptr) return RowSet(texts.size());  // The parser let it pass: cannot be.
  RowSet candidates(texts.size());
  const auto pieces = pattern->RequiredPieces();
  for (const auto& piece : pieces) candidates |= AsciiNeedle(piece).Contained(texts);
  if (pieces.empty()) candidates.Complement();
  for (const auto code : texts.not_ascii()) candidates.Insert(code);
  RowSet passing(texts.size());
  candidates.ForEach([&](Row code) {
    if (pattern->Matches(texts.Text(code))) passing.Insert(code);
  });
  return passing;
}

}  // namespace

FoldedTexts::FoldedTexts(const TextDictionary& original) : original_(original) {
  folded_.reserve(original.not_ascii().size());
  for (const auto code : original.not_ascii()) folded_.push_back(FoldCase(original.Text(code)));
}

RowSet PassingTexts(const Comparison& comparison, const FoldedTexts& texts) {
  if (comparison.op == Operator::kGe || comparison.op == Operator::kLe) {
    return RowSet(texts.size());
  }
  Values values;
  for (const auto& literal : comparison.values) {
    if (literal.kind == Literal::Kind::kString) values.push_back(FoldCase(literal.text));
  }
  if (values.empty()) return RowSet(texts.size());
  if (comparison.op == Operator::kMatch || comparison.op == Operator::kNotMatch) {
    return TextsMatching(comparison.values.front().text, texts.original());
  }
  auto passing = PassingAscii(comparison.op, values, texts.original());
  texts.ForEachFolded([&](TextDictionary::Code code, std::string_view folded) {
    if (Passes(comparison.op, folded, values)) {
      passing.Insert(code);
    } else {
      passing.Erase(code);
    }
  });
  return passing;
}

}  // namespace seatkeeper
