#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/dictionary.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// The texts of one dictionary with their case folded, made once for all comparisons with them.
/// Codes are those of the dictionary, which must outlive this.
class FoldedTexts {
 public:
  explicit FoldedTexts(const TextDictionary& original);

  std::size_t size() const { return ends_.size(); }
  std::string_view Text(TextDictionary::Code code) const {
    const auto begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(bytes_).substr(begin, ends_[code] - begin);
  }
  std::string_view bytes() const { return bytes_; }
  std::span<const std::size_t> ends() const { return ends_; }
  const TextDictionary& original() const { return original_; }

 private:
  const TextDictionary& original_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

/// Whether the operator is the negation of another one: what it selects is all but what that other
/// one, its positive form, selects.
bool IsNegative(rule::Operator op);

/// The codes of the texts that pass the positive form of a comparison; null among its values equals
/// no text. Each distinct text is looked at once.
RowSet PassingTexts(const rule::Comparison& comparison, const FoldedTexts& texts);

}  // namespace seatkeeper
