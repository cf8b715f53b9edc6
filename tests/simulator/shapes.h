#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/directory.h"

// How the directory's objects look as Graph's JSON.

namespace seatkeeper::sim {

// Property names in the order asked for; an empty selection means the default set.
using Selection = std::vector<std::string>;

// Checks $select against the properties that exist: Graph's own and whatever a loaded tenant has.
// Throws GraphError 400 for a name nobody knows and, in a listing, 501 for those that only a read
// of a single user can return. What the service says to a directory extension that nobody
// registered is not documented: it is refused as any other name, or ignored.
enum class Reading { kListing, kSingle };
enum class UnknownExtension { kRefused, kIgnored };
void CheckUserSelection(const Directory& directory, const Selection& selection, Reading reading,
                        UnknownExtension unknown);
void CheckGroupSelection(const Directory& directory, const Selection& selection);

// `rows` are those to show, which in a listing may be older than the user's own.
nlohmann::json UserJson(const Directory& directory, const User& user, const Selection& selection,
                        const std::vector<AssignmentRow>& rows);
nlohmann::json GroupJson(const Group& group, const Selection& selection);
nlohmann::json SkuJson(const Directory& directory, const Sku& sku, const Selection& selection);
// Keeps only the selected properties; an empty selection keeps all.
nlohmann::json Selected(const nlohmann::json& object, const Selection& selection);

// What is meant where no property is selected.
const Selection& DefaultUserSelection();
const Selection& DefaultGroupSelection();

nlohmann::json RowsJson(const std::vector<AssignmentRow>& rows);
nlohmann::json MergedJson(const std::vector<AssignmentRow>& rows);
nlohmann::json GroupLicensesJson(const Group& group);

}  // namespace seatkeeper::sim
