#include "tests/simulation/simulated_network.h"

#include <algorithm>
#include <utility>

#include "policy/text.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;

HttpOutcome Broken(std::string why) {
  return {.kind = HttpOutcome::Kind::kBroken, .response = {}, .failure = std::move(why)};
}

// "http://sim/v1.0/users?x" -> "/v1.0/users?x".
std::string TargetOf(const std::string& url) {
  const auto host = url.find("://");
  const auto path = url.find('/', host == std::string::npos ? 0 : host + 3);
  return path == std::string::npos ? "/" : url.substr(path);
}

HttpOutcome OutcomeOf(sim::Response response) {
  HttpOutcome outcome{.kind = HttpOutcome::Kind::kAnswered,
                      .response = {.status = response.status,
                                   .headers = std::move(response.headers),
                                   .body = std::move(response.body)},
                      .failure = ""};
  return outcome;
}

}  // namespace

std::vector<WireWrite> WritesIn(const HttpRequest& request) {
  std::vector<WireWrite> writes;
  if (request.method != "POST" || !request.url.ends_with("/$batch")) return writes;
  const auto batch = nlohmann::json::parse(request.body);
  std::map<std::string, std::string> locations;  // By item id.
  for (const auto& item : batch.at("requests")) {
    const auto url = item.at("url").get<std::string>();
    const auto begin = url.find('/', 1) + 1;  // "/users/<id>/..." or "/groups/<id>/...".
    if (item.at("method") == "PATCH") {
      locations[item.at("id")] = item.at("body").at("usageLocation");
      continue;
    }
    const bool reprocess = url.ends_with("/reprocessLicenseAssignment");
    if (!reprocess && !url.ends_with("/assignLicense")) continue;
    const auto end = url.rfind('/');
    WireWrite write{AsciiLower(url.substr(begin, end - begin)), item.at("body").dump()};
    write.reprocess = reprocess;
    for (const auto& id : item.value("dependsOn", nlohmann::json::array())) {
      write.usage_location = locations.at(id);
      locations.erase(id.get<std::string>());
    }
    writes.push_back(std::move(write));
  }
  // Nobody's location is set for its own sake.
  for (const auto& [id, location] : locations) writes.push_back({"item " + id, "{}", location});
  return writes;
}

HttpRequestId SimulatedNetwork::Send(HttpRequest request, std::function<void(HttpOutcome)> done) {
  const HttpRequestId id = ++last_id_;
  for (const auto& write : WritesIn(request)) {
    if (on_the_wire_.contains(write.subject)) overlapping_.push_back(write.subject);
    on_the_wire_.insert(write.subject);
  }
  const auto deadline = request.timeout;
  exchanges_.emplace(id, Exchange{std::move(request), std::move(done), deadline});
  if (Chance(never_sent_)) {
    Deliver(id, {.kind = HttpOutcome::Kind::kNeverSent, .response = {}, .failure = "no route"},
            milliseconds(5));
  } else {
    timers_.At(clock_.Monotonic() + Latency(), [this, id] { Arrive(id); });
  }
  return id;
}

void SimulatedNetwork::Cancel(HttpRequestId request) {
  const auto found = exchanges_.find(request);
  if (found != exchanges_.end()) found->second.done = nullptr;
}

milliseconds SimulatedNetwork::Latency() {
  if (Chance(slow_)) return milliseconds(1'000 + random_.Next() % 40'000);
  return milliseconds(5 + random_.Next() % 100);
}

void SimulatedNetwork::Arrive(HttpRequestId id) {
  auto& exchange = exchanges_.at(id);
  if (arrival_) {
    for (const auto& write : WritesIn(exchange.request)) arrival_(write);
  }
  sim::Request request{.method = exchange.request.method,
                       .target = TargetOf(exchange.request.url),
                       .headers = exchange.request.headers,
                       .body = exchange.request.body};
  request.headers.emplace_back("Host", "sim");
  auto response = tenant_.Handle(request, clock_.Elsewhere());
  const auto after = Latency() + response.delay;
  switch (response.disposition) {
    case sim::Disposition::kNormal:
      if (after > exchange.deadline) return Deliver(id, Broken("timed out"), exchange.deadline);
      return Deliver(id, OutcomeOf(std::move(response)), after);
    case sim::Disposition::kStall:
      return Deliver(id, Broken("timed out"), exchange.deadline);
    case sim::Disposition::kReset:
    case sim::Disposition::kResetAfterEffect:
    case sim::Disposition::kTruncated:
      return Deliver(id, Broken("connection reset"), after);
  }
}

void SimulatedNetwork::Deliver(HttpRequestId id, HttpOutcome outcome, milliseconds after) {
  // A dead client's request is off the wire as soon as the tenant has seen it.
  auto& exchange = exchanges_.at(id);
  if (!exchange.done) {
    Leave(exchange.request);
    exchanges_.erase(id);
    return;
  }
  timers_.At(clock_.Monotonic() + after, [this, id, outcome = std::move(outcome)]() mutable {
    auto finished = std::move(exchanges_.at(id));
    exchanges_.erase(id);
    Leave(finished.request);
    if (finished.done) finished.done(std::move(outcome));
  });
}

void SimulatedNetwork::Leave(const HttpRequest& request) {
  for (const auto& write : WritesIn(request)) {
    on_the_wire_.erase(on_the_wire_.find(write.subject));
  }
}

}  // namespace seatkeeper::test
