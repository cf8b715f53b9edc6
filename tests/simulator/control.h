#pragma once

#include "tests/simulator/dispatch.h"

namespace seatkeeper::sim {

// The control plane: what tests and demos use to look behind the scenes. Needs no token, is not
// logged, and no fault strikes it.
//   GET /_sim/healthz          "ok"
//   GET, PUT, PATCH /_sim/state   the tenant (snapshot.h), replaced, edited (edits.h)
//   GET /_sim/log[?since=N]    JSON lines (request_log.h)
//   GET, PUT, DELETE /_sim/faults   (faults.h)
//   GET, PUT /_sim/groupLicensing   how long groups take, or that they wait (group_worker.h)
//   PUT /_sim/delta            {"forget": true}: links of delta queries are good for nothing (410)
//   GET, PUT /_sim/clock       {"skewSeconds": N}: how far the Date of answers is ahead
// A replaced tenant whose document names another tenant id makes that the simulator's id, and
// tokens of the former one stop being valid. Refusals are 400, 404 or 405 with
// {"error": {"code", "message"}}.
Reply ControlReply(World& world, const Request& request, WallTimeMs now);

// Whether a request belongs to the control plane.
bool IsControl(const Request& request);

}  // namespace seatkeeper::sim
