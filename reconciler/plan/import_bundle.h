#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reconciler/plan/import_holders.h"
#include "reconciler/plan/import_rules.h"

namespace seatkeeper {

/// Rules that give the same products with the same service plans: of one, or of several that
/// differ in the first condition's value alone.
struct ImportBundle {
  std::vector<ImportAtom> firsts;    ///< Of one attribute. Ordered, at least one.
  std::optional<ImportAtom> second;  ///< Holds besides.
  RowSet selected{};
  RowSet except{};  ///< Of these, who lacks one of the products, or has it in another way.
  struct Part {
    std::size_t holders = 0;  ///< Position in what BundleRules was given.
    std::uint32_t shape = 0;

    friend auto operator<=>(const Part&, const Part&) = default;
  };
  std::vector<Part> parts;  ///< Ordered.
};

/// Finds rules for each of these products (but those at `named`, by position) and puts together
/// what belongs together. Ordered: the broadest first.
std::vector<ImportBundle> BundleRules(const ImportTable& table,
                                      const std::vector<ImportHolders>& holders,
                                      const std::vector<bool>& named);

}  // namespace seatkeeper
