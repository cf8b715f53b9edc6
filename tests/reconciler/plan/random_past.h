#pragma once

#include <set>
#include <string>

#include "tests/reconciler/plan/random_tenant.h"

namespace seatkeeper::test {

/// A tenant as it may have been some time before, and who has to be read again since: everybody who
/// differs, is new or is gone, and a few others.
struct RandomPast {
  /// Draws from the case's numbers.
  explicit RandomPast(RandomCase& now);

  TestTenant tenant;
  std::set<std::string> reread;
};

}  // namespace seatkeeper::test
