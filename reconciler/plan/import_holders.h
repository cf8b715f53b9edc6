#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/row_set.h"

namespace seatkeeper {

/// Who holds one product, and how. People alone.
struct ImportHolders {
  ProductIndex product = 0;
  RowSet direct{};     ///< With a seat assigned to themselves, so far as the reading is sure.
  RowSet otherwise{};  ///< With a seat from a group, or nobody knows from where; not directly.
  RowSet seatless{};   ///< Assigned directly, but without a seat, and with none from elsewhere.
  std::map<GroupId, std::size_t> inherited{};  ///< How many get it from which group.
  bool shaped = false;  ///< Some who hold it directly have service plans off.
  /// The service plans that are off, as sets of effect; [0] is none.
  std::vector<std::vector<PlanId>> shapes{{}};
  /// By row, of whom is in `direct` or `otherwise`: position in `shapes`.
  std::vector<std::pair<Row, std::uint32_t>> shape_of{};

  /// REQUIRES: the row is in `direct` or `otherwise`.
  std::uint32_t ShapeOf(Row row) const;
  /// The commonest shape of those of `rows` who hold it directly; of equals the first.
  std::uint32_t CommonShape(const RowSet& rows) const;
};

/// One for each product that somebody holds, by product.
std::vector<ImportHolders> HoldersByProduct(const ObservedState& observed);

}  // namespace seatkeeper
