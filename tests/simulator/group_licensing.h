#pragma once

#include <string>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/random.h"

// Licences through groups: what a group may be given, and what comes of it for one user. When it
// comes of it is the business of group_worker.h.

namespace seatkeeper::sim {

// What assignLicense of a group does at once: checks everything and then changes what the group is
// licensed for, all of it or nothing. Seats, locations and what users hold besides are no matter
// here. Returns whether anything changed. Throws GraphError.
bool AssignLicensesToGroup(Directory& directory, Group& group, const std::vector<LicenseToAdd>& add,
                           const std::vector<std::string>& remove, WallTimeMs now);

// What a group is licensed for from now on, unchecked, with its trace in the audit log.
void LicenseGroup(Directory& directory, Group& group, std::vector<GroupLicense> licenses,
                  WallTimeMs now);
Activity GroupActivity(const Group& group, std::string name, WallTimeMs now);

// First-level members who lack something that the group gives.
std::vector<const User*> UsersWithErrors(const Directory& directory, const Group& group);

// Makes what one user inherits from one group agree with `wanted`, all of it or nothing:
//  - a product without a free seat becomes a row in state Error with CountViolation,
//  - one that is prohibited where the user is (or, for a user who is nowhere, where the tenant is)
//    one with ProhibitedInUsageLocationViolation,
//  - one with a service plan that excludes or lacks another MutuallyExclusiveViolation or
//    DependencyViolation,
//  - one with a mailbox that cannot be made (User::address_taken) UniquenessViolation,
// and its siblings say Other. What the user had from the group before stays and works, as
// ActiveWithError, also what was to be taken away. Rows that already agree keep state and time.
// Needs no usage location and sets none.
void InheritFromGroup(Directory& directory, User& user, const std::string& group_id,
                      const std::vector<GroupLicense>& wanted, const WriteMoment& moment,
                      Random& quirks);

// The same at once for every group that has finished its work and that the user is a first-level
// member of, or has something left from.
void ApplyGroupLicenses(Directory& directory, User& user, const WriteMoment& moment,
                        Random& quirks);

}  // namespace seatkeeper::sim
