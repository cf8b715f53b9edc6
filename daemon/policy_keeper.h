#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/policy_source.h"
#include "policy/diagnostic.h"
#include "reconciler/cycle/cycle.h"

namespace seatkeeper {

/// Keeps the policy that is in force. A reading that fails (unreadable, invalid, empty) never
/// replaces it: it is marked outdated, so that it goes on assigning and takes nothing away.
/// Single-threaded.
class PolicyKeeper {
 public:
  enum class Change {
    kNone,    ///< As before.
    kTaken,   ///< Another revision is in force, or the one in force is up to date again.
    kFailed,  ///< The newest files do not load, and that is news.
  };

  Change Take(Result<PolicyReading> reading);
  /// Goes by a policy that was kept while the newest files do not load: outdated from the start.
  /// Nothing where one is in force already.
  Change Restore(PolicyReading kept);

  /// nullptr until the first reading that loads.
  const PolicyInForce* in_force() const { return in_force_ ? &*in_force_ : nullptr; }
  /// Of the newest reading, warnings included; empty when it could not even be read.
  const std::vector<Diagnostic>& findings() const { return findings_; }
  /// Why the newest files could not be read; empty when they could.
  const std::string& failure() const { return failure_; }
  /// How many things are wrong with the newest reading.
  std::size_t error_count() const;

 private:
  Change Fail(const std::string& cause);
  void Enforce(PolicyReading reading, bool outdated);

  std::optional<PolicyInForce> in_force_;
  std::vector<Diagnostic> findings_;
  std::string failure_;
  std::string failed_cause_;  // Revision or message of the failure that was told already.
};

}  // namespace seatkeeper
