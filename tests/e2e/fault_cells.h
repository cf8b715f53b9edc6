#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/json_instances.h"

namespace seatkeeper::test {

/// One fault at one call, for the real executables. tests/faults has every combination of these in
/// one process; here are those in which processes, sockets and time itself may make a difference.
struct FaultCell {
  enum class Way {
    kApply,   ///< `seatkeeper apply` while it strikes, and again when it is over.
    kMidway,  ///< As kApply, but the first one is still waiting for its answer when it is over.
    kDaemon,  ///< `seatkeeper run`, at rest until the fault and a few changes of the tenant come.
    kFront,   ///< As kApply, by HTTPS through nginx, which makes something else of some faults.
  };
  std::string name;     ///< "Users_Reset_Once"
  nlohmann::json rule;  ///< Of the tenant (tests/simulator/faults.h).
  /// Parts of what must be said where anything is left undone, in lower case.
  std::vector<std::string> told;
  Way way = Way::kApply;
  int users = 60;
};

/// For the test framework, which would show its bytes.
void PrintTo(const FaultCell& cell, std::ostream* out);

const std::vector<FaultCell>& FaultCells();

}  // namespace seatkeeper::test
