#include "tests/simulator/licensing.h"

#include <algorithm>
#include <set>

#include "tests/simulator/errors.h"
#include "tests/simulator/service_plans.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

std::vector<AssignmentRow>::iterator FindDirect(std::vector<AssignmentRow>& rows,
                                                const std::string& sku_id) {
  return std::find_if(rows.begin(), rows.end(), [&](const AssignmentRow& row) {
    return row.sku_id == sku_id && !row.group_id;
  });
}

void CheckNamedOnce(const std::vector<LicenseToAdd>& add, const std::vector<std::string>& remove) {
  std::set<std::string> seen;
  for (const LicenseToAdd& license : add) {
    if (!seen.insert(license.sku_id).second) {
      throw BadRequest("License assignment failed because the license " + license.sku_id +
                       " is specified more than once.");
    }
  }
  for (const std::string& sku_id : remove) {
    if (!seen.insert(sku_id).second) {
      throw BadRequest("License assignment failed because the license " + sku_id +
                       " is specified more than once in addLicenses and removeLicenses.");
    }
  }
}

void CheckOwned(const Directory& directory, const std::vector<LicenseToAdd>& add) {
  for (const LicenseToAdd& license : add) {
    const Sku* sku = directory.FindSku(license.sku_id);
    if (sku == nullptr || !sku->IsAssignableToUsers()) {
      throw BadRequest("License " + license.sku_id +
                       " does not correspond to a valid company License.");
    }
  }
}

void CheckRemovals(User& user, const std::vector<std::string>& remove) {
  for (const bool inherited_pass : {true, false}) {
    for (const std::string& sku_id : remove) {
      if (FindDirect(user.rows, sku_id) != user.rows.end()) continue;
      const bool inherited =
          std::any_of(user.rows.begin(), user.rows.end(),
                      [&](const AssignmentRow& row) { return row.sku_id == sku_id; });
      if (inherited && inherited_pass) {
        throw BadRequest(
            "User license is inherited from a group membership and it cannot be removed directly "
            "from the user.");
      }
      if (!inherited && !inherited_pass) {
        throw BadRequest("User does not have a corresponding license.");
      }
    }
  }
}

void CheckAdditions(const Directory& directory, const User& user,
                    const std::vector<LicenseToAdd>& add, WallTimeMs now) {
  const bool located = user.Text("usageLocation") && user.location_settles_at <= now;
  if (!add.empty() && !located) {
    throw BadRequest("License assignment cannot be done for user with invalid usage location.");
  }
  for (const LicenseToAdd& license : add) {
    const Sku& sku = *directory.FindSku(license.sku_id);
    if (sku.prohibited_locations.contains(ToUpper(*user.Text("usageLocation")))) {
      throw BadRequest("License " + license.sku_id +
                       " is not available in the location indicated in this user's "
                       "usageLocation.");
    }
    if (!HoldsSeatOf(user.rows, license.sku_id) && FreeSeats(directory, sku) <= 0) {
      throw BadRequest("Subscription with SKU " + license.sku_id +
                       " does not have any available licenses.");
    }
  }
  CheckDisabledPlans(directory, add);
}

std::vector<AssignmentRow> RowsAfter(User& user, const std::vector<LicenseToAdd>& add,
                                     const std::vector<std::string>& remove, WallTimeMs now,
                                     Random& quirks) {
  std::vector<AssignmentRow> rows = user.rows;
  for (const std::string& sku_id : remove) rows.erase(FindDirect(rows, sku_id));
  for (const LicenseToAdd& license : add) {
    AssignmentRow wanted{license.sku_id, license.disabled_plans, std::nullopt,
                         "Active",       std::nullopt,           IsoTime(now)};
    const auto held = FindDirect(rows, license.sku_id);
    if (held == rows.end()) {
      wanted.error = NoError(quirks);
      rows.push_back(std::move(wanted));
      continue;
    }
    const std::set<std::string> before(held->disabled_plans.begin(), held->disabled_plans.end());
    const std::set<std::string> after(wanted.disabled_plans.begin(), wanted.disabled_plans.end());
    if (held->state == "Active" && before == after) continue;
    wanted.error = NoError(quirks);
    *held = std::move(wanted);
  }
  return rows;
}

}  // namespace

std::int64_t FreeSeats(const Directory& directory, const Sku& sku) {
  return sku.AssignableUnits() - directory.ConsumedUnits(sku.sku_id);
}

bool HoldsSeatOf(const std::vector<AssignmentRow>& rows, const std::string& sku_id) {
  return std::any_of(rows.begin(), rows.end(), [&](const AssignmentRow& row) {
    return row.sku_id == sku_id && row.HoldsSeat();
  });
}

