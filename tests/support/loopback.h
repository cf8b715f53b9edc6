#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace seatkeeper::test {

inline sockaddr_in LoopbackAddress(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// A socket bound to a free port of 127.0.0.1, and that port; -1 and 0 when there is none. `flags`
/// as for socket(2). The socket is the caller's to close.
inline std::pair<int, int> BindLoopback(int flags = SOCK_CLOEXEC) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | flags, 0);
  sockaddr_in address = LoopbackAddress(0);
  socklen_t length = sizeof address;
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) != 0) return {-1, 0};
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  return {descriptor, ntohs(address.sin_port)};
}

/// A connected socket, the caller's to close; -1 when nobody listens.
inline int ConnectLoopback(int port, int flags = SOCK_CLOEXEC) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | flags, 0);
  const sockaddr_in address = LoopbackAddress(port);
  const int result =
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (result == 0 || (flags & SOCK_NONBLOCK) != 0) return descriptor;
  close(descriptor);
  return -1;
}

}  // namespace seatkeeper::test
