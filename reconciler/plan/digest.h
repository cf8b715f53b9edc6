#pragma once

#include <string>
#include <string_view>

#include "policy/guid.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// "sha256:" and 64 hexadecimal digits.
std::string Sha256(std::string_view bytes);

/// The id of a change: 16 hexadecimal digits over its user, what it adds and removes and
/// the usage location that it sets; of one that processes the user again, also over what that rests
/// on. Two plans that want the same of the same user agree on it.
std::string ChangeId(const Change& change);

/// Digest of the changes with this verdict: tenant, user, products, service plans, before-state;
/// no times, waves or revision. Empty when there are none.
std::string PlanDigest(const std::string& tenant, const std::vector<Change>& changes,
                       Verdict verdict);

}  // namespace seatkeeper
