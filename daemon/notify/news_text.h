#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/notify/news.h"

namespace seatkeeper {

/// How a chat shows what comes from a tenant or a file, so that it stays text there.
using ShowData = std::function<std::string(std::string_view)>;

/// One kind of news in words.
struct NewsSection {
  NewsKind kind = NewsKind::kHeld;
  std::string heading;
  std::vector<std::string> lines;  ///< At most kMostLines, and one that counts the others.
};
inline constexpr std::size_t kMostLines = 10;

/// In the order of NewsKind; none for what the news lacks.
std::vector<NewsSection> SectionsOf(const News& news, const ShowData& show);

/// "contoso: 12 changes held, 3 applied", without any mark-up.
std::string TitleOf(const News& news);

/// "held", "applied", "failed", "shortage" and "policy-error": the words of the config and of
/// webhooks.
std::string_view ToString(NewsKind kind);

/// Printable, and cut to what fits into a line.
std::string ShortData(std::string_view text);

}  // namespace seatkeeper
