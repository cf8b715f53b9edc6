#pragma once

#include <map>
#include <vector>

#include "reconciler/graph/json_walk.h"
#include "reconciler/model/observed_builder.h"

namespace seatkeeper {

/// The links of a snapshot.
using FileLinks = std::map<Link, LinkedUsers>;

/// One entry of `links`: {"kind": "directMembers" or "directReports", "of": id, "users": [ids]}.
/// A link that could not be read has a `status` other than "found", with `detail`.
bool DecodeLink(JsonWalk& walk, JsonWalk::Value value, FileLinks& links);

/// Hands all of them over. What was `requested` and is not there is unreadable.
void AddLinks(FileLinks links, const std::vector<Link>& requested, ObservedBuilder& sink);

}  // namespace seatkeeper
