#pragma once

#include <memory>
#include <string>
#include <vector>

namespace seatkeeper::test {

/// An HTTP proxy on a free port of 127.0.0.1 that tunnels (CONNECT) and does nothing else: every
/// other request is declined. Whatever name it is asked for, it connects to that port of 127.0.0.1:
/// a client that reaches a name which nobody can resolve has come this way.
class ConnectProxy {
 public:
  ConnectProxy();
  ~ConnectProxy();
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  std::string base() const;  ///< "http://127.0.0.1:port"
  /// The first lines of what it was asked, such as "CONNECT graph.test:443 HTTP/1.1".
  std::vector<std::string> asked() const;
  /// Declines all that comes after, with this status.
  void Refuse(int status);

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace seatkeeper::test
