#include "daemon/notify/target.h"

#include <string_view>

#include "daemon/text_file.h"

namespace seatkeeper {
namespace {

Result<std::string> Read(const std::string& file, const Secret& value, std::string_view what) {
  if (file.empty()) return value.Reveal();
  return ReadSecretFile(file, what);
}

}  // namespace

Result<std::string> AddressOf(const NotifyTarget& target) {
  return Read(target.url_file, target.url, "address");
}

Result<std::string> SigningKeyOf(const NotifyTarget& target) {
  return Read(target.secret_file, target.secret, "secret");
}

}  // namespace seatkeeper
