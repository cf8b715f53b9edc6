#include "daemon/named_users.h"

#include "reconciler/plan/reading_needs.h"

namespace seatkeeper {

std::vector<Positioned<std::string>> NamedUsers(const PolicySet& policies,
                                                std::string_view tenant) {
  std::vector<Positioned<std::string>> named;
  const auto add = [&](const std::vector<Positioned<std::string>>& users) {
    named.insert(named.end(), users.begin(), users.end());
  };
  for (const auto& policy : policies.license_policies) {
    if (!AppliesTo(policy.tenants, tenant)) continue;
    add(policy.subjects.of.users);
    add(policy.subjects.except.users);
  }
  for (const auto& document : policies.guardrails) {
    if (AppliesTo(document.tenants, tenant)) add(document.protected_subjects.users);
  }
  return named;
}

}  // namespace seatkeeper
