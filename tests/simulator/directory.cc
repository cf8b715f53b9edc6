#include "tests/simulator/directory.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/simulator/assigned_plans.h"
#include "tests/simulator/shapes.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {

bool AssignmentRow::HoldsSeat() const { return state == "Active" || state == "ActiveWithError"; }

std::optional<std::string> User::Text(const char* property) const {
  const auto found = properties.Find(property);
  if (!found || !found->is_string()) return std::nullopt;
  std::string text = found->get<std::string>();
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::string User::UserPrincipalName() const { return Text("userPrincipalName").value_or(""); }

bool Group::HasMember(const std::string& member_id) const {
  return std::find(members.begin(), members.end(), member_id) != members.end();
}

std::string Sku::PartNumber() const { return properties.value("skuPartNumber", ""); }

bool Sku::IsAssignableToUsers() const { return properties.value("appliesTo", "User") == "User"; }

std::int64_t Sku::AssignableUnits() const {
  const auto units = properties.find("prepaidUnits");
  if (units == properties.end() || !units->is_object()) return 0;
  return units->value("enabled", std::int64_t{0}) + units->value("warning", std::int64_t{0});
}

User& Directory::AddUser(User user) {
  user.id = ToLower(user.id);
  user.ordinal = next_ordinal_;
  const std::string upn = ToLower(user.UserPrincipalName());
  if (user_by_key_.contains(user.id) || group_by_id_.contains(user.id)) {
    throw std::invalid_argument("the id " + user.id + " is used twice");
  }
  if (!upn.empty() && user_by_key_.contains(upn)) {
    throw std::invalid_argument("the userPrincipalName " + upn + " is used twice");
  }
  user_by_key_[user.id] = user.ordinal;
  if (!upn.empty()) user_by_key_[upn] = user.ordinal;
  User& added = users_.emplace(next_ordinal_++, std::move(user)).first->second;
  CountSeats(added, +1);
  RegisterExtensions(added);
  NoteChange(added, UserChange::Kind::kAdded);
  return added;
}

Group& Directory::AddGroup(Group group) {
  group.id = ToLower(group.id);
  group.ordinal = next_ordinal_;
  if (group_by_id_.contains(group.id) || user_by_key_.contains(group.id)) {
    throw std::invalid_argument("the id " + group.id + " is used twice");
  }
  group_by_id_[group.id] = group.ordinal;
  NoteGroup({.id = group.id, .kind = GroupChange::Kind::kAdded});
  return groups_.emplace(next_ordinal_++, std::move(group)).first->second;
}

void Directory::AddSku(Sku sku) {
  if (FindSku(sku.sku_id) != nullptr) {
    throw std::invalid_argument("the product " + sku.sku_id + " is listed twice");
  }
  skus_.push_back(std::move(sku));
}

void Directory::AddSubscription(nlohmann::json subscription) {
  subscriptions_.push_back(std::move(subscription));
}

void Directory::RemoveUser(const std::string& id) {
  const User* user = FindUser(id);
  if (user == nullptr) return;
  CountSeats(*user, -1);
  for (auto& [ordinal, group] : groups_) RemoveMember(group, user->id);
  for (auto& [ordinal, other] : users_) {
    if (other.manager == user->id) other.manager.clear();
  }
  user_by_key_.erase(ToLower(user->UserPrincipalName()));
  user_by_key_.erase(user->id);
  NoteChange(*user, UserChange::Kind::kDeleted);
  auto node = users_.extract(user->ordinal);
  removed_.insert_or_assign(node.mapped().id, std::move(node.mapped()));
}

void Directory::RestoreUser(const std::string& id) {
  const auto found = removed_.find(ToLower(id));
  if (found == removed_.end()) throw std::invalid_argument("no deleted user " + id);
  User user = found->second;
  user.earlier.clear();
  user.manager.clear();
  AddUser(std::move(user));
  removed_.erase(found);
}

void Directory::PurgeUser(const std::string& id) {
  const auto found = removed_.find(ToLower(id));
  if (found == removed_.end()) throw std::invalid_argument("no deleted user " + id);
  NoteChange(found->second, UserChange::Kind::kPurged);
  removed_.erase(found);
}

void Directory::NoteChange(const User& user, UserChange::Kind kind,
                           std::set<std::string> properties) {
  if (!tracks_changes_) return;
  changes_.push_back({user.id, kind, std::move(properties), user.UserPrincipalName(), actor_});
}

void Directory::NoteGroup(GroupChange change) {
  if (tracks_changes_) group_changes_.push_back(std::move(change));
}

void Directory::NoteActivity(Activity activity) {
  if (!tracks_changes_) return;
  if (!activity.by_group_licensing) activity.by = actor_;
  activities_.push_back(std::move(activity));
}

void Directory::RemoveGroup(const std::string& id) {
  const Group* group = FindGroup(id);
  if (group == nullptr) return;
  const std::string group_id = group->id;
  for (auto& [ordinal, other] : groups_) RemoveMember(other, group_id);
  const nlohmann::json types = group->properties.value("groupTypes", nlohmann::json::array());
  NoteGroup({.id = group_id,
             .kind = GroupChange::Kind::kDeleted,
             .restorable = std::find(types.begin(), types.end(), "Unified") != types.end()});
  groups_.erase(group->ordinal);
  group_by_id_.erase(group_id);
}

void Directory::AddMember(Group& group, const std::string& member_id) {
  group.members.push_back(member_id);
  if (group.work.state == GroupWork::State::kInProgress) {
    group.work.waiting.insert(group.work.waiting.begin(), member_id);
  }
  NoteGroup({.id = group.id, .properties = {"members"}, .member = member_id, .came = true});
}

bool Directory::RemoveMember(Group& group, const std::string& member_id) {
  std::erase(group.work.waiting, member_id);
  if (std::erase(group.members, member_id) == 0) return false;
  NoteGroup({.id = group.id, .properties = {"members"}, .member = member_id});
  return true;
}

void Directory::PatchGroup(Group& group, const nlohmann::json& patch) {
  std::set<std::string> altered;
  for (const auto& [name, value] : patch.items()) altered.insert(name);
  group.properties.merge_patch(patch);
  if (!altered.empty()) NoteGroup({.id = group.id, .properties = std::move(altered)});
}

void Directory::SetLicenses(Group& group, std::vector<GroupLicense> licenses) {
  group.licenses = std::move(licenses);
  NoteGroup({.id = group.id, .properties = {"assignedLicenses"}});
}

void Directory::PatchUser(User& user, const nlohmann::json& patch) {
  const std::string before = ToLower(user.UserPrincipalName());
  nlohmann::json changed = user.properties.ToJson();
  changed.merge_patch(patch);
  const std::string after = ToLower(changed.value("userPrincipalName", ""));
  if (after != before && !after.empty()) {
    if (user_by_key_.contains(after)) {
      throw std::invalid_argument("the userPrincipalName " + after + " is taken");
    }
    user_by_key_[after] = user.ordinal;
  }
  if (after != before) user_by_key_.erase(before);
  std::set<std::string> altered;
  for (const auto& [name, value] : patch.items()) {
    if (user.properties[name] != changed.value(name, nlohmann::json())) {
      altered.insert(name);
    }
  }
  altered.erase("signInActivity");  // lives elsewhere
  user.properties = changed;
  RegisterExtensions(user);
  if (!altered.empty()) NoteChange(user, UserChange::Kind::kChanged, std::move(altered));
}

void Directory::RegisterExtensions(const User& user) {
  user.properties.ForEachName([&](std::string_view name) {
    if (name.starts_with("extension_")) extensions_.emplace(ToLower(name), name);
  });
}

std::optional<std::string> Directory::FindExtension(std::string_view name) const {
  const auto found = extensions_.find(ToLower(name));
  return found == extensions_.end() ? std::nullopt : std::optional(found->second);
}

const User* Directory::FindUser(std::string_view id_or_upn) const {
  const auto found = user_by_key_.find(ToLower(id_or_upn));
  return found == user_by_key_.end() ? nullptr : &users_.at(found->second);
}

User* Directory::FindUser(std::string_view id_or_upn) {
  return const_cast<User*>(std::as_const(*this).FindUser(id_or_upn));
}

const Group* Directory::FindGroup(std::string_view id) const {
  const auto found = group_by_id_.find(ToLower(id));
  return found == group_by_id_.end() ? nullptr : &groups_.at(found->second);
}

Group* Directory::FindGroup(std::string_view id) {
  return const_cast<Group*>(std::as_const(*this).FindGroup(id));
}

const Sku* Directory::FindSku(std::string_view sku_id) const {
  const auto found = std::find_if(skus_.begin(), skus_.end(), [&](const Sku& sku) {
    return EqualsIgnoringCase(sku.sku_id, sku_id);
  });
  return found == skus_.end() ? nullptr : &*found;
}

Sku* Directory::FindSku(std::string_view sku_id) {
  return const_cast<Sku*>(std::as_const(*this).FindSku(sku_id));
}

void Directory::SetRows(User& user, std::vector<AssignmentRow> rows) {
  CountSeats(user, -1);
  KeepLostPlans(*this, user.rows, rows, user);
  if (tracks_changes_ && MergedJson(user.rows) != MergedJson(rows)) {
    NoteChange(user, UserChange::Kind::kChanged, {"assignedLicenses", "assignedPlans"});
  }
  user.rows = std::move(rows);
  CountSeats(user, +1);
}

void Directory::CountSeats(const User& user, std::int64_t sign) {
  std::set<std::string> held;  // a user occupies one seat however many sources there are
  for (const AssignmentRow& row : user.rows) {
    if (row.HoldsSeat()) held.insert(row.sku_id);
  }
  for (const std::string& sku_id : held) consumed_[sku_id] += sign;
}

std::int64_t Directory::ConsumedUnits(const std::string& sku_id) const {
  const auto found = consumed_.find(sku_id);
  return found == consumed_.end() ? 0 : found->second;
}

std::vector<const Group*> Directory::TransitiveGroups(const Group& group) const {
  std::set<std::uint64_t> seen;
  std::vector<const Group*> pending{&group};
  while (!pending.empty()) {
    const Group* current = pending.back();
    pending.pop_back();
    for (const std::string& id : current->members) {
      const Group* nested = FindGroup(id);
      if (nested != nullptr && seen.insert(nested->ordinal).second) pending.push_back(nested);
    }
  }
  std::vector<const Group*> found;
  for (const std::uint64_t ordinal : seen) found.push_back(&groups_.at(ordinal));
  return found;
}

std::vector<const User*> Directory::DirectReports(const User& manager) const {
  std::vector<const User*> reports;
  for (const auto& [ordinal, user] : users_) {
    if (user.manager == manager.id) reports.push_back(&user);
  }
  return reports;
}

std::vector<const User*> Directory::TransitiveUsers(const Group& group) const {
  std::vector<const Group*> sources = TransitiveGroups(group);
  sources.push_back(&group);
  std::map<std::uint64_t, const User*> found;
  for (const Group* source : sources) {
    for (const std::string& id : source->members) {
      if (const User* user = FindUser(id)) found[user->ordinal] = user;
    }
  }
  std::vector<const User*> users;
  for (const auto& [ordinal, user] : found) users.push_back(user);
  return users;
}

}  // namespace seatkeeper::sim
