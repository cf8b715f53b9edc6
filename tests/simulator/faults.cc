#include "tests/simulator/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

constexpr std::uint64_t kReplicasMax = 100;

struct KindName {
  const char* name;
  FaultKind kind;
  std::set<std::string> options;  // beside "kind"
};

const std::vector<KindName>& KindNames() {
  static const std::vector<KindName> names{
      {"status", FaultKind::kStatus, {"status", "code", "message", "retryAfter", "location"}},
      {"reset", FaultKind::kReset, {}},
      {"resetAfterEffect", FaultKind::kResetAfterEffect, {}},
      {"stall", FaultKind::kStall, {}},
      {"delay", FaultKind::kDelay, {"ms"}},
      {"truncate", FaultKind::kTruncate, {}},
      {"malformed", FaultKind::kMalformed, {}},
      {"missingValue", FaultKind::kMissingValue, {}},
      {"dropRows", FaultKind::kDropRows, {"rows"}},
      {"omit", FaultKind::kOmit, {"property"}},
      {"nextLink", FaultKind::kNextLink, {"url"}},
      {"emptyPage", FaultKind::kEmptyPage, {}}};
  return names;
}

const KindName& NameOf(FaultKind kind) {
  return *std::find_if(KindNames().begin(), KindNames().end(),
                       [&](const KindName& entry) { return entry.kind == kind; });
}

const char* UsualCode(int status) {
  switch (status) {
    case 400:
      return "Request_BadRequest";
    case 401:
      return "InvalidAuthenticationToken";
    case 403:
      return "Authorization_RequestDenied";
    case 404:
      return "Request_ResourceNotFound";
    case 409:
      return "Directory_ConcurrencyViolation";
    case 410:
      return "resyncRequired";
    case 429:
      return "TooManyRequests";
    case 503:
      return "ServiceUnavailable";
    case 504:
      return "GatewayTimeout";
    default:
      return "InternalServerError";
  }
}

bool Matches(const FaultMatch& match, const FaultFacts& facts) {
  if (!match.method.empty() && !EqualsIgnoringCase(match.method, facts.method)) return false;
  if (!match.user.empty() && !EqualsIgnoringCase(match.user, facts.user_id)) return false;
  if (match.page && match.page != facts.page) return false;
  if (match.last_page && !(facts.page && facts.last_page)) return false;
  if (match.path.find('*') == std::string::npos) {
    return facts.target.find(match.path) != std::string::npos ||
           facts.path.find(match.path) != std::string::npos;
  }
  const std::string_view path = facts.path;
  return MatchesGlob(match.path, path) ||
         (path.starts_with("/v1.0/") && MatchesGlob(match.path, path.substr(5)));
}

void RefuseUnknown(const json& object, const std::set<std::string>& known,
                   const std::string& where) {
  if (!object.is_object()) throw std::invalid_argument(where + ": must be an object");
  for (const auto& [key, value] : object.items()) {
    if (!known.contains(key)) throw std::invalid_argument(where + ": unknown key " + key);
  }
}

std::uint64_t Count(const json& object, const char* key, std::uint64_t otherwise,
                    const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  if (!found->is_number_unsigned()) {
    throw std::invalid_argument(fmt::format("{}.{}: must be a number from 0", where, key));
  }
  return found->get<std::uint64_t>();
}

std::string Text(const json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (!found->is_string()) {
    throw std::invalid_argument(fmt::format("{}.{}: must be text", where, key));
  }
  return found->get<std::string>();
}

FaultMatch ReadMatch(const json& object, const std::string& where) {
  RefuseUnknown(object, {"method", "path", "page", "user"}, where);
  FaultMatch match{Text(object, "method", where), Text(object, "path", where), std::nullopt, false,
                   Text(object, "user", where)};
  const auto page = object.find("page");
  if (page == object.end()) return match;
  match.last_page = *page == "last";
  if (match.last_page) return match;
  if (!page->is_number_unsigned() || *page == 0) {
    throw std::invalid_argument(where + R"(.page: must be "last" or a number from 1)");
  }
  match.page = page->get<int>();
  return match;
}

void ReadFault(const json& object, const std::string& where, FaultRule& rule) {
  if (!object.is_object()) throw std::invalid_argument(where + ": must be an object");
  const std::string kind = Text(object, "kind", where);
  const auto& names = KindNames();
  const auto known = std::find_if(names.begin(), names.end(),
                                  [&](const KindName& entry) { return entry.name == kind; });
  if (known == names.end()) {
    throw std::invalid_argument(where + ".kind: unknown kind \"" + kind + "\"");
  }
  std::set<std::string> options = known->options;
  options.insert("kind");
  RefuseUnknown(object, options, where);
  rule.kind = known->kind;
  rule.status = static_cast<int>(Count(object, "status", 503, where));
  if (rule.status < 400 || rule.status > 599) {
    throw std::invalid_argument(where + ".status: must be from 400 to 599");
  }
  if (object.contains("code")) rule.code = Text(object, "code", where);
  rule.message = Text(object, "message", where);
  rule.retry_after = Text(object, "retryAfter", where);
  rule.delay = std::chrono::milliseconds(Count(object, "ms", 0, where));
  rule.rows = Count(object, "rows", 1, where);
  rule.property = Text(object, "property", where);
  rule.location = Text(object, "location", where);
  rule.url = Text(object, "url", where);
}

