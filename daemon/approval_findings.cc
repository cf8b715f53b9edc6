#include "daemon/approval_findings.h"

#include <fmt/format.h>

#include <chrono>

#include "reconciler/cycle/recall_approvals.h"

namespace seatkeeper {

std::vector<Diagnostic> FindEndedApprovals(const std::vector<Approval>& approvals, WallTime now) {
  std::vector<Diagnostic> findings;
  for (const auto& approval : approvals) {
    if (now < EndOf(approval)) continue;
    const auto last = FormatTime(WallTime(std::chrono::sys_days(approval.expires))).substr(0, 10);
    findings.push_back(
        {.severity = Severity::kWarning,
         .code = "approval-ended",
         .message = fmt::format("the approval ended with {} and releases nothing", last),
         .hint = "delete the document",
         .at = approval.at});
  }
  return findings;
}

}  // namespace seatkeeper
