#pragma once

#include <vector>

#include "reconciler/seams/observer.h"

namespace seatkeeper {

/// Tells several observers what it is told, in order. They must outlive it.
class Observers final : public Observer {
 public:
  void Add(Observer& observer) { all_.push_back(&observer); }

  void OnCycleStarted(std::string_view tenant) override {
    for (auto* each : all_) each->OnCycleStarted(tenant);
  }
  void OnRead(std::string_view tenant, const ObservedState& observed) override {
    for (auto* each : all_) each->OnRead(tenant, observed);
  }
  void OnPlan(std::string_view tenant, const Plan& plan) override {
    for (auto* each : all_) each->OnPlan(tenant, plan);
  }
  void OnWaste(std::string_view tenant, const WasteReport& waste) override {
    for (auto* each : all_) each->OnWaste(tenant, waste);
  }
  void OnOutcome(const Outcome& outcome) override {
    for (auto* each : all_) each->OnOutcome(outcome);
  }
  void OnCircuit(const Circuit& circuit) override {
    for (auto* each : all_) each->OnCircuit(circuit);
  }
  void OnRequest(const Request& request) override {
    for (auto* each : all_) each->OnRequest(request);
  }
  void OnCycleFinished(std::string_view tenant, const CycleReport& report) override {
    for (auto* each : all_) each->OnCycleFinished(tenant, report);
  }
  void OnMessage(Level level, std::string_view tenant, std::string_view message,
                 std::string_view detail) override {
    for (auto* each : all_) each->OnMessage(level, tenant, message, detail);
  }

 private:
  std::vector<Observer*> all_;
};

}  // namespace seatkeeper
