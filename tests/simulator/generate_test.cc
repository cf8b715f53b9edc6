#include "tests/simulator/generate.h"

#include <gmock/gmock.h>

#include <ctime>
#include <set>

#include "tests/simulator/licensing.h"
#include "tests/simulator/products.h"
#include "tests/simulator/service_plans.h"
#include "tests/simulator/snapshot.h"
#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;

class Generated : public testing::TestWithParam<std::pair<std::size_t, std::uint64_t>> {
 protected:
  Directory directory_ = GenerateTenant({GetParam().first, GetParam().second, kNow});
};

TEST_P(Generated, HasAsManyUsersAsAskedForWithUniqueNames) {
  EXPECT_EQ(directory_.users().size(), GetParam().first);
  std::set<std::string> names;
  for (const auto& [ordinal, user] : directory_.users()) {
    const std::string name = user.UserPrincipalName();
    EXPECT_TRUE(names.insert(ToLower(name)).second) << name;
    EXPECT_TRUE(name.ends_with("@contoso.example")) << name;
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127; }));
  }
}

TEST_P(Generated, SeatsAreNeverShortAndAddUp) {
  for (const Sku& sku : directory_.skus()) {
    EXPECT_GE(FreeSeats(directory_, sku), 0) << sku.PartNumber();
    std::int64_t holders = 0;
    for (const auto& [ordinal, user] : directory_.users()) {
      for (const MergedLicense& license : MergeRows(user.rows))
        holders += license.sku_id == sku.sku_id;
    }
    EXPECT_EQ(holders, directory_.ConsumedUnits(sku.sku_id)) << sku.PartNumber();
    std::int64_t bought = 0;
    for (const json& subscription : directory_.subscriptions()) {
      if (subscription["skuId"] == sku.sku_id) bought += subscription["totalLicenses"].get<int>();
    }
    EXPECT_EQ(bought, sku.AssignableUnits()) << sku.PartNumber();
  }
}

