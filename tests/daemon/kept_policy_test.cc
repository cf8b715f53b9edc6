#include "daemon/kept_policy.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/daemon/daemon_support.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

const WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};

class KeptPolicyTest : public testing::Test {
 protected:
  PolicyReading Read(const PolicyPlace& place) {
    auto reading = ReadPolicies(place, {"contoso"});
    EXPECT_TRUE(reading) << reading.error().message;
    return *std::move(reading);
  }
  std::string Policies() const { return (folder_.path() / "policies").string(); }

  test::TempFolder folder_;
};

TEST_F(KeptPolicyTest, SaysTheSameUnderTheSameRevision) {
  test::Put(folder_.path() / "policies/a.yaml", test::SmallPolicy("a"));
  test::Put(folder_.path() / "policies/deep/b.yaml", test::SmallPolicy("b"));
  test::Put(folder_.path() / "products.csv",
            "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,"
            "Service_Plans_Included_Friendly_Names\n"
            "Made Up,MADE_UP,00000000-0000-0000-0000-000000000001,P,"
            "00000000-0000-0000-0000-000000000002,Plan\n");
  const PolicyPlace place{.path = Policies(),
                          .product_catalog = (folder_.path() / "products.csv").string()};
  const auto reading = Read(place);
  const auto kept = PolicyToKeep(place, reading, kNow);
  EXPECT_EQ(kept.files.size(), 2U);
  EXPECT_EQ(kept.kept_at, kNow);
  const auto loaded = LoadKeptPolicy(kept, {"contoso"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->tree.revision, reading.tree.revision);
  ASSERT_EQ(loaded->loaded.policies.license_policies.size(), 2U);
  EXPECT_EQ(loaded->loaded.policies.license_policies[1].at.file,
            reading.loaded.policies.license_policies[1].at.file);
  EXPECT_NE(loaded->catalog.FindProduct("MADE_UP"), nullptr);
}

TEST_F(KeptPolicyTest, IsFoundWhereverTheProcessWasStarted) {
  const auto here = std::filesystem::current_path();
  EXPECT_EQ(SourceOf({.path = "policies", .product_catalog = {}}), (here / "policies").string());
  EXPECT_EQ(SourceOf({.path = "./sub/../policies", .product_catalog = {}}),
            (here / "policies").string());
  EXPECT_EQ(SourceOf({.path = "/etc/policies", .product_catalog = {}}), "/etc/policies");
}

TEST_F(KeptPolicyTest, OfWhatIsTooLargeNothingIsKept) {
  const std::string comment(1'000'000, 'x');
  for (int i = 0; i < 17; ++i) {
    test::Put(folder_.path() / "policies" / (std::to_string(i) + ".yaml"),
              "# " + comment + "\n" + test::SmallPolicy("p" + std::to_string(i)));
  }
  const PolicyPlace place{.path = Policies(), .product_catalog = {}};
  EXPECT_TRUE(PolicyToKeep(place, Read(place), kNow).files.empty());
  std::filesystem::remove(folder_.path() / "policies/0.yaml");
  EXPECT_EQ(PolicyToKeep(place, Read(place), kNow).files.size(), 16U);
}

TEST_F(KeptPolicyTest, DoesNotLoadForOtherTenantsThanItNames) {
  test::Put(folder_.path() / "policies/a.yaml",
            "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
            "metadata: {name: a, tenants: [contoso]}\nspec:\n"
            "  subjects: {rule: user.accountEnabled -eq true}\n  licenses: [{product: SPE_E3}]\n");
  const PolicyPlace place{.path = Policies(), .product_catalog = {}};
  const auto loaded = LoadKeptPolicy(PolicyToKeep(place, Read(place), kNow), {"fabrikam"});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(loaded.error().message.find("a.yaml:3:31"), std::string::npos)
      << loaded.error().message;
}

}  // namespace
}  // namespace seatkeeper
