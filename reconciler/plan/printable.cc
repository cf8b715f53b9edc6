#include "reconciler/plan/printable.h"

#include <algorithm>

#include "policy/text.h"

namespace seatkeeper {
namespace {

// Characters that move the cursor, start an escape sequence or turn text around.
bool IsUnprintable(std::string_view character) {
  if (character.size() == 1) return character[0] < 0x20 || character[0] == 0x7f;
  if (character.size() == 2) {
    return character < "\xC2\xA0" || character == "\xD8\x9C";  // C1 controls; U+061C.
  }
  return character == "\xE2\x80\x8E" || character == "\xE2\x80\x8F" ||    // U+200E, U+200F.
         (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||  // U+2028 to U+202E.
         (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");    // U+2066 to U+2069.
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const auto character = text.substr(0, std::max<std::size_t>(Utf8Length(text), 1));
    if (Utf8Length(text) == 0 || IsUnprintable(character)) {
      clean += '?';
    } else {
      clean += character;
    }
    text.remove_prefix(character.size());
  }
  return clean;
}

}  // namespace seatkeeper
