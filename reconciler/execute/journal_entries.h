#pragma once

#include <string>

#include "reconciler/model/time.h"
#include "reconciler/plan/plan.h"
#include "reconciler/seams/store.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What a change looks like in the journal and on the wire. Pure.

/// "plan id/change id": unique over everything, since a plan id is used for one execution only.
std::string EntryId(const std::string& plan_id, const std::string& change_id);

/// The durable intent, attempt 1.
JournalEntry MakeIntent(const Change& change, const std::string& plan_id,
                        const std::string& policy_revision, WallTime now);

/// `located`: an earlier attempt has set the usage location already.
WriteItem MakeWriteItem(const Change& change, bool located = false);

}  // namespace seatkeeper
