#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "policy/result.h"

namespace seatkeeper {

struct Plan;
struct WasteReport;
struct ObservedState;
struct CycleReport;
struct Change;
struct ChangeOutcome;

/// What happens, as it happens: logs, metrics, progress bar and status page implement it. Called on
/// the loop's thread; must not block and must not call back.
class Observer {
 public:
  enum class Level { kDebug, kInfo, kWarning, kError };
  struct Request {
    std::string_view tenant;
    std::string_view call;  ///< Bounded set: "token", "users", "groups", "batch", ...
    int status = 0;         ///< 0 when there was no answer.
    std::chrono::milliseconds elapsed{0};
    bool throttled = false;
    int writes = 0;  ///< Changes that it asks for; 0 where it only reads.
  };
  struct Outcome {
    std::string_view tenant;
    std::string_view change_id;
    std::string_view action;        ///< As ActionOf(Change).
    std::string_view subject_name;  ///< The user's principal name or the group's display name.
    bool is_group = false;
    std::string_view state;  ///< As ToString(ChangeState).
    std::string_view message;
    /// All of it, where it is at hand: while a cycle's changes are carried out.
    const Change* change = nullptr;
    const ChangeOutcome* outcome = nullptr;
    /// Id of the plan's change of which this is what was left; empty: it is the plan's own.
    std::string_view split_off_from = {};
  };
  struct Circuit {
    std::string_view tenant;
    bool open = false;
    std::string_view reason;             ///< Why it opened.
    std::chrono::milliseconds pause{0};  ///< For so long nothing is sent.
  };

  virtual ~Observer() = default;
  virtual void OnCycleStarted(std::string_view /*tenant*/) {}
  virtual void OnRead(std::string_view /*tenant*/, const ObservedState& /*observed*/) {}
  virtual void OnPlan(std::string_view /*tenant*/, const Plan& /*plan*/) {}
  /// What the tenant wastes, where the cycle is one that is recorded. Who is inactive is not known.
  virtual void OnWaste(std::string_view /*tenant*/, const WasteReport& /*waste*/) {}
  virtual void OnOutcome(const Outcome& /*outcome*/) {}
  /// The circuit breaker of the tenant opened, again after a probe that failed, or closed.
  virtual void OnCircuit(const Circuit& /*circuit*/) {}
  virtual void OnRequest(const Request& /*request*/) {}
  virtual void OnCycleFinished(std::string_view /*tenant*/, const CycleReport& /*report*/) {}
  /// Anything else worth a line: a constant message; what varies stands in `detail`.
  virtual void OnMessage(Level /*level*/, std::string_view /*tenant*/, std::string_view /*message*/,
                         std::string_view /*detail*/) {}
};

}  // namespace seatkeeper
