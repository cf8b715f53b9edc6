#include "reconciler/graph/credential.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reconciler/graph/jwt.h"
#include "reconciler/graph/url.h"

namespace seatkeeper {
namespace {

// No federated credential matches: in general, by issuer, by audience, by subject.
constexpr std::array kNoMatch{70021, 700211, 700212, 700213};

}  // namespace

std::string TokenEndpoint(const TokenTarget& target) {
  return fmt::format("{}/{}/oauth2/v2.0/token", target.login_base, UrlEncode(target.tenant_id));
}

HttpRequest ClientCredentialsRequest(const TokenTarget& target, const std::string& proof) {
  HttpRequest request;
  request.method = "POST";
  request.url = TokenEndpoint(target);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = fmt::format("client_id={}&scope={}&grant_type=client_credentials&{}",
                             UrlEncode(target.client_id), UrlEncode(target.scope), proof);
  return request;
}

std::string AssertionForm(const std::string& assertion) {
  return "client_assertion_type=" +
         UrlEncode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
         "&client_assertion=" + UrlEncode(assertion);
}

Result<void> SecretCredential::Check(WallTime /*now*/) const {
  const auto secret = read_();
  if (!secret) return secret.error();
  return {};
}

Result<HttpRequest> SecretCredential::Request(const TokenTarget& target, WallTime /*now*/,
                                              Random& /*random*/) const {
  const auto secret = read_();
  if (!secret) return secret.error();
  return ClientCredentialsRequest(target, "client_secret=" + UrlEncode(*secret));
}

Result<std::string> FederatedCredential::ReadToken(WallTime now) const {
  auto token = read_();
  if (!token) return token;
  const auto claims = DecodeToken(*token);
  if (!claims) {
    return Error{.kind = ErrorKind::kInvalid,
                 .message = fmt::format("The federated token file {} holds no token (a JWT): name "
                                        "the file that the cluster keeps up to date.",
                                        path_),
                 .position = {},
                 .service = {}};
  }
  if (claims->expires && *claims->expires <= now) {
    return Error{
        .kind = ErrorKind::kInvalid,
        .message = fmt::format("The token in the federated token file {} expired at {}: whoever "
                               "renews it has stopped, or this machine's clock is wrong.",
                               path_, FormatTime(*claims->expires)),
        .position = {},
        .service = {}};
  }
  return token;
}

Result<void> FederatedCredential::Check(WallTime now) const {
  const auto token = ReadToken(now);
  if (!token) return token.error();
  return {};
}

Result<HttpRequest> FederatedCredential::Request(const TokenTarget& target, WallTime now,
                                                 Random& /*random*/) const {
  const auto token = ReadToken(now);
  if (!token) return token.error();
  return ClientCredentialsRequest(target, AssertionForm(*token));
}

std::string FederatedCredential::Shown(int code) const {
  if (std::find(kNoMatch.begin(), kNoMatch.end(), code) == kNoMatch.end()) return {};
  const auto token = read_();
  const auto claims = token ? DecodeToken(*token) : std::nullopt;
  if (!claims) return {};
  return fmt::format("The token has issuer '{}', subject '{}' and audience '{}'.", claims->issuer,
                     claims->subject, claims->audience);
}

}  // namespace seatkeeper
