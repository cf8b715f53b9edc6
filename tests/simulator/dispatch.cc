#include "tests/simulator/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "tests/simulator/errors.h"
#include "tests/simulator/managed.h"
#include "tests/simulator/routes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr const char* kUnitsHeader = "x-ms-resource-unit";

bool MatchesPattern(const std::vector<std::string>& pattern,
                    const std::vector<std::string>& segments, std::vector<std::string>& arguments) {
  arguments.clear();
  if (pattern.size() + 1 != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{}") {
      arguments.push_back(segments[i + 1]);
    } else if (pattern[i] != segments[i + 1]) {
      return false;
    }
  }
  return true;
}

// Fixed segments win over `{}` because they stand before it in the table.
const Route& FindRoute(const std::string& method, const Target& target,
                       std::vector<std::string>& arguments) {
  bool other_method = false;
  for (const Route& route : Routes()) {
    if (!MatchesPattern(Split(route.pattern, '/'), target.segments, arguments)) continue;
    if (route.method == method) return route;
    other_method = true;
  }
  if (other_method) {
    throw GraphError(405, "Request_BadRequest",
                     "Specified HTTP method is not allowed for the request target.");
  }
  throw GraphError(404, "BadRequest",
                   "Resource not found for the segment '" +
                       (target.segments.empty() ? std::string() : target.segments.back()) + "'.");
}

int ResourceUnits(const Route& route, const Target& target) {
  int units = route.resource_units;
  if (route.method != "GET") return units;
  if (target.Option("$select")) --units;
  const auto top = target.Option("$top");
  if (top && std::atoi(top->c_str()) < 20) --units;
  return std::max(units, 1);
}

Reply ThrottledReply(const Throttled& throttled) {
  Reply reply;
  reply.status = 429;
  reply.body = {
      {"error", {{"code", "TooManyRequests"}, {"message", "The request was throttled."}}}};
  // The documented sample is fractional.
  reply.headers.emplace_back(
      "Retry-After",
      fmt::format("{:.3f}", static_cast<double>(throttled.retry_after.count()) / 1000));
  reply.headers.emplace_back("x-ms-throttle-scope", throttled.scope);
  reply.headers.emplace_back("x-ms-throttle-information", throttled.information);
  return reply;
}

// The items of a batch count, not the batch. Nothing: the request goes through.
std::optional<Reply> Throttle(Call& call, const Route& route, int units) {
  if (route.handler == RunBatch) return std::nullopt;
  const int writes = route.method == "GET" || route.only_asks ? 0 : 1;
  const auto throttled = call.world.quota.Take(call.world.options.quota,
                                               {.application = call.claims.client_id,
                                                .tenant = call.world.options.tenant_id,
                                                .users = call.world.directory.users().size()},
                                               {.units = units, .writes = writes}, call.now);
  if (!throttled) return std::nullopt;
  return ThrottledReply(*throttled);
}

Reply AnswerGraph(World& world, const Request& request, const Target& target, const RequestIds& ids,
                  WallTimeMs now) {
  Call call{world, request, target, ids, now, {}, {}};
  call.claims = CheckToken(world.options, FindHeader(request.headers, "Authorization"), now);
  const Route& route = FindRoute(request.method, target, call.arguments);
  if (!route.roles.empty() && !call.claims.HasAnyOf(route.roles)) {
    throw Forbidden();
  }
  const int units = ResourceUnits(route, target);
  auto throttled = Throttle(call, route, units);
  // As it is now: what a batch does inside says it of its items.
  const auto share = route.handler == RunBatch ? std::nullopt : world.quota.Share();
  Reply reply = throttled ? *std::move(throttled) : route.handler(call);
  reply.application = call.claims.client_id;
  reply.headers.emplace_back(kUnitsHeader, std::to_string(units));
  if (share) {
    reply.headers.emplace_back("x-ms-throttle-limit-percentage", fmt::format("{:.2f}", *share));
  }
  return reply;
}

std::string OriginOf(const Request& request) {
  return request.scheme + "://" + FindHeader(request.headers, "Host").value_or("localhost");
}

// POST /{tenant}/oauth2/v2.0/token or /{tenant}/oauth2/token.
std::optional<TokenRequest> TokenAsked(const Request& request, const Target& target) {
  const std::vector<std::string>& path = target.segments;
  const bool named =
      request.method == "POST" && path.size() >= 3 && path[1] == "oauth2" && path.back() == "token";
  const bool is_v1 = path.size() == 3;
  if (!named || !(is_v1 || (path.size() == 4 && path[2] == "v2.0"))) return std::nullopt;
  return TokenRequest{path[0], OriginOf(request), request.body, is_v1};
}

