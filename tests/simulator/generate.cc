#include "tests/simulator/generate.h"

#include <functional>
#include <utility>

#include "tests/simulator/assigned_plans.h"
#include "tests/simulator/generate_parts.h"
#include "tests/simulator/products.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;
using Chooser = std::function<bool(const Person&)>;

class GroupMaker {
 public:
  GroupMaker(const GenerateOptions& options, const std::vector<Person>& people, Random random,
             Directory& directory)
      : options_(options), people_(people), random_(random), directory_(directory) {}

  Group& Add(const std::string& name, const Chooser& belongs) {
    Group group;
    group.id = random_.Guid();
    group.properties = {{"displayName", name},
                        {"description", nullptr},
                        {"groupTypes", json::array()},
                        {"securityEnabled", true},
                        {"mailEnabled", false},
                        {"onPremisesSyncEnabled", nullptr},
                        {"createdDateTime", IsoTime(options_.now - std::chrono::hours(24 * 700))}};
    for (const Person& person : people_) {
      if (belongs(person)) group.members.push_back(person.id);
    }
    return directory_.AddGroup(std::move(group));
  }

 private:
  const GenerateOptions& options_;
  const std::vector<Person>& people_;
  Random random_;
  Directory& directory_;
};

void AddEngineers(GroupMaker& maker) {
  const auto is_director = [](const Person& person) {
    return person.job_title == "Engineering Director";
  };
  std::vector<std::string> nested;
  for (const char* team : {"Platform", "Product", "Data", "Quality"}) {
    nested.push_back(maker
                         .Add(std::string("Engineering ") + team,
                              [&](const Person& person) {
                                return person.enabled && person.department == "Engineering" &&
                                       person.team == team && !is_director(person);
                              })
                         .id);
  }
  Group& all = maker.Add("All Engineers", [&](const Person& person) {
    return person.enabled && person.department == "Engineering" && is_director(person);
  });
  all.members.insert(all.members.end(), nested.begin(), nested.end());
}

// Returns the id of the group that gives the frontline suite.
std::string AddGroups(GroupMaker& maker) {
  AddEngineers(maker);
  maker.Add("Sales", [](const Person& p) { return p.enabled && p.department == "Sales"; });
  maker.Add("Contractors",
            [](const Person& p) { return p.enabled && p.employee_type == "Contractor"; });
  maker.Add("Interns", [](const Person& p) { return p.enabled && p.employee_type == "Intern"; });
  maker.Add("External Guests", [](const Person& p) { return p.guest; });
  maker.Add("Break Glass", [](const Person& p) { return p.break_glass; });
  maker.Add("Visio Users", [](const Person& p) { return p.in_visio_group; });
  maker.Add("Project Managers", [](const Person& p) {
    return p.enabled && p.IsOfficeEmployee() && p.job_title == "Project Manager";
  });
  maker.Add("Copilot Pilot", [](const Person& p) { return p.in_copilot_group; });
  Group& frontline =
      maker.Add("Frontline Retail", [](const Person& p) { return p.in_frontline_group; });
  frontline.licenses.push_back(
      {std::string(ProductOf("SPE_F1").sku_id), PlanIds("SPE_F1", {"YAMMER_ENTERPRISE"})});
  return frontline.id;
}

std::vector<AssignmentRow> RowsOf(const Person& person, const std::string& frontline_group_id,
                                  WallTimeMs now, Random& random) {
  std::vector<AssignmentRow> rows;
  const auto add = [&](std::string_view part_number, const std::vector<std::string>& plans,
                       std::optional<std::string> group_id) {
    const auto age = std::chrono::hours(24 * (1 + random.Below(500)));
    rows.push_back({std::string(ProductOf(part_number).sku_id), PlanIds(part_number, plans),
                    std::move(group_id), "Active",
                    random.Chance(0.5) ? std::optional<std::string>("None") : std::nullopt,
                    IsoTime(now - age)});
  };
  for (const auto& [part_number, plans] : person.direct) add(part_number, plans, std::nullopt);
  if (person.in_frontline_group) add("SPE_F1", {"YAMMER_ENTERPRISE"}, frontline_group_id);
  return rows;
}

std::vector<AssignmentRow> LostRows(const Person& person) {
  std::vector<AssignmentRow> rows;
  for (const std::string& part_number : person.lost) {
    AssignmentRow& row = rows.emplace_back();
    row.sku_id = ProductOf(part_number).sku_id;
    row.last_updated = person.lost_since;
  }
  return rows;
}

}  // namespace

Directory GenerateTenant(const GenerateOptions& options) {
  const Random root(options.seed);
  std::vector<Person> people = MakePeople(options, root.Fork("people"));
  GiveIntendedProducts(people, root.Fork("products"));
  const SeatCounts intended = CountSeats(people);
  AddDrift(people, root.Fork("drift"));
  AddAttributes(options, people, root.Fork("attributes"));

  Directory directory;
  AddProducts(options, intended, CountSeats(people), root.Fork("subscriptions"), directory);
  GroupMaker maker(options, people, root.Fork("groups"), directory);
  const std::string frontline_group_id = AddGroups(maker);
  Random quirks = root.Fork("rows");
  for (Person& person : people) {
    User user;
    user.id = person.id;
    user.properties = std::move(person.packed);
    user.manager = person.manager;
    user.rows = RowsOf(person, frontline_group_id, options.now, quirks);
    KeepLostPlans(directory, LostRows(person), user.rows, user);
    directory.AddUser(std::move(user));
  }
  return directory;
}

}  // namespace seatkeeper::sim
