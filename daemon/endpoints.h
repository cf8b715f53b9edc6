#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seatkeeper {

/// Bases without a path and without a trailing slash.
struct Endpoints {
  std::string graph;
  std::string login;

  friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

/// The addresses of a cloud: "global", "usgov-l4", "usgov-l5" or "china". Nothing otherwise.
/// Source: Microsoft Graph documentation, "National cloud deployments".
std::optional<Endpoints> EndpointsOf(std::string_view cloud);

/// The login base belongs to one or several of the known clouds.
bool IsKnownLogin(std::string_view base);

/// "https://login.example/" without the slash. Nothing unless it is http or https with a host, an
/// optional port, and nothing else: no path, query, fragment or user name.
std::optional<std::string> ParseBase(std::string_view text);

/// The host of a base that ParseBase gave, in lower case, without port and brackets.
std::string HostOf(std::string_view base);

/// "localhost", 127.0.0.0/8 or ::1.
bool IsLoopbackHost(std::string_view host);

/// Where the HTTP server listens.
struct ListenAddress {
  std::string host = "127.0.0.1";
  int port = 9464;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// What the HTTP server shows that it is itself by: PEM files, the certificate with its chain.
struct TlsFiles {
  std::string certificate;
  std::string key;

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

/// "host:port" or "[::1]:port"; port 0 takes any free one.
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace seatkeeper
