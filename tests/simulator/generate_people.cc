#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "tests/simulator/generate_parts.h"
#include "tests/simulator/names.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using std::chrono::hours;

constexpr std::string_view kDomain = "contoso.example";
constexpr std::size_t kBreakGlassAccounts = 2;

class PeopleMaker {
 public:
  PeopleMaker(const GenerateOptions& options, Random random) : options_(options), random_(random) {}

  Person BreakGlass(std::size_t number) {
    Person person = Account(fmt::format("breakglass{}", number));
    person.break_glass = true;
    person.properties["displayName"] = fmt::format("Break Glass {}", number);
    person.properties["usageLocation"] = "FR";
    person.properties["userType"] = "Member";
    return person;
  }

  Person Guest() {
    const auto [place, first, last] = Name();
    const std::string local = ForPrincipalName(first) + "." + ForPrincipalName(last);
    Person person = Account(Unique(local + "_fabrikam.example#EXT#"));
    person.guest = true;
    Call(person, first, last);
    person.properties["mail"] = local + "@fabrikam.example";
    person.properties["userType"] = "Guest";
    person.properties["companyName"] = "Fabrikam";
    return person;
  }

  Person Member() {
    const auto [place, first, last] = Name();
    Person person = Account(Unique(ForPrincipalName(first) + "." + ForPrincipalName(last)));
    Call(person, first, last);
    Employ(person);
    Locate(person, place);
    if (random_.Chance(0.04)) Leave(person);
    return person;
  }

 private:
  struct FullName {
    const Place& place;
    std::string_view first;
    std::string_view last;
  };

  FullName Name() {
    const std::vector<Place>& places = Places();
    int total = 0;
    for (const Place& place : places) total += place.weight;
    int draw = static_cast<int>(random_.Below(static_cast<std::uint64_t>(total)));
    std::size_t at = 0;
    while (draw >= places[at].weight) draw -= places[at++].weight;
    const Place& place = places[at];
    const std::size_t culture =
        random_.Chance(0.75) ? place.cultures.front() : random_.Pick(place.cultures);
    // Families mix: one last name in eight comes from anywhere.
    const Culture& own = Cultures()[culture];
    const Culture& other = random_.Chance(0.125) ? random_.Pick(Cultures()) : own;
    const std::string_view first = random_.Pick(own.first);
    return {place, first, random_.Pick(other.last)};
  }

  std::string Unique(const std::string& wanted) {
    if (taken_.insert(wanted).second) return wanted;
    // A million people share some thousand names: nobody begins at 2 again.
    int& number = numbers_.try_emplace(wanted, 1).first->second;
    std::string name;
    do {
      name = wanted + std::to_string(++number);
    } while (!taken_.insert(name).second);
    return name;
  }

  Person Account(const std::string& local_part) {
    Person person;
    person.id = random_.Guid();
    const std::string upn = fmt::format("{}@{}", local_part, kDomain);
    const auto age = hours(24 * (40 + random_.Below(2200)));
    person.properties = {{"userPrincipalName", upn},
                         {"mail", upn},
                         {"accountEnabled", true},
                         {"businessPhones", json::array()},
                         {"createdDateTime", IsoTime(options_.now - age)}};
    SignIn(person, random_.Chance(0.05) ? 91 + random_.Below(200) : random_.Below(21));
    return person;
  }

  void Call(Person& person, std::string_view first, std::string_view last) {
    person.properties["displayName"] = fmt::format("{} {}", first, last);
    person.properties["givenName"] = first;
    person.properties["surname"] = last;
  }

  void Employ(Person& person) {
    const Department& department = DrawDepartment();
    person.department = department.name;
    person.job_title = random_.Pick(department.titles);
    person.team = random_.Pick(department.teams);
    const double draw = static_cast<double>(random_.Below(1000)) / 1000;
    const bool office = department.name != "Retail";
    person.employee_type = office && draw < 0.06   ? "Contractor"
                           : office && draw < 0.08 ? "Intern"
                                                   : "Employee";
    json& properties = person.properties;
    properties["department"] = person.department;
    properties["jobTitle"] = person.job_title;
    properties["employeeType"] = person.employee_type;
    properties["employeeId"] = fmt::format("E{:06}", ++employee_number_);
    properties["companyName"] = "Contoso";
    properties["userType"] = "Member";
    properties["onPremisesSyncEnabled"] = true;
    properties["onPremisesExtensionAttributes"] = {{"extensionAttribute1", department.cost_center},
                                                   {"extensionAttribute2", person.team}};
    const bool draws = department.name == "Engineering" || department.name == "Operations";
    person.in_visio_group = person.IsOfficeEmployee() && draws && random_.Chance(0.10);
    person.in_copilot_group = person.IsOfficeEmployee() && random_.Chance(0.02);
    person.in_frontline_group = department.name == "Retail";
  }

