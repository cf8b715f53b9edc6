#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"

namespace seatkeeper {

// `delivery: group`: what is to be done for groups that are licensed themselves. Pure.
//
// The service gives the products of a group to its direct members in the background, in an order of
// its own; it takes the seats as it goes and passes over whom it finds none for. So a group gets a
// product only when there are seats for all of its members, and nothing that it loses frees a seat
// in the same plan. A group is touched only while a policy names it, and loses only what a policy
// revokes or what was granted to it until a day that has passed.

/// Whose change has a fate that is not known yet: what the reading shows of them may be past.
struct OpenChanges {
  const std::set<UserId>& users;
  const std::set<GroupId>& groups;
};

/// Appends what these groups have too little, too much or differently to draft.group_parts. Groups
/// with an open change are left alone. Warnings say what cannot be done and where policies
/// contradict each other. REQUIRES: draft.parts are there: a member who loses their own copy in
/// the same plan has nothing left when the group's goes, and counts.
void JudgeGroups(const DesiredState& desired, const ObservedState& observed,
                 const OpenChanges& open, Draft& draft, std::vector<std::string>& warnings);

/// Of whom a group's change reaches: each once, whatever the order and however often they are
/// named.
std::string DigestOfUsers(std::vector<UserId> users);

/// Whether the group can be relied upon to give the product in future. Not when it has been read
/// and has no licence of it, is still being processed, or is to lose it. Of a group that was not
/// read nothing of the kind is known.
bool GoesOnGiving(const DesiredState& desired, const ObservedState& observed,
                  const DesiredProduct& product, const GroupId& group);

/// Seats that members will take of groups whose licences the service still processes. Not of `busy`
/// groups, whose changes say so themselves.
std::map<SkuId, int> SeatsToCome(const ObservedState& observed, const std::set<GroupId>& busy);

/// Gives groups the seats that are free now, all that its members need or none; users who are
/// granted the product with the same or a higher priority come first. Returns how many seats of
/// each product, by DesiredIndex, the groups take. `free` is by DesiredIndex.
std::vector<int> SeatGroups(const std::vector<int>& free, Draft& draft);

/// The changes of the groups: per group one for each verdict. All of wave 1.
std::vector<Change> AssembleGroupChanges(const Draft& draft, const DesiredState& desired,
                                         const ObservedState& observed);

}  // namespace seatkeeper
