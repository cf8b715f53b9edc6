#include "tests/simulator/assertion.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/simulator/signature.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using std::chrono::minutes;

// What clocks may be apart.
constexpr minutes kTolerance{5};

struct Assertion {
  std::string text;
  json header;
  json claims;
  std::string signed_part;
  std::string signature;

  std::string Text(const char* claim) const { return TextOf(claims, claim); }
  static std::string TextOf(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
  }
  std::optional<WallTimeMs> Time(const char* claim) const {
    const auto found = claims.find(claim);
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    return WallTimeMs(std::chrono::seconds(found->get<std::int64_t>()));
  }
};

std::optional<Assertion> Parse(const std::string& text) {
  const std::vector<std::string> parts = Split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  Assertion assertion;
  assertion.text = text;
  assertion.header = json::parse(FromBase64Url(parts[0]).value_or(""), nullptr, false);
  assertion.claims = json::parse(FromBase64Url(parts[1]).value_or(""), nullptr, false);
  const auto signature = FromBase64Url(parts[2]);
  if (!assertion.header.is_object() || !assertion.claims.is_object() || !signature) {
    return std::nullopt;
  }
  assertion.signed_part = parts[0] + "." + parts[1];
  assertion.signature = *signature;
  return assertion;
}

TokenFailure Refused(int number, std::string message) {
  return {401, "invalid_client", number, std::move(message)};
}

TokenFailure Malformed() {
  return {400, "invalid_request", 50027, "JWT token is invalid or malformed."};
}

std::optional<TokenFailure> JudgeTimes(const Assertion& assertion, WallTimeMs now) {
  const auto expires = assertion.Time("exp");
  if (!expires) return Malformed();
  const WallTimeMs begins = assertion.Time("nbf").value_or(assertion.Time("iat").value_or(now));
  if (begins <= now + kTolerance && now - kTolerance < *expires) return std::nullopt;
  return Refused(700024, fmt::format("Client assertion is not within its valid time range. Current "
                                     "time: {}, assertion valid from {}, expiry time of assertion "
                                     "{}.",
                                     IsoTime(now), IsoTime(begins), IsoTime(*expires)));
}

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  return text;
}

std::optional<TokenFailure> JudgeSignature(const Application& application,
                                           const Assertion& assertion, WallTimeMs now) {
  const auto sha256 = FromBase64Url(Assertion::TextOf(assertion.header, "x5t#S256"));
  const auto sha1 = FromBase64Url(Assertion::TextOf(assertion.header, "x5t"));
  for (const std::string& pem : application.certificates) {
    const CertificateFacts certificate = ReadCertificate(pem);
    if (certificate.sha256 != sha256 && certificate.sha1 != sha1) continue;
    if (!IsSignedBy(certificate.key, Assertion::TextOf(assertion.header, "alg"),
                    assertion.signed_part, assertion.signature)) {
      return Refused(700027, "Client assertion failed signature validation.");
    }
    if (certificate.not_before <= now && now < certificate.not_after) return std::nullopt;
    return Refused(700027,
                   fmt::format("Client assertion failed signature validation. [Reason - The key "
                               "used is expired., Thumbprint of key used by client: '{}']",
                               Hex(certificate.sha1)));
  }
  return Refused(700027,
                 fmt::format("The certificate with identifier used to sign the client assertion is "
                             "not registered on application. [Reason - The key was not found., "
                             "Thumbprint of key used by client: '{}']",
                             Hex(sha1.value_or(sha256.value_or("")))));
}

std::optional<TokenFailure> JudgeOwn(const Application& application, const Assertion& assertion,
                                     const AssertionDesk& desk) {
  if (auto failure = JudgeSignature(application, assertion, desk.now)) return failure;
  if (!EqualsIgnoringCase(assertion.Text("sub"), application.client_id)) {
    return Refused(700021,
                   "Client assertion application identifier doesn't match 'client_id' "
                   "parameter.");
  }
  if (!EqualsIgnoringCase(assertion.Text("aud"), desk.endpoint)) {
    return Refused(700023, "Client assertion audience claim does not match Realm issuer.");
  }
  if (auto failure = JudgeTimes(assertion, desk.now)) return failure;
  const std::string id = assertion.Text("jti");
  if (id.empty()) return Malformed();
  const bool is_new = desk.shown.insert(id).second;
  if (!is_new && !desk.shown.contains(assertion.text)) {
    return Refused(700027, "Client assertion contains an identifier that was used before.");
  }
  desk.shown.insert(assertion.text);
  return std::nullopt;
}

std::string Presented(const Assertion& assertion) {
  return fmt::format("Assertion Issuer: '{}'. Assertion Subject: '{}'. Assertion Audience: '{}'.",
                     assertion.Text("iss"), assertion.Text("sub"), assertion.Text("aud"));
}

TokenFailure NoMatch(int number, const char* what, const std::string& value) {
  return Refused(number, fmt::format("No matching federated identity record found for presented "
                                     "assertion {} '{}'.",
                                     what, value));
}

std::optional<TokenFailure> JudgeFederated(const Application& application,
                                           const Assertion& assertion, WallTimeMs now) {
  if (application.federated.empty()) {
    return Refused(70021, "No matching federated identity record found for presented assertion. " +
                              Presented(assertion));
  }
  const auto differs = [](std::string FederatedTrust::*part, const std::string& value) {
    return [part, &value](const FederatedTrust& trust) { return trust.*part != value; };
  };
  std::vector<FederatedTrust> left = application.federated;
  const std::string issuer = assertion.Text("iss");
  std::erase_if(left, differs(&FederatedTrust::issuer, issuer));
  if (left.empty()) return NoMatch(700211, "issuer", issuer);
  const std::string subject = assertion.Text("sub");
  std::erase_if(left, differs(&FederatedTrust::subject, subject));
  if (left.empty()) return NoMatch(700213, "subject", subject);
  const std::string audience = assertion.Text("aud");
  std::erase_if(left, differs(&FederatedTrust::audience, audience));
  if (left.empty()) return NoMatch(700212, "audience", audience);
  if (!IsSignedBy(left.front().key, Assertion::TextOf(assertion.header, "alg"),
                  assertion.signed_part, assertion.signature)) {
    return Refused(50013, "Assertion failed signature validation.");
  }
  return JudgeTimes(assertion, now);
}

}  // namespace

std::optional<TokenFailure> JudgeAssertion(const Application& application, const std::string& text,
                                           AssertionDesk desk) {
  const auto assertion = Parse(text);
  if (!assertion) return Malformed();
  if (EqualsIgnoringCase(assertion->Text("iss"), application.client_id)) {
    return JudgeOwn(application, *assertion, desk);
  }
  return JudgeFederated(application, *assertion, desk.now);
}

}  // namespace seatkeeper::sim
