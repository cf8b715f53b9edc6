#pragma once

#include <string>

#include "daemon/exit_code.h"
#include "reconciler/cycle/cycle.h"

namespace seatkeeper {

/// ResultOf(report) as an exit code, without kChanges.
ExitCode ExitCodeOf(const CycleReport& report);

/// "file:line:column: message", or just the message.
std::string Describe(const Error& error);

}  // namespace seatkeeper
