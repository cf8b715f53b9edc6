#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/rule/tree.h"
#include "reconciler/model/dictionary.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// The texts of one dictionary, made ready for comparisons without regard to case. ASCII texts are
/// compared where they are; the others are folded once here. `original` must outlive this.
class FoldedTexts {
 public:
  explicit FoldedTexts(const TextDictionary& original);

  std::size_t size() const { return original_.size(); }
  const TextDictionary& original() const { return original_; }

  /// Calls `visit(code, folded text)` for every text that is not ASCII alone.
  template <typename Visit>
  void ForEachFolded(Visit&& visit) const {
    for (std::size_t i = 0; i < folded_.size(); ++i) visit(original_.not_ascii()[i], folded_[i]);
  }

 private:
  const TextDictionary& original_;
  std::vector<std::string> folded_;  // In the order of original_.not_ascii().
};

/// The codes of the texts that pass the positive form of a comparison; null among its values equals
/// no text. Each distinct text is looked at once.
RowSet PassingTexts(const rule::Comparison& comparison, const FoldedTexts& texts);

}  // namespace seatkeeper
