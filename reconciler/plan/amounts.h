#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/guard.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

// The limits on how much is given and how much is done: `maxAssign` and `maxChanges`. Like
// `maxUnassign` they hold everything that they are about, never only what is above them. Pure.

/// Every limit that documents set on additions, or the built-in default where none says anything.
/// Each holds on its own: the larger of two parts is no limit that could be made of both. Empty:
/// off.
std::vector<AmountLimit> MaxAssignLimits(const std::vector<const Guardrails*>& documents);

/// The strictest of the documents that say something; the built-in default where none does.
/// Nothing: off.
std::optional<int> StrictestMaxChanges(const std::vector<const Guardrails*>& documents);

/// How many seats of one product the limit allows to be given in the window: the larger of `seats`
/// and of `percent` of what is purchased, at least one where there are percent.
/// Nothing when the limit is off.
std::optional<int> AllowedAdditions(const AmountLimit& limit, int purchased);

inline constexpr const char* kMaxUnassign = "maxUnassign";
inline constexpr const char* kMaxAssign = "maxAssign";
inline constexpr const char* kMaxChanges = "maxChanges";

/// The reason that an approval would have to release; its words are not looked at.
HeldBy ToAsk(std::string_view guardrail, std::optional<SkuId> product);

/// What lifts a limit of this name: a document, or where the config's ceiling holds, the config.
std::string ReleaseOf(std::string_view guardrail, bool ceiling);

/// Holds additions of every product of which more would be given than `maxAssign` allows, and what
/// is tied to them: a swap waits whole. Nobody else is given their seats in this plan, so that what
/// is held is just what would have gone. Seats must have been given before; it gives those back
/// that held swaps would have freed. Returns whether anything was held: then waves must be laid
/// again.
bool HoldAdditions(Draft& draft, const std::vector<DesiredProduct>& products,
                   const GuardInput& input, SeatAllocator& seats);

/// Holds whatever goes where that is more users and groups than `maxChanges` allows. Returns
/// whether some of it goes on, released: then waves must be laid again.
bool HoldChanges(Draft& draft, const GuardInput& input, SeatAllocator& seats);

/// Both limits, for finished changes: each is held as a whole.
void HoldAmounts(std::vector<Change>& changes, const GuardInput& input);

/// The change does not go, for this reason among others, and waits for nothing else any more.
void HoldWhole(Change& change, const HeldBy& why);

}  // namespace seatkeeper
