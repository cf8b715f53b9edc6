#include "tests/simulator/core.h"

#include <utility>

#include "tests/simulator/control.h"
#include "tests/simulator/dispatch.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

// `shown`: what time it is, for the Date header.
Response Render(const Reply& reply, const RequestIds& ids, WallTimeMs shown) {
  Response response;
  response.status = reply.status;
  response.disposition = reply.disposition;
  response.delay = reply.delay;
  response.headers = reply.headers;
  response.headers.emplace_back("Date", HttpDate(shown));
  response.headers.emplace_back("request-id", ids.request_id);
  response.headers.emplace_back("client-request-id", ids.client_request_id);
  response.body = BodyText(reply);
  if (!response.body.empty()) response.headers.emplace_back("Content-Type", reply.content_type);
  if (response.disposition == Disposition::kTruncated) {
    response.declared_length = response.body.size();
    response.body.resize(response.body.size() / 2);
  }
  return response;
}

// Whoever edits the tenant through the control plane and does not say who they are.
const Actor kAdministrator{Actor::Kind::kUser, "00000000-0000-4000-8000-00000000ad41",
                           "admin@contoso.example"};

// What happened since this was last done goes into the logs that tell it.
void Record(World& world, Actor actor, WallTimeMs now) {
  auto changes = world.directory.TakeChanges();
  auto group_changes = world.directory.TakeGroupChanges();
  const auto activities = world.directory.TakeActivities();
  if (changes.empty() && group_changes.empty() && activities.empty()) return;
  if (actor.kind == Actor::Kind::kApplication) {
    const auto application = FindApplication(world.options, actor.id);
    if (application) actor.name = application->name;
  }
  const auto visible_at = now + world.faults.lag();
  world.audits.Add(ActivitiesOf(changes, now), actor, visible_at, world.directory);
  world.audits.Add(activities, actor, visible_at, world.directory);
  world.deltas.Take(std::move(changes), visible_at);
  world.group_deltas.Take(std::move(group_changes), visible_at);
}

Response WithoutAnswer(Disposition disposition) {
  Response response;
  response.status = 0;
  response.disposition = disposition;
  return response;
}

}  // namespace

struct Simulator::State {
  World world;
};

Simulator::Simulator(SimulatorOptions options, Directory directory) {
  const Random root(options.seed);
  const std::chrono::milliseconds group_delay = options.group_delay;
  directory.TrackChanges();
  state_ = std::make_unique<State>(
      State{{std::move(options),
             std::move(directory),
             {},
             {},
             root.Fork("ids"),
             root.Fork("batch order"),
             root.Fork("quirks"),
             root.Fork("faults"),
             GroupWorker(group_delay, root.Fork("groups")),
             root.Fork("extensions").Chance(0.5) ? UnknownExtension::kRefused
                                                 : UnknownExtension::kIgnored,
             root.Fork("hidden members").Chance(0.5),
             DeltaLog<UserChange>(root.Fork("delta")),
             DeltaLog<GroupChange>(root.Fork("group delta")),
             AuditLog(root.Fork("audit")),
             root.Fork("replicas")}});
}

Simulator::~Simulator() = default;
Simulator::Simulator(Simulator&&) noexcept = default;
Simulator& Simulator::operator=(Simulator&&) noexcept = default;

Response Simulator::Handle(const Request& request, WallTimeMs now) {
  World& world = state_->world;
  world.group_worker.CatchUp(world.directory, {now, world.faults.lag()});
  Record(world, {.kind = Actor::Kind::kGroupLicensing}, now);
  RequestIds ids;
  ids.request_id = world.ids.Guid();
  ids.client_request_id = FindHeader(request.headers, "client-request-id").value_or(ids.request_id);
  const auto shown = now + world.options.clock_skew;
  if (IsControl(request)) {
    const Reply reply = ControlReply(world, request, now);
    Record(world, kAdministrator, now);
    return Render(reply, ids, shown);
  }
  const Reply reply = Dispatch(world, request, ids, now);
  Record(world, {.kind = Actor::Kind::kApplication, .id = reply.application}, now);
  world.log.Add(request, reply, now);
  switch (reply.disposition) {
    case Disposition::kNormal:
    case Disposition::kTruncated:
      return Render(reply, ids, shown);
    case Disposition::kReset:
    case Disposition::kResetAfterEffect:
    case Disposition::kStall:
      return WithoutAnswer(reply.disposition);
  }
  return Render(reply, ids, shown);
}

const Directory& Simulator::directory() const { return state_->world.directory; }

}  // namespace seatkeeper::sim
