#pragma once

#include <string>
#include <string_view>

namespace seatkeeper {

/// `value` as one cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets
/// an apostrophe in front: names in a tenant are data, whoever chose them. A negative number,
/// "-2" or "-285.00", is none.
std::string CsvCell(std::string_view value);

}  // namespace seatkeeper
