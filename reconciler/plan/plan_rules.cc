#include "reconciler/plan/plan_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policy/text.h"
#include "reconciler/plan/ids_in_text.h"

namespace seatkeeper {
namespace {

PlanId Known(std::string_view text) { return *PlanId::Parse(text); }

void AddExclusive(const PlanId& a, const PlanId& b, PlanRules& rules) {
  rules.exclusive.insert(std::minmax(a, b));
}

}  // namespace

void PlanRules::Add(const PlanRules& other) {
  exclusive.insert(other.exclusive.begin(), other.exclusive.end());
  // Told twice with other plans, any of them may do.
  for (const auto& [plan, any] : other.needs) needs[plan].insert(any.begin(), any.end());
}

const PlanRules& KnownPlanRules() {
  static const PlanRules rules = [] {
    PlanRules known;
    const auto teams = Known("57ff2da0-773e-42df-b2af-ffb7a2317929");       // TEAMS1
    const auto teams_free = Known("4fa4026d-ce74-4962-a151-8e96d57ea8e4");  // TEAMS_FREE
    const auto skype = Known("0feaeb32-d00e-4d66-bd5a-43b5b83db82c");       // MCOSTANDARD
    const auto phone = Known("4828c8ec-dc2e-4779-b502-87ac9ce28ab7");       // MCOEV
    AddExclusive(teams, teams_free, known);
    known.needs[phone] = {teams, skype};
    return known;
  }();
  return rules;
}

std::optional<PlanRules> LearnPlanRule(std::string_view message) {
  const auto text = AsciiLower(message);
  constexpr std::string_view kDepends = "depends on the service plan";
  PlanRules rules;
  if (const auto depends = text.find(kDepends); depends != std::string::npos) {
    const auto dependent = IdsIn<PlanId>(std::string_view(text).substr(0, depends));
    const auto needed = IdsIn<PlanId>(std::string_view(text).substr(depends));
    if (dependent.empty() || needed.empty()) return std::nullopt;
    rules.needs[dependent.back()] = {needed.begin(), needed.end()};
    return rules;
  }
  if (text.find("are mutually exclusive") == std::string::npos) return std::nullopt;
  const auto ids = IdsIn<PlanId>(text);
  // Of more than two it does not say which exclude each other.
  if (ids.size() != 2 || ids[0] == ids[1]) return std::nullopt;
  AddExclusive(ids[0], ids[1], rules);
  return rules;
}

}  // namespace seatkeeper
