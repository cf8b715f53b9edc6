#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "reconciler/plan/import_table.h"

namespace seatkeeper {

/// A rule that explains who holds a product: one condition, or two that both hold.
struct ImportRule {
  ImportAtom first;
  std::optional<ImportAtom> second;  ///< Of another attribute, after the first one's.

  friend auto operator<=>(const ImportRule&, const ImportRule&) = default;
};

/// Whom the rule selects.
RowSet SelectedBy(const ImportRule& rule, const ImportTable& table);

/// The fewest rules that explain `holders` among the people of the table: each selects at least
/// kFewestExplained holders whom no earlier one does and is right for 90 percent. `neutral` people
/// count neither way. What nobody could have written down as a rule stays unexplained.
///
/// Chosen is what describes the holders in the fewest bits (minimum description length): a rule
/// costs what it takes to tell it from all others that could have been tried, and whom it is wrong
/// about costs what it takes to name them; it gains what it would take to name those whom it
/// explains. So a second condition has to earn its place, and what fits by chance does not pay.
/// Pure; ordered by what each gains.
std::vector<ImportRule> FindImportRules(const ImportTable& table, const RowSet& holders,
                                        const RowSet& neutral);

}  // namespace seatkeeper
