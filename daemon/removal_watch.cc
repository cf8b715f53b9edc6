#include "daemon/removal_watch.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace seatkeeper {
namespace {

constexpr std::chrono::hours kLookEvery{1};

}  // namespace

struct RemovalWatch::Pass {
  std::string tenant;
  TenantKey key;
  JournalPlace behind;
  RemovalsStanding sum = {};
};

void RemovalWatch::Look(const std::string& tenant, const TenantKey& key, bool changed) {
  const auto now = runtime_.clock().Monotonic();
  const auto [found, added] = watched_.try_emplace(tenant);
  auto& watched = found->second;
  if (watched.pass != nullptr || (!added && !changed && now < watched.due)) return;
  watched.due = now + kLookEvery;
  watched.pass = std::make_shared<Pass>(
      Pass{.tenant = tenant, .key = key, .behind = {.at = runtime_.clock().Now() - kDataKept}});
  ReadPage(watched.pass);
}

void RemovalWatch::Forget(const std::string& tenant) { watched_.erase(tenant); }

void RemovalWatch::ReadPage(const std::shared_ptr<Pass>& pass) {
  auto page = std::make_shared<RemovalsStanding>();
  runtime_.store().Run(
      [pass, page](Store& store) -> Result<void> {
        auto read = store.StandingRemovals(pass->key, pass->behind);
        if (!read) return std::move(read).error();
        *page = *read;
        return {};
      },
      [this, pass, page](const Result<void>& done) {
        const auto watched = watched_.find(pass->tenant);
        if (watched == watched_.end() || watched->second.pass != pass) return;
        if (done) return PageRead(pass, *page);
        watched->second.pass.reset();  // Whatever ails the store is said where it is needed.
      });
}

void RemovalWatch::PageRead(const std::shared_ptr<Pass>& pass, const RemovalsStanding& page) {
  auto& sum = pass->sum;
  sum.removals += page.removals;
  // Pages come in the order of time.
  if (!sum.oldest) sum.oldest = page.oldest;
  if (page.next) {
    pass->behind = *page.next;
    return ReadPage(pass);
  }
  watched_.at(pass->tenant).pass.reset();
  tell_(pass->tenant, sum);
}

}  // namespace seatkeeper
