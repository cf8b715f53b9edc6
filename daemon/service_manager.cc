#include "daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace seatkeeper {
namespace {

template <typename Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// WATCHDOG_USEC counts only for the process that WATCHDOG_PID names, or for any.
std::optional<std::chrono::milliseconds> AliveEvery(const Environment& environment) {
  const auto microseconds = ParseNumber<std::int64_t>(environment("WATCHDOG_USEC").value_or(""));
  if (!microseconds || *microseconds <= 0) return std::nullopt;
  const auto pid = environment("WATCHDOG_PID");
  if (pid && ParseNumber<pid_t>(*pid) != ::getpid()) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds(*microseconds / 2));
}

}  // namespace

ServiceManager::ServiceManager(const Environment& environment) {
  address_ = environment("NOTIFY_SOCKET").value_or("");
  const bool usable = address_.size() > 1 && (address_[0] == '/' || address_[0] == '@') &&
                      address_.size() < sizeof(sockaddr_un::sun_path);
  if (!usable) return;
  if (address_[0] == '@') address_[0] = '\0';
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ >= 0) alive_every_ = AliveEvery(environment);
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::Ready() { Tell("READY=1"); }

void ServiceManager::Stopping() { Tell("STOPPING=1"); }

void ServiceManager::Alive() {
  if (alive_every_) Tell("WATCHDOG=1");
}

void ServiceManager::Tell(const std::string& state) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  ::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to),
           size);
}

}  // namespace seatkeeper
