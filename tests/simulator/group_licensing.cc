#include "tests/simulator/group_licensing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tests/simulator/errors.h"
#include "tests/simulator/service_plans.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using Rows = std::vector<AssignmentRow>;
using Licenses = std::vector<GroupLicense>;

bool SamePlans(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::set<std::string>(left.begin(), left.end()) ==
         std::set<std::string>(right.begin(), right.end());
}

Licenses::iterator FindLicense(Licenses& licenses, const std::string& sku_id) {
  return std::find_if(licenses.begin(), licenses.end(),
                      [&](const GroupLicense& license) { return license.sku_id == sku_id; });
}

// As if somebody had nothing but these, which is how the service looks at a group.
Rows RowsOf(const Licenses& licenses) {
  Rows rows;
  for (const GroupLicense& license : licenses) {
    rows.push_back({.sku_id = license.sku_id,
                    .disabled_plans = license.disabled_plans,
                    .group_id = {},
                    .error = {},
                    .last_updated = {}});
  }
  return rows;
}

// A user's way to what one group gives.
class Inheritance {
 public:
  Inheritance(const Directory& directory, const User& user, const std::string& group_id,
              const Licenses& wanted, WallTimeMs now)
      : directory_(directory), user_(user), group_id_(group_id), wanted_(wanted), now_(now) {
    for (const AssignmentRow& row : user.rows) {
      (row.group_id == group_id_ ? inherited_ : others_).push_back(row);
    }
  }

  Rows After(Random& quirks) {
    if (Agrees()) return user_.rows;
    Rows granted = Granted();
    FindLocationsAndSeats();
    if (refused_.empty()) FindPlans(granted);
    if (refused_.empty()) FindAddresses(granted);
    if (!refused_.empty()) return With(Refused());
    for (AssignmentRow& row : granted) {
      if (!Keeps(row)) row.error = NoError(quirks);
    }
    return With(granted);
  }

 private:
  const AssignmentRow* Inherited(const std::string& sku_id) const {
    const auto found = std::find_if(inherited_.begin(), inherited_.end(),
                                    [&](const AssignmentRow& row) { return row.sku_id == sku_id; });
    return found == inherited_.end() ? nullptr : &*found;
  }
  const AssignmentRow* Working(const std::string& sku_id) const {
    const AssignmentRow* row = Inherited(sku_id);
    return row != nullptr && row->HoldsSeat() ? row : nullptr;
  }
  bool IsWanted(const std::string& sku_id) const {
    return std::any_of(wanted_.begin(), wanted_.end(),
                       [&](const GroupLicense& license) { return license.sku_id == sku_id; });
  }
  bool Keeps(const AssignmentRow& row) const {
    return std::find(inherited_.begin(), inherited_.end(), row) != inherited_.end();
  }

  bool Agrees() const {
    return inherited_.size() == wanted_.size() &&
           std::all_of(wanted_.begin(), wanted_.end(), [&](const GroupLicense& license) {
             const AssignmentRow* row = Inherited(license.sku_id);
             return row != nullptr && row->state == "Active" &&
                    SamePlans(row->disabled_plans, license.disabled_plans);
           });
  }

  AssignmentRow NewRow(const GroupLicense& license) const {
    return {.sku_id = license.sku_id,
            .disabled_plans = license.disabled_plans,
            .group_id = group_id_,
            .error = {},
            .last_updated = IsoTime(now_)};
  }

  Rows Granted() const {
    Rows rows;
    for (const GroupLicense& license : wanted_) {
      const AssignmentRow* row = Inherited(license.sku_id);
      const bool stays = row != nullptr && row->state == "Active" &&
                         SamePlans(row->disabled_plans, license.disabled_plans);
      rows.push_back(stays ? *row : NewRow(license));
    }
    return rows;
  }

