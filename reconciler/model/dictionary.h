#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatkeeper {

/// Finds codes by what they stand for: a hash table of codes alone, for an owner who keeps the
/// things themselves, and hashes and compares them.
class CodeIndex {
 public:
  /// `equals(code)`: whether the code stands for what is looked for.
  template <typename Equals>
  std::optional<std::uint32_t> Find(std::size_t hash, Equals&& equals) const {
    if (slots_.empty()) return std::nullopt;
    for (auto slot = Slot(hash); slots_[slot] != kFree; slot = (slot + 1) & (slots_.size() - 1)) {
      if (equals(slots_[slot])) return slots_[slot];
    }
    return std::nullopt;
  }

  /// Makes room for so many codes, of which none has come yet.
  void Reserve(std::size_t codes) {
    std::size_t slots = kFewestSlots;
    while (codes * 4 > slots * 3) slots *= 2;
    slots_.assign(slots, kFree);
  }

  /// Adds a code that is not there yet. `hash_of(code)` gives the hash of any code added so far.
  template <typename HashOf>
  void Add(std::uint32_t code, HashOf&& hash_of) {
    if ((used_ + 1) * 4 > slots_.size() * 3) Grow(hash_of);
    Put(code, hash_of(code));
    ++used_;
  }

 private:
  static constexpr std::uint32_t kFree = static_cast<std::uint32_t>(-1);
  static constexpr std::size_t kFewestSlots = 16;

  std::size_t Slot(std::size_t hash) const { return hash & (slots_.size() - 1); }
  void Put(std::uint32_t code, std::size_t hash) {
    auto slot = Slot(hash);
    while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = code;
  }
  template <typename HashOf>
  void Grow(HashOf&& hash_of) {
    const auto old = std::exchange(slots_, {});
    slots_.assign(old.empty() ? kFewestSlots : old.size() * 2, kFree);
    for (const auto code : old) {
      if (code != kFree) Put(code, hash_of(code));
    }
  }

  std::vector<std::uint32_t> slots_;  // A power of two of them, at most three quarters taken.
  std::size_t used_ = 0;
};

/// Distinct texts, numbered from 0 as they come and stored end to end, so that all of them can be
/// gone through at the speed of memory. Copyable; concurrent reads are safe.
class TextDictionary {
 public:
  using Code = std::uint32_t;

  /// The code of `text`, new or known.
  Code Intern(std::string_view text);
  std::optional<Code> Find(std::string_view text) const;

  std::size_t size() const { return ends_.size(); }
  /// Valid until the next Intern.
  std::string_view Text(Code code) const {
    const auto begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(bytes_).substr(begin, ends_[code] - begin);
  }
  /// The codes of the texts that hold anything but ASCII, ascending.
  std::span<const Code> not_ascii() const { return not_ascii_; }
  /// All texts one after the other, and where each ends.
  std::string_view bytes() const { return bytes_; }
  std::span<const std::size_t> ends() const { return ends_; }

  void ShrinkToFit();

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<Code> not_ascii_;
  CodeIndex index_;
};

/// Distinct lists of numbers, numbered from 0 as they come. Order and repeats count: who wants sets
/// interns ordered lists.
class ListDictionary {
 public:
  using Code = std::uint32_t;

  Code Intern(std::span<const std::uint32_t> items);
  std::size_t size() const { return ends_.size(); }
  /// Valid until the next Intern.
  std::span<const std::uint32_t> Items(Code code) const {
    const auto begin = code == 0 ? 0 : ends_[code - 1];
    return std::span(items_).subspan(begin, ends_[code] - begin);
  }

  void ShrinkToFit();

 private:
  std::vector<std::uint32_t> items_;
  std::vector<std::size_t> ends_;
  CodeIndex index_;
};

}  // namespace seatkeeper
