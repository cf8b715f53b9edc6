#pragma once

#include <string>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/source.h"

namespace seatkeeper {

/// The users whom a CSV file names.
struct ListedUsers {
  std::vector<Positioned<std::string>> users;  ///< Principal names or object ids, as written.
  std::vector<Diagnostic> findings;            ///< Every bad line. Then nothing must be done.
};

/// Reads a list as the admin centre and PowerShell export it: the column `userPrincipalName`,
/// `user`, `User principal name`, `Object Id` or `id`, in any letter case and in that order of
/// preference, or the first column of a file without a header. A byte order mark, CRLF and quotes
/// are as usual. Whether there are such users is not known here. Pure.
ListedUsers ReadUserList(const SourceFile& file);

}  // namespace seatkeeper
