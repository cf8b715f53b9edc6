#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "policy/guid.h"

namespace seatkeeper {

/// What service plans of one user ask of each other. The service checks it when an assignment
/// changes and refuses the whole request; it publishes no table, but names the plans when it
/// refuses. Only what would be refused in any case stands here.
struct PlanRules {
  /// Nobody can have both on. The lesser id first.
  std::set<std::pair<PlanId, PlanId>> exclusive;
  /// Who has the plan on needs at least one of these on, from whatever product.
  std::map<PlanId, std::set<PlanId>> needs;

  bool empty() const { return exclusive.empty() && needs.empty(); }
  void Add(const PlanRules& other);

  friend bool operator==(const PlanRules&, const PlanRules&) = default;
};

/// The few rules for which there is evidence without asking a tenant.
const PlanRules& KnownPlanRules();

/// The rule in a service's refusal ("... are mutually exclusive", "service plan ... depends on the
/// service plan(s) ..."); nothing where the message is about something else or names no ids.
std::optional<PlanRules> LearnPlanRule(std::string_view message);

}  // namespace seatkeeper
