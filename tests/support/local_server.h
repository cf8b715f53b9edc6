#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reconciler/seams/http_transport.h"

namespace seatkeeper::test {

/// A real HTTP server on a free port of 127.0.0.1, for tests of the transport.
class LocalServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// `handler` runs on the server's threads; the request's url is its path. A Content-Type header
  /// of the response decides whether the body is compressed.
  explicit LocalServer(Handler handler);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  std::string base() const;  ///< "http://127.0.0.1:port"
  int port() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

/// Accepts connections and answers each with fixed bytes once a request's head has come; then cuts
/// the connection, or keeps it open without another byte.
class RawServer {
 public:
  enum class Then { kReset, kClose, kHang };
  RawServer(std::string answer, Then then);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string base() const;
  int port() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

/// A port of 127.0.0.1 on which nobody listens.
int ClosedPort();

}  // namespace seatkeeper::test
