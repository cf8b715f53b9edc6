#include "reconciler/graph/url.h"

#include <algorithm>
#include <optional>

#include "policy/text.h"

namespace seatkeeper {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// "scheme://host:port" with everything spelled out in lower case; nothing when in doubt.
std::optional<std::string> OriginOf(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = AsciiLower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  std::string_view authority = url.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  // Parsers disagree about user info, backslashes and escapes: none of them is let through.
  const bool plain = std::all_of(authority.begin(), authority.end(), [](char c) {
    return IsAlphanumeric(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  if (authority.empty() || !plain) return std::nullopt;
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.back() != ']';
  const std::string_view host = has_port ? authority.substr(0, colon) : authority;
  std::string port(has_port ? authority.substr(colon + 1) : std::string_view());
  if (port.empty()) port = scheme == "http" ? "80" : "443";
  return scheme + "://" + AsciiLower(host) + ":" + port;
}

}  // namespace

std::string UrlEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kHex[byte >> 4U];
      encoded += kHex[byte & 15U];
    }
  }
  return encoded;
}

std::string ODataLiteral(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    literal += c;
    if (c == '\'') literal += c;
  }
  return literal + "'";
}

bool SameOrigin(std::string_view a, std::string_view b) {
  const auto origin = OriginOf(a);
  return origin && origin == OriginOf(b);
}

std::string ShownOrigin(std::string_view url) { return OriginOf(url).value_or(""); }

}  // namespace seatkeeper
