#include "tests/simulator/control.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <stdexcept>

#include "tests/simulator/edits.h"
#include "tests/simulator/errors.h"
#include "tests/simulator/snapshot.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

Reply TextReply(std::string text, const char* content_type) {
  Reply reply;
  reply.text = std::move(text);
  reply.content_type = content_type;
  return reply;
}

Reply Done() {
  Reply reply;
  reply.status = 204;
  return reply;
}

GraphError WrongMethod() { return {405, "MethodNotAllowed", "This method is not known here."}; }

Reply State(World& world, const Request& request, WallTimeMs now) {
  if (request.method == "GET") {
    Reply reply;
    reply.body = WriteSnapshot(world.directory, world.options.tenant_id, now);
    return reply;
  }
  if (request.method == "PUT") {
    Tenant tenant = ParseSnapshot(request.body, now);
    world.directory = std::move(tenant.directory);
    world.directory.TrackChanges();
    world.deltas.Forget();
    world.group_deltas.Forget();
    if (!tenant.id.empty()) world.options.tenant_id = tenant.id;
    return Done();
  }
  if (request.method != "PATCH") throw WrongMethod();
  ApplyEdits(json::parse(request.body), world.directory, {now, world.faults.lag()}, world.quirks);
  return Done();
}

Reply Faults(World& world, const Request& request) {
  if (request.method == "GET") {
    Reply reply;
    reply.body = world.faults.Document();
    return reply;
  }
  if (request.method == "PUT") {
    world.faults.Load(json::parse(request.body));
    if (const auto seed = world.faults.seed()) world.fault_draws = Random(*seed).Fork("faults");
  } else if (request.method == "DELETE") {
    world.faults.Clear();
  } else {
    throw WrongMethod();
  }
  return Done();
}

Reply GroupLicensing(World& world, const Request& request) {
  if (request.method == "GET") {
    Reply reply;
    reply.body = world.group_worker.Document();
    return reply;
  }
  if (request.method != "PUT") throw WrongMethod();
  world.group_worker.Load(json::parse(request.body));
  return Done();
}

Reply Clock(World& world, const Request& request) {
  if (request.method == "GET") {
    Reply reply;
    reply.body = {{"skewSeconds", world.options.clock_skew.count()}};
    return reply;
  }
  if (request.method != "PUT") throw WrongMethod();
  const auto document = json::parse(request.body);
  world.options.clock_skew = std::chrono::seconds(document.at("skewSeconds").get<std::int64_t>());
  return Done();
}

Reply Applications(World& world, const Request& request) {
  if (request.method != "PUT") throw WrongMethod();
  world.options.applications = ParseApplications(request.body);
  return Done();
}

Reply Delta(World& world, const Request& request) {
  if (request.method != "PUT") throw WrongMethod();
  if (json::parse(request.body) != json{{"forget", true}}) {
    throw std::invalid_argument(R"({"forget": true} is expected)");
  }
  world.deltas.Forget();
  world.group_deltas.Forget();
  return Done();
}

Reply Log(const World& world, const Target& target) {
  std::uint64_t since = 0;
  if (const auto option = target.Option("since")) {
    const auto [end, error] =
        std::from_chars(option->data(), option->data() + option->size(), since);
    if (error != std::errc() || end != option->data() + option->size()) {
      throw std::invalid_argument("since: must be a number");
    }
  }
  return TextReply(world.log.Lines(since), "application/x-ndjson");
}

Reply Answer(World& world, const Request& request, WallTimeMs now) {
  const Target target = ParseTarget(request.target);
  const std::string what = target.segments.size() == 2 ? target.segments[1] : "";
  if (what == "state") return State(world, request, now);
  if (what == "faults") return Faults(world, request);
  if (what == "clock") return Clock(world, request);
  if (what == "applications") return Applications(world, request);
  if (what == "delta") return Delta(world, request);
  if (what == "groupLicensing") return GroupLicensing(world, request);
  if (what != "log" && what != "healthz") {
    throw GraphError(404, "NotFound", "There is no such part of the control plane.");
  }
  if (request.method != "GET") throw WrongMethod();
  return what == "log" ? Log(world, target) : TextReply("ok\n", "text/plain");
}

Reply Refusal(int status, const std::string& code, const std::string& message) {
  Reply reply;
  reply.status = status;
  reply.body = {{"error", {{"code", code}, {"message", message}}}};
  return reply;
}

}  // namespace

bool IsControl(const Request& request) { return request.target.starts_with("/_sim/"); }

Reply ControlReply(World& world, const Request& request, WallTimeMs now) {
  try {
    return Answer(world, request, now);
  } catch (const GraphError& error) {
    return Refusal(error.status, error.code, error.what());
  } catch (const std::exception& error) {  // invalid documents, of whatever kind
    return Refusal(400, "BadRequest", error.what());
  }
}

}  // namespace seatkeeper::sim
