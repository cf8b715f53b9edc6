#pragma once

#include <set>
#include <string>

#include "daemon/metric_table.h"

namespace seatkeeper::test {

/// The names that samples of the daemon's metrics have: a histogram's parts have names of their
/// own.
inline std::set<std::string> MetricNames() {
  std::set<std::string> names;
  for (const auto& info : AllMetrics()) {
    const std::string name(info.name);
    names.insert(name);
    if (info.type != MetricType::kHistogram) continue;
    for (const auto* part : {"_bucket", "_sum", "_count"}) names.insert(name + part);
  }
  return names;
}

}  // namespace seatkeeper::test
