#pragma once

#include <set>
#include <string>

#include "policy/result.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// What a snapshot says about itself.
struct SnapshotInfo {
  std::string tenant;  ///< Tenant id; empty when the file does not say.
  WallTime read_at{};
};

/// Decodes a snapshot (`kind: Snapshot`, entries in Graph's shapes) into `sink`. Only `readAt` and
/// `users` must be there, and each list may also be one whole answer of Graph (`{"value": [...]}`).
/// Members that are ids of other groups of the file are nested groups and count with their own
/// members. For every group of the request there is a reference afterwards; a group whose members
/// the file does not list is unreadable, and so is a link that is not among its `links`
/// (DecodeLink); the direct members of licensed_groups are such links, for what a saved snapshot
/// lists as members are the nested ones, too. kInvalid with the path of the value, or when a
/// property of the request beyond those of planning stands in no user: then it was not exported.
/// What `sink` holds is meaningless after that. `text` is given padding.
Result<SnapshotInfo> DecodeSnapshot(std::string& text, const ReadRequest& request,
                                    ObservedBuilder& sink);

/// Decodes these users and groups alone, groups without their members.
Result<void> DecodeSnapshotSubjects(std::string& text, const std::set<Subject>& subjects,
                                    ObservedBuilder& sink);

}  // namespace seatkeeper
