#include "tests/simulator/generate_parts.h"

namespace seatkeeper::sim {
namespace {

enum class Drift { kNone, kMissing, kExtra, kPlans, kWrongSuite, kRedundant };

Drift Draw(Random& random) {
  const std::uint64_t draw = random.Below(1000);
  if (draw < 40) return Drift::kMissing;
  if (draw < 75) return Drift::kExtra;
  if (draw < 115) return Drift::kPlans;
  if (draw < 140) return Drift::kWrongSuite;
  return draw < 150 ? Drift::kRedundant : Drift::kNone;
}

void AddExtra(Person& person, Random& random) {
  static const std::vector<std::string> kExtras{"EMS", "VISIOCLIENT", "POWER_BI_PRO"};
  const std::string& wanted = random.Pick(kExtras);
  person.direct.try_emplace(person.direct.contains(wanted) ? "EMS" : wanted);
}

void SwapSuite(Person& person) {
  for (const auto& [from, to] : {std::pair{"SPE_E5", "SPE_E3"}, std::pair{"SPE_E3", "SPE_E5"}}) {
    auto held = person.direct.extract(from);
    if (held.empty()) continue;
    held.key() = to;
    person.direct.insert(std::move(held));
    return;
  }
}

void Apply(Drift drift, Person& person, Random& random) {
  switch (drift) {
    case Drift::kNone:
      break;
    case Drift::kMissing:
      person.direct.clear();
      person.in_frontline_group = false;
      break;
    case Drift::kExtra:
      AddExtra(person, random);
      break;
    case Drift::kPlans:
      for (auto& [part_number, disabled_plans] : person.direct) disabled_plans.clear();
      break;
    case Drift::kWrongSuite:
      SwapSuite(person);
      break;
    case Drift::kRedundant:
      if (person.in_frontline_group) person.direct["SPE_F1"] = {"YAMMER_ENTERPRISE"};
      break;
  }
}

// One in two is forgotten: holds everything as before, and stays in the licensed group.
void LeaveCompany(Person& person, Random& random) {
  person.in_visio_group = false;
  person.in_copilot_group = false;
  if (random.Chance(0.5)) return;
  person.direct.clear();
  person.in_frontline_group = false;
}

}  // namespace

void AddDrift(std::vector<Person>& people, Random random) {
  for (Person& person : people) {
    if (person.break_glass || person.guest) continue;
    if (!person.enabled) {
      LeaveCompany(person, random);
    } else {
      Apply(Draw(random), person, random);
    }
    // Nothing can be assigned directly to somebody without a usage location.
    if (!person.has_location) person.direct.clear();
  }
}

}  // namespace seatkeeper::sim
