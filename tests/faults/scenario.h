#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace seatkeeper::test {

/// A tenant of some pages with everything to do: to give, to take away, to swap, to locate. What is
/// right is known without the product's help: by department and by one group.
class Scenario {
 public:
  /// The policy, which lets everything go at once and limits nothing: what holds must hold by
  /// itself.
  static const std::string& Policy();
  /// The tenant, as a snapshot. Always the same.
  static const std::string& Tenant();
  /// The same when there is nothing to do, and what has to happen to it so that there is.
  static const std::string& TenantAtRest();
  static const std::string& Drift();

  /// What everybody is to have of the managed products; by user.
  using Holdings = std::map<std::string, std::set<std::string>>;
  static Holdings Wanted(const sim::Directory& tenant);
  /// What they have, directly.
  static Holdings Held(const sim::Directory& tenant);

  /// Writes by requests, in the tenant's own log, that took or gave what was not to be. `before` is
  /// what was right and held before the first of them.
  static std::vector<std::string> WrongWrites(World& world, const Holdings& wanted);
};

}  // namespace seatkeeper::test
