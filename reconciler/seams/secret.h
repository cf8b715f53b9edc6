#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace seatkeeper {

/// A text that must not show: a client secret, a token. Printing it by any means gives a mask; who
/// needs the text says so with Reveal().
class Secret {
 public:
  static constexpr std::string_view kMask = "********";

  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << kMask; }

 private:
  std::string text_;
};

}  // namespace seatkeeper

template <>
struct fmt::formatter<seatkeeper::Secret> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }
  template <typename Context>
  auto format(const seatkeeper::Secret&, Context& context) const {
    // Not format_to: whoever formats a Secret would compile half of the library anew for it.
    return std::copy_n(seatkeeper::Secret::kMask.data(), seatkeeper::Secret::kMask.size(),
                       context.out());
  }
};
