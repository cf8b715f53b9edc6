#include "tests/simulator/token.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

#include "tests/simulator/assertion.h"
#include "tests/simulator/errors.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kGraphRoots{
    "https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn"};

using Form = std::map<std::string, std::string>;

Form ParseForm(const std::string& body) {
  Form form;
  for (const std::string& piece : Split(body, '&')) {
    const std::size_t equals = std::min(piece.find('='), piece.size());
    form[PercentDecode(piece.substr(0, equals), UrlPart::kQuery).value_or("")] =
        PercentDecode(piece.substr(std::min(equals + 1, piece.size())), UrlPart::kQuery)
            .value_or("");
  }
  return form;
}

// A request that has not been refused yet.
struct Asked {
  const TokenRequest& request;
  Form form;
  std::string audience;
  Application application;

  std::string Field(const char* name) const {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  }
};

std::optional<TokenFailure> FindUnknown(const SimulatorOptions& options, Asked& asked) {
  if (!EqualsIgnoringCase(asked.request.tenant, options.tenant_id)) {
    return TokenFailure{400, "invalid_request", 90002,
                        "Tenant '" + asked.request.tenant +
                            "' not found. Check to make sure you have the "
                            "correct tenant ID and are signing into the correct cloud."};
  }
  if (asked.Field("grant_type") != "client_credentials") {
    return TokenFailure{
        400, "unsupported_grant_type", 70003,
        "The app requested an unsupported grant type '" + asked.Field("grant_type") + "'."};
  }
  const std::string scope = asked.Field("scope");
  const std::string resource = asked.Field("resource");
  for (const std::string_view root : kGraphRoots) {
    const std::string whole(root);
    const bool meant = asked.request.is_v1 ? resource == whole || resource == whole + "/"
                                           : scope == whole + "/.default";
    if (meant) asked.audience = root;
  }
  if (asked.audience.empty() && asked.request.is_v1) {
    return TokenFailure{
        400, "invalid_resource", 500011,
        "The resource principal named " + resource + " was not found in the tenant named Contoso."};
  }
  if (asked.audience.empty()) {
    return TokenFailure{400, "invalid_scope", 70011,
                        "The provided request must include a 'scope' input parameter. The "
                        "provided value for the input parameter 'scope' is not valid. The scope " +
                            scope + " is not valid."};
  }
  const auto application = FindApplication(options, asked.Field("client_id"));
  if (!application) {
    return TokenFailure{400, "unauthorized_client", 700016,
                        "Application with identifier '" + asked.Field("client_id") +
                            "' was not found in the directory 'Contoso'."};
  }
  asked.application = *application;
  return std::nullopt;
}

std::optional<TokenFailure> FindUnproven(const Asked& asked, WallTimeMs now,
                                         std::set<std::string>& shown) {
  if (asked.form.contains("client_assertion")) {
    if (asked.Field("client_assertion_type") !=
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
      return TokenFailure{400, "invalid_request", 900144,
                          "The request body must contain the following parameter: "
                          "'client_assertion_type'."};
    }
    return JudgeAssertion(asked.application, asked.Field("client_assertion"),
                          {asked.request.Endpoint(), now, shown});
  }
  if (!asked.form.contains("client_secret")) {
    return TokenFailure{401, "invalid_client", 7000218,
                        "The request body must contain the following parameter: "
                        "'client_assertion' or 'client_secret'."};
  }
  if (asked.application.secret.empty() ||
      asked.Field("client_secret") != asked.application.secret) {
    return TokenFailure{401, "invalid_client", 7000215,
                        "Invalid client secret provided. Ensure the secret being sent in the "
                        "request is the client secret value, not the client secret ID."};
  }
  return std::nullopt;
}

std::string Timestamp(WallTimeMs now) {
  std::string text = IsoTime(now);
  text[10] = ' ';
  return text;
}

Reply FailureReply(const TokenFailure& failure, WallTimeMs now, Random& ids) {
  const std::string trace = ids.Guid();
  const std::string correlation = ids.Guid();
  Reply reply;
  reply.status = failure.status;
  reply.body = {{"error", failure.error},
                {"error_description",
                 fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
                             failure.number, failure.message, trace, correlation, Timestamp(now))},
                {"error_codes", {failure.number}},
                {"timestamp", Timestamp(now)},
                {"trace_id", trace},
                {"correlation_id", correlation}};
  return reply;
}

std::string Signature(const SimulatorOptions& options, std::string_view signed_part) {
  const std::string key = fmt::format("seatkeeper-sim:{}", options.seed);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(),
       digest.data(), &size);
  return Base64Url({reinterpret_cast<const char*>(digest.data()), size});
}

