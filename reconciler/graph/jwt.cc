#include "reconciler/graph/jwt.h"

#include <cstdint>
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

std::string TextAt(const nlohmann::json& claims, const char* name) {
  const auto found = claims.find(name);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string AudienceOf(const nlohmann::json& claims) {
  const auto found = claims.find("aud");
  if (found == claims.end() || !found->is_array()) return TextAt(claims, "aud");
  return !found->empty() && found->front().is_string() ? found->front().get<std::string>() : "";
}

std::optional<WallTime> ExpiryOf(const nlohmann::json& claims) {
  // Beyond it the arithmetic of times would overflow.
  constexpr double kLatest = 1e11;
  const auto found = claims.find("exp");
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= kLatest)) return std::nullopt;
  return WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

std::string EncodeBase64Url(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U | static_cast<unsigned char>(byte)) & 0xffffU;
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[buffer >> (bits - 6) & 63U];
  }
  if (bits > 0) text += kAlphabet[buffer << (6 - bits) & 63U];
  return text;
}

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
  claims.tenant_id = TextAt(json, "tid");
  claims.issuer = TextAt(json, "iss");
  claims.subject = TextAt(json, "sub");
  claims.audience = AudienceOf(json);
  claims.expires = ExpiryOf(json);
  if (const auto roles = json.find("roles"); roles != json.end() && roles->is_array()) {
    for (const auto& role : *roles) {
      if (role.is_string()) claims.roles.push_back(role);
    }
  }
  return claims;
}

}  // namespace seatkeeper
