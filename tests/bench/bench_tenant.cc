#include "tests/bench/bench_tenant.h"

#include <fmt/format.h>
#include <malloc.h>

#include <random>
#include <string>

namespace seatkeeper::bench {
namespace {

using rule::Property;
using std::chrono::days;

constexpr const char* kGiven[] = {"Ada",   "Bob",   "Chloe", "Dan",        "Elif",
                                  "Farid", "Grace", "Hiro",  "Ines",       "Jonas",
                                  "Kofi",  "Lea",   "Mika",  "Noor",       "Olga",
                                  "Pia",   "Quinn", "Ravi",  "Zo\xC3\xAB", "J\xC3\xBCrgen"};
constexpr const char* kSurnames[] = {"Adams",  "Berger", "Costa", "Dubois", "Eriksen",  "Fischer",
                                     "Garcia", "Huang",  "Ito",   "Jansen", "Kowalski", "Lopez",
                                     "Martin", "Novak",  "Okoye", "Patel",  "Rossi",    "Smith"};
constexpr const char* kRoles[] = {"Engineer", "Analyst",   "Consultant", "Manager", "Director",
                                  "Clerk",    "Architect", "Nurse",      "Planner", "Technician"};
constexpr const char* kLevels[] = {"Junior", "Senior", "Lead", "Principal", "Assistant"};
constexpr const char* kTypes[] = {"Employee", "Contractor", "Intern", "Temp", "Service"};

template <std::size_t kSize>
const char* Nth(const char* const (&things)[kSize], std::uint32_t number) {
  return things[number % kSize];
}

Guid MakeGuid(std::uint64_t kind, std::uint64_t number) {
  // Spread over the whole range, as a directory's ids are.
  const std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ULL;
  return *Guid::Parse(fmt::format("{:08x}-{:04x}-4000-8000-{:04x}{:08x}", mixed >> 32,
                                  (mixed >> 16) & 0xffff, kind, number));
}

class PersonMaker {
 public:
  test::Person Make(std::uint32_t number) {
    test::Person person{.id = UserId{MakeGuid(1, number)}};
    const bool guest = OneIn(12);
    const std::string given = Nth(kGiven, Random());
    const std::string surname = Nth(kSurnames, Random());
    const auto local = fmt::format("{}.{}{}", given.substr(0, 1), surname, number);
    const auto principal = fmt::format("{}@contoso.{}", local, OneIn(3) ? "fr" : "com");
    auto& values = person.properties;
    values[Property::kAccountEnabled] = !OneIn(20);
    values[Property::kDisplayName] = fmt::format("{} {} ({})", given, surname, number);
    values[Property::kUserPrincipalName] = principal;
    values[Property::kUserType] = std::string(guest ? "Guest" : "Member");
    values[Property::kEmployeeId] = fmt::format("{:07}", number);
    values[Property::kEmployeeType] = std::string(OneIn(5) ? Nth(kTypes, Random()) : "Employee");
    Work(values);
    Dates(values);
    Addresses(values, local, principal);
    values[Property::kAssignedPlans] = Plans(Random() % 60);
    return person;
  }

 private:
  using Values = std::map<Property, test::PersonValue>;

  std::uint32_t Random() { return static_cast<std::uint32_t>(random_()); }
  bool OneIn(std::uint32_t count) { return Random() % count == 0; }

  void Work(Values& values) {
    const auto country = Random() % 40;
    values[Property::kCountry] = fmt::format("Country {}", country);
    values[Property::kUsageLocation] =
        fmt::format("{}{}", char('A' + country % 26), char('A' + country / 26));
    values[Property::kCity] = fmt::format("City {}", country * 8 + Random() % 8);
    values[Property::kOfficeLocation] = fmt::format("Building {}/{}", country, Random() % 12);
    values[Property::kExtensionAttribute1] = fmt::format("CC-{}", 10'000 + Random() % 1'000);
    if (OneIn(25)) return;  // Nobody filled these in.
    const auto department = Random() % 200;
    values[Property::kDepartment] = fmt::format("Department {}", department);
    const auto title = Random() % 5'000;
    values[Property::kJobTitle] =
        fmt::format("{} {} {}", Nth(kLevels, title), Nth(kRoles, title / 5), title / 50);
  }

