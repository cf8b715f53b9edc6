#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/generate.h"
#include "tests/simulator/random.h"

// The steps of GenerateTenant, one per file. generate.h describes the outcome.

namespace seatkeeper::sim {

// Products by part number, each with the service plans (names) that are off.
using Holdings = std::map<std::string, std::vector<std::string>, std::less<>>;

struct Person {
  std::string id;
  nlohmann::json properties;  // between Unpack and Pack only: there may be a million people
  Properties packed;
  std::string department;  // empty for guests and break-glass accounts
  std::string job_title;
  std::string employee_type;
  std::string team;
  bool enabled = true;
  bool guest = false;
  bool break_glass = false;
  bool has_location = true;
  bool in_frontline_group = false;
  bool in_visio_group = false;
  bool in_copilot_group = false;
  Holdings direct;
  std::string manager;  // id; empty: none
  // Products once held, whose service plans are still listed as Deleted, and since when they were.
  std::vector<std::string> lost;
  std::string lost_since;

  void Pack() {
    packed = properties;
    properties = nullptr;
  }
  void Unpack() { properties = packed.ToJson(); }

  bool IsOfficeEmployee() const {
    return !guest && !break_glass && employee_type == "Employee" && department != "Retail";
  }
};

struct Department {
  std::string_view name;
  int share;               // percent
  std::string_view suite;  // empty: comes from a group
  std::string_view extra;  // product beside the suite; empty: none
  std::string_view cost_center;
  std::vector<std::string_view> titles;
  std::vector<std::string_view> teams;
};
const std::vector<Department>& Departments();
const Department& DepartmentOf(const Person& person);

// generate_people.cc: who there is, without licences.
std::vector<Person> MakePeople(const GenerateOptions& options, Random random);

// generate_products.cc: what everybody should hold directly, and what the tenant owns.
void GiveIntendedProducts(std::vector<Person>& people, Random random);
using SeatCounts = std::map<std::string, std::int64_t>;
SeatCounts CountSeats(const std::vector<Person>& people);
// Seats for the larger of the two counts, and the subscriptions they come from.
void AddProducts(const GenerateOptions& options, const SeatCounts& intended, const SeatCounts& held,
                 Random random, Directory& directory);
// Ids of the service plans with these names.
std::vector<std::string> PlanIds(std::string_view part_number,
                                 const std::vector<std::string>& plan_names);

// generate_attributes.cc: addresses, numbers, dates, sign-ins and managers. After the drift, and
// from a stream of its own, so that the steps above do not depend on it.
void AddAttributes(const GenerateOptions& options, std::vector<Person>& people, Random random);

// generate_drift.cc: what went wrong since.
void AddDrift(std::vector<Person>& people, Random random);

}  // namespace seatkeeper::sim
