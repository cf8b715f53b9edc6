#include "daemon/request_id.h"

namespace seatkeeper {

std::string RequestText(std::string_view id, std::string_view date) {
  std::string text(id);
  if (!id.empty() && !date.empty()) text.append(", ").append(date);
  return text;
}

}  // namespace seatkeeper
