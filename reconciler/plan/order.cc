#include "reconciler/plan/order.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace seatkeeper {
namespace {

// Where a thing comes, as far as a few numbers tell: sorting these is many times faster than moving
// the things themselves about and following their names.
struct Place {
  std::uint64_t group = 0;  // What comes before the name.
  std::uint64_t name[2] = {};
  std::uint32_t index = 0;  // Of the thing.
};

// Eight bytes of the name as a number that orders as they do; zeros after its end.
std::uint64_t Letters(std::string_view name, std::size_t from) {
  std::uint64_t letters = 0;
  if (from >= name.size()) return letters;
  std::memcpy(&letters, name.data() + from, std::min(sizeof letters, name.size() - from));
  if constexpr (std::endian::native == std::endian::big) return letters;
  return __builtin_bswap64(letters);
}

Place PlaceOf(std::uint64_t group, std::string_view name, std::size_t index) {
  return {group, {Letters(name, 0), Letters(name, 8)}, static_cast<std::uint32_t>(index)};
}

// Moves things[from[i]] to things[i], for every i. Asks ahead for what is moved next: things stand
// all over the memory.
template <typename Thing>
void Arrange(std::vector<Thing>& things, std::vector<std::uint32_t>& from) {
  const auto fetch = [&](std::size_t index) {
    for (std::size_t byte = 0; byte < sizeof(Thing); byte += 64) {
      __builtin_prefetch(reinterpret_cast<const char*>(&things[index]) + byte);
    }
  };
  for (std::uint32_t begin = 0; begin < things.size(); ++begin) {
    if (from[begin] == begin) continue;
    Thing first = std::move(things[begin]);
    auto at = begin;
    while (from[at] != begin) {
      const auto next = std::exchange(from[at], at);
      fetch(from[from[next]]);
      things[at] = std::move(things[next]);
      at = next;
    }
    things[at] = std::move(first);
    from[at] = at;
  }
}

// `less` decides where the numbers do not.
template <typename Thing, typename Less>
void Sort(std::vector<Thing>& things, std::vector<Place> places, Less less) {
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.group != b.group) return a.group < b.group;
    if (a.name[0] != b.name[0]) return a.name[0] < b.name[0];
    if (a.name[1] != b.name[1]) return a.name[1] < b.name[1];
    return less(things[a.index], things[b.index]);
  });
  std::vector<std::uint32_t> from;
  from.reserve(places.size());
  for (const auto& place : places) from.push_back(place.index);
  Arrange(things, from);
}

}  // namespace

void SortChanges(std::vector<Change>& changes) {
  std::vector<Place> places;
  places.reserve(changes.size());
  for (const auto& change : changes) {
    const auto wave = static_cast<std::uint64_t>(change.wave);
    const std::uint64_t unsent = change.wave == 0 ? 1 : 0;
    const std::uint64_t held = change.verdict == Verdict::kHeld ? 1 : 0;
    places.push_back(
        PlaceOf((unsent << 63) | (wave << 1) | held, change.subject_name(), places.size()));
  }
  Sort(changes, std::move(places), [](const Change& a, const Change& b) {
    if (const int order = a.subject_name().compare(b.subject_name()); order != 0) return order < 0;
    return a.subject() < b.subject();
  });
}

void SortDrift(std::vector<Drift>& drift) {
  std::vector<Place> places;
  places.reserve(drift.size());
  for (const auto& difference : drift) {
    places.push_back(PlaceOf(0, difference.user_principal_name, places.size()));
  }
  Sort(drift, std::move(places), [](const Drift& a, const Drift& b) {
    return std::tie(a.user_principal_name, a.user, a.product, a.kind) <
           std::tie(b.user_principal_name, b.user, b.product, b.kind);
  });
}

}  // namespace seatkeeper
