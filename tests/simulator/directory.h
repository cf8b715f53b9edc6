#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/simulator/message.h"
#include "tests/simulator/properties.h"

namespace seatkeeper::sim {

// One row of licenseAssignmentStates: a product from one source. Ids are lower case.
struct AssignmentRow {
  std::string sku_id;
  std::vector<std::string> disabled_plans;
  std::optional<std::string> group_id;  // nullopt: assigned directly
  std::string state = "Active";
  // As Graph prints it; a row without an error has nullopt (null) or "None", both are seen.
  std::optional<std::string> error;
  std::string last_updated;

  // True for the states that occupy a seat: Active and ActiveWithError.
  bool HoldsSeat() const;
  bool operator==(const AssignmentRow&) const = default;
};

// What somebody who reads through a list still sees until `visible_at`.
struct EarlierRows {
  WallTimeMs visible_at;
  std::vector<AssignmentRow> rows;
};

// Likewise of the usage location: null or text.
struct EarlierLocation {
  WallTimeMs visible_at;
  nlohmann::json location;
};

// One row of assignedPlans. The id is lower case.
struct AssignedPlan {
  std::string assigned;  // as sent
  std::string status;    // capabilityStatus
  std::string service;
  std::string plan_id;
};

struct User {
  std::uint64_t ordinal = 0;  // position in every listing; never used again after a deletion
  std::string id;             // lower case
  // Every other property in Graph's shape, unknown ones included; the licence properties are not
  // in here, they are derived from `rows`.
  Properties properties;
  std::string manager;  // id of a user; empty: none
  std::vector<AssignmentRow> rows;
  // Rows of assignedPlans beyond those that `rows` give: what was lost stays, as Deleted.
  std::vector<AssignedPlan> other_plans;
  std::vector<EarlierRows> earlier;                // oldest first
  std::vector<EarlierLocation> earlier_locations;  // likewise
  // Until then licensing does not see the usage location that was set.
  WallTimeMs location_settles_at{};
  // Somebody else has one of their addresses: they cannot be given a mailbox.
  bool address_taken = false;

  std::string UserPrincipalName() const;
  // The property when it is a non-empty string.
  std::optional<std::string> Text(const char* property) const;
};

struct GroupLicense {
  std::string sku_id;
  std::vector<std::string> disabled_plans;
};

// How far the service is with handing a group's licences to its members (group_worker.h).
struct GroupWork {
  enum class State { kNone, kQueued, kInProgress, kComplete };
  State state = State::kNone;
  std::optional<WallTimeMs> since;  // nullopt: known from a document, not taken up yet
  // Of the pass in progress.
  std::vector<GroupLicense> licenses;  // what it hands out
  std::vector<std::string> waiting;    // ids of members it has not come to; the next one is last
  std::size_t done = 0;                // members it has come to
  bool asked_again = false;            // another pass has to follow

  bool IsUnfinished() const { return state == State::kQueued || state == State::kInProgress; }
};

struct Group {
  std::uint64_t ordinal = 0;
  std::string id;
  nlohmann::json properties = nlohmann::json::object();  // all but members and assignedLicenses
  std::vector<std::string> members;                      // ids of users and groups, no duplicates
  std::vector<GroupLicense> licenses;                    // as asked for; members may lag behind
  GroupWork work;

  bool HasMember(const std::string& member_id) const;
};

struct Sku {
  std::string sku_id;
  nlohmann::json properties = nlohmann::json::object();  // all but consumedUnits
  std::vector<std::string> plan_ids;
  std::set<std::string> prohibited_locations;  // upper case; what Graph never shows

