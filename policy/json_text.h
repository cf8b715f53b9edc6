#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD: what a
/// tenant or a file holds must never make the output unreadable.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace seatkeeper
