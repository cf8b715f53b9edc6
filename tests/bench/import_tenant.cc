#include "tests/bench/import_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "reconciler/model/observed_builder.h"

namespace seatkeeper::bench {
namespace {

using rule::Property;

constexpr std::uint32_t kDepartments = 20;
constexpr std::uint32_t kCountries = 8;
constexpr std::uint32_t kTitles = 60;
constexpr std::uint32_t kGroups = 4;
constexpr const char* kTypes[] = {"Employee", "Contractor", "Intern", "Temp"};

Guid MakeGuid(std::uint64_t kind, std::uint64_t number) {
  return *Guid::Parse(fmt::format("{:08x}-0000-4000-8000-{:012x}", kind, number));
}
SkuId ProductId(std::size_t number) { return SkuId{MakeGuid(3, number)}; }
GroupId GroupNumber(std::uint32_t number) { return GroupId{MakeGuid(2, number)}; }

std::uint64_t Mixed(std::uint64_t a, std::uint64_t b) {
  std::mt19937_64 random(a * 0x9e3779b97f4a7c15ULL + b);
  return random();
}

}  // namespace

struct HiddenRules::Person {
  std::uint32_t department = 0;
  std::uint32_t country = 0;
  std::uint32_t title = 0;
  std::uint32_t type = 0;
  std::uint32_t cost_centre = 0;
  std::uint32_t office = 0;
  std::uint32_t groups = 0;  // A bit for each.
  std::uint64_t chance = 0;
  bool enabled = true;
  bool guest = false;
};

HiddenRules::HiddenRules(std::uint64_t seed) : seed_(seed) {}

HiddenRules::Person HiddenRules::Make(std::uint64_t seed, std::uint32_t number) {
  std::mt19937_64 random(Mixed(seed, number));
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  Person person;
  // Departments are of different sizes, and titles and cost centres belong to departments.
  person.department = std::min(below(kDepartments), below(kDepartments));
  person.country = std::min(below(kCountries), below(kCountries));
  person.title = (person.department * 3 + below(5)) % kTitles;
  person.type = below(10) < 7 ? 0 : 1 + below(3);
  person.cost_centre = person.department * 5 + below(5);
  person.office = person.country * 4 + below(4);
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    if (below(12) == 0) person.groups |= 1U << group;
  }
  person.enabled = below(25) != 0;
  person.guest = below(20) == 0;
  person.chance = random();
  return person;
}

bool HiddenRules::Wants(const Person& person, std::size_t product) const {
  const auto pick = [&](std::uint64_t what, std::uint32_t end) {
    return static_cast<std::uint32_t>(Mixed(seed_, product * 16 + what) % end);
  };
  switch (product) {
    case 0:  // Three departments.
      return person.department == pick(0, 6) || person.department == 6 + pick(1, 6) ||
             person.department == 12 + pick(2, 3);
    case 1:  // A department.
      return person.department == pick(0, 12);
    case 2:  // A department in a country.
      return person.department == pick(0, 4) && person.country == pick(1, 3);
    case 3:  // A group.
      return (person.groups >> pick(0, kGroups) & 1U) != 0;
    case 4:  // A country.
      return person.country == pick(0, 5);
    case 5:  // A kind of employee.
      return person.type == 1 + pick(0, 3);
    case 6:  // A title, or a group.
      return person.title == pick(0, 15) || (person.groups >> pick(1, kGroups) & 1U) != 0;
    case 7:
      return person.enabled;
    case 8:  // Some departments, of employees alone.
      return person.department < 2 + pick(0, 4) && person.type == 0;
    default:  // Nobody knows why.
      return person.chance % 80 == 0;
  }
}

HiddenRules::Sample HiddenRules::Draw(std::uint32_t users, std::uint64_t draw,
                                      double noise_percent) const {
  std::vector<Person> people;
  for (std::uint32_t i = 0; i < users; ++i) people.push_back(Make(Mixed(seed_, draw), i));
  Sample sample;
  std::vector<std::vector<bool>> held;
  for (std::size_t product = 0; product < kProducts; ++product) {
    auto& wanted = sample.wanted.emplace_back(users, false);
    std::vector<std::uint32_t> with;
    std::vector<std::uint32_t> without;
    for (std::uint32_t i = 0; i < users; ++i) {
      wanted[i] = Wants(people[i], product);
      (wanted[i] ? with : without).push_back(i);
    }
    auto& really = held.emplace_back(wanted);
    std::mt19937_64 random(Mixed(draw, product));
    std::shuffle(with.begin(), with.end(), random);
    std::shuffle(without.begin(), without.end(), random);
    const auto noise =
        static_cast<std::size_t>(static_cast<double>(with.size()) * noise_percent / 100);
    for (std::size_t i = 0; i < noise; ++i) really[with[i]] = false;
    for (std::size_t i = 0; i < std::min(noise, without.size()); ++i) really[without[i]] = true;
  }
  ObservedBuilder builder(AllProperties());
  std::vector<Group> groups(kGroups);
  for (std::uint32_t i = 0; i < users; ++i) {
    const auto& person = people[i];
    // Ordered as the people are, so that rows are their numbers.
    const UserId id{MakeGuid(1, (draw << 32U) + i)};
    builder.BeginUser(id);
    const auto name = fmt::format("user{}-{}@contoso.example", draw, i);
    builder.SetText(Property::kUserPrincipalName, name);
    builder.SetText(Property::kDisplayName, name);
    builder.SetText(Property::kUsageLocation, fmt::format("C{}", char('A' + person.country)));
    builder.SetText(Property::kCountry, fmt::format("Country {}", person.country));
    builder.SetText(Property::kDepartment, fmt::format("Department {}", person.department));
    builder.SetText(Property::kJobTitle, fmt::format("Title {}", person.title));
    builder.SetText(Property::kEmployeeType, kTypes[person.type]);
    builder.SetText(Property::kExtensionAttribute1, fmt::format("CC-{}", person.cost_centre));
    builder.SetText(Property::kOfficeLocation, fmt::format("Office {}", person.office));
    builder.SetText(Property::kUserType, person.guest ? "Guest" : "Member");
    builder.SetBoolean(Property::kAccountEnabled, person.enabled);
    builder.AssignmentsKnown();
    for (std::size_t product = 0; product < kProducts; ++product) {
      if (!held[product][i]) continue;
      ++sample.holders;
      builder.AddAssignment({.product = ProductId(product),
                             .source = AssignmentSource::kDirect,
                             .group = {},
                             .state = AssignmentState::kActive,
                             .disabled_plans = {},
                             .error = {},
                             .updated = {}});
    }
    builder.EndUser();
    for (std::uint32_t group = 0; group < kGroups; ++group) {
      if ((person.groups >> group & 1U) != 0) groups[group].members.push_back(id);
    }
  }
  for (std::size_t product = 0; product < kProducts; ++product) {
    Product sold{.id = ProductId(product)};
    sold.part_number = fmt::format("PRODUCT_{}", product);
    sold.applies_to = "User";
    sold.capability_status = "Enabled";
    sold.prepaid.enabled = static_cast<int>(users) * 2;
    builder.AddProduct(std::move(sold));
  }
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    groups[i].id = GroupNumber(i);
    groups[i].display_name = fmt::format("Group {}", i);
    builder.AddReference({.reference = groups[i].display_name,
                          .status = GroupReading::Status::kFound,
                          .id = groups[i].id,
                          .detail = {}});
    builder.AddGroup(std::move(groups[i]));
  }
  sample.observed = builder.Finish("bench", *ParseTime("2026-01-05T08:00:00Z"));
  return sample;
}

}  // namespace seatkeeper::bench
