#include "daemon/csv_cell.h"

namespace seatkeeper {
namespace {

bool IsNegativeNumber(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  if (text.size() < 2 || text[0] != '-') return false;
  const auto point = text.find_first_not_of(kDigits, 1);
  if (point == std::string_view::npos) return true;
  return text[point] == '.' && point > 1 && point + 1 < text.size() &&
         text.find_first_not_of(kDigits, point + 1) == std::string_view::npos;
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
