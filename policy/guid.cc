#include "policy/guid.h"

#include <array>
#include <cstring>

namespace seatkeeper {
namespace {

constexpr std::size_t kTextLength = 36;

bool IsHyphenPlace(std::size_t index) {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

// The two digits of every byte, one after the other.
constexpr auto kHexadecimal = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 512> digits{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    digits[2 * byte] = kDigits[byte / 16];
    digits[2 * byte + 1] = kDigits[byte % 16];
  }
  return digits;
}();

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Guid> Guid::Parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Guid guid;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsHyphenPlace(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = guid.bytes_[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++nibble;
  }
  return guid;
}

std::string Guid::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

void Guid::AppendTo(std::string& text) const {
  char digits[kTextLength];
  char* next = digits;
  const auto append = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::memcpy(next, &kHexadecimal[std::size_t{2} * bytes_[i]], 2);
      next += 2;
    }
  };
  append(0, 4);
  for (std::size_t begin = 4; begin < 10; begin += 2) {
    *next++ = '-';
    append(begin, begin + 2);
  }
  *next++ = '-';
  append(10, 16);
  text.append(digits, kTextLength);
}

}  // namespace seatkeeper

std::size_t std::hash<seatkeeper::Guid>::operator()(const seatkeeper::Guid& guid) const noexcept {
  std::uint64_t halves[2];
  std::memcpy(halves, guid.bytes().data(), sizeof halves);
  // Directory ids are random, but made-up ones in tests count upwards: mix, so that they spread.
  std::uint64_t mixed = (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}
