#include <fmt/format.h>

#include <chrono>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/simulator/generate_parts.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using std::chrono::hours;

constexpr const char* kExtensionPrefix = "extension_8f0c1d2e3a4b5c6d7e8f901234567890_";
constexpr const char* kNever = "0001-01-01T00:00:00Z";
constexpr std::size_t kPeoplePerLead = 12;

class AttributeMaker {
 public:
  AttributeMaker(const GenerateOptions& options, Random random)
      : options_(options), random_(random) {}

  void Fill(Person& person) {
    person.Unpack();
    FillAddresses(person);
    FillSignIns(person);
    if (!person.guest && !person.break_glass) FillEmployment(person);
    person.Pack();
  }

  void FillManagers(std::vector<Person>& people) {
    std::map<std::string, std::vector<std::string>> leads;
    std::unordered_set<std::string> leading;
    std::map<std::string, std::size_t> seen;
    for (const Person& person : people) {
      if (person.department.empty() || !person.enabled) continue;
      if (seen[person.department]++ % kPeoplePerLead == 0) {
        leads[person.department].push_back(person.id);
        leading.insert(person.id);
      }
    }
    for (Person& person : people) {
      const auto found = leads.find(person.department);
      if (found == leads.end()) continue;
      const std::string& head = found->second.front();
      const std::string& drawn = random_.Pick(found->second);
      if (person.id != head) person.manager = leading.contains(person.id) ? head : drawn;
    }
  }

 private:
  void FillEmployment(Person& person) {
    FillNumbers(person);
    FillPremises(person);
    FillDates(person);
    FillExtensions(person);
    FillLost(person);
  }

  void FillAddresses(Person& person) {
    json& properties = person.properties;
    const std::string upn = properties["userPrincipalName"];
    const std::string mail = properties["mail"];
    const std::string local = upn.substr(0, upn.find('@'));
    json proxies{"SMTP:" + mail};
    if (random_.Chance(0.3)) proxies.push_back("smtp:" + local + "@mail.contoso.example");
    properties["mailNickname"] = local;
    properties["proxyAddresses"] = proxies;
    properties["otherMails"] = json::array();
    if (person.guest || random_.Chance(0.1)) {
      properties["otherMails"] = {person.guest ? mail : local + "@home.example"};
    }
    properties["imAddresses"] = json::array();
    if (!person.guest && random_.Chance(0.8)) properties["imAddresses"] = {upn};
  }

  // Draws the same number of times for everybody, whatever comes of it.
  void FillSignIns(Person& person) {
    json& properties = person.properties;
    const bool absent = random_.Chance(person.guest ? 0.33 : 0.03);
    const bool never = random_.Chance(0.02) || person.break_glass;
    const bool no_success = random_.Chance(0.10);
    if (never) {
      properties["signInActivity"] = {{"lastSignInDateTime", kNever},
                                      {"lastSignInRequestId", ""},
                                      {"lastNonInteractiveSignInDateTime", kNever},
                                      {"lastNonInteractiveSignInRequestId", ""},
                                      {"lastSuccessfulSignInDateTime", nullptr},
                                      {"lastSuccessfulSignInRequestId", nullptr}};
    } else if (absent) {
      properties.erase("signInActivity");
    } else if (no_success) {
      properties["signInActivity"]["lastSuccessfulSignInDateTime"] = nullptr;
    }
  }

  void FillNumbers(Person& person) {
    json& properties = person.properties;
    const std::uint64_t extension = 1000 + random_.Below(9000);
    if (random_.Chance(0.7)) properties["businessPhones"] = {fmt::format("+1 555 01{}", extension)};
    if (random_.Chance(0.5)) {
      properties["mobilePhone"] = fmt::format("+1 555 02{:05}", random_.Below(100'000));
    }
    if (random_.Chance(0.05)) properties["faxNumber"] = fmt::format("+1 555 03{}", extension);
    properties["streetAddress"] = fmt::format("Market Street {}", 1 + random_.Below(120));
    properties["postalCode"] = fmt::format("{:05}", random_.Below(100'000));
    if (random_.Chance(0.3)) properties["state"] = person.properties["city"];
    if (random_.Chance(0.04)) properties["passwordPolicies"] = "DisablePasswordExpiration";
  }

  void FillPremises(Person& person) {
    json& properties = person.properties;
    properties["onPremisesDistinguishedName"] =
        fmt::format("CN={},OU={},DC=contoso,DC=example",
                    properties["displayName"].get<std::string>(), person.department);
    properties["onPremisesSecurityIdentifier"] =
        fmt::format("S-1-5-21-1004336348-1177238915-682003330-{}", 1000 + ++relative_id_);
  }

  void FillDates(Person& person) {
    json& properties = person.properties;
    const std::uint64_t draw = random_.Below(100);
    const auto today = std::chrono::floor<std::chrono::days>(options_.now);
    const auto days = std::chrono::days(1 + static_cast<int>(random_.Below(draw < 2 ? 60 : 2400)));
    if (draw < 95) {
      properties["employeeHireDate"] = IsoTime(draw < 2 ? today + days : today - days);
    }
    if (random_.Chance(0.01)) properties["createdDateTime"] = nullptr;
  }

  void FillExtensions(Person& person) {
    json& properties = person.properties;
    if (random_.Chance(0.6)) {
      properties[std::string(kExtensionPrefix) + "costCenter"] = DepartmentOf(person).cost_center;
    }
    if (random_.Chance(0.2)) {
      properties[std::string(kExtensionPrefix) + "badge"] =
          fmt::format("B{:04}", random_.Below(10'000));
    }
  }

  void FillLost(Person& person) {
    const bool had_another = random_.Chance(0.03);
    const auto ago = hours(24 * (1 + random_.Below(300)));
    const std::string_view suite = DepartmentOf(person).suite;
    if (!person.enabled && person.direct.empty() && !suite.empty()) {
      person.lost.emplace_back(suite);
    } else if (had_another && !person.direct.contains("EMS")) {
      person.lost.emplace_back("EMS");
    }
    person.lost_since = IsoTime(options_.now - ago);
  }

  const GenerateOptions& options_;
  Random random_;
  int relative_id_ = 0;
};

}  // namespace

void AddAttributes(const GenerateOptions& options, std::vector<Person>& people, Random random) {
  AttributeMaker maker(options, random);
  for (Person& person : people) maker.Fill(person);
  maker.FillManagers(people);
}

}  // namespace seatkeeper::sim
