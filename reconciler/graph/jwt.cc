#include "reconciler/graph/jwt.h"

#include <nlohmann/json.hpp>

namespace seatkeeper {
namespace {

int Sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int sextet = Sextet(c);
    if (sextet < 0) return std::nullopt;
    buffer = (buffer << 6U | static_cast<unsigned>(sextet)) & 0xffffU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(buffer >> bits & 0xffU);
    }
  }
  return bytes;
}

}  // namespace

std::optional<TokenClaims> DecodeToken(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto payload = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  if (!payload) return std::nullopt;
  const auto json = nlohmann::json::parse(*payload, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  TokenClaims claims;
  if (const auto tid = json.find("tid"); tid != json.end() && tid->is_string()) {
    claims.tenant_id = *tid;
  }
  if (const auto roles = json.find("roles"); roles != json.end() && roles->is_array()) {
    for (const auto& role : *roles) {
      if (role.is_string()) claims.roles.push_back(role);
    }
  }
  return claims;
}

}  // namespace seatkeeper
