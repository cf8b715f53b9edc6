#pragma once

#include <map>
#include <optional>
#include <vector>

#include "reconciler/model/observed_builder.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// A group of a snapshot.
struct FileGroup {
  Group group;
  std::optional<std::vector<UserId>> members;  ///< Of users or groups; absent: not in the file.
};
using FileGroups = std::map<GroupId, FileGroup>;

/// Hands over the groups whose members are known down to the last nested one, and what became of
/// each that the request names. Returns the links that licensing groups needs.
std::vector<Link> AddGroups(FileGroups&& groups, const ReadRequest& request, ObservedBuilder& sink);

}  // namespace seatkeeper
