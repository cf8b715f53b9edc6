#include "daemon/subject_text.h"

#include "policy/text.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {

std::string SubjectText(std::string_view name, bool is_group) {
  const std::string printable = Printable(name);
  return is_group ? "group " + Quoted(printable) : printable;
}

void AddSubject(JsonObject& object, const Boxed<LicensedGroup>& group, const UserId& user,
                std::string_view user_principal_name) {
  if (group) {
    object.Raw("group", JsonObject()
                            .Text("id", group->id.ToString())
                            .Text("displayName", group->display_name)
                            .Number("members", group->members)
                            .Finish());
    return;
  }
  object.Raw("user", JsonObject()
                         .Text("id", user.ToString())
                         .Text("userPrincipalName", user_principal_name)
                         .Finish());
}

}  // namespace seatkeeper
