#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/simulator/message.h"
#include "tests/simulator/reply.h"

namespace seatkeeper::sim {

// What was asked and answered, for tests that compare a client's account with the tenant's own.
// One JSON object per request, the control plane's own excepted:
//   {"n", "at", "atMs" (since 1970), "method", "target", "status", "effective"}, and where they
//   apply "clientRequestId", "application" (client id of who asked), "user" (object id), "body" (of
//   a write), "fault" (kind), "disposition" ("reset", "resetAfterEffect", "stall", "truncated": the
//   client did not get that status), and "items" (of a $batch: "id", "method", "target", "status",
//   "effective", "user", "body", "fault").
// `effective` says that the tenant changed; repeating a request that changes nothing is false.
// Never holds tokens, secrets or the token endpoint's bodies. Not thread-safe.
class RequestLog {
 public:
  void Add(const Request& request, const Reply& reply, WallTimeMs now);
  // JSON lines with n > since, oldest first.
  std::string Lines(std::uint64_t since) const;

 private:
  // Bounds the memory of a long run; the oldest lines go first.
  static constexpr std::size_t kEntriesMax = 200'000;

  std::uint64_t last_number_ = 0;
  std::deque<std::string> lines_;
};

// The part of an entry that a request and a $batch item have in common.
nlohmann::json LogFacts(const Request& request, const Reply& reply);

}  // namespace seatkeeper::sim