std::optional<std::string> NoError(Random& quirks) {
  return quirks.Chance(0.5) ? std::optional<std::string>("None") : std::nullopt;
}

void CheckProducts(const Directory& directory, const std::vector<LicenseToAdd>& add,
                   const std::vector<std::string>& remove) {
  CheckNamedOnce(add, remove);
  CheckOwned(directory, add);
}

void CheckDisabledPlans(const Directory& directory, const std::vector<LicenseToAdd>& add) {
  for (const LicenseToAdd& license : add) {
    const Sku& sku = *directory.FindSku(license.sku_id);
    for (const std::string& plan : license.disabled_plans) {
      if (std::find(sku.plan_ids.begin(), sku.plan_ids.end(), plan) == sku.plan_ids.end()) {
        throw BadRequest("License " + license.sku_id + " does not contain the service plan " +
                         plan + " given in disabledPlans.");
      }
    }
  }
}

const std::vector<AssignmentRow>& VisibleRows(const User& user, WallTimeMs now) {
  for (const EarlierRows& earlier : user.earlier) {
    if (earlier.visible_at > now) return earlier.rows;
  }
  return user.rows;
}

json VisibleLocation(const User& user, WallTimeMs now) {
  for (const EarlierLocation& earlier : user.earlier_locations) {
    if (earlier.visible_at > now) return earlier.location;
  }
  return user.properties["usageLocation"];
}

void SetLocation(Directory& directory, User& user, const json& location, const WriteMoment& moment,
                 Random& quirks) {
  constexpr double kUnseenChance = 0.5;
  constexpr std::chrono::milliseconds kUnseenAtMost{1500};
  std::erase_if(user.earlier_locations,
                [&](const EarlierLocation& earlier) { return earlier.visible_at <= moment.now; });
  if (moment.lag.count() > 0) {
    user.earlier_locations.push_back({moment.now + moment.lag, user.properties["usageLocation"]});
  }
  user.location_settles_at = moment.now;
  if (moment.lag.count() > 0 && quirks.Chance(kUnseenChance)) {
    user.location_settles_at += std::min(moment.lag, kUnseenAtMost);
  }
  directory.PatchUser(user, {{"usageLocation", location}});
}

std::string LicensesText(const Directory& directory, const std::vector<AssignmentRow>& rows) {
  json texts = json::array();
  for (const MergedLicense& license : MergeRows(rows)) {
    const Sku* sku = directory.FindSku(license.sku_id);
    std::string plans;
    for (const std::string& plan : license.disabled_plans) {
      plans += (plans.empty() ? "" : ", ") + plan;
    }
    texts.push_back("[SkuName=" + (sku == nullptr ? std::string() : sku->PartNumber()) +
                    ", SkuId=" + license.sku_id + ", DisabledPlans=[" + plans + "]]");
  }
  return texts.dump();
}

void ReplaceRows(Directory& directory, User& user, std::vector<AssignmentRow> rows,
                 const WriteMoment& moment, LicenseSource source) {
  std::erase_if(user.earlier,
                [&](const EarlierRows& earlier) { return earlier.visible_at <= moment.now; });
  if (moment.lag.count() > 0) user.earlier.push_back({moment.now + moment.lag, user.rows});
  Activity activity{.name = "Change user license",
                    .at = moment.now,
                    .id = user.id,
                    .target_name = user.UserPrincipalName(),
                    .by_group_licensing = source == LicenseSource::kGroup};
  activity.modified.push_back(
      {"AssignedLicense", LicensesText(directory, user.rows), LicensesText(directory, rows)});
  directory.SetRows(user, std::move(rows));
  directory.NoteActivity(std::move(activity));
}

bool AssignLicenses(Directory& directory, User& user, const std::vector<LicenseToAdd>& add,
                    const std::vector<std::string>& remove, const WriteMoment& moment,
                    Random& quirks) {
  CheckProducts(directory, add, remove);
  CheckRemovals(user, remove);
  CheckAdditions(directory, user, add, moment.now);
  std::vector<AssignmentRow> rows = RowsAfter(user, add, remove, moment.now, quirks);
  CheckServicePlans(directory, user.rows, rows);
  if (TakesMailbox(directory, user, rows)) {
    throw BadRequest(
        "Another object with the same value for property proxyAddresses already "
        "exists.");
  }
  if (rows == user.rows) return false;
  ReplaceRows(directory, user, std::move(rows), moment, LicenseSource::kDirect);
  return true;
}

}  // namespace seatkeeper::sim
