#include "daemon/permissions.h"

#include <gmock/gmock.h>

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Missing(const std::vector<std::string>& roles, FeaturesUsed features) {
  std::vector<std::string> names;
  for (const auto& missing : FindMissingPermissions(roles, features)) {
    if (missing.without.empty()) names.push_back(missing.name);
  }
  return names;
}

TEST(Permissions, OnlyWhatIsUsedIsAskedFor) {
  EXPECT_THAT(Missing({}, {}), ElementsAre("User.Read.All", "LicenseAssignment.Read.All"));
  EXPECT_THAT(Missing({}, {.groups = true, .enforce = true}),
              ElementsAre("User.Read.All", "LicenseAssignment.Read.All", "GroupMember.Read.All",
                          "LicenseAssignment.ReadWrite.All"));
  EXPECT_THAT(Missing({"User.Read.All", "LicenseAssignment.Read.All"}, {}), IsEmpty());
  EXPECT_THAT(Missing({"User.Read.All", "LicenseAssignment.Read.All"}, {.sign_ins = true}),
              ElementsAre("AuditLog.Read.All"));
}

TEST(Permissions, SubscriptionsAreReadWhereThatIsAllowed) {
  const std::vector<std::string> roles{"User.Read.All", "LicenseAssignment.Read.All"};
  const auto missing = FindMissingPermissions(roles, {});
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].name, "Organization.Read.All");
  EXPECT_EQ(missing[0].without, "renewal dates and self-service purchases are not known");
  EXPECT_THAT(FindMissingPermissions(roles, {.reading = false}), IsEmpty());
  EXPECT_THAT(FindMissingPermissions({"User.Read.All", "Organization.Read.All"}, {}), IsEmpty())
      << "it does for the products, too";
}

TEST(Permissions, TheAuditLogIsReadWhereThatIsAllowed) {
  const std::vector<std::string> roles{"User.Read.All", "Organization.Read.All"};
  const auto missing = FindMissingPermissions(roles, {.audit_log = true});
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].name, "AuditLog.Read.All");
  EXPECT_EQ(missing[0].without, "who brought drift about is not known");
  EXPECT_THAT(Missing(roles, {.sign_ins = true, .audit_log = true}),
              ElementsAre("AuditLog.Read.All"))
      << "named once, as what there is no reading without";
}

TEST(Permissions, WhoIsInactiveIsReadWhereThatIsAllowed) {
  const std::vector<std::string> roles{"User.Read.All", "Organization.Read.All"};
  const auto missing = FindMissingPermissions(roles, {.inactive = true});
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].name, "AuditLog.Read.All");
  EXPECT_EQ(missing[0].what, "reading sign-in times for inactiveDays");
  EXPECT_EQ(missing[0].without, "who is inactive is not known, and nobody counts as such");
  const auto both = FindMissingPermissions(roles, {.audit_log = true, .inactive = true});
  ASSERT_EQ(both.size(), 1U) << "named once, for both";
  EXPECT_EQ(both[0].what, "reading the audit log and reading sign-in times for inactiveDays");
  EXPECT_EQ(both[0].without,
            "who brought drift about is not known; who is inactive is not known, and nobody counts "
            "as such");
  const auto all =
      FindMissingPermissions(roles, {.sign_ins = true, .audit_log = true, .inactive = true});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].without, "") << "there is no reading without what a rule asks";
}

TEST(Permissions, LicensingGroupsIsNotWritingUsers) {
  const FeaturesUsed groups{.reading = false, .enforce = true, .licensed_groups = true};
  EXPECT_THAT(Missing({"User.ReadWrite.All"}, groups),
              ElementsAre("LicenseAssignment.ReadWrite.All"));
  EXPECT_THAT(Missing({"LicenseAssignment.ReadWrite.All"}, groups), IsEmpty());
  EXPECT_THAT(Missing({}, groups), ElementsAre("LicenseAssignment.ReadWrite.All"))
      << "one permission is named once";
  EXPECT_THAT(Missing({}, {.reading = false, .licensed_groups = true}), IsEmpty());
}

TEST(Permissions, SettingUsageLocationsNeedsWritingUsers) {
  const std::vector<std::string> roles{"User.Read.All", "Organization.Read.All",
                                       "LicenseAssignment.ReadWrite.All"};
  EXPECT_THAT(Missing(roles, {.enforce = true}), IsEmpty());
  EXPECT_THAT(Missing(roles, {.usage_locations = true}), IsEmpty()) << "nothing is applied";
  EXPECT_THAT(Missing(roles, {.enforce = true, .usage_locations = true}),
              ElementsAre("User.ReadWrite.All"));
  EXPECT_THAT(Missing({"User.ReadWrite.All", "Organization.Read.All"},
                      {.enforce = true, .usage_locations = true}),
              IsEmpty());
}

TEST(Permissions, WithoutWritingUsersNobodyIsProcessedAgain) {
  const FeaturesUsed used{
      .reading = false, .enforce = true, .licensed_groups = true, .reprocessing = true};
  const auto missing = FindMissingPermissions({"LicenseAssignment.ReadWrite.All"}, used);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].name, "User.ReadWrite.All");
  EXPECT_EQ(missing[0].what, "processing users again whom a group's licence failed");
  EXPECT_FALSE(missing[0].without.empty()) << "only this is off";
  EXPECT_THAT(Missing({"LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"}, used), IsEmpty());
  EXPECT_THAT(Missing({}, {.reading = false, .reprocessing = true}), IsEmpty())
      << "nothing is applied";
}

TEST(Permissions, WiderOnesCount) {
  EXPECT_THAT(Missing({"Directory.Read.All"}, {.groups = true}), IsEmpty());
  EXPECT_THAT(Missing({"User.Read.All", "Organization.Read.All"}, {}), IsEmpty());
  EXPECT_THAT(Missing({"Directory.ReadWrite.All"}, {.groups = true, .enforce = true}), IsEmpty());
  EXPECT_THAT(Missing({"Directory.Read.All"}, {.sign_ins = true}), ElementsAre("AuditLog.Read.All"))
      << "the log of sign-ins is no part of the directory";
}

TEST(Permissions, WritingLicencesDoesNotIncludeReading) {
  EXPECT_THAT(Missing({"LicenseAssignment.ReadWrite.All"}, {.enforce = true}),
              ElementsAre("User.Read.All", "LicenseAssignment.Read.All"));
}

}  // namespace
}  // namespace seatkeeper
