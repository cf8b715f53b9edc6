#include "daemon/notify/news_memory.h"

#include <algorithm>

namespace seatkeeper {
namespace {

// The policy is everybody's.
bool IsAbout(const NotifyTarget& target, const News& news) {
  return news.tenant.empty() || target.tenants.empty() ||
         std::ranges::find(target.tenants, news.tenant) != target.tenants.end();
}

}  // namespace

News NewsMemory::Select(const NotifyTarget& target, News news, MonotonicTime now) {
  const bool about = IsAbout(target, news);
  for (const auto kind : kNewsKinds) {
    if (!about || !target.kinds.contains(kind)) {
      news.Drop(kind);
      continue;
    }
    const std::pair key(news.tenant, kind);
    if (!news.has(kind)) {
      if (news.Decides(kind)) told_.erase(key);
      continue;
    }
    const auto what = news.Sameness(kind);
    if (what.empty()) continue;
    const auto known = told_.find(key);
    if (known != told_.end() && known->second.what == what &&
        now < known->second.at + kRemindAfter) {
      news.Drop(kind);
    } else {
      told_.insert_or_assign(key, Told{.what = what, .at = now});
    }
  }
  return news;
}

void NewsMemory::Unsay(const News& news) {
  for (const auto kind : kNewsKinds) {
    const auto known = told_.find({news.tenant, kind});
    // Not what has become of it since, which was told on its own.
    if (known != told_.end() && known->second.what == news.Sameness(kind)) told_.erase(known);
  }
}

void NewsMemory::Forget(const std::string& tenant) {
  std::erase_if(told_, [&](const auto& entry) { return entry.first.first == tenant; });
}

}  // namespace seatkeeper
