#include "daemon/http_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace seatkeeper {
namespace {

// A connection holds a thread until it is answered or times out.
constexpr std::size_t kThreads = 16;
constexpr std::time_t kTimeoutSeconds = 5;
constexpr std::size_t kMaxRequestBytes = 64 << 10;
constexpr std::size_t kLargeBytes = 1 << 20;
constexpr std::size_t kBlockBytes = 256 << 10;  // What fits into a processor's cache.

// Metrics of many tenants are tens of megabytes: put together block by block as they are sent, and
// not compressed, which the library would do where the client takes it and which takes far longer
// than sending them.
void SetLarge(std::shared_ptr<const HttpPage> page, httplib::Response& response) {
  const auto& shown = *page;
  response.set_content_provider(
      shown.body.size(), shown.content_type,
      [page = std::move(page), block = std::make_shared<std::vector<char>>(kBlockBytes)](
          std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        const auto size = std::min(length, block->size());
        return sink.write(block->data(), page->body.Copy(offset, std::span(*block).first(size)));
      });
}

bool UseFiles(SSL_CTX& context, const TlsFiles& files) {
  return ::SSL_CTX_use_certificate_chain_file(&context, files.certificate.c_str()) == 1 &&
         ::SSL_CTX_use_PrivateKey_file(&context, files.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
         ::SSL_CTX_check_private_key(&context) == 1;
}

// For one connection. Files that are just being replaced leave it with what was there at the start.
int UseFilesOfNow(SSL* connection, void* argument) {
  const auto& files = *static_cast<const TlsFiles*>(argument);
  ::SSL_use_certificate_chain_file(connection, files.certificate.c_str());
  ::SSL_use_PrivateKey_file(connection, files.key.c_str(), SSL_FILETYPE_PEM);
  ::ERR_clear_error();
  return 1;
}

// `files` outlive the server.
std::unique_ptr<httplib::Server> MakeServer(std::optional<TlsFiles>& files) {
  if (!files) return std::make_unique<httplib::Server>();
  return std::make_unique<httplib::SSLServer>([&files = *files](SSL_CTX& context) {
    ::SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    ::SSL_CTX_set_cert_cb(&context, UseFilesOfNow, &files);
    return UseFiles(context, files);
  });
}

}  // namespace

struct HttpServer::Running {
  std::optional<TlsFiles> tls;
  std::unique_ptr<httplib::Server> http;
  std::thread thread;
  ListenAddress address;
};

HttpServer::HttpServer(std::optional<TlsFiles> tls) : running_(std::make_unique<Running>()) {
  running_->tls = std::move(tls);
  running_->http = MakeServer(running_->tls);
  auto& http = *running_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // The library's own choice would let a second daemon share the port unnoticed.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  http.set_keep_alive_max_count(1);
  http.set_read_timeout(kTimeoutSeconds);
  http.set_write_timeout(kTimeoutSeconds);
  http.set_payload_max_length(kMaxRequestBytes);
  http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty()) {
      response.set_content(response.status == 404 ? "not found\n" : "error\n", "text/plain");
    }
  });
}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Add(const std::string& path, std::function<HttpPage()> render) {
  running_->http->Get(
      path, [render = std::move(render)](const httplib::Request&, httplib::Response& response) {
        const auto page = std::make_shared<const HttpPage>(render());
        response.status = page->status;
        response.set_header("Cache-Control", "no-store");
        response.set_header("X-Content-Type-Options", "nosniff");
        if (page->body.size() >= kLargeBytes) return SetLarge(page, response);
        response.set_content(page->body.Joined(), page->content_type);
      });
}

Result<void> HttpServer::Start(const ListenAddress& address) {
  auto& http = *running_->http;
  running_->address = address;
  if (!http.is_valid()) {
    return Error{.kind = ErrorKind::kIo,
                 .message = fmt::format("certificate and key do not load: {}, {}",
                                        running_->tls->certificate, running_->tls->key),
                 .position = {},
                 .service = {}};
  }
  if (address.port == 0) {
    running_->address.port = std::max(0, http.bind_to_any_port(address.host));
  } else if (!http.bind_to_port(address.host, address.port)) {
    running_->address.port = 0;
  }
  if (running_->address.port == 0) {
    return Error{.kind = ErrorKind::kIo,
                 .message = fmt::format("cannot listen on {}:{}; is it taken by another process?",
                                        address.host, address.port),
                 .position = {},
                 .service = {}};
  }
  running_->thread = std::thread([&http] { http.listen_after_bind(); });
  // A stop() before it serves would be lost.
  while (!http.is_running()) std::this_thread::yield();
  return {};
}

void HttpServer::Stop() {
  if (!running_->thread.joinable()) return;
  running_->http->stop();
  running_->thread.join();
}

int HttpServer::port() const { return running_->address.port; }

std::string HttpServer::address() const {
  const auto& host = running_->address.host;
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port());
  return fmt::format("{}:{}", host, port());
}

}  // namespace seatkeeper
