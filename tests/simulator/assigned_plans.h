#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"

namespace seatkeeper::sim {

// What the licences in `rows` give: each plan that is on, once, with the status of its product.
std::vector<AssignedPlan> PlansFrom(const Directory& directory,
                                    const std::vector<AssignmentRow>& rows);

// assignedPlans as Graph shows it: what the rows give, and beside it the user's other plans.
nlohmann::json AssignedPlansJson(const Directory& directory, const User& user,
                                 const std::vector<AssignmentRow>& rows);

// Remembers as Deleted, as the service does, what `before` gives and `after` does not.
void KeepLostPlans(const Directory& directory, const std::vector<AssignmentRow>& before,
                   const std::vector<AssignmentRow>& after, User& user);

}  // namespace seatkeeper::sim