TEST_P(Generated, RowsAreWhatTheServiceWouldAllow) {
  for (const auto& [ordinal, user] : directory_.users()) {
    for (const AssignmentRow& row : user.rows) {
      const Sku* sku = directory_.FindSku(row.sku_id);
      ASSERT_NE(sku, nullptr);
      EXPECT_TRUE(row.group_id || user.Text("usageLocation")) << user.id;
      for (const std::string& plan : row.disabled_plans) {
        EXPECT_NE(std::find(sku->plan_ids.begin(), sku->plan_ids.end(), plan), sku->plan_ids.end());
      }
      if (!row.group_id) continue;
      const std::vector<std::string>& members = directory_.FindGroup(*row.group_id)->members;
      EXPECT_NE(std::find(members.begin(), members.end(), user.id), members.end());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Generated,
                         testing::Values(std::pair{2, 1}, std::pair{10, 1}, std::pair{2000, 1},
                                         std::pair{2000, 2}));

TEST(Generate, DependsOnNothingButSizeSeedAndTime) {
  const auto text = [](std::uint64_t seed) {
    return WriteSnapshot(GenerateTenant({300, seed, kNow}), "t", kNow).dump();
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

double Share(const Directory& directory, const std::function<bool(const User&)>& belongs) {
  std::size_t count = 0;
  for (const auto& [ordinal, user] : directory.users()) count += belongs(user) ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(directory.users().size());
}

bool Holds(const User& user, std::string_view part_number) {
  return std::any_of(user.rows.begin(), user.rows.end(), [&](const AssignmentRow& row) {
    return row.sku_id == ProductOf(part_number).sku_id;
  });
}

bool IsEmployeeOf(const User& user, const std::string& department) {
  return user.Text("department") == department && user.Text("employeeType") == "Employee" &&
         user.properties["accountEnabled"] == true;
}

TEST(Generate, HasTheShapeThatItsHeaderPromises) {
  const Directory directory = GenerateTenant({4000, 1, kNow});
  EXPECT_NEAR(Share(directory, [](const User& u) { return u.Text("userType") == "Guest"; }), 0.03,
              0.001);
  EXPECT_NEAR(
      Share(directory, [](const User& u) { return u.properties["accountEnabled"] == false; }), 0.04,
      0.01);
  const double engineers =
      Share(directory, [](const User& u) { return IsEmployeeOf(u, "Engineering"); });
  const double with_e5 = Share(directory, [](const User& u) {
    return IsEmployeeOf(u, "Engineering") && Holds(u, "SPE_E5");
  });
  EXPECT_NEAR(with_e5 / engineers, 0.93, 0.04);
  const double forgotten = Share(directory, [](const User& u) {
    return u.properties["accountEnabled"] == false && !u.rows.empty();
  });
  EXPECT_NEAR(forgotten, 0.02, 0.008);
  const Sku& scarce = *directory.FindSku(ProductOf("Microsoft_365_Copilot").sku_id);
  EXPECT_EQ(FreeSeats(directory, scarce), 0);
}

bool HasAny(const User& user, const char* property) {
  const auto found = user.properties.Find(property);
  return found && !found->is_null() && !found->empty();
}

TEST(Generate, HasTheAttributesThatItsHeaderPromises) {
  const Directory directory = GenerateTenant({4000, 1, kNow});
  const auto share = [&](const char* property) {
    return Share(directory, [&](const User& user) { return HasAny(user, property); });
  };
  EXPECT_EQ(share("proxyAddresses"), 1);
  EXPECT_NEAR(share("otherMails"), 0.13, 0.02);
  EXPECT_NEAR(share("businessPhones"), 0.68, 0.03);
  EXPECT_NEAR(share("imAddresses"), 0.78, 0.03);
  EXPECT_NEAR(share("employeeHireDate"), 0.92, 0.02);
  EXPECT_NEAR(share("signInActivity"), 0.96, 0.02);
  EXPECT_NEAR(share("extension_8f0c1d2e3a4b5c6d7e8f901234567890_costCenter"), 0.58, 0.03);
  const std::string today = IsoTime(kNow);
  EXPECT_NEAR(
      Share(directory,
            [&](const User& user) { return user.Text("employeeHireDate").value_or("") > today; }),
      0.02, 0.01);
  EXPECT_NEAR(Share(directory, [](const User& user) { return !user.other_plans.empty(); }), 0.045,
              0.02);
}

TEST(Generate, EverybodyButHeadsAndStrangersHasAManagerInTheDepartment) {
  const Directory directory = GenerateTenant({2000, 1, kNow});
  std::size_t heads = 0;
  for (const auto& [ordinal, user] : directory.users()) {
    if (user.manager.empty()) {
      heads += user.Text("department") ? 1 : 0;
      continue;
    }
    const User* manager = directory.FindUser(user.manager);
    ASSERT_NE(manager, nullptr);
    EXPECT_EQ(manager->Text("department"), user.Text("department"));
    EXPECT_NE(manager, &user);
  }
  EXPECT_EQ(heads, 10U);
}

TEST(Generate, HasTheGroupsThatItsHeaderPromises) {
  const Directory directory = GenerateTenant({2000, 1, kNow});
  std::map<std::string, const Group*> groups;
  for (const auto& [ordinal, group] : directory.groups()) {
    groups[group.properties["displayName"]] = &group;
  }
  for (const char* name :
       {"All Engineers", "Engineering Platform", "Engineering Product", "Engineering Data",
        "Engineering Quality", "Sales", "Frontline Retail", "Contractors", "Interns",
        "External Guests", "Break Glass", "Visio Users", "Project Managers", "Copilot Pilot"}) {
    EXPECT_TRUE(groups.contains(name)) << name;
  }
  EXPECT_EQ(groups["Break Glass"]->members.size(), 2U);
  EXPECT_EQ(groups["Frontline Retail"]->licenses.at(0).sku_id, ProductOf("SPE_F1").sku_id);
  EXPECT_EQ(directory.TransitiveGroups(*groups["All Engineers"]).size(), 4U);
  for (const User* user : directory.TransitiveUsers(*groups["All Engineers"])) {
    EXPECT_EQ(user->Text("department"), "Engineering");
  }
}

TEST(Products, HaveTheirPublishedPlans) {
  EXPECT_EQ(Products().size(), 13U);
  EXPECT_EQ(ProductOf("SPE_E3").sku_id, kE3);
  EXPECT_EQ(ProductOf("SPE_E3").plans.size(), 51U);
  EXPECT_EQ(ProductOf("SPE_E5").plans.size(), 86U);
}

// Processor seconds to generate a tenant and to list it page by page.
double SecondsToListAll(std::size_t users) {
  const std::clock_t begin = std::clock();
  Bench bench;
  bench.simulator = Simulator({}, GenerateTenant({users, 1, kNow}));
  std::string target = "/v1.0/users?$select=id,licenseAssignmentStates&$top=999";
  std::size_t read = 0;
  while (!target.empty()) {
    const json page = bench.GetJson(target);
    read += page["value"].size();
    target = page.value("@odata.nextLink", std::string(17, ' ')).substr(17);
  }
  EXPECT_EQ(read, users);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Ten times the users take about ten times as long; something quadratic would take a hundred times.
TEST(Generate, LargeTenantsStayUsable) {
  const double small = SecondsToListAll(2'000);
  EXPECT_LT(SecondsToListAll(20'000), 40 * small);
}

}  // namespace
}  // namespace seatkeeper::sim::test
