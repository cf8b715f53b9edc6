#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// `text` with control characters, malformed UTF-8 and what turns the direction of text replaced by
/// question marks, for anything that came from a tenant.
std::string Printable(std::string_view text);

}  // namespace seatkeeper
