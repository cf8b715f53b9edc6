#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"
#include "tests/simulator/message.h"
#include "tests/simulator/random.h"

namespace seatkeeper::sim {

// One entry of addLicenses. Ids in lower case.
struct LicenseToAdd {
  std::string sku_id;
  std::vector<std::string> disabled_plans;
};

// When a write happens and for how long lists go on showing what was before it.
struct WriteMoment {
  WallTimeMs now;
  std::chrono::milliseconds lag{0};
};

// What assignLicense does: checks everything in the service's order, then changes all of it or
// nothing. Returns whether the user's rows changed (repeating a request changes nothing).
// `quirks` draws whether a row without an error says null or "None". Throws GraphError with the
// messages that Graph is known to answer.
bool AssignLicenses(Directory& directory, User& user, const std::vector<LicenseToAdd>& add,
                    const std::vector<std::string>& remove, const WriteMoment& moment,
                    Random& quirks);

// What users and groups have in common of these checks: every product named once, owned and for
// users; every service plan one of its product. Throw GraphError.
void CheckProducts(const Directory& directory, const std::vector<LicenseToAdd>& add,
                   const std::vector<std::string>& remove);
void CheckDisabledPlans(const Directory& directory, const std::vector<LicenseToAdd>& add);

// Seats that are neither occupied nor missing; negative when more are occupied than owned.
std::int64_t FreeSeats(const Directory& directory, const Sku& sku);

// Whether any of these rows occupies a seat of the product.
bool HoldsSeatOf(const std::vector<AssignmentRow>& rows, const std::string& sku_id);

// The error of a row without an error.
std::optional<std::string> NoError(Random& quirks);

// The rows as a list read at `now` shows them: those before every write that is not visible yet.
const std::vector<AssignmentRow>& VisibleRows(const User& user, WallTimeMs now);

// Likewise the usage location.
nlohmann::json VisibleLocation(const User& user, WallTimeMs now);

// Sets the usage location. Where writes lag, licensing may not see it at once either, drawn by
// `quirks`, though never for long.
void SetLocation(Directory& directory, User& user, const nlohmann::json& location,
                 const WriteMoment& moment, Random& quirks);

// Replaces the rows, remembers the former ones for the time of the lag, and notes for the audit log
// who did it: whoever asked for it, or group-based licensing.
enum class LicenseSource { kDirect, kGroup };
void ReplaceRows(Directory& directory, User& user, std::vector<AssignmentRow> rows,
                 const WriteMoment& moment, LicenseSource source);

// The products of these rows, as the audit log writes them.
std::string LicensesText(const Directory& directory, const std::vector<AssignmentRow>& rows);

}  // namespace seatkeeper::sim
