#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/dispatch.h"

namespace seatkeeper::sim {

// Which part of a listing is asked for. Pages continue after an ordinal, not at an offset: what is
// deleted between two pages makes nobody else be skipped.
struct PageRequest {
  std::uint64_t after = 0;  // ordinal of the last object of the page before
  int number = 1;           // from 1
  std::size_t size = 100;
};

// Graph's page size: 100 unless $top says otherwise, 1 to 999. `size_cap` silently lowers it.
// Throws GraphError 400 for another $top, and Directory_ExpiredPageToken for a $skiptoken that was
// not issued for this very query or too long ago (SimulatorOptions::page_life).
PageRequest ReadPage(const Call& call, std::size_t size_cap);

// Whether the caller asked to count with $count=true, which without the header ConsistencyLevel
// counts nothing.
bool IsCounted(const Call& call);

// What is listed, without a list of all of it.
struct Listing {
  // Ordinals beyond `after`, ascending: `most` of them, or as many as there are.
  std::function<std::vector<std::uint64_t>(std::uint64_t after, std::size_t most)> next;
  std::function<std::size_t()> count;  // of all pages together
};

// One page of the objects with these ordinals (ascending): "value", "@odata.context", the absolute
// "@odata.nextLink" unless it is the last page and, on the first page of an advanced query with
// $count=true, "@odata.count".
Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const Listing& listing, const std::function<nlohmann::json(std::uint64_t)>& shape);
Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const std::vector<std::uint64_t>& ordinals,
                const std::function<nlohmann::json(std::uint64_t)>& shape);

// Of the objects of a map by ordinal that are listed.
template <typename Objects, typename IsListed>
Listing ListingOf(const Objects& objects, IsListed is_listed) {
  return {[&objects, is_listed](std::uint64_t after, std::size_t most) {
            std::vector<std::uint64_t> ordinals;
            for (auto entry = objects.upper_bound(after);
                 entry != objects.end() && ordinals.size() < most; ++entry) {
              if (is_listed(entry->second)) ordinals.push_back(entry->first);
            }
            return ordinals;
          },
          [&objects, is_listed] {
            std::size_t count = 0;
            for (const auto& [ordinal, object] : objects) count += is_listed(object) ? 1 : 0;
            return count;
          }};
}

// "https://host/v1.0/$metadata#users(id,displayName)"
std::string ContextOf(const Call& call, const std::string& what);

// The bare number as text/plain. Throws GraphError 400 unless the query is an advanced one.
Reply CountReply(const Call& call, std::size_t count);

inline constexpr std::size_t kPageSizeMax = 999;

}  // namespace seatkeeper::sim