  void Dates(Values& values) {
    if (OneIn(10)) {
      values[Property::kEmployeeHireDate] = nullptr;
    } else {
      values[Property::kEmployeeHireDate] =
          WallTime(std::chrono::floor<days>(BenchNow()) - days(Random() % 5'000) + days(60));
    }
    if (!OneIn(6)) {
      values[Property::kLastSignIn] = BenchNow() - std::chrono::seconds(Random() % 20'000'000);
    }
  }

  void Addresses(Values& values, const std::string& local, const std::string& principal) {
    values[Property::kMail] = principal;
    std::vector<std::string> addresses = {"SMTP:" + principal};
    if (!OneIn(3)) addresses.push_back(fmt::format("smtp:{}@contoso.onmicrosoft.com", local));
    if (OneIn(4)) addresses.push_back(fmt::format("smtp:{}@fabrikam.example", local));
    values[Property::kProxyAddresses] = std::move(addresses);
    if (OneIn(50)) {
      values[Property::kOtherMails] = std::vector<std::string>{local + "@mail.example"};
    }
  }

  static std::vector<test::PersonPlan> Plans(std::uint32_t set) {
    std::vector<test::PersonPlan> plans;
    for (std::uint32_t plan = 0; plan < 20 + set % 40; ++plan) {
      plans.push_back({BenchPlan(static_cast<int>((set + plan) % 80)).ToString(),
                       plan % 3 == 0 ? "exchange" : "SharePoint",
                       set % 3 != 0 && (set + plan) % 5 == 0 ? "Deleted" : "Enabled"});
    }
    return plans;
  }

  std::mt19937_64 random_{20260105};
};

std::size_t HeapBytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

WallTime BenchNow() { return *ParseTime("2026-01-05T08:00:00Z"); }
GroupId BenchGroup(int number) { return GroupId{MakeGuid(2, static_cast<std::uint64_t>(number))}; }
PlanId BenchPlan(int number) { return PlanId{MakeGuid(3, static_cast<std::uint64_t>(number))}; }
UserId BenchManager() { return UserId{MakeGuid(1, 0)}; }

BenchTenant MakeTenant(std::uint32_t users, std::uint32_t sample_every,
                       const PropertySet& properties) {
  BenchTenant tenant;
  auto& crew = tenant.links[{Link::Kind::kDirectMembers, BenchGroup(1).guid}];
  auto& pilots = tenant.links[{Link::Kind::kDirectMembers, BenchGroup(2).guid}];
  auto& reports = tenant.links[{Link::Kind::kDirectReports, BenchManager().guid}];
  PersonMaker sampled;
  for (std::uint32_t number = 0; number < users; ++number) {
    auto person = sampled.Make(number);
    if (number % 20 == 0) crew.push_back(person.id);
    if (number % 500 == 0) pilots.push_back(person.id);
    if (number % 50'000 == 7) reports.push_back(person.id);
    if (number % sample_every == 0) tenant.sample.push_back(std::move(person));
  }
  const auto before = HeapBytes();
  ObservedBuilder builder(properties);
  PersonMaker read;
  for (std::uint32_t number = 0; number < users; ++number) ReadPerson(read.Make(number), builder);
  for (const auto& [link, linked] : tenant.links) {
    builder.AddLinked({link, GroupReading::Status::kFound, "", linked});
  }
  tenant.observed = builder.Finish("bench", BenchNow());
  tenant.heap_bytes = HeapBytes() - before;
  return tenant;
}

}  // namespace seatkeeper::bench
