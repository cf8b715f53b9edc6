#pragma once

#include <cstddef>
#include <vector>

#include "reconciler/plan/import_rules.h"

namespace seatkeeper {

/// A rule that could explain holders of one product, with whom it selects, neutral people left out.
struct ImportCandidate {
  ImportRule rule;
  std::size_t holders = 0;
  std::size_t others = 0;
  double bits = 0;  ///< What it takes to tell it from all rules that there could be.

  double Precision() const {
    return static_cast<double>(holders) / static_cast<double>(holders + others);
  }
};

/// Every rule of one or two conditions that selects at least kFewestExplained holders and is right
/// for the share `right_for`. Two conditions are tried only where the exceptions that the second
/// could save are worth more bits than it costs. One pass over the people for each attribute that
/// the first condition could be about and each that the second could. Ordered by rule.
std::vector<ImportCandidate> ImportCandidates(const ImportTable& table, const RowSet& holders,
                                              const RowSet& neutral, double right_for);

/// Calls `visit(row)` for everybody whom the rule selects, in order.
template <typename Visit>
void ForEachSelected(const ImportRule& rule, const ImportTable& table, Visit&& visit) {
  const auto& first = table.At(rule.first).rows;
  if (!rule.second) {
    for (const auto row : first) visit(row);
    return;
  }
  const auto& second = table.At(*rule.second).rows;
  const bool swap = second.size() < first.size();
  const auto& other = swap ? rule.first : *rule.second;
  for (const auto row : swap ? second : first) {
    if (table.Has(row, other)) visit(row);
  }
}

}  // namespace seatkeeper
