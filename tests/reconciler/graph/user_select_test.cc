#include "reconciler/graph/user_select.h"

#include <gmock/gmock.h>

namespace seatkeeper::test {
namespace {

using rule::Property;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(UserSelect, PropertiesOfOneObjectAreSelectedOnce) {
  const std::string select = UserSelect(AllProperties());
  for (const char* object : {",onPremisesExtensionAttributes,", ",signInActivity,"}) {
    const auto at = select.find(object);
    ASSERT_NE(at, std::string::npos) << object;
    EXPECT_EQ(select.find(object, at + 1), std::string::npos) << object;
  }
  EXPECT_THAT(select, Not(HasSubstr("extensionAttribute1")));
  EXPECT_THAT(select, Not(HasSubstr("lastSignIn")));
  EXPECT_THAT(select, Not(HasSubstr("objectId")));
}

TEST(UserSelect, UsesGraphsNamesAndThoseOfDirectoryExtensions) {
  PropertySet properties;
  properties.Add(Property::kTelephoneNumber);
  properties.Add(Property::kSipProxyAddress);
  properties.Add(Property::kFaxNumber);
  properties.Add(Property::kAssignedPlans);
  properties.Add(rule::DirectoryExtension{.name = "extension_ab_Cost"});
  EXPECT_EQ(UserSelect(properties),
            "id,assignedPlans,faxNumber,imAddresses,businessPhones,extension_ab_Cost,"
            "assignedLicenses,licenseAssignmentStates");
}

TEST(UserSelect, OnlySignInTimesMakePagesSmaller) {
  PropertySet properties;
  properties.Add(Property::kCreatedDateTime);
  EXPECT_EQ(UserPageSize(properties, 999), 999);
  properties.Add(Property::kLastNonInteractiveSignIn);
  EXPECT_EQ(UserPageSize(properties, 999), 500);
  EXPECT_EQ(UserPageSize(properties, 100), 100);
}

}  // namespace
}  // namespace seatkeeper::test
