#include "reconciler/plan/reading_needs.h"

#include <algorithm>
#include <set>

#include "policy/text.h"

namespace seatkeeper {
namespace {

void AddProperties(const std::optional<Rule>& rule, PropertySet& properties) {
  if (!rule) return;
  rule::ForEachProperty(rule->expression, [&](rule::Property property) {
    if (property != rule::Property::kObjectId) properties.set(static_cast<std::size_t>(property));
  });
}

void AddUnion(const SubjectUnion& subjects, PropertySet& properties,
              std::set<std::string>& groups) {
  AddProperties(subjects.rule, properties);
  for (const auto& group : subjects.groups) groups.insert(group.value);
}

}  // namespace

bool AppliesTo(const std::vector<Positioned<std::string>>& tenants, std::string_view tenant) {
  return tenants.empty() || std::any_of(tenants.begin(), tenants.end(), [&](const auto& named) {
           return named.value == "all" || EqualsIgnoreCase(named.value, tenant);
         });
}

ReadRequest ReadingNeeds(const PolicySet& policies, std::string_view tenant) {
  ReadRequest request{.properties = PlanningProperties(), .groups = {}};
  std::set<std::string> groups;
  for (const auto& policy : policies.license_policies) {
    if (!AppliesTo(policy.tenants, tenant)) continue;
    AddUnion(policy.subjects.of, request.properties, groups);
    AddUnion(policy.subjects.except, request.properties, groups);
    AddProperties(policy.subjects.where, request.properties);
  }
  request.groups.assign(groups.begin(), groups.end());
  return request;
}

}  // namespace seatkeeper