  std::string PartNumber() const;
  bool IsAssignableToUsers() const;  // appliesTo "User"
  // Seats that may be occupied: enabled and warning units. Can be below what is consumed.
  std::int64_t AssignableUnits() const;
};

// What happened to a user, as far as delta queries can tell: what is kept outside of the directory
// (sign-ins) or is derived (licenseAssignmentStates, and what licences fail with) is not tracked.
struct UserChange {
  enum class Kind { kAdded, kChanged, kDeleted, kPurged };
  std::string id;
  Kind kind = Kind::kChanged;
  std::set<std::string> properties;  // with kChanged: which ones
  std::string name;                  // userPrincipalName
  std::string by;                    // Directory::actor
};

// Likewise of a group. Its members are its first level.
struct GroupChange {
  enum class Kind { kAdded, kChanged, kDeleted };
  std::string id = {};
  Kind kind = Kind::kChanged;
  std::set<std::string> properties = {};  // with kChanged: which ones
  std::string member = {};                // with kChanged: who came or left; empty: nobody
  bool came = false;
  bool restorable = false;  // with kDeleted
};

// What a person or a program did, as the audit log tells it; who did it, mostly the core knows.
struct Activity {
  struct Modified {
    std::string property;
    std::string before;  // JSON text
    std::string after;
  };
  std::string name = {};  // activityDisplayName
  WallTimeMs at = {};
  enum class Target { kUser, kGroup } target = Target::kUser;
  std::string id = {};
  std::string target_name = {};  // userPrincipalName of a user, displayName of a group
  std::vector<Modified> modified = {};
  bool by_group_licensing = false;
  std::string by = {};  // id of a user; empty: whoever sent the request
};

// The fake tenant's contents. A value: a copy is an independent tenant. Keeps its indices (by id,
// by UPN) and the consumed seats right whatever is done through its functions. Finding something
// is O(log n). Not thread-safe.
class Directory {
 public:
  // Throws std::invalid_argument when the id (or UPN) is taken already.
  User& AddUser(User user);
  Group& AddGroup(Group group);
  void AddSku(Sku sku);
  void AddSubscription(nlohmann::json subscription);
  // Also takes the user out of every group, leaves the reports without a manager, and gives back
  // the seats.
  // They can be restored until they are purged.
  void RemoveUser(const std::string& id);
  // Somebody who was removed, with the licences that they had; not into the groups. Throws
  // std::invalid_argument when there is no such user, or id or UPN are taken by now.
  void RestoreUser(const std::string& id);
  // Removed for good. Throws std::invalid_argument when there is no removed user of this id.
  void PurgeUser(const std::string& id);
  void RemoveGroup(const std::string& id);
  // Adds a user or group that is no member yet. A pass in progress comes to it last.
  void AddMember(Group& group, const std::string& member_id);
  // Returns whether it was one. A pass in progress no longer comes to it.
  bool RemoveMember(Group& group, const std::string& member_id);
  // Sets properties the way a JSON merge patch does (RFC 7396).
  void PatchGroup(Group& group, const nlohmann::json& patch);
  void SetLicenses(Group& group, std::vector<GroupLicense> licenses);
  // Sets properties the way a JSON merge patch does (RFC 7396). Throws std::invalid_argument when
  // it would give two users one UPN.
  void PatchUser(User& user, const nlohmann::json& patch);

  // Pointers stay valid until that object is removed; nullptr: there is none.
  User* FindUser(std::string_view id_or_upn);
  const User* FindUser(std::string_view id_or_upn) const;
  Group* FindGroup(std::string_view id);
  const Group* FindGroup(std::string_view id) const;
  Sku* FindSku(std::string_view sku_id);
  const Sku* FindSku(std::string_view sku_id) const;

  // The only way to change a user's rows after AddUser; keeps the consumed seats right, and the
  // service plans that are lost among the user's other plans.
  void SetRows(User& user, std::vector<AssignmentRow> rows);

  // Users who occupy a seat of this product, from whatever source.
  std::int64_t ConsumedUnits(const std::string& sku_id) const;

  // Users among the members of the group and of the groups nested in it, in listing order.
  std::vector<const User*> TransitiveUsers(const Group& group) const;
  std::vector<const Group*> TransitiveGroups(const Group& group) const;
  // Users whose manager this is, in listing order.
  std::vector<const User*> DirectReports(const User& manager) const;

  // How a directory extension (`extension_...`) that any user ever had is spelt; nullopt for one
  // that nobody had. Any letter case.
  std::optional<std::string> FindExtension(std::string_view name) const;

  // Where the tenant is, as two letters; stands in for a usage location that a user lacks.
  const std::string& country() const { return country_; }
  void SetCountry(std::string country) { country_ = std::move(country); }

  // From now on it is noted what happens: what is loaded before is no change.
  void TrackChanges() { tracks_changes_ = true; }
  // What happened to users since this was last asked, in that order.
  std::vector<UserChange> TakeChanges() { return std::exchange(changes_, {}); }
  std::vector<GroupChange> TakeGroupChanges() { return std::exchange(group_changes_, {}); }

  // What is done from now on this user does; empty: whoever sends the request.
  void SetActor(std::string user_id) { actor_ = std::move(user_id); }
  const std::string& actor() const { return actor_; }
  // Notes what no change above tells.
  void NoteActivity(Activity activity);
  std::vector<Activity> TakeActivities() { return std::exchange(activities_, {}); }

  const std::map<std::uint64_t, User>& users() const { return users_; }
  const std::map<std::uint64_t, Group>& groups() const { return groups_; }
  const std::vector<Sku>& skus() const { return skus_; }
  const std::vector<nlohmann::json>& subscriptions() const { return subscriptions_; }

 private:
  void CountSeats(const User& user, std::int64_t sign);
  void RegisterExtensions(const User& user);
  void NoteChange(const User& user, UserChange::Kind kind, std::set<std::string> properties = {});
  void NoteGroup(GroupChange change);

  std::string country_ = "FR";
  std::uint64_t next_ordinal_ = 1;
  std::map<std::uint64_t, User> users_;
  std::map<std::string, User> removed_;  // by id
  bool tracks_changes_ = false;
  std::vector<UserChange> changes_;
  std::vector<GroupChange> group_changes_;
  std::vector<Activity> activities_;
  std::string actor_;
  std::map<std::uint64_t, Group> groups_;
  std::vector<Sku> skus_;
  std::vector<nlohmann::json> subscriptions_;
  std::unordered_map<std::string, std::uint64_t> user_by_key_;  // lower-case id and UPN
  std::unordered_map<std::string, std::uint64_t> group_by_id_;
  std::unordered_map<std::string, std::int64_t> consumed_;
  std::map<std::string, std::string> extensions_;  // spelling by lower-case name
};

}  // namespace seatkeeper::sim
