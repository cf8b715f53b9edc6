#include "daemon/shared_text.h"

#include <algorithm>

namespace seatkeeper {

void SharedText::Add(std::shared_ptr<const std::string> piece) {
  ends_.push_back(size() + piece->size());
  pieces_.push_back(std::move(piece));
}

std::size_t SharedText::Copy(std::size_t offset, std::span<char> into) const {
  auto index = static_cast<std::size_t>(std::ranges::upper_bound(ends_, offset) - ends_.begin());
  std::size_t copied = 0;
  for (; index < pieces_.size() && copied < into.size(); ++index) {
    const auto& piece = *pieces_[index];
    const auto from = offset + copied - (ends_[index] - piece.size());
    copied += piece.copy(into.data() + copied, into.size() - copied, from);
  }
  return copied;
}

std::string SharedText::Joined() const {
  std::string text(size(), '\0');
  Copy(0, text);
  return text;
}

}  // namespace seatkeeper
