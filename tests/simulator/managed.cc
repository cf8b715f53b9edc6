#include "tests/simulator/managed.h"

#include <optional>
#include <string>

#include "tests/simulator/text.h"
#include "tests/simulator/token.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

Reply Refused(int status, const char* error, const std::string& description) {
  Reply reply;
  reply.status = status;
  reply.body = {{"error", error}, {"error_description", description}};
  return reply;
}

bool OfAppService(const Target& target) { return target.segments[0] == "msi"; }

// Whoever asks proves that it runs here and was not sent here by somebody else.
std::optional<Reply> RefuseStranger(const Request& request, const Target& target) {
  if (OfAppService(target)) {
    if (FindHeader(request.headers, "X-IDENTITY-HEADER") == kAppServiceHeader) return std::nullopt;
    return Refused(401, "invalid_request", "The identity header is missing or wrong.");
  }
  if (FindHeader(request.headers, "Metadata") != "true") {
    return Refused(400, "invalid_request", "Required metadata header not specified");
  }
  if (FindHeader(request.headers, "X-Forwarded-For")) {
    return Refused(400, "invalid_request", "Requests through a proxy are not answered");
  }
  return std::nullopt;
}

std::optional<Application> FindIdentity(const SimulatorOptions& options,
                                        const std::optional<std::string>& client_id) {
  for (const Application& each : options.applications) {
    const bool named = client_id && EqualsIgnoringCase(each.client_id, *client_id);
    if (each.managed == (client_id ? "user-assigned" : "system-assigned") &&
        (named || !client_id)) {
      return each;
    }
  }
  return std::nullopt;
}

}  // namespace

bool IsIdentityPlace(const Target& target) {
  const auto& path = target.segments;
  return path == std::vector<std::string>{"metadata", "identity", "oauth2", "token"} ||
         path == std::vector<std::string>{"msi", "token"};
}

Reply IdentityReply(const SimulatorOptions& options, const Request& request, const Target& target,
                    WallTimeMs now, Random& ids) {
  if (auto refused = RefuseStranger(request, target)) return *refused;
  if (target.Option("api-version") != (OfAppService(target) ? "2019-08-01" : "2018-02-01")) {
    return Refused(400, "bad_request_102", "The api-version is missing or not supported");
  }
  const auto resource = target.Option("resource").value_or("");
  if (!IsGraphRoot(resource)) {
    return Refused(400, "invalid_resource",
                   "AADSTS500011: The resource principal named " + resource + " was not found.");
  }
  const auto identity = FindIdentity(options, target.Option("client_id"));
  if (!identity) return Refused(400, "invalid_request", "Identity not found");
  Reply reply;
  const auto ends = std::to_string(UnixSeconds(now) + kTokenLifetimeSeconds);
  reply.body = {{"access_token", IssueToken(options, *identity, resource, now, ids)},
                {"expires_on", ends},
                {"resource", resource},
                {"token_type", "Bearer"},
                {"client_id", identity->client_id}};
  if (!OfAppService(target)) {
    reply.body["expires_in"] = std::to_string(kTokenLifetimeSeconds);
    reply.body["refresh_token"] = "";
    reply.body["not_before"] = std::to_string(UnixSeconds(now));
  }
  reply.application = identity->client_id;
  return reply;
}

}  // namespace seatkeeper::sim
