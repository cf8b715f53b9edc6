#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "policy/guid.h"
#include "reconciler/model/dictionary.h"

namespace seatkeeper {

/// Two lists of distinct things as one, of which only what is used stays: first every use is said
/// by its number in the joined list, then what is used gets its final number. Refers to both lists,
/// which are to outlive it.
template <typename T>
class JoinedList {
 public:
  using Number = std::uint32_t;

  JoinedList(const std::vector<T>& earlier, const std::vector<T>& later)
      : later_(later.size(), kNone) {
    // The later list is the short one: it is what gets an index.
    CodeIndex index;
    index.Reserve(later.size());
    const auto hash_of = [&](Number number) { return HashOf(later[number]); };
    for (Number number = 0; number < later.size(); ++number) index.Add(number, hash_of);
    items_.reserve(earlier.size() + later.size());
    for (const auto& item : earlier) {
      const auto same =
          index.Find(HashOf(item), [&](Number number) { return later[number] == item; });
      if (same) later_[*same] = static_cast<Number>(items_.size());
      items_.push_back(&item);
    }
    for (Number number = 0; number < later.size(); ++number) {
      if (later_[number] != kNone) continue;
      later_[number] = static_cast<Number>(items_.size());
      items_.push_back(&later[number]);
    }
    final_.assign(items_.size(), kNone);
  }

  /// The number of an item of the later list; items of the earlier one keep theirs.
  Number OfLater(Number number) const { return later_[number]; }
  const T& operator[](Number number) const { return *items_[number]; }

  void Use(Number number) { final_[number] = kUsed; }
  /// All that is used, ascending.
  std::vector<Number> Used() const {
    std::vector<Number> used;
    for (Number number = 0; number < final_.size(); ++number) {
      if (final_[number] == kUsed) used.push_back(number);
    }
    return used;
  }
  /// Numbers what is used, all of it, in this order, and gives a copy of it.
  std::vector<T> Finish(const std::vector<Number>& used) {
    std::vector<T> items;
    items.reserve(used.size());
    for (const auto number : used) {
      final_[number] = static_cast<Number>(items.size());
      items.push_back(*items_[number]);
    }
    return items;
  }
  /// After Finish.
  Number Final(Number number) const { return final_[number]; }

 private:
  static constexpr Number kNone = static_cast<Number>(-1);
  static constexpr Number kUsed = kNone - 1;

  static std::size_t HashOf(const SkuId& id) { return std::hash<SkuId>()(id); }
  static std::size_t HashOf(const std::string& text) { return std::hash<std::string>()(text); }
  static std::size_t HashOf(const std::vector<PlanId>& plans) {
    std::size_t hash = plans.size();
    for (const auto& plan : plans) hash = hash * 31 + std::hash<PlanId>()(plan);
    return hash;
  }

  std::vector<const T*> items_;
  std::vector<Number> later_;
  std::vector<Number> final_;
};

}  // namespace seatkeeper
