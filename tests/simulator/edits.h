#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tests/simulator/directory.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// What an administrator does to the tenant behind the daemon's back: PATCH /_sim/state. A list of
// operations, done in order, all or none:
//   {"op": "addUser", "user": {...}}                      Graph-shaped; the id may be left out
//   {"op": "setUser", "user": id|upn, "set": {...}}       JSON merge patch of its properties
//   {"op": "deleteUser", "user": id|upn}
//   {"op": "restoreUser" | "purgeUser", "user": id}       of somebody who was deleted
//   {"op": "setManager", "user": id|upn, "manager": id|upn|null}
//   {"op": "assign", "user": id|upn, "skuId": ..., "disabledPlans": [...]}    checked as Graph does
//   {"op": "unassign", "user": id|upn, "skuId": ...}
//   {"op": "addGroup", "group": {...}}                    the id may be left out
//   {"op": "setGroup", "group": id, "set": {...}}         also assignedLicenses, with its effects
//   {"op": "deleteGroup", "group": id}
//   {"op": "addMember" | "removeMember", "group": id, "user" : id|upn of a user, or id of a group}
//   {"op": "setSku", "skuId": ..., "set": {...}}          for example prepaidUnits
// With "by": id|upn of a user, that user did it, as the audit log tells; otherwise an administrator
// who is no user of the tenant. Group-based licences follow at once, except where the service is
// still busy with the members of a group (group_worker.h): a new one waits for its turn like the
// others. In setUser `id` stands for `user` as well.
//
// Throws std::invalid_argument, naming the operation, and changes nothing then.
void ApplyEdits(const nlohmann::json& operations, Directory& directory, const WriteMoment& moment,
                Random& quirks);

}  // namespace seatkeeper::sim
