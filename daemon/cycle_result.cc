#include "daemon/cycle_result.h"

#include "daemon/request_id.h"

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
    text +=
        " (request id " + RequestText(error.service->request_id, error.service->request_date) + ")";
  }
  return text;
}

}  // namespace seatkeeper
