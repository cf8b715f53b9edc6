#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/fixture.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

using Import = EndToEnd;

TEST_F(Import, WhatIsWrittenLoadsAndChangesNothing) {
  StartTenant({"--users", "300", "--seed", "5"});
  WriteConfig();
  const auto imported = Seatkeeper({"import", "--out", "imported"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.err, HasSubstr("Proven: a plan with these policies changes nothing"));
  EXPECT_EQ(Seatkeeper({"validate", "imported"}).exit_code, 0);
  const auto plan =
      Seatkeeper({"plan", "--policy", "imported", "--detailed-exitcode", "--format", "json"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(json::parse(plan.out)["changes"].size(), 0U);

  // Nothing is overwritten, and the same tenant gives the same text.
  const auto again = Seatkeeper({"import", "--out", "imported"});
  EXPECT_EQ(again.exit_code, 64);
  EXPECT_THAT(again.err, HasSubstr("nothing is overwritten"));
  EXPECT_EQ(Seatkeeper({"import"}).out, Seatkeeper({"import"}).out);
}

TEST_F(Import, ASnapshotDoes) {
  StartTenant({"--users", "100", "--seed", "5"});
  WriteConfig();
  ASSERT_EQ(Seatkeeper({"snapshot", "--out", "tenant.json"}).exit_code, 0);
  const auto only = Seatkeeper({"import", "--snapshot", "tenant.json", "--product", "SPE_E5"});
  ASSERT_EQ(only.exit_code, 0) << only.err;
  EXPECT_THAT(only.out, StartsWith("# Who held what directly on "));
  EXPECT_THAT(only.out, HasSubstr("product: SPE_E5"));
  const auto group = Seatkeeper({"import", "--snapshot", "tenant.json", "--group", "Nobody"});
  EXPECT_EQ(group.exit_code, 1);
  EXPECT_THAT(group.err, HasSubstr("--group Nobody"));
  EXPECT_EQ(Seatkeeper({"import", "--snapshot", "tenant.json", "--product", "NONE"}).exit_code, 64);
}

}  // namespace
}  // namespace seatkeeper::test
