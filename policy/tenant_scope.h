#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/source.h"

namespace seatkeeper {

/// `metadata.tenants` as written. Empty means the only tenant there is, so it meets every other.
using Tenants = std::vector<Positioned<std::string>>;

/// Holds for every tenant: [all], or nothing.
inline bool CoversAll(const Tenants& tenants) {
  return tenants.empty() || std::any_of(tenants.begin(), tenants.end(),
                                        [](const auto& each) { return each.value == "all"; });
}

inline bool CoversTenant(const Tenants& tenants, std::string_view name) {
  return CoversAll(tenants) || std::any_of(tenants.begin(), tenants.end(),
                                           [&](const auto& each) { return each.value == name; });
}

/// Holds wherever `others` does.
inline bool Covers(const Tenants& tenants, const Tenants& others) {
  if (CoversAll(tenants)) return true;
  return !CoversAll(others) && std::all_of(others.begin(), others.end(), [&](const auto& each) {
    return CoversTenant(tenants, each.value);
  });
}

/// Remembers the first value added for each tenant, so that what meets in a tenant is found
/// without comparing every document with every other.
template <typename T>
class FirstPerTenant {
 public:
  /// A value whose tenants meet these; nullptr when there is none.
  const T* Find(const Tenants& tenants) const {
    if (CoversAll(tenants)) return At(kAny);
    if (const T* everywhere = At(kAll)) return everywhere;
    for (const auto& tenant : tenants) {
      if (const T* here = At(tenant.value)) return here;
    }
    return nullptr;
  }

  void Add(const Tenants& tenants, const T& value) {
    first_.emplace(kAny, value);
    if (CoversAll(tenants)) first_.emplace(kAll, value);
    for (const auto& tenant : tenants) first_.emplace(tenant.value, value);
  }

 private:
  static constexpr char kAny[] = "";
  static constexpr char kAll[] = "all";

  const T* At(std::string_view tenant) const {
    const auto found = first_.find(tenant);
    return found == first_.end() ? nullptr : &found->second;
  }

  std::map<std::string, T, std::less<>> first_;
};

}  // namespace seatkeeper