  void FindLocationsAndSeats() {
    const std::string location = user_.Text("usageLocation").value_or(directory_.country());
    for (const GroupLicense& license : wanted_) {
      const Sku* sku = directory_.FindSku(license.sku_id);
      if (sku == nullptr || Working(license.sku_id) != nullptr) continue;
      // A seat that the user occupies already is not taken a second time.
      const bool seated = HoldsSeatOf(user_.rows, license.sku_id);
      if (sku->prohibited_locations.contains(ToUpper(location))) {
        refused_[license.sku_id] = "ProhibitedInUsageLocationViolation";
      } else if (!seated && FreeSeats(directory_, *sku) <= 0) {
        refused_[license.sku_id] = "CountViolation";
      }
    }
  }

  // The products whose change brings the plans together or apart are to blame.
  void FindPlans(const Rows& granted) {
    const auto violation = FindPlanViolation(directory_, user_.rows, With(granted));
    if (!violation) return;
    const std::set<std::string> changed = Changed(granted);
    for (const std::string& sku_id : changed) {
      const Sku* sku = directory_.FindSku(sku_id);
      if (sku != nullptr &&
          std::any_of(sku->plan_ids.begin(), sku->plan_ids.end(),
                      [&](const std::string& plan) { return violation->plans.contains(plan); })) {
        refused_[sku_id] = violation->error;
      }
    }
  }

  void FindAddresses(const Rows& granted) {
    if (!TakesMailbox(directory_, user_, With(granted))) return;
    for (const std::string& sku_id : Changed(granted)) {
      const Sku* sku = directory_.FindSku(sku_id);
      if (sku != nullptr && HasMailbox(*sku)) refused_[sku_id] = "UniquenessViolation";
    }
  }

  std::set<std::string> Changed(const Rows& granted) const {
    std::set<std::string> changed;
    for (const AssignmentRow& row : granted) {
      if (!Keeps(row)) changed.insert(row.sku_id);
    }
    for (const AssignmentRow& row : inherited_) {
      if (!IsWanted(row.sku_id)) changed.insert(row.sku_id);
    }
    return changed;
  }

  Rows Refused() const {
    Rows rows;
    for (const GroupLicense& license : wanted_) {
      const AssignmentRow* working = Working(license.sku_id);
      rows.push_back(Failed(working != nullptr ? *working : NewRow(license), working != nullptr));
    }
    for (const AssignmentRow& row : inherited_) {
      if (row.HoldsSeat() && !IsWanted(row.sku_id)) rows.push_back(Failed(row, true));
    }
    return rows;
  }

  AssignmentRow Failed(AssignmentRow row, bool works) const {
    const auto reason = refused_.find(row.sku_id);
    row.state = works ? "ActiveWithError" : "Error";
    row.error = reason == refused_.end() ? "Other" : reason->second;
    row.last_updated = IsoTime(now_);
    const AssignmentRow* former = Inherited(row.sku_id);
    if (former == nullptr) return row;
    AssignmentRow unchanged = row;
    unchanged.last_updated = former->last_updated;
    return unchanged == *former ? unchanged : row;
  }

  // Where the group's rows stood before, or at the end.
  Rows With(const Rows& mine) const {
    const Rows& before = user_.rows;
    const auto first = std::find_if(before.begin(), before.end(), [&](const AssignmentRow& row) {
      return row.group_id == group_id_;
    });
    Rows rows = others_;
    const auto place = rows.begin() + std::min(first - before.begin(),
                                               static_cast<std::ptrdiff_t>(others_.size()));
    rows.insert(place, mine.begin(), mine.end());
    return rows;
  }

  const Directory& directory_;
  const User& user_;
  const std::string& group_id_;
  const Licenses& wanted_;
  WallTimeMs now_;
  Rows inherited_;
  Rows others_;
  std::map<std::string, std::string> refused_;  // error by product
};

bool HasRowOf(const Rows& rows, const std::string& group_id) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const AssignmentRow& row) { return row.group_id == group_id; });
}

void CheckGroupRemovals(Licenses& licenses, const std::vector<std::string>& remove) {
  for (const std::string& sku_id : remove) {
    if (FindLicense(licenses, sku_id) == licenses.end()) {
      throw BadRequest("Group does not have a corresponding license.");
    }
  }
}

}  // namespace

