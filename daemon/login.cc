#include "daemon/login.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace seatkeeper {
namespace {

std::string UserName() {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const auto user = ::geteuid();
  const int failure = ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0 || found == nullptr) return std::to_string(user);
  return entry.pw_name;
}

}  // namespace

std::string Login() { return UserName() + "@" + HostName(); }

std::string HostName() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return host.data();
}

}  // namespace seatkeeper
