#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// Whether `code` is an officially assigned two-letter code of ISO 3166-1, in capital letters. The
/// codes that the standard leaves to users, such as XK, are none: what a service makes of them is
/// its own affair.
bool IsCountryCode(std::string_view code);

/// The country code that a text from a directory is, in any letter case; empty where it is none.
/// Names of countries are not guessed at.
std::string ToCountryCode(std::string_view text);

}  // namespace seatkeeper