bool AssignLicensesToGroup(Directory& directory, Group& group, const std::vector<LicenseToAdd>& add,
                           const std::vector<std::string>& remove, WallTimeMs now) {
  if (group.properties.value("securityEnabled", nlohmann::json()) == false) {
    throw BadRequest("License assignment failed because the group is not security enabled.");
  }
  CheckProducts(directory, add, remove);
  CheckGroupRemovals(group.licenses, remove);
  CheckDisabledPlans(directory, add);
  Licenses licenses = group.licenses;
  for (const std::string& sku_id : remove) licenses.erase(FindLicense(licenses, sku_id));
  bool changed = !remove.empty();
  for (const LicenseToAdd& license : add) {
    const auto held = FindLicense(licenses, license.sku_id);
    if (held == licenses.end()) {
      licenses.push_back({license.sku_id, license.disabled_plans});
    } else if (!SamePlans(held->disabled_plans, license.disabled_plans)) {
      held->disabled_plans = license.disabled_plans;
    } else {
      continue;
    }
    changed = true;
  }
  // A prerequisite has to come from the same group.
  CheckServicePlans(directory, RowsOf(group.licenses), RowsOf(licenses));
  if (changed) LicenseGroup(directory, group, std::move(licenses), now);
  return changed;
}

void LicenseGroup(Directory& directory, Group& group, Licenses licenses, WallTimeMs now) {
  const std::string before = LicensesText(directory, RowsOf(group.licenses));
  const std::string after = LicensesText(directory, RowsOf(licenses));
  directory.SetLicenses(group, std::move(licenses));
  Activity activity = GroupActivity(group, "Set group license", now);
  activity.modified.push_back({"AssignedLicense", before, after});
  directory.NoteActivity(std::move(activity));
}

Activity GroupActivity(const Group& group, std::string name, WallTimeMs now) {
  const auto shown = group.properties.value("displayName", nlohmann::json());
  return {.name = std::move(name),
          .at = now,
          .target = Activity::Target::kGroup,
          .id = group.id,
          .target_name = shown.is_string() ? shown.get<std::string>() : ""};
}

std::vector<const User*> UsersWithErrors(const Directory& directory, const Group& group) {
  std::vector<const User*> users;
  for (const std::string& id : group.members) {
    const User* user = directory.FindUser(id);
    if (user == nullptr) continue;
    const bool failed = std::any_of(user->rows.begin(), user->rows.end(), [&](const auto& row) {
      return row.group_id == group.id && row.error.value_or("None") != "None";
    });
    if (failed) users.push_back(user);
  }
  return users;
}

void InheritFromGroup(Directory& directory, User& user, const std::string& group_id,
                      const std::vector<GroupLicense>& wanted, const WriteMoment& moment,
                      Random& quirks) {
  Rows rows = Inheritance(directory, user, group_id, wanted, moment.now).After(quirks);
  if (rows == user.rows) return;
  ReplaceRows(directory, user, std::move(rows), moment, LicenseSource::kGroup);
}

void ApplyGroupLicenses(Directory& directory, User& user, const WriteMoment& moment,
                        Random& quirks) {
  const auto inherit = [&](const std::string& group_id, const Licenses& wanted) {
    InheritFromGroup(directory, user, group_id, wanted, moment, quirks);
  };
  std::set<std::string> gone;  // groups that no longer exist
  for (const AssignmentRow& row : user.rows) {
    if (row.group_id && directory.FindGroup(*row.group_id) == nullptr) gone.insert(*row.group_id);
  }
  for (const std::string& group_id : gone) inherit(group_id, {});
  for (const auto& [ordinal, group] : directory.groups()) {
    const bool inherits = HasRowOf(user.rows, group.id);
    if (group.licenses.empty() && !inherits) continue;
    const bool member = group.HasMember(user.id);
    if (member && group.work.IsUnfinished()) continue;  // its turn comes
    if (member || inherits) inherit(group.id, member ? group.licenses : Licenses());
  }
}

}  // namespace seatkeeper::sim
