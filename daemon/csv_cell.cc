#include "daemon/csv_cell.h"

namespace seatkeeper {
namespace {

bool IsNegativeNumber(std::string_view text) {
  return text.size() > 1 && text[0] == '-' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool IsFormula(std::string_view text) {
  constexpr std::string_view kBeginnings = "=+-@\t\r";
  return !text.empty() && kBeginnings.find(text[0]) != std::string_view::npos &&
         !IsNegativeNumber(text);
}

}  // namespace

std::string CsvCell(std::string_view value) {
  std::string text(value);
  if (IsFormula(text)) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace seatkeeper
