#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "daemon/config.h"
#include "tests/daemon/daemon_support.h"

namespace seatkeeper {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// `own` are further lines of the last tenant: without `limits` they begin at line 7.
LoadedConfig Parse(const std::string& limits, const std::string& own = "") {
  const std::string text = "apiVersion: seatkeeper/v1\nkind: Config\n" + limits +
                           "tenants:\n"
                           "  - {name: archive, provider: file, path: x}\n"
                           "  - name: contoso\n"
                           "    provider: graph\n" +
                           own;
  return ParseConfig({.path = "seatkeeper.yaml", .text = text},
                     test::Variables({{"AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111"},
                                      {"AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222"},
                                      {"AZURE_CLIENT_SECRET", "secret"}}));
}

std::vector<std::string> Findings(const LoadedConfig& loaded) {
  std::vector<std::string> findings;
  for (const auto& finding : loaded.diagnostics) {
    findings.push_back(std::to_string(finding.at.line) + " " + finding.code);
  }
  return findings;
}

TEST(ConfigLimits, AreTheServicesWhereNothingIsSaid) {
  const auto loaded = Parse("");
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const auto& contoso = loaded.config.tenants.at(1);
  EXPECT_EQ(contoso.limits, QuotaLimits{});
  EXPECT_EQ(contoso.limits.writes.per_second(), 20);
  EXPECT_EQ(contoso.throttle_priority, "low");
}

TEST(ConfigLimits, EachFigureCanBeAnother) {
  const auto loaded = Parse(
      "limits:\n"
      "  writes: {count: 300, per: 15s}\n"
      "  resourceUnits: {count: 8000, per: 10s}\n"
      "  applicationWrites: {count: 70000, per: 5m}\n"
      "  applicationResourceUnits: {count: 1, per: 100ms}\n"
      "  share: 0.25\n"
      "  throttlePriority: high\n");
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const QuotaLimits expected{.writes = {300, seconds(15)},
                             .units = RateLimit{8'000, seconds(10)},
                             .application_writes = {70'000, std::chrono::minutes(5)},
                             .application_units = {1, milliseconds(100)},
                             .share = 0.25,
                             .application_share = 0.25};
  for (const auto& tenant : loaded.config.tenants) {
    EXPECT_EQ(tenant.limits, expected) << tenant.name;
    EXPECT_EQ(tenant.throttle_priority, "high") << tenant.name;
  }
}

TEST(ConfigLimits, WhatIsLeftOutStaysTheServices) {
  const auto loaded = Parse("limits: {share: 0.5}\n");
  ASSERT_THAT(Findings(loaded), IsEmpty());
  QuotaLimits expected;
  expected.share = expected.application_share = 0.5;
  EXPECT_EQ(loaded.config.tenants.at(1).limits, expected);
}

TEST(ConfigLimits, ATenantMayHaveFiguresOfItsOwn) {
  const auto loaded = Parse(
      "limits:\n"
      "  writes: {count: 300, per: 15s}\n"
      "  applicationWrites: {count: 70000, per: 5m}\n"
      "  share: 0.5\n"
      "  throttlePriority: high\n",
      "    limits:\n"
      "      writes: {count: 60, per: 30s}\n"
      "      resourceUnits: {count: 100, per: 10s}\n"
      "      share: 0.25\n"
      "      throttlePriority: normal\n");
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const QuotaLimits of_all{.writes = {300, seconds(15)},
                           .application_writes = {70'000, std::chrono::minutes(5)},
                           .share = 0.5,
                           .application_share = 0.5};
  const auto& archive = loaded.config.tenants.at(0);
  EXPECT_EQ(archive.limits, of_all);
  EXPECT_EQ(archive.throttle_priority, "high");
  auto own = of_all;
  own.writes = {60, seconds(30)};
  own.units = RateLimit{100, seconds(10)};
  own.share = 0.25;
  const auto& contoso = loaded.config.tenants.at(1);
  EXPECT_EQ(contoso.limits, own) << "what holds in all tenants together is the same for all";
  EXPECT_EQ(contoso.throttle_priority, "normal");
  EXPECT_EQ(WritesPerSecond(contoso), 0.5);
  EXPECT_EQ(WritesPerSecond(archive), 10);
}

TEST(ConfigLimits, WhatATenantLeavesOutIsAsForAll) {
  const auto loaded = Parse("limits: {writes: {count: 300, per: 15s}, share: 0.5}\n",
                            "    limits: {resourceUnits: {count: 100, per: 10s}}\n");
  ASSERT_THAT(Findings(loaded), IsEmpty());
  QuotaLimits expected{.writes = {300, seconds(15)}, .share = 0.5, .application_share = 0.5};
  expected.units = RateLimit{100, seconds(10)};
  EXPECT_EQ(loaded.config.tenants.at(1).limits, expected);
  EXPECT_EQ(loaded.config.tenants.at(1).throttle_priority, "low");
}

TEST(ConfigLimits, ATenantsFiguresAreCheckedWhereTheyStand) {
  const auto findings = [](const std::string& line) {
    std::vector<std::string> found;
    const auto loaded = Parse("", "    limits:\n      " + line + "\n");
    for (const auto& finding : loaded.diagnostics) {
      found.push_back(std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) +
                      " " + finding.code);
    }
    return found;
  };
  EXPECT_THAT(findings("share: 2"), ElementsAre("8:14 out-of-range"));
  EXPECT_THAT(findings("throttlePriority: lowest"), ElementsAre("8:25 bad-value"));
  EXPECT_THAT(findings("writes: 3000"), ElementsAre("8:15 wrong-type"));
  EXPECT_THAT(findings("writers: {count: 5, per: 1s}"), ElementsAre("8:7 unknown-key"));
  EXPECT_THAT(findings("applicationWrites: {count: 5, per: 1s}"),
              ElementsAre("8:26 misplaced-key"));
  EXPECT_THAT(findings("applicationResourceUnits: {count: 5, per: 1s}"),
              ElementsAre("8:33 misplaced-key"));
}

TEST(ConfigLimits, WhatHoldsForAllTenantsIsSaidToBelongElsewhere) {
  const auto loaded = Parse("", "    limits: {applicationWrites: {count: 5, per: 1s}}\n");
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_THAT(loaded.diagnostics[0].message, HasSubstr("all tenants together"));
  EXPECT_THAT(loaded.diagnostics[0].hint, HasSubstr("the config's own `limits`"));
}

TEST(ConfigLimits, ASnapshotHasNone) {
  const auto loaded =
      ParseConfig({.path = "seatkeeper.yaml",
                   .text = "apiVersion: seatkeeper/v1\nkind: Config\ntenants:\n"
                           "  - {name: archive, provider: file, path: x, limits: {share: 0.5}}\n"},
                  test::Variables());
  EXPECT_THAT(Findings(loaded), ElementsAre("4 misplaced-key"));
}

TEST(ConfigLimits, FiguresThatNoServiceHasAreRefused) {
  const auto findings = [](const std::string& limits) {
    return Findings(Parse("limits: {" + limits + "}\n"));
  };
  EXPECT_THAT(findings("writes: {count: 0, per: 150s}"), ElementsAre("3 out-of-range"));
  EXPECT_THAT(findings("writes: {count: 5, per: 99ms}"), ElementsAre("3 out-of-range"));
  EXPECT_THAT(findings("writes: {count: 3000}"), ElementsAre("3 missing-key"));
  EXPECT_THAT(findings("writes: 3000"), ElementsAre("3 wrong-type"));
  EXPECT_THAT(findings("share: 0"), ElementsAre("3 out-of-range"));
  EXPECT_THAT(findings("share: 1.5"), ElementsAre("3 out-of-range"));
  EXPECT_THAT(findings("throttlePriority: lowest"), ElementsAre("3 bad-value"));
  EXPECT_THAT(findings("writers: {count: 5, per: 1s}"), ElementsAre("3 unknown-key"));
}

}  // namespace
}  // namespace seatkeeper
