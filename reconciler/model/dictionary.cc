#include "reconciler/model/dictionary.h"

#include <algorithm>
#include <functional>

namespace seatkeeper {
namespace {

std::size_t HashOf(std::string_view bytes) { return std::hash<std::string_view>()(bytes); }
std::size_t HashOf(std::span<const std::uint32_t> items) {
  return HashOf({reinterpret_cast<const char*>(items.data()), items.size_bytes()});
}

bool IsAscii(std::string_view text) {
  unsigned char all = 0;
  for (const char byte : text) all |= static_cast<unsigned char>(byte);
  return all < 0x80;
}

}  // namespace

std::optional<TextDictionary::Code> TextDictionary::Find(std::string_view text) const {
  return index_.Find(HashOf(text), [&](Code code) { return Text(code) == text; });
}

TextDictionary::Code TextDictionary::Intern(std::string_view text) {
  if (const auto known = Find(text)) return *known;
  const auto code = static_cast<Code>(ends_.size());
  bytes_ += text;
  ends_.push_back(bytes_.size());
  if (!IsAscii(text)) not_ascii_.push_back(code);
  index_.Add(code, [this](Code any) { return HashOf(Text(any)); });
  return code;
}

void TextDictionary::ShrinkToFit() {
  not_ascii_.shrink_to_fit();
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

ListDictionary::Code ListDictionary::Intern(std::span<const std::uint32_t> items) {
  const auto known = index_.Find(HashOf(items), [&](Code code) {
    const auto other = Items(code);
    return std::equal(items.begin(), items.end(), other.begin(), other.end());
  });
  if (known) return *known;
  const auto code = static_cast<Code>(ends_.size());
  items_.insert(items_.end(), items.begin(), items.end());
  ends_.push_back(items_.size());
  index_.Add(code, [this](Code any) { return HashOf(Items(any)); });
  return code;
}

void ListDictionary::ShrinkToFit() {
  items_.shrink_to_fit();
  ends_.shrink_to_fit();
}

}  // namespace seatkeeper
