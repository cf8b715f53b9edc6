#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "reconciler/model/user_table.h"

namespace seatkeeper {

/// A set of users of one table as a bitmap: what a rule or a group selects. Serves for the codes of
/// a dictionary as well, of which a rule selects some before it selects users.
class RowSet {
 public:
  explicit RowSet(std::size_t rows = 0) : rows_(rows), words_((rows + 63) / 64) {}

  /// The rows of which `holds(row)` is true. Asks for every row, in order. Takes the row as a
  /// std::size_t: with a Row, which wraps, compilers cannot tell that columns are read in order.
  template <typename Holds>
  static RowSet Where(std::size_t rows, Holds&& holds) {
    RowSet set(rows);
    std::size_t row = 0;
    // A byte per row first: that loop compilers turn into vector instructions where they can.
    for (; row + 64 <= rows; row += 64) {
      std::uint8_t held[64];
      for (std::size_t i = 0; i < 64; ++i) held[i] = holds(row + i) ? 1 : 0;
      set.words_[row / 64] = Packed(held);
    }
    for (; row < rows; ++row) {
      if (holds(row)) set.Insert(static_cast<Row>(row));
    }
    return set;
  }

  std::size_t universe() const { return rows_; }
  void Insert(Row row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  void Erase(Row row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
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
  // 64 bytes of 0 or 1 as 64 bits. Eight at a time: the product moves byte k's bit to bit 56 + k.
  static std::uint64_t Packed(const std::uint8_t (&bytes)[64]) {
    constexpr std::uint64_t kMove =
        std::endian::native == std::endian::little ? 0x0102040810204080ULL : 0x8040201008040201ULL;
    std::uint64_t packed = 0;
    for (std::size_t part = 0; part < 8; ++part) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, bytes + part * 8, sizeof eight);
      packed |= (eight * kMove >> 56) << (part * 8);
    }
    return packed;
  }

  std::size_t rows_;
  std::vector<std::uint64_t> words_;
};

}  // namespace seatkeeper
