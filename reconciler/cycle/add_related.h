#pragma once

#include <map>
#include <set>
#include <variant>
#include <vector>

#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Appends what is related to those of these subjects that are of the map's kind, each once.
template <typename Of, typename Related>
void AddRelated(const std::map<Of, Related>& related, std::vector<Subject>& subjects) {
  std::set<Subject> known(subjects.begin(), subjects.end());
  const auto asked = subjects;
  for (const auto& subject : asked) {
    const auto* of = std::get_if<Of>(&subject);
    const auto found = of == nullptr ? related.end() : related.find(*of);
    if (found == related.end()) continue;
    for (const auto& other : found->second) {
      if (known.insert(other).second) subjects.emplace_back(other);
    }
  }
}

}  // namespace seatkeeper