// As the older endpoint does.
void TellAsText(const std::string& resource, WallTimeMs now, json& body) {
  const std::string lifetime = std::to_string(kTokenLifetimeSeconds);
  body["expires_in"] = lifetime;
  body["ext_expires_in"] = lifetime;
  body["not_before"] = std::to_string(UnixSeconds(now));
  body["expires_on"] = std::to_string(UnixSeconds(now) + kTokenLifetimeSeconds);
  body["resource"] = resource;
}

GraphError InvalidToken(const std::string& message) {
  return {401, "InvalidAuthenticationToken", message};
}

}  // namespace

bool Claims::HasAnyOf(const std::vector<std::string>& wanted) const {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  });
}

bool IsGraphRoot(std::string_view resource) {
  return std::find(kGraphRoots.begin(), kGraphRoots.end(), resource) != kGraphRoots.end();
}

std::string IssueToken(const SimulatorOptions& options, const Application& application,
                       const std::string& audience, WallTimeMs now, Random& ids) {
  const std::int64_t issued = UnixSeconds(now);
  json claims{{"aud", audience},
              {"iss", "https://sts.windows.net/" + options.tenant_id + "/"},
              {"tid", options.tenant_id},
              {"appid", application.client_id},
              {"app_displayname", application.name},
              {"oid", ids.Guid()},
              {"iat", issued},
              {"nbf", issued},
              {"exp", issued + kTokenLifetimeSeconds},
              {"uti", ids.Guid()},
              {"ver", "1.0"}};
  if (!application.roles.empty()) claims["roles"] = application.roles;
  const std::string signed_part =
      Base64Url(json{{"typ", "JWT"}, {"alg", "HS256"}}.dump()) + "." + Base64Url(claims.dump());
  return signed_part + "." + Signature(options, signed_part);
}

Reply TokenReply(const SimulatorOptions& options, const TokenRequest& request, WallTimeMs now,
                 Random& ids, std::set<std::string>& shown) {
  Asked asked{request, ParseForm(request.form), "", {}};
  auto failure = FindUnknown(options, asked);
  if (!failure) failure = FindUnproven(asked, now, shown);
  Reply reply;
  if (failure) {
    reply = FailureReply(*failure, now, ids);
  } else {
    reply.body = {
        {"token_type", "Bearer"},
        {"expires_in", kTokenLifetimeSeconds},
        {"ext_expires_in", kTokenLifetimeSeconds},
        {"access_token", IssueToken(options, asked.application, asked.audience, now, ids)}};
    if (request.is_v1) TellAsText(asked.audience, now, reply.body);
    reply.headers.emplace_back("Cache-Control", "no-store, no-cache");
  }
  reply.application = asked.Field("client_id");
  return reply;
}

Reply DiscoveryReply(const SimulatorOptions& options, const std::string& tenant,
                     const std::string& origin, WallTimeMs now, Random& ids) {
  if (!EqualsIgnoringCase(tenant, options.tenant_id)) {
    return FailureReply({400, "invalid_tenant", 90002, "Tenant '" + tenant + "' not found."}, now,
                        ids);
  }
  const std::string authority = origin + "/" + options.tenant_id;
  Reply reply;
  reply.body = {
      {"issuer", authority + "/v2.0"},
      {"authorization_endpoint", authority + "/oauth2/v2.0/authorize"},
      {"token_endpoint", authority + "/oauth2/v2.0/token"},
      {"jwks_uri", authority + "/discovery/v2.0/keys"},
      {"token_endpoint_auth_methods_supported", {"client_secret_post", "private_key_jwt"}},
      {"response_types_supported", {"code"}},
      {"subject_types_supported", {"pairwise"}},
      {"id_token_signing_alg_values_supported", {"RS256"}}};
  return reply;
}

Claims CheckToken(const SimulatorOptions& options, const std::optional<std::string>& authorization,
                  WallTimeMs now) {
  if (!authorization || !EqualsIgnoringCase(authorization->substr(0, 7), "Bearer ")) {
    throw InvalidToken("Access token is empty.");
  }
  const std::string token = authorization->substr(7);
  const std::vector<std::string> parts = Split(token, '.');
  if (parts.size() != 3)
    throw InvalidToken("CompactToken parsing failed with error code: 80049217");
  if (Signature(options, parts[0] + "." + parts[1]) != parts[2]) {
    throw InvalidToken("Access token validation failure. Invalid signature.");
  }
  const json claims = json::parse(FromBase64Url(parts[1]).value_or("{}"));
  if (claims.value("tid", "") != options.tenant_id) {
    throw InvalidToken("Access token validation failure. Invalid tenant.");
  }
  if (claims.value("exp", std::int64_t{0}) <= UnixSeconds(now)) {
    throw InvalidToken("Lifetime validation failed, the token is expired.");
  }
  return {claims.value("roles", std::vector<std::string>{}), claims.value("appid", "")};
}

}  // namespace seatkeeper::sim
