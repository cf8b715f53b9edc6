#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "reconciler/model/dictionary.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// A folded value to be found in ASCII texts without regard to case. Says the truth of ASCII texts
/// alone; a value that is not ASCII is in none of them.
class AsciiNeedle {
 public:
  explicit AsciiNeedle(std::string_view folded);

  bool Equals(std::string_view text) const {
    return text.size() == value_.size() && StandsAt(text.data());
  }
  bool Starts(std::string_view text) const {
    return text.size() >= value_.size() && StandsAt(text.data());
  }
  bool Ends(std::string_view text) const {
    return text.size() >= value_.size() && StandsAt(text.data() + text.size() - value_.size());
  }
  /// The codes of the texts that contain the value. One pass over all texts at once, much faster
  /// than one search per text. REQUIRES: the value is not empty.
  RowSet Contained(const TextDictionary& texts) const;

 private:
  static std::uint64_t Eight(const char* place) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, place, sizeof bytes);
    return bytes;
  }
  /// Whether the value's bytes stand there; as many can be read. Here, because it is asked for
  /// every text of a tenant.
  bool StandsAt(const char* place) const {
    const std::size_t size = value_.size();
    const char* value = value_.data();
    const char* bits = case_bits_.data();
    if (size < sizeof(std::uint64_t)) {
      for (std::size_t i = 0; i < size; ++i) {
        if (static_cast<char>(place[i] | bits[i]) != value[i]) return false;
      }
      return true;
    }
    // Backwards: addresses differ at their ends. The last step overlaps the one before it.
    for (std::size_t at = size; at > 0;) {
      at = at > sizeof(std::uint64_t) ? at - sizeof(std::uint64_t) : 0;
      if ((Eight(place + at) | Eight(bits + at)) != Eight(value + at)) return false;
    }
    return true;
  }

  std::string value_;
  std::string case_bits_;  // 0x20 where the value has a letter: or-ed to either case gives lower.
};

}  // namespace seatkeeper
