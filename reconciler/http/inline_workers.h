#pragma once

#include <functional>
#include <utility>

#include "reconciler/seams/dispatcher.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

/// Workers without threads: the work runs at once, `done` is posted. For tests, which stay
/// deterministic, and for commands that have nothing else to do meanwhile.
class InlineWorkers final : public Workers {
 public:
  explicit InlineWorkers(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}
  void Run(std::function<void()> work, std::function<void()> done) override {
    work();
    dispatcher_.Post(std::move(done));
  }

 private:
  Dispatcher& dispatcher_;
};

}  // namespace seatkeeper
