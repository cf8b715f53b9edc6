#include "reconciler/plan/text_page.h"

#include <fmt/format.h>

#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kReset = "\x1b[0m";

std::string_view ColorOf(TextPage::Tone tone) {
  switch (tone) {
    case TextPage::Tone::kPlain:
      return "";
    case TextPage::Tone::kHeading:
      return "\x1b[1m";
    case TextPage::Tone::kGood:
      return "\x1b[32m";
    case TextPage::Tone::kBad:
      return "\x1b[31m";
    case TextPage::Tone::kNotice:
      break;
  }
  return "\x1b[33m";
}

}  // namespace

void TextPage::Line(std::string_view text, Tone tone) {
  const auto color = style_.color ? ColorOf(tone) : "";
  out_ += color;
  out_ += WrapLines(text);
  if (!color.empty()) out_ += kReset;
  out_ += '\n';
}

void TextPage::Heading(std::string_view text, Tone tone) {
  out_ += '\n';
  Line(text, tone);
}

void TextPage::Folded(std::size_t more, std::size_t indent) {
  Line(fmt::format("{:{}}... and {} more (--full shows all)", "", indent, more));
}

}  // namespace seatkeeper
