#include "daemon/log_observer.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "daemon/cycle_result.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {
namespace {

LogLevel LevelOf(Observer::Level level) {
  switch (level) {
    case Observer::Level::kDebug:
      return LogLevel::kDebug;
    case Observer::Level::kInfo:
      return LogLevel::kInfo;
    case Observer::Level::kWarning:
      return LogLevel::kWarning;
    case Observer::Level::kError:
      break;
  }
  return LogLevel::kError;
}

bool IsGood(std::string_view state) {
  return state == "accepted" || state == "confirmed" || state == "matched";
}

}  // namespace

void LogObserver::OnCycleStarted(std::string_view tenant) {
  log_.Info("cycle started", {{"tenant", tenant}});
}

void LogObserver::OnRead(std::string_view tenant, const ObservedState& observed) {
  log_.Write(LogLevel::kDebug, "tenant read",
             {{"tenant", tenant},
              {"users", observed.users.size()},
              {"products", observed.products.size()},
              {"groups", observed.groups.size()}});
}

void LogObserver::OnPlan(std::string_view tenant, const Plan& plan) {
  log_.Info("plan made", {{"tenant", tenant},
                          {"go", plan.CountWith(Verdict::kGo)},
                          {"held", plan.CountWith(Verdict::kHeld)},
                          {"deferred", plan.CountWith(Verdict::kDeferred)},
                          {"drift", plan.drift.size()},
                          {"digest", plan.digest},
                          {"policyRevision", plan.policy_revision}});
  std::map<std::string, std::pair<const ApprovedBy*, std::size_t>> approvals;
  for (const auto& change : plan.changes) {
    std::set<std::string> of_change;
    for (const auto& by : change.approved) {
      if (!of_change.insert(by.approval).second) continue;
      auto& [which, count] = approvals[by.approval];
      which = &by;
      ++count;
    }
  }
  for (const auto& [name, used] : approvals) {
    log_.Info("approval releases changes", {{"tenant", tenant},
                                            {"approval", name},
                                            {"who", used.first->who},
                                            {"reason", used.first->reason},
                                            {"digest", used.first->digest},
                                            {"changes", used.second}});
  }
  for (const auto& warning : plan.warnings) {
    log_.Info("plan warning", {{"tenant", tenant}, {"detail", warning}});
  }
}

void LogObserver::OnOutcome(const Outcome& outcome) {
  if (IsGood(outcome.state)) {
    log_.Info("change made", {{"tenant", outcome.tenant},
                              {"change", outcome.change_id},
                              {outcome.is_group ? "group" : "user", outcome.subject_name},
                              {"state", outcome.state}});
    return;
  }
  // Without the user: `history` knows whose change it was.
  log_.Warn("change not made", {{"tenant", outcome.tenant},
                                {"change", outcome.change_id},
                                {"state", outcome.state},
                                {"detail", outcome.message}});
}

void LogObserver::OnCircuit(const Circuit& circuit) {
  if (!circuit.open) {
    log_.Info("circuit breaker closed", {{"tenant", circuit.tenant}});
    return;
  }
  log_.Error("circuit breaker opened: changes are not sent",
             {{"tenant", circuit.tenant},
              {"detail", circuit.reason},
              {"pauseMilliseconds", static_cast<std::int64_t>(circuit.pause.count())}});
}

void LogObserver::OnRequest(const Request& request) {
  const auto level = request.throttled ? LogLevel::kWarning : LogLevel::kDebug;
  if (!log_.Writes(level)) return;
  log_.Write(level, request.throttled ? "request throttled" : "request answered",
             {{"tenant", request.tenant},
              {"call", request.call},
              {"status", request.status},
              {"milliseconds", static_cast<std::int64_t>(request.elapsed.count())}});
}

void LogObserver::OnCycleFinished(std::string_view tenant, const CycleReport& report) {
  const auto result = ResultOf(report);
  const auto took = report.finished_at - report.started_at;
  const auto milliseconds = static_cast<std::int64_t>(took.count());
  if (report.error) {
    log_.Error(
        "cycle failed",
        {{"tenant", tenant}, {"detail", Describe(*report.error)}, {"milliseconds", milliseconds}});
    return;
  }
  log_.Write(result == "partial" ? LogLevel::kWarning : LogLevel::kInfo, "cycle finished",
             {{"tenant", tenant},
              {"result", result},
              {"plan", report.plan_id},
              {"accepted", report.CountOutcomes(ChangeState::kAccepted)},
              {"failed", report.failures()},
              {"stopped", report.stopped},
              {"milliseconds", milliseconds}});
}

void LogObserver::OnMessage(Level level, std::string_view tenant, std::string_view message,
                            std::string_view detail) {
  log_.Write(LevelOf(level), message, {{"tenant", tenant}, {"detail", detail}});
}

}  // namespace seatkeeper
