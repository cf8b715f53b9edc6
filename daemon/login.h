#pragma once

#include <string>

namespace seatkeeper {

/// Who runs this process, for whatever is kept as somebody's word: the operating system's name of
/// the effective user, or the number where there is none, and the host: "ada@deploy-1".
std::string Login();

/// The host's name; empty when it cannot be told.
std::string HostName();

}  // namespace seatkeeper
