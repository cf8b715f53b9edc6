#include "reconciler/graph/probe.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "reconciler/graph/graph_errors.h"
#include "reconciler/graph/throttle_signs.h"
#include "reconciler/graph/unanswered.h"

namespace seatkeeper {
namespace {

std::string OrganizationName(const std::string& body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const auto path = nlohmann::json::json_pointer("/value/0/displayName");
  if (!document.is_object() || !document.contains(path)) return {};
  const auto& name = document[path];
  return name.is_string() ? name.get<std::string>() : std::string();
}

void TakeLimit(const HttpResponse& response, WallTime now, GraphProbe& probe) {
  const auto* scope = FindHeader(response.headers, "x-ms-throttle-scope");
  if (scope != nullptr) probe.limit_scope = *scope;
  const auto used = ReadThrottleSigns(response, now).used;
  if (used && *used > 0) probe.limit_share = used;
}

}  // namespace

ProbeOperation::ProbeOperation(TokenSource::Dependencies dependencies, TokenSource& tokens,
                               const GraphHttpSettings& settings,
                               std::function<void(Result<GraphProbe>)> done)
    : to_(dependencies),
      tokens_(tokens),
      done_(std::move(done)),
      http_(dependencies, tokens, settings) {}

void ProbeOperation::Start() {
  http_.SendRaw({.name = "organization",
                 .doing = "Reading the organisation",
                 .url = "/organization?$select=id,displayName"},
                [this](Result<HttpOutcome> result) { Take(std::move(result)); });
}

void ProbeOperation::Take(Result<HttpOutcome> result) {
  if (!result.ok()) return done_(std::move(result).error());  // No token, so nothing was sent.
  GraphProbe probe;
  if (tokens_.claims()) probe.roles = tokens_.claims()->roles;
  std::sort(probe.roles.begin(), probe.roles.end());
  const HttpResponse& response = result->response;
  if (result->kind != HttpOutcome::Kind::kAnswered) {
    probe.graph_error = Error{.kind = ErrorKind::kUnreachable, .message = DescribeFailure(*result)};
    return done_(std::move(probe));
  }
  probe.clock_skew = http_.clock_skew();
  TakeLimit(response, to_.clock.Now(), probe);
  if (response.status == 200) {
    probe.organization = OrganizationName(response.body);
  } else {
    probe.graph_error =
        ToError(ParseGraphError(response, to_.clock.Now()), "Reading the organisation");
  }
  done_(std::move(probe));
}

}  // namespace seatkeeper
