// Policies with `delivery: group`: groups are licensed, and the service brings it to their members.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kVisio = "c5928f49-12ba-48f7-ada3-0d743a3601d5";

class DeliveryByGroup : public EndToEnd {
 protected:
  void Start(int seats) {
    StartTenant({"--users", "200", "--seed", "4"});
    WriteConfig("    mode: enforce\n");
    WritePolicy("visio.yaml",
                "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: pilots}\nspec:\n"
                "  subjects: {groups: [Copilot Pilot]}\n"
                "  licenses: [{product: VISIOCLIENT}]\n  delivery: group\n");
    Edit(
        {{{"op", "setSku"}, {"skuId", kVisio}, {"set", {{"prepaidUnits", {{"enabled", seats}}}}}}});
  }

  json Pilots() const {
    const auto state = State();
    for (const auto& group : state["groups"]) {
      if (group["displayName"] == "Copilot Pilot") return group;
    }
    return {};
  }

  // How many members have Visio from the group.
  std::size_t Served() const {
    const auto group = Pilots();
    const auto state = State();
    std::size_t served = 0;
    for (const auto& user : state["users"]) {
      const auto rows = user.value("licenseAssignmentStates", json::array());
      served +=
          static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
            return row["skuId"] == kVisio && row["assignedByGroup"] == group["id"];
          }));
    }
    return served;
  }
};

TEST_F(DeliveryByGroup, TheGroupIsLicensedAndItsMembersFollow) {
  Start(1000);
  const auto members = Pilots()["members"].size();
  ASSERT_GT(members, 0U);
  EXPECT_THAT(Seatkeeper({"plan"}).out, HasSubstr("VISIOCLIENT: 1 group gains it"));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  ASSERT_TRUE(PollUntil([&] { return Served() == members; })) << Served() << " of " << members;

  const auto again = Seatkeeper({"plan", "--detailed-exitcode", "--format", "json"});
  EXPECT_EQ(again.exit_code, 0) << again.out.substr(0, 2000);
  const auto plan = json::parse(again.out);
  EXPECT_THAT(plan["changes"], IsEmpty());
  for (const auto& drift : plan["drift"]) EXPECT_NE(drift["kind"], "missing") << drift;

  // What the service accepted is believed when two readings have shown it.
  for (int reading = 0; reading < 2; ++reading) Seatkeeper({"apply", "--yes"});
  const auto history = json::parse(Seatkeeper({"history", "--format", "json"}).out);
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0]["state"], "confirmed");
  EXPECT_EQ(history[0]["group"]["displayName"], "Copilot Pilot");
}

TEST_F(DeliveryByGroup, WaitsWholeForSeats) {
  Start(0);
  const auto members = Pilots()["members"].size();
  const auto plan = Seatkeeper({"plan"});
  EXPECT_THAT(plan.out, HasSubstr("until there are seats for all members of the group"));
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_THAT(Pilots().value("assignedLicenses", json::array()), IsEmpty());
  EXPECT_GT(members, 0U);
}

}  // namespace
}  // namespace seatkeeper::test
