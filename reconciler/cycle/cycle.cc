#include "reconciler/cycle/cycle.h"

#include <utility>

#include "reconciler/cycle/cycle_running.h"

namespace seatkeeper {

void Cycle::Running::Stop(std::string reason) {
  if (execution) {
    execution->Stop(std::move(reason));
  } else if (stop_reason.empty()) {
    stop_reason = std::move(reason);
  }
}

bool Cycle::Running::Interrupted() {
  if (stop_reason.empty()) return false;
  Fail({.kind = ErrorKind::kCancelled, .message = stop_reason, .position = {}, .service = {}});
  return true;
}

Cycle::Cycle(Dependencies dependencies, const PolicyInForce& policy, CycleRequest request)
    : running_(std::make_shared<Running>(dependencies, policy, std::move(request))) {}

Cycle::~Cycle() = default;

void Cycle::Start(std::function<void(CycleReport)> done) {
  running_->done = std::move(done);
  running_->Start();
}

void Cycle::Stop(std::string reason) { running_->Stop(std::move(reason)); }

}  // namespace seatkeeper
