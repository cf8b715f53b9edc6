#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace seatkeeper {

// Sets as ordered vectors, each item once; what is made of them is ordered as well.

template <typename T>
bool Contains(const std::vector<T>& set, const T& item) {
  return std::binary_search(set.begin(), set.end(), item);
}

template <typename T>
std::vector<T> Union(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

template <typename T>
std::vector<T> Intersection(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

template <typename T>
std::vector<T> Without(const std::vector<T>& all, const std::vector<T>& these) {
  std::vector<T> rest;
  std::set_difference(all.begin(), all.end(), these.begin(), these.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace seatkeeper
