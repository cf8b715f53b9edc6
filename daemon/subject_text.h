#pragma once

#include <string>
#include <string_view>

#include "daemon/json_object.h"
#include "reconciler/model/boxed.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Whose change it is, for people: "ada@contoso.com", "group `All Engineers`". Printable.
std::string SubjectText(std::string_view name, bool is_group);

/// Adds "user":{"id","userPrincipalName"}, or "group":{"id","displayName","members"} of a change
/// that licenses a group.
void AddSubject(JsonObject& object, const Boxed<LicensedGroup>& group, const UserId& user,
                std::string_view user_principal_name);

}  // namespace seatkeeper
