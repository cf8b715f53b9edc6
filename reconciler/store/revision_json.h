#pragma once

#include <string>
#include <string_view>

#include "policy/result.h"
#include "reconciler/plan/revision.h"

namespace seatkeeper {

/// What is kept of an accepted revision, its `revision` aside, as JSON text.
std::string EncodeRevision(const RevisionSummary& summary);

/// kStore when the text is not what EncodeRevision writes.
Result<RevisionSummary> DecodeRevision(std::string_view text);

}  // namespace seatkeeper
