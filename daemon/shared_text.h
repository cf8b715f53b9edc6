#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace seatkeeper {

/// Text in pieces that others may hold, too: what is tens of megabytes need not be copied to be put
/// together. Pieces never change. Reading is thread-safe, adding is not.
class SharedText {
 public:
  SharedText() = default;
  /// Of one piece: most texts are.
  SharedText(std::string text) { Add(std::make_shared<const std::string>(std::move(text))); }
  SharedText(const char* text) : SharedText(std::string(text)) {}

  /// At the end. Not nullptr.
  void Add(std::shared_ptr<const std::string> piece);

  /// In bytes.
  std::size_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  /// From `offset` on as much as there is and `into` holds; returns how much that is.
  std::size_t Copy(std::size_t offset, std::span<char> into) const;
  std::string Joined() const;

 private:
  std::vector<std::shared_ptr<const std::string>> pieces_;
  std::vector<std::size_t> ends_;  // Of each piece, in the whole.
};

}  // namespace seatkeeper
