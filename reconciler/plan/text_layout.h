#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace seatkeeper {

/// Columns that a character cell terminal needs for `text`, a character one.
std::size_t Width(std::string_view text);

/// `text`, of one or several lines, with every line broken at blanks so that it fits 80 columns
/// where it can; what follows a break is indented `hang` further than its line begins.
std::string WrapLines(std::string_view text, std::size_t hang = 2);

}  // namespace seatkeeper
