#pragma once

#include "policy/products.h"
#include "policy/result.h"
#include "policy/source.h"

namespace seatkeeper {

/// Reads Microsoft's table "product names and service plan identifiers for licensing" (the CSV
/// file that its page offers) and puts it before the built-in facts. Columns are found by their
/// names in the first line; others may stand beside them. The table is edited by hand, so this is
/// tolerated: white space of any kind around and inside values (tabs, no-break spaces), either
/// letter case in ids, rows that stand twice, names that differ between the rows of one id, one
/// name for several ids.
///
/// All or nothing: kInvalid, with file and line, for a missing column, a row with another number
/// of values than the first line, an id that is none, text that is not UTF-8, or no product at all.
Result<ProductCatalog> ParseProductCatalog(const SourceFile& file);

}  // namespace seatkeeper
