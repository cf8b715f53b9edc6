#include "daemon/policy_keeper.h"

#include <algorithm>
#include <utility>

#include "daemon/cycle_result.h"

namespace seatkeeper {

PolicyKeeper::Change PolicyKeeper::Take(Result<PolicyReading> reading) {
  if (!reading) {
    failure_ = Describe(reading.error());
    findings_.clear();
    return Fail(failure_);
  }
  failure_.clear();
  findings_ = std::move(reading->loaded.diagnostics);
  if (HasErrors(findings_)) return Fail(reading->tree.revision);
  failed_cause_.clear();
  if (in_force_ && in_force_->revision == reading->tree.revision && !in_force_->outdated) {
    return Change::kNone;
  }
  Enforce(*std::move(reading), false);
  return Change::kTaken;
}

PolicyKeeper::Change PolicyKeeper::Restore(PolicyReading kept) {
  if (in_force_) return Change::kNone;
  Enforce(std::move(kept), true);
  return Change::kTaken;
}

void PolicyKeeper::Enforce(PolicyReading reading, bool outdated) {
  in_force_ = PolicyInForce{.policies = std::move(reading.loaded.policies),
                            .revision = std::move(reading.tree.revision),
                            .outdated = outdated,
                            .catalog = std::move(reading.catalog)};
}

std::size_t PolicyKeeper::error_count() const {
  if (!failure_.empty()) return 1;
  return static_cast<std::size_t>(
      std::count_if(findings_.begin(), findings_.end(),
                    [](const auto& finding) { return finding.severity == Severity::kError; }));
}

PolicyKeeper::Change PolicyKeeper::Fail(const std::string& cause) {
  if (in_force_) in_force_->outdated = true;
  if (failed_cause_ == cause) return Change::kNone;
  failed_cause_ = cause;
  return Change::kFailed;
}

}  // namespace seatkeeper
