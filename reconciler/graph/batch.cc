#include "reconciler/graph/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "reconciler/graph/graph_errors.h"
#include "reconciler/graph/group_select.h"
#include "reconciler/graph/unanswered.h"

namespace seatkeeper {
namespace {

using nlohmann::json;
using Kind = WriteResult::Kind;

constexpr int kFailedDependency = 424;

std::string SubjectPath(const Subject& subject) {
  return std::visit(Overloaded{
                        [](const UserId& user) { return "/users/" + user.ToString(); },
                        [](const GroupId& group) { return "/groups/" + group.ToString(); },
                    },
                    subject);
}

// Both lists must be there, even when empty: the service refuses a body with one of them missing.
json AssignLicenseBody(const WriteItem& item) {
  json add = json::array();
  for (const AddLicense& license : item.add) {
    json plans = json::array();
    for (const PlanId& plan : license.disabled_plans) plans.push_back(plan.ToString());
    add.push_back({{"skuId", license.product.ToString()}, {"disabledPlans", std::move(plans)}});
  }
  json remove = json::array();
  for (const SkuId& product : item.remove) remove.push_back(product.ToString());
  return {{"addLicenses", std::move(add)}, {"removeLicenses", std::move(remove)}};
}

// The position that an item id stands for; `count` when it stands for none.
std::size_t PositionOf(const json& id, std::size_t count) {
  if (!id.is_string()) return count;
  for (std::size_t i = 0; i < count; ++i) {
    if (id.get_ref<const std::string&>() == std::to_string(i + 1)) return i;
  }
  return count;
}

HttpHeaders ReadHeaders(const json& entry) {
  HttpHeaders headers;
  const auto found = entry.find("headers");
  if (found == entry.end() || !found->is_object()) return headers;
  for (const auto& [name, value] : found->items()) {
    headers.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return headers;
}

HttpResponse ReadAnswer(const json& entry) {
  HttpResponse response;
  const auto status = entry.find("status");
  if (status != entry.end() && status->is_number_integer()) response.status = status->get<int>();
  response.headers = ReadHeaders(entry);
  if (const auto body = entry.find("body"); body != entry.end() && !body->is_null()) {
    response.body = body->dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return response;
}

Kind KindOf(const GraphError& error) {
  const int status = error.service.status;
  if (status >= 200 && status < 300) return Kind::kAccepted;
  if (status < 400 || status >= 500) return Kind::kAmbiguous;
  return MayPass(error) ? Kind::kTryAgain : Kind::kRefused;
}

WriteResult Judge(const WriteItem& item, const HttpResponse& response, WallTime now) {
  WriteResult result{.change_id = item.change_id, .kind = Kind::kAmbiguous};
  if (response.status == 0) {
    result.message = "The batch's answer leaves this change out.";
    return result;
  }
  GraphError error = ParseGraphError(response, now);
  result.kind = KindOf(error);
  if (result.kind != Kind::kAccepted) result.message = DescribeGraphError(error);
  result.service = std::move(error.service);
  return result;
}

// Two requests for one change: first the usage location, then the products.
WriteResult JudgeLocated(const WriteItem& item, const HttpResponse& patched,
                         const HttpResponse& assigned, WallTime now) {
  auto location = Judge(item, patched, now);
  auto products = Judge(item, assigned, now);
  if (location.kind == Kind::kAccepted) {
    products.located = true;
    // The service may not see at once what it has just accepted.
    const bool not_seen_yet =
        products.kind == Kind::kRefused && IsMissingLocation(ParseGraphError(assigned, now));
    if (not_seen_yet) products.kind = Kind::kTryAgain;
    return products;
  }
  location.message = "Setting the usage location: " + location.message;
  const bool nothing_given = products.kind == Kind::kRefused || products.kind == Kind::kTryAgain;
  if (!nothing_given) location.kind = Kind::kAmbiguous;
  return location;
}

std::vector<WriteResult> AllAlike(std::span<const WriteItem> items, Kind kind,
                                  const std::string& message, const ServiceError& service) {
  std::vector<WriteResult> results;
  for (const WriteItem& item : items) {
    results.push_back({item.change_id, kind, message, service});
  }
  return results;
}

// A usage location is set by a request of its own.
std::size_t CountRequests(std::span<const WriteItem> items) {
  const auto located = std::count_if(items.begin(), items.end(), [](const WriteItem& item) {
    return !item.usage_location.empty();
  });
  return items.size() + static_cast<std::size_t>(located);
}

// No answer at all, or one that says nothing about the single items.
std::vector<WriteResult> JudgeWhole(std::span<const WriteItem> items, const HttpOutcome& outcome,
                                    WallTime now) {
  if (outcome.kind == HttpOutcome::Kind::kNeverSent) {
    return AllAlike(items, Kind::kTryAgain, DescribeFailure(outcome), {});
  }
  if (outcome.kind != HttpOutcome::Kind::kAnswered) {
    return AllAlike(items, Kind::kAmbiguous, outcome.failure, {});
  }
  const GraphError error = ParseGraphError(outcome.response, now);
  const int status = outcome.response.status;
  // 409 and 424 are answers to items; for a whole batch only a 429 promises that nothing happened.
  Kind kind = Kind::kAmbiguous;
  if (status == 429) kind = Kind::kTryAgain;
  const bool undecided = status == 429 || status == kFailedDependency;
  if (status >= 400 && status < 500 && !undecided) kind = Kind::kRefused;
  return AllAlike(items, kind, DescribeGraphError(error), error.service);
}

std::vector<WriteResult> JudgeUnsent(std::span<const WriteItem> items, const Error& error) {
  const bool definitive =
      error.kind == ErrorKind::kPermission || error.kind == ErrorKind::kRejected;
  return AllAlike(items, definitive ? Kind::kRefused : Kind::kTryAgain, error.message,
                  error.service.value_or(ServiceError{}));
}

// What an item does not say of itself, the batch does: support finds either.
void NameRequests(const HttpResponse& batch, std::vector<WriteResult>& results) {
  const auto* id = FindHeader(batch.headers, "request-id");
  if (id == nullptr) return;
  for (auto& result : results) {
    if (result.service.request_id.empty()) result.service.request_id = *id;
  }
}

json ReadRequestOf(const Subject& subject, const std::string& user_select) {
  const bool is_group = std::holds_alternative<GroupId>(subject);
  const std::string_view select = is_group ? kGroupSelect : std::string_view(user_select);
  return {{"method", "GET"}, {"url", fmt::format("{}?$select={}", SubjectPath(subject), select)}};
}

json CheckRequestOf(const BatchRead& read) {
  json ids = json::array();
  for (const GroupId& group : read.in_groups) ids.push_back(group.ToString());
  return {{"method", "POST"},
          {"url", SubjectPath(read.subject) + "/checkMemberGroups"},
          {"headers", {{"Content-Type", "application/json"}}},
          {"body", {{"groupIds", std::move(ids)}}}};
}

}  // namespace

std::string WriteBatchBody(std::span<const WriteItem> items) {
  json requests = json::array();
  const auto add = [&](const char* method, std::string url, json body) {
    requests.push_back({{"id", std::to_string(requests.size() + 1)},
                        {"method", method},
                        {"url", std::move(url)},
                        {"headers", {{"Content-Type", "application/json"}}},
                        {"body", std::move(body)}});
  };
  for (const WriteItem& item : items) {
    const auto path = SubjectPath(item.subject);
    if (item.reprocess) {
      // It has no parameters, but in a batch the service refuses a POST without a body.
      add("POST", path + "/reprocessLicenseAssignment", json::object());
      continue;
    }
    if (!item.usage_location.empty()) add("PATCH", path, {{"usageLocation", item.usage_location}});
    add("POST", path + "/assignLicense", AssignLicenseBody(item));
    if (item.usage_location.empty()) continue;
    requests.back()["dependsOn"] = json::array({std::to_string(requests.size() - 1)});
  }
  return json{{"requests", std::move(requests)}}.dump();
}

std::string ReadBatchBody(std::span<const BatchRead> reads, const std::string& user_select) {
  json requests = json::array();
  for (const BatchRead& read : reads) {
    json request =
        read.in_groups.empty() ? ReadRequestOf(read.subject, user_select) : CheckRequestOf(read);
    request["id"] = std::to_string(requests.size() + 1);
    requests.push_back(std::move(request));
  }
  return json{{"requests", std::move(requests)}}.dump();
}

std::optional<std::vector<BatchAnswer>> ParseBatchAnswers(const std::string& body,
                                                          std::size_t count) {
  const json document = json::parse(body, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto responses = document.find("responses");
  if (responses == document.end() || !responses->is_array()) return std::nullopt;
  std::vector<BatchAnswer> answers(count);
  for (const json& entry : *responses) {
    if (!entry.is_object()) return std::nullopt;
    const auto id = entry.find("id");
    const std::size_t position = id == entry.end() ? count : PositionOf(*id, count);
    if (position < count) answers[position].response = ReadAnswer(entry);
  }
  return answers;
}

std::vector<WriteResult> JudgeBatch(std::span<const WriteItem> items,
                                    const Result<HttpOutcome>& outcome, WallTime now) {
  if (!outcome.ok()) return JudgeUnsent(items, outcome.error());
  const HttpOutcome& answer = *outcome;
  // Older documents say that a batch with throttled items ends with 424 as a whole.
  const bool itemised =
      answer.kind == HttpOutcome::Kind::kAnswered &&
      (answer.response.status == 200 || answer.response.status == kFailedDependency);
  if (!itemised) return JudgeWhole(items, answer, now);
  const auto answers = ParseBatchAnswers(answer.response.body, CountRequests(items));
  if (!answers) {
    return AllAlike(items, Kind::kAmbiguous, "The batch's answer cannot be read.",
                    {.status = answer.response.status});
  }
  std::vector<WriteResult> results;
  auto next = answers->begin();
  for (const WriteItem& item : items) {
    if (item.usage_location.empty()) {
      results.push_back(Judge(item, (next++)->response, now));
      continue;
    }
    const auto& patched = (next++)->response;
    results.push_back(JudgeLocated(item, patched, (next++)->response, now));
  }
  NameRequests(answer.response, results);
  return results;
}

}  // namespace seatkeeper
