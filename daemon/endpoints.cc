#include "daemon/endpoints.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "policy/text.h"

namespace seatkeeper {
namespace {

struct Cloud {
  std::string_view name;
  std::string_view graph;
  std::string_view login;
};

constexpr std::array<Cloud, 4> kClouds{{
    {"global", "https://graph.microsoft.com", "https://login.microsoftonline.com"},
    {"usgov-l4", "https://graph.microsoft.us", "https://login.microsoftonline.us"},
    {"usgov-l5", "https://dod-graph.microsoft.us", "https://login.microsoftonline.us"},
    {"china", "https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
}};

std::optional<int> ParsePort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.front() == '-' || port > 65535) return std::nullopt;
  return port;
}

struct Authority {
  std::string_view host;  // Without brackets.
  std::optional<std::string_view> port;
};

std::optional<Authority> SplitAuthority(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    Authority authority{.host = text.substr(1, end - 1), .port = {}};
    if (!rest.empty()) authority.port = rest.substr(1);
    return authority;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return Authority{.host = text, .port = {}};
  return Authority{.host = text.substr(0, colon), .port = text.substr(colon + 1)};
}

}  // namespace

std::optional<Endpoints> EndpointsOf(std::string_view cloud) {
  for (const auto& known : kClouds) {
    if (known.name == cloud) {
      return Endpoints{.graph = std::string(known.graph), .login = std::string(known.login)};
    }
  }
  return std::nullopt;
}

bool IsKnownLogin(std::string_view base) {
  for (const auto& known : kClouds) {
    if (EqualsIgnoreCase(known.login, base)) return true;
  }
  return false;
}

std::optional<std::string> ParseBase(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const auto name = AsciiLower(text.substr(0, scheme));
  if (name != "http" && name != "https") return std::nullopt;
  auto rest = text.substr(scheme + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ \t\\") != std::string_view::npos) return std::nullopt;
  const auto authority = SplitAuthority(rest);
  if (!authority || authority->host.empty()) return std::nullopt;
  if (authority->port && (authority->port->empty() || !ParsePort(*authority->port))) {
    return std::nullopt;
  }
  return name + "://" + AsciiLower(rest);
}

std::string HostOf(std::string_view base) {
  const auto scheme = base.find("://");
  if (scheme != std::string_view::npos) base.remove_prefix(scheme + 3);
  const auto authority = SplitAuthority(base);
  return authority ? AsciiLower(authority->host) : std::string();
}

bool IsLoopbackHost(std::string_view host) {
  const std::string name = AsciiLower(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, name.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return name == "localhost";
}

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto authority = SplitAuthority(text);
  if (!authority || authority->host.empty() || !authority->port || authority->port->empty()) {
    return std::nullopt;
  }
  const auto port = ParsePort(*authority->port);
  if (!port) return std::nullopt;
  return ListenAddress{.host = std::string(authority->host), .port = *port};
}

}  // namespace seatkeeper
