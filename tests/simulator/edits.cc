#include "tests/simulator/edits.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/simulator/errors.h"
#include "tests/simulator/group_licensing.h"
#include "tests/simulator/snapshot.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim {
namespace {

using nlohmann::json;

struct Edit {
  const json& operation;
  Directory& directory;
  const WriteMoment& moment;
  Random& quirks;

  const json& Field(const char* name) const {
    const auto found = operation.find(name);
    if (found == operation.end()) {
      throw std::invalid_argument(std::string("\"") + name + "\" is missing");
    }
    return *found;
  }
  std::string Text(const char* name) const {
    if (!Field(name).is_string()) {
      throw std::invalid_argument(std::string("\"") + name + "\" must be text");
    }
    return Field(name).get<std::string>();
  }
  User& NamedUser() const {
    const std::string name = Text(operation.contains("user") ? "user" : "id");
    User* user = directory.FindUser(name);
    if (user == nullptr) throw std::invalid_argument("no user " + name);
    return *user;
  }
  // Who does it.
  std::string Administrator() const {
    const User* user = directory.FindUser(Text("by"));
    if (user == nullptr) throw std::invalid_argument("no user " + Text("by"));
    return user->id;
  }
  Group& NamedGroup() const {
    const std::string name = Text("group");
    Group* group = directory.FindGroup(name);
    if (group == nullptr) throw std::invalid_argument("no group " + name);
    return *group;
  }
  const json& Changes() const {
    if (!Field("set").is_object()) throw std::invalid_argument("\"set\" must be an object");
    return Field("set");
  }
  void Relicense(User& user) const { ApplyGroupLicenses(directory, user, moment, quirks); }
  void RelicenseMembers(const std::vector<std::string>& members) const {
    for (const std::string& id : members) {
      if (User* user = directory.FindUser(id)) Relicense(*user);
    }
  }
};

void RefuseKeys(const json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (object.contains(name)) {
      throw std::invalid_argument(std::string("\"") + name + "\" cannot be set");
    }
  }
}

json WithId(const Edit& edit, const char* name) {
  json entry = edit.Field(name);
  if (entry.is_object() && !entry.contains("id")) entry["id"] = edit.quirks.Guid();
  return entry;
}

void AddUser(const Edit& edit) {
  User user = ReadUser(WithId(edit, "user"), "user");
  edit.directory.AddUser(std::move(user));
}

void SetUser(const Edit& edit) {
  RefuseKeys(edit.Changes(),
             {"id", "licenseAssignmentStates", "assignedLicenses", "assignedPlans", "manager"});
  edit.directory.PatchUser(edit.NamedUser(), edit.Changes());
}

void DeleteUser(const Edit& edit) { edit.directory.RemoveUser(edit.NamedUser().id); }

void RestoreUser(const Edit& edit) { edit.directory.RestoreUser(edit.Text("user")); }

void PurgeUser(const Edit& edit) { edit.directory.PurgeUser(edit.Text("user")); }

void SetManager(const Edit& edit) {
  User& user = edit.NamedUser();
  if (edit.Field("manager").is_null()) return user.manager.clear();
  const User* manager = edit.directory.FindUser(edit.Text("manager"));
  if (manager == nullptr) throw std::invalid_argument("no user " + edit.Text("manager"));
  user.manager = manager->id;
}

void Assign(const Edit& edit) {
  LicenseToAdd license{ToLower(edit.Text("skuId")), {}};
  for (const json& plan : edit.operation.value("disabledPlans", json::array())) {
    license.disabled_plans.push_back(ToLower(plan.get<std::string>()));
  }
  AssignLicenses(edit.directory, edit.NamedUser(), {license}, {}, edit.moment, edit.quirks);
}

void Unassign(const Edit& edit) {
  AssignLicenses(edit.directory, edit.NamedUser(), {}, {ToLower(edit.Text("skuId"))}, edit.moment,
                 edit.quirks);
}

void AddGroup(const Edit& edit) {
  const Group& group = edit.directory.AddGroup(ReadGroup(WithId(edit, "group"), "group"));
  edit.RelicenseMembers(group.members);
}

