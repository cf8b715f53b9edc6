#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace seatkeeper {

/// Position of a user in a table and in each of its columns.
using Row = std::uint32_t;

/// How the rows of a table are made of those of two others: some out of an earlier one, some out of
/// a later one. Kept as runs, so that what did not change is copied a run at a time.
class Splice {
 public:
  /// Rows come in the order of the new table.
  void TakeEarlier(Row begin, Row end) { Take({.later = false, .begin = begin, .end = end}); }
  void TakeLater(Row row) { Take({.later = true, .begin = row, .end = row + 1}); }

  std::size_t size() const { return size_; }

  /// Calls `visit(later, row)` for each row of the new table in turn.
  template <typename Visit>
  void ForEachRow(Visit&& visit) const {
    for (const auto& run : runs_) {
      for (Row row = run.begin; row < run.end; ++row) visit(run.later, row);
    }
  }

  /// What stands once per row; later values go through `translate`.
  template <typename T, typename Translate = std::identity>
  std::vector<T> Of(const std::vector<T>& earlier, const std::vector<T>& later,
                    Translate&& translate = {}) const {
    std::vector<T> values;
    values.reserve(size_);
    for (const auto& run : runs_) {
      if (run.later) {
        for (Row row = run.begin; row < run.end; ++row) values.push_back(translate(later[row]));
      } else {
        values.insert(values.end(), earlier.begin() + run.begin, earlier.begin() + run.end);
      }
    }
    return values;
  }

 private:
  struct Run {
    bool later = false;
    Row begin = 0;
    Row end = 0;
  };
  void Take(Run run) {
    if (run.begin == run.end) return;
    size_ += run.end - run.begin;
    runs_.push_back(run);
  }

  std::vector<Run> runs_;
  std::size_t size_ = 0;
};

}  // namespace seatkeeper
