#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/model/time.h"
#include "reconciler/seams/store.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Which changes of one tenant to undo, and who asks. One of the first three says it.
struct UndoQuery {
  std::string plan_id = {};                      ///< One execution of a plan.
  std::optional<WallTime> since = std::nullopt;  ///< All since then.
  std::string revision = {};  ///< All by one policy revision; how it begins is enough.
  /// Of these subjects alone: object ids, principal names, display names of groups, in any letter
  /// case. Empty: of all.
  std::vector<std::string> users = {};
  std::string who = {};  ///< User and host, for the pins.
};

/// Whether one of `users` (as in UndoQuery) means this subject, or there are none.
bool Means(const std::vector<std::string>& users, const Subject& subject,
           const std::string& subject_name);

/// Those changes, the newest first; none is no error. kUsage where the beginning of a revision
/// means several.
Result<std::vector<JournalEntry>> FindUndone(Store& store, const TenantKey& tenant,
                                             const UndoQuery& query);

/// Reads the groups that these changes licensed, too, whether or not a policy still names them.
void AddUndoNeeds(const std::vector<JournalEntry>& entries, ReadRequest& request);

/// What is pinned before the plan is carried out: what its changes that go put back.
std::vector<Pin> PinsToWrite(const Plan& plan, const std::string& who, WallTime now);

}  // namespace seatkeeper
