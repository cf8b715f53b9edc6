#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "reconciler/model/user_table.h"

namespace seatkeeper {

/// A set of users of one table as a bitmap: what a rule or a group selects. Serves for the codes of
/// a dictionary as well, of which a rule selects some before it selects users.
class RowSet {
 public:
  explicit RowSet(std::size_t rows = 0) : rows_(rows), words_((rows + 63) / 64) {}

  /// The rows of which `holds(row)` is true. Asks for every row, in order.
  template <typename Holds>
  static RowSet Where(std::size_t rows, Holds&& holds) {
    RowSet set(rows);
    for (std::size_t i = 0; i < set.words_.size(); ++i) {
      const std::size_t begin = i * 64;
      const std::size_t count = rows - begin < 64 ? rows - begin : 64;
      std::uint64_t word = 0;
      for (std::size_t bit = 0; bit < count; ++bit) {
        word |= static_cast<std::uint64_t>(holds(static_cast<Row>(begin + bit))) << bit;
      }
      set.words_[i] = word;
    }
    return set;
  }

  std::size_t universe() const { return rows_; }
  void Insert(Row row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  bool Contains(Row row) const { return (words_[row / 64] >> (row % 64)) & 1; }

  std::size_t Count() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  RowSet& operator|=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  RowSet& operator&=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  /// Set difference.
  RowSet& operator-=(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  void Complement() {
    for (auto& word : words_) word = ~word;
    if (rows_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (rows_ % 64)) - 1;
  }

  /// Rows in ascending order.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (auto word = words_[i]; word != 0; word &= word - 1) {
        visit(static_cast<Row>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
      }
    }
  }

 private:
  std::size_t rows_;
  std::vector<std::uint64_t> words_;
};

}  // namespace seatkeeper
