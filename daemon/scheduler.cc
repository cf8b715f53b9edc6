#include "daemon/scheduler.h"

#include <algorithm>
#include <utility>

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSpreadPerTenant{50};
// Below the three intervals after which a store counts as silent (doubt.h).
constexpr int kMostIntervals = 2;
constexpr std::uint64_t kJitterParts = 10;

milliseconds Below(milliseconds bound, std::uint64_t random) {
  if (bound.count() <= 0) return milliseconds(0);
  return milliseconds(
      static_cast<std::int64_t>(random % static_cast<std::uint64_t>(bound.count())));
}

milliseconds Delay(milliseconds interval, int failures, std::uint64_t random) {
  int times = 1;
  for (int i = 1; i < failures && times < kMostIntervals; ++i) times *= 2;
  const auto whole = interval * times;
  return whole - Below(whole / kJitterParts, random);
}

}  // namespace

void Scheduler::Set(const std::string& tenant, milliseconds interval, MonotonicTime now,
                    std::uint64_t random) {
  const auto [found, added] = tenants_.try_emplace(tenant);
  Entry& entry = found->second;
  if (!added && entry.interval == interval) return;
  entry.interval = interval;
  const auto spread = kSpreadPerTenant * static_cast<std::int64_t>(tenants_.size() - 1);
  const auto first = now + Below(std::min(interval, spread), random);
  entry.due = added ? first : std::min(entry.due, now + interval);
}

void Scheduler::Remove(const std::string& tenant) { tenants_.erase(tenant); }

std::vector<std::string> Scheduler::TakeDue(MonotonicTime now) {
  if (shut_down_) return {};
  std::vector<std::pair<MonotonicTime, std::string>> due;
  for (const auto& [name, entry] : tenants_) {
    if (!entry.running && entry.due <= now) due.emplace_back(entry.due, name);
  }
  std::sort(due.begin(), due.end());
  auto under_way = running();
  auto troubled = in_trouble();
  std::vector<std::string> taken;
  for (auto& [when, name] : due) {
    Entry& entry = tenants_[name];
    if (under_way >= kMostAtOnce) break;
    if (entry.in_trouble() && troubled >= kMostInTrouble) continue;
    ++under_way;
    if (entry.in_trouble()) ++troubled;
    entry.running = true;
    entry.again = false;
    entry.started = now;
    taken.push_back(std::move(name));
  }
  return taken;
}

void Scheduler::Finished(const std::string& tenant, bool failed, MonotonicTime now,
                         std::uint64_t random) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;
  Entry& entry = found->second;
  entry.running = false;
  entry.failures = failed ? entry.failures + 1 : 0;
  const auto delay = Delay(entry.interval, entry.failures, random);
  // A failed cycle may have lasted longer than its delay: it still gets its pause.
  const auto from = failed ? now : entry.started;
  entry.due = entry.again ? now : std::max(now, from + delay);
  entry.again = false;
}

void Scheduler::AllAtOnce(MonotonicTime now) {
  for (const auto& [name, entry] : tenants_) AtOnce(name, now);
}

void Scheduler::AtOnce(const std::string& tenant, MonotonicTime now) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;
  if (found->second.running) {
    found->second.again = true;
  } else {
    found->second.due = std::min(found->second.due, now);
  }
}

std::optional<MonotonicTime> Scheduler::NextDue() const {
  if (shut_down_ || running() >= kMostAtOnce) return std::nullopt;
  const bool full_of_trouble = in_trouble() >= kMostInTrouble;
  std::optional<MonotonicTime> next;
  for (const auto& [name, entry] : tenants_) {
    if (entry.in_trouble() && full_of_trouble) continue;
    if (!entry.running && (!next || entry.due < *next)) next = entry.due;
  }
  return next;
}

bool Scheduler::IsRunning(const std::string& tenant) const {
  const auto found = tenants_.find(tenant);
  return found != tenants_.end() && found->second.running;
}

std::size_t Scheduler::in_trouble() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      tenants_, [](const auto& each) { return each.second.running && each.second.in_trouble(); }));
}

std::size_t Scheduler::running() const {
  return static_cast<std::size_t>(std::count_if(
      tenants_.begin(), tenants_.end(), [](const auto& each) { return each.second.running; }));
}

}  // namespace seatkeeper
