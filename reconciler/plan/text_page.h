#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace seatkeeper {

struct TextStyle {
  bool color = false;
  bool full = false;  ///< Long lists whole; otherwise folded, saying how many more there are.
};

/// What people read, written line by line: breaks what is wider than 80 columns at blanks, colours
/// where that is wanted, folds long lists. Texts must be Printable already.
class TextPage {
 public:
  enum class Tone { kPlain, kHeading, kGood, kBad, kNotice };

  explicit TextPage(const TextStyle& style) : style_(style) {}

  /// One line; what does not fit goes on two columns further in than it begins.
  void Line(std::string_view text, Tone tone = Tone::kPlain);
  /// A line after an empty one.
  void Heading(std::string_view text, Tone tone = Tone::kHeading);

  /// `show(i)` for the first `count` entries of a list, or for as many as a person still reads.
  template <typename Show>
  void Fold(std::size_t count, std::size_t indent, Show&& show) {
    const auto shown = style_.full || count <= kFoldAfter ? count : kFoldAfter;
    for (std::size_t i = 0; i < shown; ++i) show(i);
    if (shown < count) Folded(count - shown, indent);
  }

  std::string Take() { return std::move(out_); }

 private:
  static constexpr std::size_t kFoldAfter = 20;

  void Folded(std::size_t more, std::size_t indent);

  TextStyle style_;
  std::string out_;
};

}  // namespace seatkeeper