void SetGroup(const Edit& edit) {
  Group& group = edit.NamedGroup();
  json changes = edit.Changes();
  RefuseKeys(changes, {"id", "members"});
  if (changes.contains("assignedLicenses")) {
    LicenseGroup(edit.directory, group, ReadGroupLicenses(changes["assignedLicenses"], "set"),
                 edit.moment.now);
    changes.erase("assignedLicenses");
    group.work = {};  // what was under way is overtaken
  }
  edit.directory.PatchGroup(group, changes);
  edit.RelicenseMembers(group.members);
}

void DeleteGroup(const Edit& edit) {
  const Group& group = edit.NamedGroup();
  if (!group.licenses.empty() || group.work.IsUnfinished()) {
    throw std::invalid_argument("a group with licences cannot be deleted");
  }
  edit.directory.RemoveGroup(group.id);
}

std::string MemberId(const Edit& edit) {
  const std::string name = edit.Text("user");
  if (const User* user = edit.directory.FindUser(name)) return user->id;
  if (const Group* group = edit.directory.FindGroup(name)) return group->id;
  throw std::invalid_argument("no user or group " + name);
}

void AddMember(const Edit& edit) {
  Group& group = edit.NamedGroup();
  const std::string id = MemberId(edit);
  if (group.HasMember(id)) {
    throw std::invalid_argument(id + " is a member already");
  }
  edit.directory.AddMember(group, id);
  edit.RelicenseMembers({id});
}

void RemoveMember(const Edit& edit) {
  Group& group = edit.NamedGroup();
  const std::string id = MemberId(edit);
  if (!edit.directory.RemoveMember(group, id)) throw std::invalid_argument(id + " is no member");
  edit.RelicenseMembers({id});
}

void SetSku(const Edit& edit) {
  Sku* sku = edit.directory.FindSku(edit.Text("skuId"));
  if (sku == nullptr) throw std::invalid_argument("no product " + edit.Text("skuId"));
  RefuseKeys(edit.Changes(), {"skuId", "consumedUnits"});
  json changed = sku->properties;
  changed["prohibitedLocations"] = sku->prohibited_locations;
  changed.merge_patch(edit.Changes());
  changed["skuId"] = sku->sku_id;
  *sku = ReadSku(changed, "set");
}

using Operation = void (*)(const Edit&);
const std::map<std::string, Operation>& Operations() {
  static const std::map<std::string, Operation> operations{{"addUser", AddUser},
                                                           {"setUser", SetUser},
                                                           {"deleteUser", DeleteUser},
                                                           {"restoreUser", RestoreUser},
                                                           {"purgeUser", PurgeUser},
                                                           {"setManager", SetManager},
                                                           {"assign", Assign},
                                                           {"unassign", Unassign},
                                                           {"addGroup", AddGroup},
                                                           {"setGroup", SetGroup},
                                                           {"deleteGroup", DeleteGroup},
                                                           {"addMember", AddMember},
                                                           {"removeMember", RemoveMember},
                                                           {"setSku", SetSku}};
  return operations;
}

void ApplyEdit(const Edit& edit) {
  if (!edit.operation.is_object()) throw std::invalid_argument("must be an object");
  const std::string name = edit.Text("op");
  const auto found = Operations().find(name);
  if (found == Operations().end()) throw std::invalid_argument("unknown op \"" + name + "\"");
  edit.directory.SetActor(edit.operation.contains("by") ? edit.Administrator() : "");
  found->second(edit);
  edit.directory.SetActor("");
}

}  // namespace

void ApplyEdits(const json& operations, Directory& directory, const WriteMoment& moment,
                Random& quirks) {
  if (!operations.is_array()) throw std::invalid_argument("a list of operations is expected");
  Directory changed = directory;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    try {
      ApplyEdit({operations[i], changed, moment, quirks});
    } catch (const std::exception& error) {  // refusals of Graph, of the reader, of json
      throw std::invalid_argument(fmt::format("operation {}: {}", i, error.what()));
    }
  }
  directory = std::move(changed);
}

}  // namespace seatkeeper::sim
