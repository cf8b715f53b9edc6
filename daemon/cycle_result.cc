#include "daemon/cycle_result.h"

namespace seatkeeper {

ExitCode ExitCodeOf(const CycleReport& report) {
  if (report.error) return ExitCodeOf(report.error->kind);
  const auto result = ResultOf(report);
  if (result == "partial") return ExitCode::kFailed;
  return result == "held" ? ExitCode::kHeld : ExitCode::kOk;
}

std::string Describe(const Error& error) {
  std::string text = error.position ? ToString(*error.position) + ": " : std::string();
  text += error.message;
  if (error.service && !error.service->request_id.empty()) {
    text += " (request id " + error.service->request_id + ")";
  }
  return text;
}

}  // namespace seatkeeper
