#include "reconciler/seams/http_transport.h"

#include "policy/text.h"

namespace seatkeeper {

const std::string* FindHeader(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace seatkeeper
