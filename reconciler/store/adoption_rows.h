#pragma once

#include <cstddef>
#include <vector>

#include "policy/result.h"
#include "reconciler/seams/adoption.h"
#include "reconciler/seams/store.h"
#include "reconciler/store/sqlite_db.h"

namespace seatkeeper {

/// Rows of the table `adoptions`, and those of `owned` that they make. WriteAdoption is a part of a
/// transaction of the caller's, who has checked the lease; both as Store says.
Result<std::size_t> WriteAdoption(SqliteDb& db, const Lease& lease, const Adoption& adoption);
Result<std::vector<AdoptionEntry>> ReadAdoptions(SqliteDb& db, const HistoryQuery& query);

}  // namespace seatkeeper
