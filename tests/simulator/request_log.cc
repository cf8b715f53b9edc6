#include "tests/simulator/request_log.h"

#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

const char* NameOf(Disposition disposition) {
  switch (disposition) {
    case Disposition::kNormal:
      return "normal";
    case Disposition::kReset:
      return "reset";
    case Disposition::kResetAfterEffect:
      return "resetAfterEffect";
    case Disposition::kStall:
      return "stall";
    case Disposition::kTruncated:
      return "truncated";
  }
  return "normal";
}

}  // namespace

json LogFacts(const Request& request, const Reply& reply) {
  json facts{{"method", request.method},
             {"target", request.target},
             {"status", reply.status},
             {"effective", reply.effective}};
  if (!reply.user_id.empty()) facts["user"] = reply.user_id;
  if (!reply.application.empty()) facts["application"] = reply.application;
  if (!reply.fault.empty()) facts["fault"] = reply.fault;
  if (reply.disposition != Disposition::kNormal) {
    facts["disposition"] = NameOf(reply.disposition);
  }
  // Bodies of the token endpoint hold secrets, and those of a batch are told item by item.
  if (request.method != "GET" && request.target.starts_with("/v1.0/") &&
      !request.target.starts_with("/v1.0/$batch")) {
    json body = json::parse(request.body, nullptr, false);
    if (!body.is_discarded()) facts["body"] = std::move(body);
  }
  return facts;
}

void RequestLog::Add(const Request& request, const Reply& reply, WallTimeMs now) {
  json entry = LogFacts(request, reply);
  entry["n"] = ++last_number_;
  entry["at"] = IsoTime(now);
  entry["atMs"] = now.time_since_epoch().count();
  if (const auto id = FindHeader(request.headers, "client-request-id")) {
    entry["clientRequestId"] = *id;
  }
  if (!reply.items.is_null()) entry["items"] = reply.items;
  lines_.push_back(entry.dump(-1, ' ', false, json::error_handler_t::replace));
  if (lines_.size() > kEntriesMax) lines_.pop_front();
}

std::string RequestLog::Lines(std::uint64_t since) const {
  const std::uint64_t first = last_number_ - lines_.size() + 1;
  std::string out;
  for (std::size_t i = since < first ? 0 : since - first + 1; i < lines_.size(); ++i) {
    out += lines_[i];
    out += '\n';
  }
  return out;
}

}  // namespace seatkeeper::sim