FaultRule ReadRule(const json& object, const std::string& where) {
  RefuseUnknown(object, {"match", "fault", "count", "skip", "probability", "seen", "struck"},
                where);
  FaultRule rule;
  if (object.contains("match")) rule.match = ReadMatch(object["match"], where + ".match");
  if (!object.contains("fault")) throw std::invalid_argument(where + ".fault: missing");
  ReadFault(object["fault"], where + ".fault", rule);
  if (object.contains("count")) rule.count = Count(object, "count", 0, where);
  rule.skip = Count(object, "skip", 0, where);
  if (object.contains("probability")) {
    const json& value = object["probability"];
    if (!value.is_number() || value < 0 || value > 1) {
      throw std::invalid_argument(where + ".probability: must be from 0 to 1");
    }
    rule.probability = value.get<double>();
  }
  return rule;
}

void BecomeStatus(const FaultRule& rule, Reply& reply) {
  reply.status = rule.status;
  reply.body = {{"error",
                 {{"code", rule.code.value_or(UsualCode(rule.status))},
                  {"message", rule.message.empty() ? "Simulated fault." : rule.message}}}};
  if (!rule.retry_after.empty()) reply.headers.emplace_back("Retry-After", rule.retry_after);
  if (!rule.location.empty()) reply.headers.emplace_back("Location", rule.location);
}

bool IsPage(const json& body) {
  const auto rows = body.is_object() ? body.find("value") : body.end();
  return rows != body.end() && rows->is_array();
}

void Omit(const std::string& property, json& body) {
  if (!body.is_object()) return;
  const auto rows = body.find("value");
  if (rows == body.end() || !rows->is_array()) {
    body.erase(property);
    return;
  }
  for (auto& row : *rows) {
    if (row.is_object()) row.erase(property);
  }
}

}  // namespace

bool PreventsEffect(FaultKind kind) {
  return kind == FaultKind::kStatus || kind == FaultKind::kReset || kind == FaultKind::kStall;
}

void ApplyFault(const FaultRule& rule, const FaultFacts& facts, Random& random, Reply& reply) {
  reply.fault = NameOf(rule.kind).name;
  if (PreventsEffect(rule.kind)) {
    reply.text.reset();
    reply.headers.clear();
    reply.content_type = "application/json";
  }
  switch (rule.kind) {
    case FaultKind::kStatus:
      BecomeStatus(rule, reply);
      break;
    case FaultKind::kReset:
      reply.disposition = Disposition::kReset;
      break;
    case FaultKind::kResetAfterEffect:
      reply.disposition = Disposition::kResetAfterEffect;
      break;
    case FaultKind::kStall:
      reply.disposition = Disposition::kStall;
      break;
    case FaultKind::kDelay:
      reply.delay += rule.delay;
      break;
    case FaultKind::kTruncate:
      reply.disposition = Disposition::kTruncated;
      break;
    case FaultKind::kMalformed:
      reply.status = 200;
      reply.content_type = "text/html";
      reply.text = "<html><body>Our services are not available right now</body></html>";
      break;
    case FaultKind::kMissingValue:
      if (reply.body.is_object()) reply.body.erase("value");
      break;
    case FaultKind::kDropRows:
      if (!IsPage(reply.body)) break;
      for (std::uint64_t i = 0; i < rule.rows && !reply.body["value"].empty(); ++i) {
        reply.body["value"].erase(random.Below(reply.body["value"].size()));
      }
      break;
    case FaultKind::kOmit:
      Omit(rule.property, reply.body);
      break;
    case FaultKind::kEmptyPage:
      if (!IsPage(reply.body)) break;
      reply.body["value"] = json::array();
      // Another address for the same page: nobody goes round in a circle.
      reply.body["@odata.nextLink"] =
          facts.url + (facts.url.find('?') == std::string::npos ? "?&" : "&");
      break;
    case FaultKind::kNextLink:
      if (!IsPage(reply.body)) break;
      reply.body["@odata.nextLink"] = rule.url.empty() ? facts.url : rule.url;
      break;
  }
}

const FaultRule* FaultBook::Strike(const FaultFacts& facts, Random& random) {
  for (FaultRule& rule : rules_) {
    if (!Matches(rule.match, facts)) continue;
    if (rule.seen++ < rule.skip) continue;
    if (rule.count && rule.struck >= *rule.count) continue;
    if (!random.Chance(rule.probability)) continue;
    ++rule.struck;
    return &rule;
  }
  return nullptr;
}

void FaultBook::Load(const json& document) {
  json list = document;
  State state;
  if (!document.is_array()) {
    RefuseUnknown(document, {"lag", "replicas", "busy", "seed", "faults"}, "document");
    state.lag = std::chrono::milliseconds(Count(document, "lag", 0, "document"));
    state.busy = std::chrono::milliseconds(Count(document, "busy", 0, "document"));
    state.replicas = Count(document, "replicas", 1, "document");
    if (state.replicas < 1 || state.replicas > kReplicasMax) {
      throw std::invalid_argument("document.replicas: must be from 1 to 100");
    }
    if (document.contains("seed")) state.seed = Count(document, "seed", 0, "document");
    list = document.value("faults", json::array());
    if (!list.is_array()) throw std::invalid_argument("faults: must be a list");
  }
  std::vector<FaultRule> rules;
  for (std::size_t i = 0; i < list.size(); ++i) {
    rules.push_back(ReadRule(list[i], fmt::format("faults[{}]", i)));
    list[i].erase("seen");
    list[i].erase("struck");
  }
  state_ = state;
  rules_ = std::move(rules);
  sources_ = std::move(list);
}

json FaultBook::Document() const {
  json list = sources_;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    list[i]["seen"] = rules_[i].seen;
    list[i]["struck"] = rules_[i].struck;
  }
  json document{{"lag", state_.lag.count()},
                {"replicas", state_.replicas},
                {"busy", state_.busy.count()},
                {"faults", std::move(list)}};
  if (state_.seed) document["seed"] = *state_.seed;
  return document;
}

void FaultBook::Clear() {
  state_ = {};
  rules_.clear();
  sources_ = json::array();
}

}  // namespace seatkeeper::sim
