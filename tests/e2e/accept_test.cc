#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/fixture.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using Accept = EndToEnd;

TEST_F(Accept, ThePatchAppliesAndTheDriftIsGone) {
  StartTenant({"--users", "120", "--seed", "5"});
  WriteConfig();
  WritePolicy("policy.yaml",
              "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: e5}\n"
              "spec: {product: SPE_E5, management: full}\n---\n"
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: nobody}\n"
              "spec: {subjects: {rule: user.department -eq \"Nobody\"}, licenses: "
              "[{product: SPE_E5}]}\n");
  const auto before = json::parse(Seatkeeper({"plan", "--format", "json"}).out)["drift"];
  ASSERT_GT(before.size(), 1U);
  const std::string user = before[0]["user"]["userPrincipalName"];
  EXPECT_EQ(Seatkeeper({"accept", user, "--reason", "pilot", "--expires", "soon"}).exit_code, 64);
  EXPECT_EQ(
      Seatkeeper({"accept", "x@y.z", "--reason", "pilot", "--expires", "2030-12-31"}).exit_code, 1);
  const auto accepted = Seatkeeper({"accept", user, "--reason", "pilot of 4711", "--expires",
                                    "2030-12-31", "--out", "accept.patch"});
  ASSERT_EQ(accepted.exit_code, 0) << accepted.err;
  const auto applied =
      RunProgram({"/bin/sh", "-c", "git apply accept.patch"}, {.folder = folder(), .extra = {}});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_EQ(Seatkeeper({"validate"}).exit_code, 0);
  const auto after = json::parse(Seatkeeper({"plan", "--format", "json"}).out)["drift"];
  EXPECT_EQ(after.size() + 1, before.size());
  for (const auto& drift : after) EXPECT_NE(drift["user"]["userPrincipalName"], user);
  const auto again = Seatkeeper({"accept", user, "--reason", "pilot", "--expires", "2030-12-31"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("there is no drift to accept"));
}

}  // namespace
}  // namespace seatkeeper::test
