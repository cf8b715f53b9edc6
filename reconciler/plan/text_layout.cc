#include "reconciler/plan/text_layout.h"

#include <algorithm>

namespace seatkeeper {
namespace {

constexpr std::size_t kColumns = 80;

std::string Wrapped(std::string_view line, std::size_t hang) {
  if (Width(line) <= kColumns) return std::string(line);
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  std::string out(line.substr(0, indent));
  std::size_t width = indent;
  bool first = true;
  for (std::size_t at = indent; at < line.size();) {
    // The blanks before a word belong to it: columns stay columns.
    const std::size_t word = std::min(line.find_first_not_of(' ', at), line.size());
    const std::size_t end = std::min(line.find(' ', word), line.size());
    if (!first && width + Width(line.substr(at, end - at)) > kColumns) {
      out += '\n' + std::string(indent + hang, ' ');
      width = indent + hang;
      at = word;
    }
    out += line.substr(at, end - at);
    width += Width(line.substr(at, end - at));
    first = false;
    at = end;
  }
  return out;
}

}  // namespace

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::string WrapLines(std::string_view text, std::size_t hang) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += Wrapped(text.substr(begin, end - begin), hang);
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

}  // namespace seatkeeper
