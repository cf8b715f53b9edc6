#include "daemon/request_id.h"

namespace seatkeeper {

RequestId SplitRequestId(std::string_view text) {
  constexpr std::string_view kBetween = ", ";
  const auto end = text.find(kBetween);
  if (end == std::string_view::npos) return {.id = std::string(text), .date = ""};
  return {.id = std::string(text.substr(0, end)),
          .date = std::string(text.substr(end + kBetween.size()))};
}

}  // namespace seatkeeper
