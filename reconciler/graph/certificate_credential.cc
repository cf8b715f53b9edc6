#include "reconciler/graph/certificate_credential.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "reconciler/graph/jwt.h"

namespace seatkeeper {
namespace {

using nlohmann::json;

constexpr std::int64_t kLifetimeSeconds = 600;
constexpr int kNotRegistered = 700027;

// A version 4 UUID: an assertion that is shown twice is told from two.
std::string NewId(Random& random) {
  const std::uint64_t high = random.Next();
  const std::uint64_t low = random.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xffffU,
                     high & 0xfffU, (low >> 48U & 0x3fffU) | 0x8000U, low & 0xffffffffffffU);
}

std::string SignedPart(const SigningIdentity& identity, const TokenTarget& target, WallTime now,
                       Random& random) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const json header{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", identity.ThumbprintSha256()}};
  const json claims{{"aud", TokenEndpoint(target)},
                    {"iss", target.client_id},
                    {"sub", target.client_id},
                    {"jti", NewId(random)},
                    {"iat", seconds},
                    {"nbf", seconds},
                    {"exp", seconds + kLifetimeSeconds}};
  return EncodeBase64Url(header.dump()) + "." + EncodeBase64Url(claims.dump());
}

}  // namespace

Result<SigningIdentity> CertificateCredential::Load() const {
  const auto bytes = read_();
  if (!bytes) return bytes.error();
  auto password = password_();
  if (!password) return std::move(password).error();
  return SigningIdentity::Parse(*bytes, Secret(std::move(password).value()), path_);
}

Result<void> CertificateCredential::Check(WallTime now) const {
  const auto identity = Load();
  if (!identity) return identity.error();
  return identity->CheckDates(now);
}

Result<HttpRequest> CertificateCredential::Request(const TokenTarget& target, WallTime now,
                                                   Random& random) const {
  const auto identity = Load();
  if (!identity) return identity.error();
  if (auto dates = identity->CheckDates(now); !dates) return std::move(dates).error();
  const auto part = SignedPart(*identity, target, now, random);
  const auto signature = identity->Sign(part);
  if (!signature) return signature.error();
  return ClientCredentialsRequest(target, AssertionForm(part + "." + EncodeBase64Url(*signature)));
}

std::string CertificateCredential::Shown(int code) const {
  if (code != kNotRegistered) return {};
  const auto identity = Load();
  if (!identity) return {};
  return fmt::format("The one in {} has the thumbprint {}.", path_, identity->ThumbprintSha1());
}

std::optional<WallTime> CertificateCredential::NotAfter() const {
  const auto identity = Load();
  if (!identity) return std::nullopt;
  return identity->not_after();
}

}  // namespace seatkeeper
