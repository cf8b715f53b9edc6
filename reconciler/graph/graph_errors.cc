#include "reconciler/graph/graph_errors.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "policy/text.h"
#include "reconciler/graph/http_time.h"

namespace seatkeeper {
namespace {

using nlohmann::json;

struct Explanation {
  int status;             // 0: any.
  std::string_view code;  // Empty: any.
  std::string_view part;  // Of the message, in lower case; empty: any.
  std::string_view text;
};

constexpr std::string_view kMissingLocation = "invalid usage location";

constexpr std::array kExplanations = std::to_array<Explanation>({
    {400, "", kMissingLocation,
     "the user has no usage location; let the policy set one, with usageLocation"},
    {400, "", "does not have any available licenses",
     "no seat of this product is free; buy seats or free some"},
    {400, "", "are mutually exclusive",
     "two service plans cannot be held together; turn one of them off in the policy"},
    {400, "", "conflicts with service plan",
     "two service plans cannot be held together; turn one of them off in the policy"},
    {400, "", "depends on the service plan",
     "a service plan needs another one; turn both on or both off in the policy"},
    {400, "", "inherited from a group membership",
     "the licence comes from a group; change the group's licences or its membership"},
    {400, "", "does not have a corresponding license",
     "the user does not hold the product any more; nothing is left to do"},
    {400, "", "does not correspond to a valid company license",
     "the tenant does not own this product"},
    {400, "", "proxyaddresses already exists",
     "an address of this user belongs to another object; remove the double address"},
    {400, "", "could not find a property named",
     "the directory knows no such property; check its name in the rules"},
    {404, "", "", "the user or group does not exist any more"},
    {403, "Authorization_RequestDenied", "",
     "the application lacks a permission; grant it and give admin consent"},
    {401, "", "", "the token was not accepted; check the application and the tenant id"},
    {409, "", "", "another change of the same object is under way"},
    {429, "", "", "the service asks to slow down"},
});

const json* Find(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [key, value] : object.items()) {
    if (EqualsIgnoreCase(key, name)) return &value;
  }
  return nullptr;
}

std::string TextAt(const json& object, std::string_view name) {
  const json* value = Find(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// The code is sometimes empty and the real one stands further in.
void TakeEnvelope(const json& error, GraphError& out) {
  out.service.code = TextAt(error, "code");
  out.message = TextAt(error, "message");
  const json* inner = Find(error, "innerError");
  constexpr int kMaxNesting = 8;
  for (int depth = 0; inner != nullptr && depth < kMaxNesting; ++depth) {
    if (out.service.code.empty()) out.service.code = TextAt(*inner, "code");
    if (out.service.request_id.empty()) out.service.request_id = TextAt(*inner, "request-id");
    inner = Find(*inner, "innerError");
  }
}

ErrorKind KindOf(int status) {
  if (status == 401 || status == 403) return ErrorKind::kPermission;
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 429) return ErrorKind::kThrottled;
  return status >= 500 ? ErrorKind::kUnreachable : ErrorKind::kRejected;
}

}  // namespace

GraphError ParseGraphError(const HttpResponse& response, WallTime now) {
  GraphError error;
  error.service.status = response.status;
  error.service.retry_after = RetryAfter(response.headers, now);
  const json body = json::parse(response.body, nullptr, false);
  if (const json* envelope = Find(body, "error"); envelope != nullptr) {
    TakeEnvelope(*envelope, error);
  }
  if (const auto* id = FindHeader(response.headers, "request-id");
      id != nullptr && error.service.request_id.empty()) {
    error.service.request_id = *id;
  }
  return error;
}

std::string_view ExplainGraphError(const GraphError& error) {
  const std::string message = AsciiLower(error.message);
  for (const Explanation& known : kExplanations) {
    if (known.status != 0 && known.status != error.service.status) continue;
    if (!known.code.empty() && known.code != error.service.code) continue;
    if (message.find(known.part) == std::string::npos) continue;
    return known.text;
  }
  return {};
}

bool IsMissingLocation(const GraphError& error) {
  return error.service.status == 400 &&
         AsciiLower(error.message).find(kMissingLocation) != std::string::npos;
}

std::string DescribeGraphError(const GraphError& error) {
  const std::string_view explanation = ExplainGraphError(error);
  const std::string& words = error.message.empty() ? error.service.code : error.message;
  if (words.empty() && explanation.empty()) {
    return fmt::format("the service answered {}", error.service.status);
  }
  if (words.empty()) return std::string(explanation);
  if (explanation.empty()) return words;
  return fmt::format("{} \u2014 {}", words, explanation);
}

Error ToError(const GraphError& error, std::string_view doing) {
  return {.kind = KindOf(error.service.status),
          .message = fmt::format("{}: {} (status {})", doing, DescribeGraphError(error),
                                 error.service.status),
          .service = error.service};
}

}  // namespace seatkeeper
