#pragma once

#include <string_view>

namespace seatkeeper {

/// What a person can do about a failure of SQLite, as a sentence that follows on its own words;
/// empty where nothing is known. `code`: any of SQLite's result codes, extended or not.
std::string_view AdviceFor(int code);

}  // namespace seatkeeper
