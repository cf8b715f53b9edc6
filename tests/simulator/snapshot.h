#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/simulator/directory.h"

// The tenant as one JSON document, which is also what `seatkeeper snapshot` saves:
//
//   {"apiVersion": "seatkeeper/v1", "kind": "Snapshot", "tenant": "<tenant id>",
//    "readAt": "2026-01-05T08:00:00Z", "users": [...], "subscribedSkus": [...],
//    "groups": [{"id", "displayName", "members": ["<id>", ...], "assignedLicenses": [...]}],
//    "subscriptions": [...]}
//
// with entries in exactly Graph's shapes; a user's manager stands there as `$expand=manager` shows
// it ("manager": {"id": ...}). Raw exports of Graph load too: each list may be missing
// or be a whole answer ({"value": [...]}), optional properties may be missing, unknown ones are
// kept, GUIDs may be in either letter case, `error` may be null or "None". A user without
// licenseAssignmentStates gets rows from assignedLicenses and from the licences of its groups. A
// group whose licenseProcessingState is not complete is queued.
//
// Of the simulator's own are the tenant's "countryLetterCode", a product's "prohibitedLocations":
// countries in which nobody may have it, and a user's "addressTaken": true where another object has
// one of their addresses, so that no mailbox can be made. Graph never shows them.

namespace seatkeeper::sim {

// Says where in the document what is wrong, e.g. "users[3].id: missing".
struct SnapshotError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Tenant {
  std::string id;  // empty when the document does not say
  Directory directory;
};

// `now` dates the rows that have to be computed. Throws SnapshotError.
Tenant ParseSnapshot(std::string_view text, WallTimeMs now);
Tenant ReadSnapshot(const nlohmann::json& document, WallTimeMs now);
nlohmann::json WriteSnapshot(const Directory& directory, const std::string& tenant_id,
                             WallTimeMs now);

// Single entries, as the control plane's edits use them. `where` starts the error message.
User ReadUser(const nlohmann::json& entry, const std::string& where);
Group ReadGroup(const nlohmann::json& entry, const std::string& where);
Sku ReadSku(const nlohmann::json& entry, const std::string& where);
std::vector<GroupLicense> ReadGroupLicenses(const nlohmann::json& entry, const std::string& where);

}  // namespace seatkeeper::sim
