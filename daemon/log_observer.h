#pragma once

#include "daemon/logging.h"
#include "reconciler/seams/observer.h"

namespace seatkeeper {

/// Writes what happens into the log: start and end of cycles and each change at info, requests at
/// debug, throttling and failures at warn and error. Users' names appear only with changes.
class LogObserver final : public Observer {
 public:
  explicit LogObserver(Log& log) : log_(log) {}

  void OnCycleStarted(std::string_view tenant) override;
  void OnRead(std::string_view tenant, const ObservedState& observed) override;
  void OnPlan(std::string_view tenant, const Plan& plan) override;
  void OnOutcome(const Outcome& outcome) override;
  void OnCircuit(const Circuit& circuit) override;
  void OnRequest(const Request& request) override;
  void OnCycleFinished(std::string_view tenant, const CycleReport& report) override;
  void OnMessage(Level level, std::string_view tenant, std::string_view message,
                 std::string_view detail) override;

 private:
  Log& log_;
};

}  // namespace seatkeeper
