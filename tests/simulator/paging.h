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
// not issued for this very query.
PageRequest ReadPage(const Call& call, std::size_t size_cap);

// One page of the objects with these ordinals (ascending): "value", "@odata.context", the absolute
// "@odata.nextLink" unless it is the last page and, on the first page of an advanced query with
// $count=true, "@odata.count".
Reply ListReply(const Call& call, const PageRequest& page, const std::string& context,
                const std::vector<std::uint64_t>& ordinals,
                const std::function<nlohmann::json(std::uint64_t)>& shape);

// "https://host/v1.0/$metadata#users(id,displayName)"
std::string ContextOf(const Call& call, const std::string& what);

// The bare number as text/plain. Throws GraphError 400 unless the query is an advanced one.
Reply CountReply(const Call& call, std::size_t count);

inline constexpr std::size_t kPageSizeMax = 999;

}  // namespace seatkeeper::sim
