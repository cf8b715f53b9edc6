#include "policy/source.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string ToString(const SourcePosition& position) {
  if (position.line == 0) return position.file;
  return position.file + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

SourceLines::SourceLines(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  for (std::size_t start = 0; start < text_.size();) {
    starts_.push_back(start);
    const auto end = text_.find('\n', start);
    start = end == std::string_view::npos ? text_.size() : end + 1;
  }
}

std::string_view SourceLines::Line(int line) const {
  if (line < 1 || static_cast<std::size_t>(line) > starts_.size()) return {};
  auto text = text_.substr(starts_[static_cast<std::size_t>(line) - 1]);
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace seatkeeper
