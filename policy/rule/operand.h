#pragma once

#include <array>
#include <string>
#include <string_view>

#include "policy/rule/tree.h"

namespace seatkeeper::rule {

/// What an operand may be compared with. Extensions and fields of items are text.
PropertyType TypeOf(const Operand& operand);

/// Several values: what -any and -all go with.
bool IsList(PropertyType type);

/// As a rule names it, in canonical spelling: "user.city", "_", "assignedPlan.service". The name of
/// an extension keeps the letter case in which it was written.
std::string NameOf(const Operand& operand);

/// The fields of an assigned plan.
inline constexpr std::array<ItemField, 3> kPlanFields = {
    ItemField::kCapabilityStatus, ItemField::kService, ItemField::kServicePlanId};

/// "_", "assignedPlan.capabilityStatus" and so on.
std::string_view Spelling(ItemField field);

}  // namespace seatkeeper::rule
