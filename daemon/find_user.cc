#include "daemon/find_user.h"

#include <string_view>
#include <vector>

#include "policy/text.h"

namespace seatkeeper {

std::optional<Row> FindUser(const UserTable& users, const std::string& written) {
  const auto id = UserId::Parse(written);
  return id ? users.Find(*id) : users.FindByPrincipalName(written);
}

std::string SuggestUser(const UserTable& users, const std::string& written) {
  const auto folded = FoldCase(written);
  std::vector<std::string_view> names;
  for (Row row = 0; row < users.size(); ++row) {
    const auto name = users.user_principal_name(row);
    if (FoldCase(users.display_name(row)) == folded ||
        FoldCase(name.substr(0, name.find('@'))) == folded) {
      return "did you mean " + Quoted(name) + "?";
    }
    names.push_back(name);
  }
  return SuggestNearest(written, names);
}

}  // namespace seatkeeper
