#include "policy/rule/operand.h"

#include "policy/result.h"

namespace seatkeeper::rule {

PropertyType TypeOf(const Operand& operand) {
  const auto* property = std::get_if<Property>(&operand);
  return property != nullptr ? Info(*property).type : PropertyType::kString;
}

bool IsList(PropertyType type) {
  return type == PropertyType::kStringList || type == PropertyType::kPlanList;
}

std::string NameOf(const Operand& operand) {
  return std::visit(
      Overloaded{[](Property property) { return "user." + std::string(Info(property).rule_name); },
                 [](const DirectoryExtension& extension) { return "user." + extension.name; },
                 [](ItemField field) { return std::string(Spelling(field)); }},
      operand);
}

std::string_view Spelling(ItemField field) {
  switch (field) {
    case ItemField::kItem:
      break;
    case ItemField::kCapabilityStatus:
      return "assignedPlan.capabilityStatus";
    case ItemField::kService:
      return "assignedPlan.service";
    case ItemField::kServicePlanId:
      return "assignedPlan.servicePlanId";
  }
  return "_";
}

}  // namespace seatkeeper::rule
