#include "tests/support/tls_front.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tests/support/loopback.h"

namespace seatkeeper::test {
namespace {

// The tenant believes that it is asked without TLS, and writes its links so.
constexpr const char* kConfig = R"(daemon off;
user root;
worker_processes 1;
pid nginx.pid;
error_log errors.log;
events {{ worker_connections 512; }}
http {{
  log_format requests escape=json '{{"site":"$server_port","protocol":"$server_protocol",'
    '"connection":"$connection","method":"$request_method","path":"$request_uri",'
    '"status":"$status","encoding":"$sent_http_content_encoding",'
    '"authorization":"$http_authorization","ended":$msec,"took":$request_time}}';
  access_log requests.log requests;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_max_body_size 100m;
  gzip on; gzip_types application/json; gzip_min_length 500;
  ssl_protocols TLSv1.2 TLSv1.3;
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Connection "";
  proxy_set_header Accept-Encoding "";
  proxy_read_timeout 300s;
  sub_filter_types application/json; sub_filter_once off;
  upstream tenant {{ server 127.0.0.1:{}; keepalive 32; }}
{}}}
)";

constexpr const char* kSite = R"(  server {{
    listen 127.0.0.1:{0} ssl http2;
    ssl_certificate {0}.pem; ssl_certificate_key {0}.pem;
    location / {{ proxy_pass http://tenant; sub_filter "http://$http_host/" "https://$http_host/"; }}
    {1}
  }}
)";

}  // namespace

TlsFront::TlsFront(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

TlsFront::~TlsFront() {
  if (nginx_) {
    // Not by force: that would leave its worker behind.
    nginx_->Signal(SIGTERM);
    nginx_->Wait();
  }
  for (const Site& site : sites_) {
    if (site.listener >= 0) close(site.listener);
  }
}

int TlsFront::AddSite(const TestCertificate& shown, const std::string& locations) {
  const auto [listener, port] = BindLoopback(SOCK_CLOEXEC | SOCK_NONBLOCK);
  listen(listener, SOMAXCONN);
  WriteFile(folder_ / fmt::format("{}.pem", port), shown.Both());
  sites_.push_back({listener, port, locations});
  return port;
}

std::string TlsFront::Config(int tenant_port) const {
  std::string servers;
  for (const Site& site : sites_) servers += fmt::format(kSite, site.port, site.locations);
  return fmt::format(kConfig, tenant_port, servers);
}

// It takes over sockets that listen already, as it would from an older nginx: so nobody can take a
// port away in between, and nobody has to wait for it.
void TlsFront::Start(int tenant_port) {
  WriteFile(folder_ / "nginx.conf", Config(tenant_port));
  std::string inherited;
  for (const Site& site : sites_) {
    fcntl(site.listener, F_SETFD, 0);
    inherited += fmt::format("{};", site.listener);
  }
  nginx_ =
      std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/nginx", "-p", folder_.string(),
                                                         "-c", "nginx.conf", "-e", "errors.log"},
                                folder_ / "out", folder_ / "err",
                                ProcessOptions{.folder = folder_, .extra = {{"NGINX", inherited}}});
  for (Site& site : sites_) close(std::exchange(site.listener, -1));
}

std::vector<nlohmann::json> TlsFront::Requests() const {
  std::vector<nlohmann::json> requests;
  std::istringstream lines(ReadFile(folder_ / "requests.log"));
  for (std::string line; std::getline(lines, line);) {
    auto request = nlohmann::json::parse(line, nullptr, false);
    if (request.is_object()) requests.push_back(std::move(request));  // The last may be half there.
  }
  return requests;
}

std::string TlsFront::errors() const {
  return ReadFile(folder_ / "err") + ReadFile(folder_ / "errors.log");
}

}  // namespace seatkeeper::test
