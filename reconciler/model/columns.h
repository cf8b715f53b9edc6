#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace seatkeeper {

/// One string property over all users, dictionary-coded: a code per row, each distinct text once.
/// A rule is evaluated once per distinct value, not once per user.
/// *Absent* (the service left the property out), *null* and *empty text* are three values; a
/// property that was not selected has no column at all.
/// Move-only, one owner; concurrent reads are safe once filled.
class StringColumn {
 public:
  using Code = std::uint32_t;
  static constexpr Code kAbsent = 0;
  static constexpr Code kNull = 1;
  static constexpr Code kFirstText = 2;

  StringColumn() = default;
  StringColumn(StringColumn&&) = default;
  StringColumn& operator=(StringColumn&&) = default;

  /// The code of `text`, new or known.
  Code Intern(std::string_view text);

  void Append(Code code) { codes_.push_back(code); }
  void Set(std::size_t row, Code code) { codes_[row] = code; }

  std::size_t size() const { return codes_.size(); }
  Code code(std::size_t row) const { return codes_[row]; }
  bool has_text(std::size_t row) const { return codes_[row] >= kFirstText; }
  /// The text of a row; empty when absent or null.
  std::string_view text(std::size_t row) const { return Text(codes_[row]); }

  /// One past the largest code.
  Code dictionary_end() const { return kFirstText + static_cast<Code>(texts_.size()); }
  std::string_view Text(Code code) const {
    return code < kFirstText ? std::string_view() : texts_[code - kFirstText];
  }

  /// Lays the rows out anew: new row i is old row `order[i]`.
  void Permute(const std::vector<std::uint32_t>& order);

 private:
  std::vector<Code> codes_;
  std::deque<std::string> texts_;  // A deque, so that the views in `index_` stay valid.
  std::unordered_map<std::string_view, Code> index_;
};

/// One boolean property over all users.
class BooleanColumn {
 public:
  enum class Value : std::uint8_t { kAbsent, kNull, kFalse, kTrue };

  void Append(Value value) { values_.push_back(value); }
  void Set(std::size_t row, Value value) { values_[row] = value; }
  std::size_t size() const { return values_.size(); }
  Value value(std::size_t row) const { return values_[row]; }
  void Permute(const std::vector<std::uint32_t>& order);

 private:
  std::vector<Value> values_;
};

}  // namespace seatkeeper
