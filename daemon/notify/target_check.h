#pragma once

#include <vector>

#include "daemon/doctor_checks.h"
#include "daemon/notify/target.h"

namespace seatkeeper {

/// What `doctor` says of a target: whether its address and its secret are there and can be used,
/// and whether its authorities load. A line per trouble, or one that says that there is none. Reads
/// files, but asks nobody and sends nothing; neither address nor secret is in any line.
std::vector<Check> CheckTarget(const NotifyTarget& target);

}  // namespace seatkeeper
