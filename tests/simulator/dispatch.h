#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulator/audit_log.h"
#include "tests/simulator/delta.h"
#include "tests/simulator/directory.h"
#include "tests/simulator/faults.h"
#include "tests/simulator/group_worker.h"
#include "tests/simulator/licensing.h"
#include "tests/simulator/options.h"
#include "tests/simulator/query.h"
#include "tests/simulator/quota.h"
#include "tests/simulator/random.h"
#include "tests/simulator/reply.h"
#include "tests/simulator/request_log.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/token.h"

namespace seatkeeper::sim {

// A write that the service has not finished with.
struct WriteUnderWay {
  WallTimeMs until;
  std::string request_id;
};

// Everything that outlives a request. Each purpose has a random stream of its own, so that, say,
// one more request id does not change the order of a batch.
struct World {
  SimulatorOptions options;
  Directory directory;
  FaultBook faults;
  RequestLog log;
  Random ids;
  Random batch_order;
  Random quirks;
  Random fault_draws;
  GroupWorker group_worker;
  UnknownExtension unknown_extension;  // drawn once: one service answers in one way
  bool hides_members_by_refusing;      // likewise, from whoever may not see hidden members
  DeltaLog<UserChange> deltas;
  DeltaLog<GroupChange> group_deltas;
  AuditLog audits;
  Random replica_draws;
  std::set<std::string> assertions{};                       // accepted ones (assertion.h)
  std::map<std::string, WriteUnderWay> writes_under_way{};  // by id of the object
  Quota quota{};
};

struct RequestIds {
  std::string request_id;
  std::string client_request_id;
};

// One Graph call on its way through its route.
struct Call {
  World& world;
  const Request& request;
  const Target& target;
  const RequestIds& ids;
  WallTimeMs now;
  Claims claims;
  std::vector<std::string> arguments;  // what the `{}` of the pattern stand for

  // Scheme and host as the caller addressed them; absolute links start with it.
  std::string Origin() const;
  // Whether the caller asked for eventual consistency, which advanced queries need.
  bool IsAdvanced() const;
  WriteMoment Moment() const { return {now, world.faults.lag()}; }
  // Lists show what a replica has heard of until then: of several that lag differently, one is
  // drawn with each call of this, so that what was seen once may be gone the next time.
  WallTimeMs SeenAt() const;
};

using Handler = Reply (*)(Call&);

struct Route {
  std::string method;
  std::string pattern;             // below /v1.0, `{}` stands for one segment
  std::vector<std::string> roles;  // any one of them will do
  int resource_units;              // before $select, $top and $expand change it
  Handler handler;
  bool only_asks = false;  // writes nothing, although it is a POST
};

// Answers a request of the token endpoint or of Graph: faults, token, role, route, error envelope.
// Called again for every item of a $batch. Throws nothing that a request could cause.
Reply Dispatch(World& world, const Request& request, const RequestIds& ids, WallTimeMs now);

// The bytes of the body; empty where there is none.
std::string BodyText(const Reply& reply);

}  // namespace seatkeeper::sim
