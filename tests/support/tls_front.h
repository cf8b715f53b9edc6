#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/certificate.h"
#include "tests/support/process.h"

namespace seatkeeper::test {

/// nginx before a simulated tenant, as the service has a front of its own: TLS, HTTP/2, gzip. Each
/// site is a port of 127.0.0.1 with a certificate; behind all of them is the same tenant.
class TlsFront {
 public:
  /// Keeps its files in `folder`, which it makes.
  explicit TlsFront(std::filesystem::path folder);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  /// Before Start: the port of a further site. `locations` are nginx's, beside the one that leads
  /// to the tenant; "tenant" is its name there.
  int AddSite(const TestCertificate& shown, const std::string& locations = "");
  /// Connections may be made from here on; they wait until nginx is there.
  void Start(int tenant_port);

  /// What was asked at any site, in the order of the answers: "site" (port), "protocol",
  /// "connection", "method", "path" (with query), "status", "encoding" and "authorization", texts
  /// all of them; "ended" and "took", seconds.
  std::vector<nlohmann::json> Requests() const;
  /// What nginx has to complain of.
  std::string errors() const;

 private:
  struct Site {
    int listener;
    int port;
    std::string locations;
  };
  std::string Config(int tenant_port) const;

  std::filesystem::path folder_;
  std::vector<Site> sites_;
  std::unique_ptr<Process> nginx_;
};

}  // namespace seatkeeper::test
