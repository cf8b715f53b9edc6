#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/message.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// Who did something to the tenant.
struct Actor {
  enum class Kind { kApplication, kUser, kGroupLicensing } kind = Kind::kUser;
  std::string id = {};    // client id or object id
  std::string name = {};  // displayName of an application, userPrincipalName of a user
};

// What the tenant's directory audit log keeps (Microsoft Graph, directoryAudit): everything that
// happened to users and to the licences of groups, with who did it. Every change of a user's
// licences is two entries of one correlation id, "Change user license" and "Update user"; which of
// them tells the licences is drawn once, since it depends on the entry's size in a way that nobody
// documents, and so does whether an application is told with its service principal. Entries are
// numbered so that ascending numbers go back in time, which is how a list shows them. Not
// thread-safe.
class AuditLog {
 public:
  explicit AuditLog(Random draws)
      : draws_(draws), tells_twice_(draws_.Chance(0.5)), tells_principal_(draws_.Chance(0.5)) {}

  // What `actor` did, except for what others did. It shows from `visible_at` on. `directory` knows
  // the users among them by name.
  void Add(const std::vector<Activity>& activities, const Actor& actor, WallTimeMs visible_at,
           const Directory& directory);

  struct Entry {
    nlohmann::json shown;  // as Graph shows it
    WallTimeMs at;
    WallTimeMs visible_at;
  };
  const std::map<std::uint64_t, Entry>& entries() const { return entries_; }

 private:
  // Bounds the memory of a long run; the oldest entries go first.
  static constexpr std::size_t kEntriesMax = 100'000;

  nlohmann::json Shown(const Activity& activity, const Actor& actor,
                       const std::string& correlation);
  void Keep(nlohmann::json shown, WallTimeMs at, WallTimeMs visible_at);

  Random draws_;
  bool tells_twice_;
  bool tells_principal_;
  std::uint64_t next_number_ = UINT64_MAX / 2;
  std::map<std::uint64_t, Entry> entries_;
};

// The entries that changes of users make which are no licences: added, deleted, purged, updated.
std::vector<Activity> ActivitiesOf(const std::vector<UserChange>& changes, WallTimeMs now);

}  // namespace seatkeeper::sim
