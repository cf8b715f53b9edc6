#include "reconciler/plan/reading_needs.h"

#include <algorithm>

#include "policy/text.h"
#include "reconciler/model/sort_unique.h"

namespace seatkeeper {
namespace {

void AddRule(const std::optional<Rule>& rule, ReadRequest& request) {
  if (rule) AddNeeds(rule->expression, request);
}

void AddLocation(const std::optional<UsageLocation>& location, ReadRequest& request) {
  if (!location) return;
  if (const auto property = rule::FindProperty(location->from)) request.properties.Add(*property);
}

void AddUnion(const SubjectUnion& subjects, ReadRequest& request) {
  AddRule(subjects.rule, request);
  for (const auto& group : subjects.groups) InsertUnique(request.groups, group.value);
}

}  // namespace

bool AppliesTo(const std::vector<Positioned<std::string>>& tenants, std::string_view tenant) {
  return tenants.empty() || std::any_of(tenants.begin(), tenants.end(), [&](const auto& named) {
           return named.value == "all" || EqualsIgnoreCase(named.value, tenant);
         });
}

bool SetsUsageLocations(const PolicySet& policies, std::string_view tenant) {
  return std::ranges::any_of(policies.license_policies, [&](const LicensePolicy& policy) {
    return policy.usage_location && AppliesTo(policy.tenants, tenant);
  });
}

void AddNeeds(const rule::Expression& rule, ReadRequest& request) {
  rule::ForEachOperand(rule, [&](const rule::Operand& operand) {
    if (const auto* property = std::get_if<rule::Property>(&operand)) {
      if (*property != rule::Property::kObjectId) request.properties.Add(*property);
    } else if (const auto* extension = std::get_if<rule::DirectoryExtension>(&operand)) {
      request.properties.Add(*extension);
    }
  });
  // These two always are whole rules.
  if (const auto* member_of = std::get_if<rule::MemberOf>(&rule.node)) {
    for (const auto& group : member_of->groups) {
      InsertUnique(request.links, {Link::Kind::kDirectMembers, group.guid});
    }
  } else if (const auto* reports = std::get_if<rule::DirectReports>(&rule.node)) {
    InsertUnique(request.links, {Link::Kind::kDirectReports, reports->manager.guid});
  }
}

ReadRequest ReadingNeeds(const PolicySet& policies, std::string_view tenant) {
  ReadRequest request{.properties = PlanningProperties(), .groups = {}, .links = {}};
  for (const auto& policy : policies.license_policies) {
    if (!AppliesTo(policy.tenants, tenant)) continue;
    AddUnion(policy.subjects.of, request);
    AddUnion(policy.subjects.except, request);
    if (policy.delivery == Delivery::kGroup) {
      for (const auto& group : policy.subjects.of.groups) {
        InsertUnique(request.licensed_groups, group.value);
      }
    }
    AddRule(policy.subjects.where, request);
    AddLocation(policy.usage_location, request);
  }
  for (const auto& document : policies.guardrails) {
    if (!AppliesTo(document.tenants, tenant)) continue;
    for (const auto& group : document.protected_subjects.groups) {
      InsertUnique(request.groups, group.value);
    }
  }
  return request;
}

}  // namespace seatkeeper
