#pragma once

#include <memory>

#include "tests/simulator/message.h"
#include "tests/simulator/options.h"

namespace seatkeeper::sim {

class Directory;

// A fake Microsoft 365 tenant: the token endpoint of Entra, Microsoft Graph and a control plane
// under /_sim/, all at one address. A function from request and time to response; it has no
// socket, no thread and no clock, and draws only from the seed. The same seed and the same requests
// at the same times give the same bytes. Shares no code with the product it tests.
//
// Not thread-safe: calls must come one after the other. Times may not go back.
class Simulator {
 public:
  Simulator(SimulatorOptions options, Directory directory);
  ~Simulator();
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;

  // Answers any request, malformed ones with an error status. The caller acts on the response's
  // disposition and delay; nothing here waits.
  Response Handle(const Request& request, WallTimeMs now);

  // The tenant as of the last request, for tests in the same process.
  const Directory& directory() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace seatkeeper::sim