  void Locate(Person& person, const Place& place) {
    const std::string_view city = random_.Pick(place.cities);
    person.properties["country"] = place.country;
    person.properties["city"] = city;
    person.properties["preferredLanguage"] = place.language;
    person.properties["officeLocation"] = fmt::format("{} {}", city, 1 + random_.Below(9));
    person.has_location = !random_.Chance(0.01);
    if (person.has_location) person.properties["usageLocation"] = place.usage_location;
  }

  void Leave(Person& person) {
    person.enabled = false;
    person.properties["accountEnabled"] = false;
    SignIn(person, 30 + random_.Below(300));
  }

  void SignIn(Person& person, std::uint64_t days_ago) {
    const std::string at = IsoTime(options_.now - hours(24 * days_ago + random_.Below(10)));
    person.properties["signInActivity"] = {{"lastSignInDateTime", at},
                                           {"lastNonInteractiveSignInDateTime", at},
                                           {"lastSuccessfulSignInDateTime", at}};
  }

  const Department& DrawDepartment() {
    int draw = static_cast<int>(random_.Below(100));
    std::size_t at = 0;
    while (draw >= Departments()[at].share) draw -= Departments()[at++].share;
    return Departments()[at];
  }

  const GenerateOptions& options_;
  Random random_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> numbers_;  // The last one given to a name.
  int employee_number_ = 1000;
};

}  // namespace

const std::vector<Department>& Departments() {
  static const std::vector<Department> departments{
      {"Engineering",
       22,
       "SPE_E5",
       "",
       "CC-1100",
       {"Software Engineer", "Software Engineer", "Software Engineer", "Senior Engineer",
        "Senior Engineer", "Site Reliability Engineer", "Test Engineer", "Engineering Manager",
        "Project Manager", "Engineering Director"},
       {"Platform", "Product", "Data", "Quality"}},
      {"Sales",
       18,
       "SPE_E3",
       "POWER_BI_PRO",
       "CC-2100",
       {"Account Manager", "Sales Representative", "Sales Engineer", "Regional Sales Manager"},
       {"Enterprise", "Public Sector", "Small Business"}},
      {"Retail",
       16,
       "",
       "",
       "CC-3100",
       {"Shop Assistant", "Shop Assistant", "Cashier", "Store Manager"},
       {"North", "South", "City"}},
      {"Support",
       9,
       "SPE_E3",
       "MCOEV",
       "CC-4100",
       {"Support Agent", "Support Agent", "Support Specialist", "Support Team Lead"},
       {"First Line", "Second Line"}},
      {"Marketing",
       8,
       "SPE_E3",
       "",
       "CC-2200",
       {"Marketing Specialist", "Content Editor", "Designer", "Brand Manager"},
       {"Brand", "Digital"}},
      {"Finance",
       7,
       "SPE_E3",
       "",
       "CC-5100",
       {"Accountant", "Controller", "Financial Analyst", "Payroll Clerk"},
       {"Accounting", "Controlling"}},
      {"Operations",
       7,
       "SPE_E3",
       "",
       "CC-4200",
       {"Logistics Planner", "Facility Manager", "Project Manager", "Buyer"},
       {"Logistics", "Facilities"}},
      {"IT",
       6,
       "SPE_E5",
       "",
       "CC-1200",
       {"System Administrator", "Service Desk Analyst", "Network Engineer", "Security Analyst"},
       {"Workplace", "Infrastructure"}},
      {"HR",
       4,
       "SPE_E3",
       "",
       "CC-5200",
       {"Recruiter", "HR Business Partner", "Training Specialist"},
       {"Recruiting", "People"}},
      {"Legal", 3, "SPE_E3", "", "CC-5300", {"Counsel", "Paralegal"}, {"Contracts"}}};
  return departments;
}

const Department& DepartmentOf(const Person& person) {
  const auto& all = Departments();
  return *std::find_if(all.begin(), all.end(), [&](const Department& department) {
    return department.name == person.department;
  });
}

std::vector<Person> MakePeople(const GenerateOptions& options, Random random) {
  PeopleMaker maker(options, random);
  std::vector<Person> people;
  people.reserve(options.users);
  const std::size_t guests = options.users * 3 / 100;
  for (std::size_t i = 0; i < options.users; ++i) {
    if (i < kBreakGlassAccounts) {
      people.push_back(maker.BreakGlass(i + 1));
    } else if (i + guests >= options.users) {
      people.push_back(maker.Guest());
    } else {
      people.push_back(maker.Member());
    }
    people.back().Pack();
  }
  // The service lists people in no order that means anything.
  random.Shuffle(people);
  return people;
}

}  // namespace seatkeeper::sim
