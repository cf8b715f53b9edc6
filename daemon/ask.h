#pragma once

#include <string>

namespace seatkeeper {

/// Writes the question to stderr and reads one line from stdin: true for "y" and "yes" in any
/// letter case. An interruption (SIGINT, SIGTERM, even while blocked for this thread) and the end
/// of input are a no. Not thread-safe.
bool AskOnTerminal(const std::string& question);

}  // namespace seatkeeper
