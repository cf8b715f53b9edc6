#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/tls_fixture.h"

namespace seatkeeper::test {

/// A simulated tenant in which thirty people are to be given one product, to lose it or to keep it,
/// for their department or for a group they are in. What is right is known without the product's
/// help, and nothing but itself keeps it from being done at once: all limits are off.
class FaultTenant : public TlsEndToEnd {
 protected:
  /// Starts it, with what is to be done and the policy; no config yet.
  void Furnish(int users);
  /// One drawer goes to another department, and one has what they are to have taken away: another
  /// pair each time. REQUIRES: at most five times.
  void Drift();

  bool IsRight() const;
  /// IsRight, nothing is planned, and of no change it is unknown whether it happened.
  bool IsDone() const;
  /// Whether the journal has a change in one of these states.
  bool HasChanges(const std::set<std::string>& states) const;
  /// Writes, in the tenant's own log, that took what was not to go or gave what was not to come.
  std::vector<std::string> WrongWrites() const;

 private:
  std::vector<std::string> drawers_;    // Have it, for their department.
  std::vector<std::string> newcomers_;  // Are to have it, likewise.
  std::set<std::string> wanted_;        // Whoever is to have it, directly.
  std::size_t drifts_ = 0;
};

}  // namespace seatkeeper::test
