#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/model/time.h"
#include "tests/simulator/directory.h"

namespace seatkeeper::test {

/// Products by SKU id, as the simulator writes them.
inline const std::string kE5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
inline const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";
inline const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
inline const std::string kProject = "53818b1b-4a27-454b-8896-0dba576410e6";

/// What a policy of the simulation says: few things, so that a test can tell without the product's
/// help who is to have what.
struct Wish {
  std::set<std::string> office = {"Sales", "Support", "Marketing", "Finance"};  ///< Has E3.
  bool without_sway = false;  ///< A service plan that goes off for everybody who has E3.
  bool limited = false;       ///< Two removals a day; otherwise there is no limit.
  bool waits = false;         ///< What is unwanted waits 40 minutes and for two readings.
  bool ladder = false;        ///< E5 stands above E3.
  /// Whether the group kPlanners gives Project to its members; nothing: no document says.
  std::optional<bool> planning = std::nullopt;

  std::string Yaml() const;
  /// Whether it grants E5 or E3 to this user, who has it by department.
  bool Grants(const sim::User& user, const std::string& product) const;
  /// What the policy grants to whom: by user.
  std::map<std::string, std::set<std::string>> Granted(const sim::Directory& tenant) const;
};

/// Members of this group have Project from it or not at all.
inline const std::string kPlanners = "Planners";

/// The only group of that name; nullptr: there is none.
const sim::Group* FindGroup(const sim::Directory& tenant, const std::string& name);
bool HoldsDirectly(const sim::User& user, const std::string& product);
/// Directly or through a group.
bool Holds(const sim::User& user, const std::string& product);
bool Inherits(const sim::User& user, const std::string& group, const std::string& product);
bool IsEnabled(const sim::User& user);

/// What was true of the tenant and when, noted right after every edit.
class Truth {
 public:
  /// From now on. Times may not go back.
  void Note(WallTime at, const Wish& wish, const sim::Directory& tenant);

  /// At some moment of that span the user was not to have the product.
  bool EverUnwanted(const std::string& user, const std::string& product, WallTime from,
                    WallTime to) const;
  /// At some moment of that span nobody protected the user.
  bool EverUnprotected(const std::string& user, WallTime from, WallTime to) const;
  /// The user was in kPlanners for all of that span.
  bool AlwaysPlanner(const std::string& user, WallTime from, WallTime to) const;

 private:
  struct Moment {
    WallTime at;
    std::map<std::string, std::set<std::string>> granted;
    std::set<std::string> protected_users;
    std::set<std::string> planners;
  };
  template <typename Holds>
  bool Ever(WallTime from, WallTime to, Holds&& holds) const;

  std::vector<Moment> moments_;
};

}  // namespace seatkeeper::test
