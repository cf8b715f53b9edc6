#include "policy/source.h"

namespace seatkeeper {

std::string ToString(const SourcePosition& position) {
  if (position.line == 0) return position.file;
  return position.file + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

std::string_view LineOf(std::string_view text, int line) {
  if (line < 1) return {};
  for (int current = 1; current < line; ++current) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace seatkeeper
