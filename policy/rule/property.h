#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace seatkeeper::rule {

/// The user properties that a rule may name. The order is that of columns and of `$select`.
enum class Property : unsigned char {
  kAccountEnabled,
  kAssignedPlans,
  kCity,
  kCompanyName,
  kCountry,
  kCreatedDateTime,
  kDepartment,
  kDisplayName,
  kEmployeeHireDate,
  kEmployeeId,
  kEmployeeType,
  kFaxNumber,
  kGivenName,
  kJobTitle,
  kLastNonInteractiveSignIn,
  kLastSignIn,
  kLastSuccessfulSignIn,
  kMail,
  kMailNickname,
  kMobilePhone,
  kObjectId,
  kOfficeLocation,
  kOnPremisesDistinguishedName,
  kOnPremisesSecurityIdentifier,
  kOnPremisesSyncEnabled,
  kOtherMails,
  kPasswordPolicies,
  kPostalCode,
  kPreferredLanguage,
  kProxyAddresses,
  kSipProxyAddress,
  kState,
  kStreetAddress,
  kSurname,
  kTelephoneNumber,
  kUsageLocation,
  kUserPrincipalName,
  kUserType,
  kExtensionAttribute1,
  kExtensionAttribute2,
  kExtensionAttribute3,
  kExtensionAttribute4,
  kExtensionAttribute5,
  kExtensionAttribute6,
  kExtensionAttribute7,
  kExtensionAttribute8,
  kExtensionAttribute9,
  kExtensionAttribute10,
  kExtensionAttribute11,
  kExtensionAttribute12,
  kExtensionAttribute13,
  kExtensionAttribute14,
  kExtensionAttribute15,
};
inline constexpr std::size_t kPropertyCount =
    static_cast<std::size_t>(Property::kExtensionAttribute15) + 1;

enum class PropertyType {
  kBoolean,
  kString,
  kDateTime,
  kStringList,  ///< Several texts.
  kPlanList,    ///< assignedPlans: service plans with service and capability status.
};

struct PropertyInfo {
  Property property;
  PropertyType type;
  /// Name in a rule, canonical spelling: Entra's dynamic membership rules.
  std::string_view rule_name;
  /// Name in Graph's JSON. extensionAttributeN live inside `onPremisesExtensionAttributes`, the
  /// sign-in times inside `signInActivity`. `businessPhones` and `imAddresses` are lists there, of
  /// which the first item is the property.
  std::string_view graph_name;
  /// Entra's own rules do not know it; `validate` says so.
  bool seatkeeper_only;
};

/// All properties, indexed by `static_cast<size_t>(property)`.
std::span<const PropertyInfo> Properties();
const PropertyInfo& Info(Property property);
bool IsExtensionAttribute(Property property);

/// Any letter case. `name` is without the "user." prefix.
std::optional<Property> FindProperty(std::string_view name);

}  // namespace seatkeeper::rule
