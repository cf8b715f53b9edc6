#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "policy/guid.h"

namespace seatkeeper {

/// Makes a digest of values for comparing two readings. Multiplies and folds eight bytes at a time:
/// cheap, and one differing word always makes another state. It only has to notice that something
/// differs, not to resist anybody.
class Hasher {
 public:
  void Add(std::string_view bytes) {
    AddNumber(bytes.size());
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    for (std::size_t at = 0; at + kWord <= bytes.size(); at += kWord) AddWord(bytes.data() + at);
    if (bytes.size() % kWord == 0) return;
    // The last word overlaps the one before it; of less than a word, zeros make one.
    if (bytes.size() > kWord) return AddWord(bytes.data() + bytes.size() - kWord);
    char word[kWord] = {};
    std::memcpy(word, bytes.data(), bytes.size());
    AddWord(word);
  }
  void Add(const Guid& guid) {
    std::uint64_t halves[2];
    std::memcpy(halves, guid.bytes().data(), sizeof halves);
    AddNumber(halves[0]);
    AddNumber(halves[1]);
  }
  void AddNumber(std::uint64_t number) {
    state_ = (state_ ^ number) * 0x9e3779b97f4a7c15ULL;
    state_ ^= state_ >> 32;
  }
  /// A list: how many there are, then each.
  template <typename Tag>
  void Add(const std::vector<Id<Tag>>& ids) {
    AddNumber(ids.size());
    for (const auto& id : ids) Add(id.guid);
  }
  std::uint64_t Digest() const {
    std::uint64_t mixed = state_;
    mixed ^= mixed >> 33;
    mixed *= 0xff51afd7ed558ccdULL;
    mixed ^= mixed >> 33;
    return mixed;
  }

 private:
  void AddWord(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    AddNumber(word);
  }
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace seatkeeper
