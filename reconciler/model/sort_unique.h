#pragma once

#include <algorithm>
#include <vector>

namespace seatkeeper {

/// Makes an ordered set of a list: ascending, each value once.
template <typename T>
void SortUnique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// Adds a value to such a set, unless it is there.
template <typename T>
void InsertUnique(std::vector<T>& set, const T& value) {
  const auto at = std::lower_bound(set.begin(), set.end(), value);
  if (at == set.end() || *at != value) set.insert(at, value);
}

}  // namespace seatkeeper
