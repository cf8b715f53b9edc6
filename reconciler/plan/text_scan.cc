#include "reconciler/plan/text_scan.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace seatkeeper {
namespace {

// As many positions as are tried at once: compilers turn the loop over them into a few vector
// instructions.
constexpr std::size_t kBlock = 64;

}  // namespace

AsciiNeedle::AsciiNeedle(std::string_view folded)
    : value_(folded), case_bits_(folded.size(), '\0') {
  for (std::size_t i = 0; i < value_.size(); ++i) {
    if (value_[i] >= 'a' && value_[i] <= 'z') case_bits_[i] = 0x20;
  }
}

RowSet AsciiNeedle::Contained(const TextDictionary& texts) const {
  const auto bytes = texts.bytes();
  const auto ends = texts.ends();
  RowSet passing(texts.size());
  TextDictionary::Code code = 0;
  const auto try_place = [&](std::size_t at) {
    if (!StandsAt(bytes.data() + at)) return;
    while (ends[code] <= at) ++code;
    // What reaches into the next text is no hit.
    if (at + value_.size() <= ends[code]) passing.Insert(code);
  };
  const std::size_t reach = value_.size() - 1;
  const std::size_t places = bytes.size() > reach ? bytes.size() - reach : 0;
  const char first = value_.front();
  const char last = value_.back();
  const char first_bit = case_bits_.front();
  const char last_bit = case_bits_.back();
  std::size_t at = 0;
  for (; at + kBlock <= places; at += kBlock) {
    const char* front = bytes.data() + at;
    const char* back = front + reach;
    char hits[kBlock];
    for (std::size_t i = 0; i < kBlock; ++i) {
      const bool begins = static_cast<char>(front[i] | first_bit) == first;
      const bool ends_so = static_cast<char>(back[i] | last_bit) == last;
      // Not &&: a branch here would keep the loop from becoming vector instructions.
      hits[i] = static_cast<char>(static_cast<int>(begins) & static_cast<int>(ends_so));
    }
    for (std::size_t part = 0; part < kBlock; part += sizeof(std::uint64_t)) {
      if (Eight(hits + part) == 0) continue;
      for (std::size_t i = part; i < part + sizeof(std::uint64_t); ++i) {
        if (hits[i] != 0) try_place(at + i);
      }
    }
  }
  for (; at < places; ++at) try_place(at);
  return passing;
}

}  // namespace seatkeeper
