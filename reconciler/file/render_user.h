#pragma once

#include <string>

#include "reconciler/file/pseudonyms.h"
#include "reconciler/model/observed.h"

namespace seatkeeper {

/// Appends one user in Graph's shape: every selected property that is not absent, and what is held
/// where that is known. `@odata.type` stands with whoever is no person. `pseudonyms` may be
/// nullptr.
void RenderUser(const ObservedState& state, Row row, const Pseudonyms* pseudonyms,
                std::string& out);

}  // namespace seatkeeper
