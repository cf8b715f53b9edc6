#include "policy/text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace seatkeeper {
namespace {

// Nobody means a known word with this much text; it bounds the work for hostile input.
constexpr std::size_t kMaxNearestBytes = 128;
constexpr std::size_t kMaxQuotedBytes = 60;

struct FoldRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t stride;
  std::int32_t delta;
};
constexpr FoldRange kFoldRanges[] = {
#include "policy/fold_table.inc"
};

char AsciiLowerChar(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::uint32_t FoldCodePoint(std::uint32_t code) {
  const auto* range = std::upper_bound(
      std::begin(kFoldRanges), std::end(kFoldRanges), code,
      [](std::uint32_t value, const FoldRange& candidate) { return value < candidate.first; });
  if (range == std::begin(kFoldRanges)) return code;
  --range;
  if (code > range->last || (code - range->first) % range->stride != 0) return code;
  return code + static_cast<std::uint32_t>(range->delta);
}

void AppendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::uint32_t Bits(char c, unsigned mask) { return static_cast<unsigned char>(c) & mask; }

// Bytes of the white space that `text` begins with; 0 when it begins with none.
std::size_t SpaceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return lead == ' ' || (lead >= '\t' && lead <= '\r') ? 1 : 0;
  static constexpr std::string_view kSpaces[] = {
      "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
      "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
      "\u200B", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF"};
  for (const auto space : kSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

// Optimal string alignment: two neighbours swapped count as one slip, as fingers do it. Anything
// above `limit` stands for "more": most of a long list of candidates is given up after a few rows.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t limit) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  std::size_t least_before = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({change, previous[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    // A row follows from the one above it, or, one dearer, from the one above that.
    const std::size_t least = *std::min_element(current.begin(), current.end());
    if (least > limit && least_before >= limit) return least;
    least_before = least;
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), AsciiLowerChar);
  return lower;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLowerChar(x) == AsciiLowerChar(y); });
}

std::size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (Bits(text[i], 0xC0) != 0x80) return 0;
  }
  // The second byte decides over long spellings, surrogates, and what lies past U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

std::string FoldCase(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      folded += AsciiLowerChar(text[0]);
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = Utf8Length(text);
    if (length == 2) {
      AppendUtf8(folded, FoldCodePoint(Bits(text[0], 0x1F) << 6 | Bits(text[1], 0x3F)));
    } else if (length == 3) {
      AppendUtf8(folded, FoldCodePoint(Bits(text[0], 0x0F) << 12 | Bits(text[1], 0x3F) << 6 |
                                       Bits(text[2], 0x3F)));
    } else if (length == 4) {
      folded += text.substr(0, 4);
    } else {
      folded += text[0];
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return folded;
}

std::string CollapseSpace(std::string_view text) {
  std::string collapsed;
  collapsed.reserve(text.size());
  bool after_space = false;
  while (!text.empty()) {
    const std::size_t space = SpaceLength(text);
    if (space == 0) {
      if (after_space && !collapsed.empty()) collapsed += ' ';
      collapsed += text[0];
    }
    after_space = space != 0;
    text.remove_prefix(std::max<std::size_t>(1, space));
  }
  return collapsed;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(1, Utf8Length(text)));
  return count;
}

std::optional<std::string> Nearest(std::string_view text,
                                   const std::vector<std::string_view>& candidates) {
  if (text.empty() || text.size() > kMaxNearestBytes) return std::nullopt;
  const std::string lower = AsciiLower(text);
  std::size_t allowed = std::max<std::size_t>(1, text.size() / 3);
  std::optional<std::string> nearest;
  for (const auto candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), text.size());
    const std::size_t shorter = std::min(candidate.size(), text.size());
    if (longer - shorter > allowed) continue;
    const std::size_t distance = Distance(lower, AsciiLower(candidate), allowed);
    if (distance > allowed) continue;
    nearest = std::string(candidate);
    if (distance == 0) break;
    allowed = distance - 1;
  }
  return nearest;
}

std::string Quoted(std::string_view text) {
  if (text.size() <= kMaxQuotedBytes) return "`" + std::string(text) + "`";
  std::size_t end = kMaxQuotedBytes;
  while (end > 0 && Bits(text[end], 0xC0) == 0x80) --end;
  return "`" + std::string(text.substr(0, end)) + "...`";
}

std::string SuggestNearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  const auto nearest = Nearest(text, candidates);
  return nearest ? "did you mean " + Quoted(*nearest) + "?" : std::string();
}

}  // namespace seatkeeper
