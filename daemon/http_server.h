#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/endpoints.h"
#include "daemon/shared_text.h"
#include "policy/result.h"

namespace seatkeeper {

/// What a page of the listener answers.
struct HttpPage {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  SharedText body;
};

/// The process's HTTP listener, on threads of its own. GET and HEAD of the pages that were added
/// before Start; 404 for everything else. Probes answer while slow clients hold connections: there
/// are more threads than those are likely to take, and connections are not kept open.
class HttpServer {
 public:
  /// With `tls` it speaks HTTPS only, TLS 1.2 or newer. The files are read anew for every
  /// connection: a certificate that is renewed needs no restart.
  explicit HttpServer(std::optional<TlsFiles> tls = {});
  ~HttpServer();  ///< Stops.
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// `render` runs on the server's threads, several at once.
  void Add(const std::string& path, std::function<HttpPage()> render);
  /// Binds and serves. kIo when the address cannot be bound, or certificate and key do not load.
  Result<void> Start(const ListenAddress& address);
  /// Closes the listener and waits until requests under way are answered. Again is fine.
  void Stop();

  /// The bound port; 0 before Start.
  int port() const;
  /// "127.0.0.1:9464".
  std::string address() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace seatkeeper
