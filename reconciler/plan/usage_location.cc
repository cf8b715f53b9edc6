#include "reconciler/plan/usage_location.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "policy/country.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kNone =
    "the user has no usage location, without which nothing can be assigned";

std::string_view TextOf(const ObservedState& observed, Row row, const std::string& name) {
  const auto property = rule::FindProperty(name);
  const auto* column = property ? observed.users.strings(*property) : nullptr;
  return column == nullptr ? std::string_view() : column->text(row);
}

// What one policy says about one user.
LocationChoice Ask(const Selection& selection, const ObservedState& observed, Row row) {
  const auto& location = *selection.policy->usage_location;
  LocationChoice choice{.code = {},
                        .policy = selection.policy,
                        .passed_over = {},
                        .held = selection.held,
                        .why_not = {}};
  if (!location.from.empty()) {
    const auto text = TextOf(observed, row, location.from);
    choice.code = ToCountryCode(text);
    if (choice.code.empty()) choice.passed_over = text;
  }
  if (choice.code.empty()) choice.code = location.fallback;
  return choice;
}

// The policies with a word on locations that grant the user something, the highest first.
std::vector<const Selection*> Speakers(const DesiredState& desired, Row row) {
  std::vector<const Selection*> speakers;
  for (const auto& product : desired.products) {
    if (!product.granted.Contains(row)) continue;
    for (const auto& statement : product.statements) {
      const auto& selection = desired.selections[statement.selection];
      const bool speaks = statement.kind == PolicyStatement::Kind::kGrant &&
                          selection.policy->usage_location && selection.rows.Contains(row);
      if (speaks) speakers.push_back(&selection);
    }
  }
  // Selections stand in order of policy names.
  std::sort(speakers.begin(), speakers.end(), [](const Selection* a, const Selection* b) {
    return a->policy->priority != b->policy->priority ? a->policy->priority > b->policy->priority
                                                      : a < b;
  });
  speakers.erase(std::unique(speakers.begin(), speakers.end()), speakers.end());
  return speakers;
}

std::string WhyNothing(const LocationChoice& choice) {
  const auto& from = choice.policy->usage_location->from;
  if (choice.passed_over.empty()) {
    return fmt::format("{}; {} takes it from {}, which is empty", kNone, choice.policy->name, from);
  }
  return fmt::format("{}; {} takes it from {}, which says \"{}\": no two-letter country code",
                     kNone, choice.policy->name, from, choice.passed_over);
}

std::string WhyConflict(const LocationChoice& a, const LocationChoice& b) {
  return fmt::format("{}; {} ({}) and {} ({}) have the same priority and differ on it: {} and {}",
                     kNone, a.policy->name, ToString(a.policy->usage_location->at), b.policy->name,
                     ToString(b.policy->usage_location->at), a.code, b.code);
}

}  // namespace

bool LacksLocation(const ObservedState& observed, Row row) {
  return observed.users.strings(rule::Property::kUsageLocation)->text(row).empty();
}

LocationChoice ChooseLocation(const DesiredState& desired, const ObservedState& observed, Row row) {
  LocationChoice best{.code = {}, .policy = nullptr, .passed_over = {}, .held = {}, .why_not = {}};
  best.why_not = kNone;
  for (const auto* selection : Speakers(desired, row)) {
    const bool decided = !best.code.empty();
    if (decided && selection->policy->priority < best.policy->priority) break;
    auto choice = Ask(*selection, observed, row);
    if (choice.code.empty()) {
      if (best.policy == nullptr) {
        choice.why_not = WhyNothing(choice);
        best = std::move(choice);
      }
    } else if (!decided || (choice.code == best.code && best.held && !choice.held)) {
      best = std::move(choice);
    } else if (choice.code != best.code) {
      best.why_not = WhyConflict(best, choice);
      best.code.clear();
      break;
    }
  }
  return best;
}

void WarnOfDefaultLocations(const DesiredState& desired, const ObservedState& observed,
                            Plan& plan) {
  struct Guessed {
    std::size_t users = 0;
    std::string_view text;
    std::string_view user;
  };
  std::map<std::string_view, std::pair<const UsageLocation*, Guessed>> by_policy;
  for (const auto& change : plan.changes) {
    if (change.usage_location.empty() || change.verdict != Verdict::kGo) continue;
    const auto choice = ChooseLocation(desired, observed, *observed.users.Find(change.user));
    if (choice.passed_over.empty()) continue;
    auto& [location, guessed] = by_policy[choice.policy->name];
    location = &*choice.policy->usage_location;
    if (guessed.users++ > 0) continue;
    guessed.text = choice.passed_over;
    guessed.user = change.user_principal_name;
  }
  for (const auto& [policy, entry] : by_policy) {
    const auto& [location, guessed] = entry;
    plan.warnings.push_back(fmt::format(
        "policy {} gives {} user{} its default usage location {}, for their {} is no two-letter "
        "country code: \"{}\" of {}{}",
        policy, guessed.users, guessed.users == 1 ? "" : "s", location->fallback, location->from,
        guessed.text, guessed.user, guessed.users == 1 ? "" : ", for example"));
  }
}

}  // namespace seatkeeper