Reply Answer(World& world, const Request& request, const Target& target, const RequestIds& ids,
             WallTimeMs now) {
  const std::vector<std::string>& path = target.segments;
  if (const auto asked = TokenAsked(request, target)) {
    return TokenReply(world.options, *asked, now, world.ids, world.assertions);
  }
  if (path.size() == 4 && path[1] == "v2.0" && path[2] == ".well-known" &&
      path[3] == "openid-configuration" && request.method == "GET") {
    const Call call{world, request, target, ids, now, {}, {}};
    return DiscoveryReply(world.options, path[0], call.Origin(), now, world.ids);
  }
  if (IsIdentityPlace(target) && request.method == "GET") {
    return IdentityReply(world.options, request, target, now, world.ids);
  }
  if (path.empty() || path[0] != "v1.0") {
    throw GraphError(404, "BadRequest", "Invalid version: only v1.0 is simulated.");
  }
  return AnswerGraph(world, request, target, ids, now);
}

Reply ErrorReply(const GraphError& error) {
  Reply reply;
  reply.status = error.status;
  reply.body = {{"error", {{"code", error.code}, {"message", error.what()}}}};
  return reply;
}

// Also completes the errors that a fault put in place of an answer.
void CompleteError(const RequestIds& ids, WallTimeMs now, Reply& reply) {
  if (reply.body.is_object() && reply.body.contains("error") && reply.body["error"].is_object()) {
    reply.body["error"]["innerError"] = {{"date", ErrorTime(now)},
                                         {"request-id", ids.request_id},
                                         {"client-request-id", ids.client_request_id}};
  }
  if (!FindHeader(reply.headers, kUnitsHeader)) reply.headers.emplace_back(kUnitsHeader, "1");
}

FaultFacts FactsOf(const World& world, const Request& request, const Target& target) {
  FaultFacts facts;
  facts.method = request.method;
  facts.target = request.target;
  facts.url = OriginOf(request) + request.target;
  for (const std::string& segment : target.segments) facts.path += "/" + segment;
  if (target.segments.size() >= 3 && target.segments[1] == "users") {
    const User* user = world.directory.FindUser(target.segments[2]);
    if (user != nullptr) facts.user_id = user->id;
  }
  return facts;
}

// Also of what is refused.
std::string WhoAsks(const World& world, const Request& request, WallTimeMs now) {
  try {
    return CheckToken(world.options, FindHeader(request.headers, "Authorization"), now).client_id;
  } catch (const GraphError&) {
    return "";
  }
}

// Reads are answered before faults are looked for, since only then the page is known; writes after,
// since a fault may keep them from having an effect.
Reply AnswerWithFaults(World& world, const Request& request, const RequestIds& ids,
                       WallTimeMs now) {
  Reply reply;
  Target target;
  try {
    target = ParseTarget(request.target);
  } catch (const GraphError& error) {
    return ErrorReply(error);
  }
  FaultFacts facts = FactsOf(world, request, target);
  const bool reads = request.method == "GET";
  const FaultRule* rule = reads ? nullptr : world.faults.Strike(facts, world.fault_draws);
  if (rule == nullptr || !PreventsEffect(rule->kind)) {
    try {
      reply = Answer(world, request, target, ids, now);
    } catch (const GraphError& error) {
      reply = ErrorReply(error);
    }
  }
  reply.user_id = facts.user_id;
  if (reply.application.empty()) reply.application = WhoAsks(world, request, now);
  if (reads) {
    facts.page = reply.page;
    facts.last_page = reply.last_page;
    rule = world.faults.Strike(facts, world.fault_draws);
  }
  if (rule != nullptr) ApplyFault(*rule, facts, world.fault_draws, reply);
  return reply;
}

}  // namespace

std::string Call::Origin() const { return OriginOf(request); }

bool Call::IsAdvanced() const {
  return EqualsIgnoringCase(FindHeader(request.headers, "ConsistencyLevel").value_or(""),
                            "eventual");
}

// The first replica has heard of everything, the last one of what happened before the lag.
WallTimeMs Call::SeenAt() const {
  const std::uint64_t replicas = world.faults.replicas();
  if (replicas < 2) return now;
  const auto ahead = world.faults.lag() *
                     static_cast<std::int64_t>(replicas - 1 - world.replica_draws.Below(replicas));
  return now + ahead / static_cast<std::int64_t>(replicas - 1);
}

Reply Dispatch(World& world, const Request& request, const RequestIds& ids, WallTimeMs now) {
  Reply reply = AnswerWithFaults(world, request, ids, now);
  CompleteError(ids, now, reply);
  return reply;
}

std::string BodyText(const Reply& reply) {
  if (reply.text) return *reply.text;
  if (reply.body.is_null()) return "";
  return reply.body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace seatkeeper::sim
