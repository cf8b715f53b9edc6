#include "reconciler/plan/authors.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace seatkeeper {
namespace {

bool Names(const std::vector<SkuId>& products, const SkuId& product) {
  return std::ranges::find(products, product) != products.end();
}

bool BroughtAbout(const LicenseEvent& event, const Drift& drift) {
  switch (drift.kind) {
    case Drift::Kind::kMissing:
      return Names(event.lost, drift.product);
    case Drift::Kind::kPlans:
      return Names(event.gained, drift.product) || Names(event.altered, drift.product);
    case Drift::Kind::kExtra:
    case Drift::Kind::kInherited:
    case Drift::Kind::kRedundant:
      return Names(event.gained, drift.product);
    case Drift::Kind::kUnknown:
      break;
  }
  return false;
}

// The later one; of two of one moment always the same.
bool Earlier(const LicenseEvent* a, const LicenseEvent* b) {
  return std::tie(a->at, a->actor, a->name, a->names_products) <
         std::tie(b->at, b->actor, b->name, b->names_products);
}

}  // namespace

void NameAuthors(std::span<const LicenseEvent> events, std::vector<Drift>& drift) {
  if (events.empty()) return;
  std::multimap<UserId, const LicenseEvent*> by_user;
  for (const auto& event : events) by_user.emplace(event.user, &event);
  for (auto& difference : drift) {
    if (difference.kind == Drift::Kind::kUnknown) continue;
    const LicenseEvent* last = nullptr;
    const auto [begin, end] = by_user.equal_range(difference.user);
    for (auto entry = begin; entry != end; ++entry) {
      const auto* event = entry->second;
      if (event->names_products && !BroughtAbout(*event, difference)) continue;
      if (last == nullptr || Earlier(last, event)) last = event;
    }
    if (last == nullptr) continue;
    difference.author = Author{
        .actor = last->actor, .name = last->name, .at = last->at, .certain = last->names_products};
  }
}

}  // namespace seatkeeper
