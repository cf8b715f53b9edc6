#include "policy/rule/property.h"

#include <algorithm>
#include <array>

#include "policy/text.h"

namespace seatkeeper::rule {
namespace {

using Type = PropertyType;

constexpr PropertyInfo Text(Property property, std::string_view name) {
  return {property, Type::kString, name, name, false};
}
constexpr PropertyInfo Text(Property property, std::string_view name, std::string_view graph) {
  return {property, Type::kString, name, graph, false};
}
constexpr PropertyInfo SignIn(Property property, std::string_view path) {
  return {property, Type::kDateTime, path, path.substr(path.find('.') + 1), true};
}

constexpr std::array<PropertyInfo, kPropertyCount> kProperties = {{
    {Property::kAccountEnabled, Type::kBoolean, "accountEnabled", "accountEnabled", false},
    {Property::kAssignedPlans, Type::kPlanList, "assignedPlans", "assignedPlans", false},
    Text(Property::kCity, "city"),
    Text(Property::kCompanyName, "companyName"),
    Text(Property::kCountry, "country"),
    {Property::kCreatedDateTime, Type::kDateTime, "createdDateTime", "createdDateTime", true},
    Text(Property::kDepartment, "department"),
    Text(Property::kDisplayName, "displayName"),
    {Property::kEmployeeHireDate, Type::kDateTime, "employeeHireDate", "employeeHireDate", false},
    Text(Property::kEmployeeId, "employeeId"),
    {Property::kEmployeeType, Type::kString, "employeeType", "employeeType", true},
    Text(Property::kFaxNumber, "facsimileTelephoneNumber", "faxNumber"),
    Text(Property::kGivenName, "givenName"),
    Text(Property::kJobTitle, "jobTitle"),
    SignIn(Property::kLastNonInteractiveSignIn, "signInActivity.lastNonInteractiveSignInDateTime"),
    SignIn(Property::kLastSignIn, "signInActivity.lastSignInDateTime"),
    SignIn(Property::kLastSuccessfulSignIn, "signInActivity.lastSuccessfulSignInDateTime"),
    Text(Property::kMail, "mail"),
    Text(Property::kMailNickname, "mailNickName", "mailNickname"),
    Text(Property::kMobilePhone, "mobile", "mobilePhone"),
    Text(Property::kObjectId, "objectId", "id"),
    Text(Property::kOfficeLocation, "physicalDeliveryOfficeName", "officeLocation"),
    Text(Property::kOnPremisesDistinguishedName, "onPremisesDistinguishedName"),
    Text(Property::kOnPremisesSecurityIdentifier, "onPremisesSecurityIdentifier"),
    {Property::kOnPremisesSyncEnabled, Type::kBoolean, "dirSyncEnabled", "onPremisesSyncEnabled",
     false},
    {Property::kOtherMails, Type::kStringList, "otherMails", "otherMails", false},
    Text(Property::kPasswordPolicies, "passwordPolicies"),
    Text(Property::kPostalCode, "postalCode"),
    Text(Property::kPreferredLanguage, "preferredLanguage"),
    {Property::kProxyAddresses, Type::kStringList, "proxyAddresses", "proxyAddresses", false},
    Text(Property::kSipProxyAddress, "sipProxyAddress", "imAddresses"),
    Text(Property::kState, "state"),
    Text(Property::kStreetAddress, "streetAddress"),
    Text(Property::kSurname, "surname"),
    Text(Property::kTelephoneNumber, "telephoneNumber", "businessPhones"),
    Text(Property::kUsageLocation, "usageLocation"),
    Text(Property::kUserPrincipalName, "userPrincipalName"),
    Text(Property::kUserType, "userType"),
    Text(Property::kExtensionAttribute1, "extensionAttribute1"),
    Text(Property::kExtensionAttribute2, "extensionAttribute2"),
    Text(Property::kExtensionAttribute3, "extensionAttribute3"),
    Text(Property::kExtensionAttribute4, "extensionAttribute4"),
    Text(Property::kExtensionAttribute5, "extensionAttribute5"),
    Text(Property::kExtensionAttribute6, "extensionAttribute6"),
    Text(Property::kExtensionAttribute7, "extensionAttribute7"),
    Text(Property::kExtensionAttribute8, "extensionAttribute8"),
    Text(Property::kExtensionAttribute9, "extensionAttribute9"),
    Text(Property::kExtensionAttribute10, "extensionAttribute10"),
    Text(Property::kExtensionAttribute11, "extensionAttribute11"),
    Text(Property::kExtensionAttribute12, "extensionAttribute12"),
    Text(Property::kExtensionAttribute13, "extensionAttribute13"),
    Text(Property::kExtensionAttribute14, "extensionAttribute14"),
    Text(Property::kExtensionAttribute15, "extensionAttribute15"),
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kPropertyCount; ++i) {
    if (static_cast<std::size_t>(kProperties[i].property) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "the table is indexed by the enum");

}  // namespace

std::span<const PropertyInfo> Properties() { return kProperties; }

const PropertyInfo& Info(Property property) {
  return kProperties[static_cast<std::size_t>(property)];
}

bool IsExtensionAttribute(Property property) { return property >= Property::kExtensionAttribute1; }

std::optional<Property> FindProperty(std::string_view name) {
  const auto found = std::find_if(
      kProperties.begin(), kProperties.end(),
      [&](const PropertyInfo& info) { return EqualsIgnoreCase(info.rule_name, name); });
  if (found == kProperties.end()) return std::nullopt;
  return found->property;
}

}  // namespace seatkeeper::rule
