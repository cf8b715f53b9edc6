#pragma once

#include <optional>
#include <string>

#include "reconciler/model/user_table.h"

namespace seatkeeper {

/// By object id, else by principal name in any letter case.
std::optional<Row> FindUser(const UserTable& users, const std::string& written);

/// The principal name that was probably meant, as "did you mean ...?": of whoever bears the text as
/// display name or before the @, else the nearest one.
std::string SuggestUser(const UserTable& users, const std::string& written);

}  // namespace seatkeeper
