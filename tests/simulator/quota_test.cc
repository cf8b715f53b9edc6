#include "tests/simulator/quota.h"

#include <gmock/gmock.h>

#include "tests/simulator/test_support.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::StartsWith;

constexpr QuotaCost kRead{.units = 1, .writes = 0};
constexpr QuotaCost kWrite{.units = 1, .writes = 1};

// The service's bookkeeping alone, at a time of the test's own.
class Books {
 public:
  explicit Books(QuotaFigures figures = {}) : figures_(figures) {}

  std::optional<Throttled> Ask(QuotaCost cost, std::string_view application = "app") {
    return quota_.Take(figures_, {.application = application, .tenant = "tenant", .users = users},
                       cost, now);
  }
  // How many of so many go through.
  int Passing(int requests, QuotaCost cost, std::string_view application = "app") {
    int passing = 0;
    for (int i = 0; i < requests; ++i) passing += Ask(cost, application) ? 0 : 1;
    return passing;
  }
  std::optional<double> Share() const { return quota_.Share(); }

  WallTimeMs now = kNow;
  std::size_t users = 1'000;

 private:
  QuotaFigures figures_;
  Quota quota_;
};

TEST(Quota, LetsThreeThousandWritesThroughAndThenTwentyASecond) {
  Books books;
  EXPECT_EQ(books.Passing(3'001, kWrite), 3'000);
  books.now += seconds(1);
  EXPECT_EQ(books.Passing(30, kWrite), 19) << "the one that was throttled before counts, too";
}

TEST(Quota, SaysHowLongToWaitToTheMillisecond) {
  Books books;
  ASSERT_EQ(books.Passing(3'000, kWrite), 3'000);
  const auto throttled = books.Ask(kWrite);
  ASSERT_TRUE(throttled);
  EXPECT_EQ(throttled->retry_after, milliseconds(50));
  EXPECT_EQ(throttled->scope, "Tenant_Application/Write/app/tenant");
  EXPECT_EQ(throttled->information, "WriteLimitExceeded");
}

TEST(Quota, WhoAsksAgainEarlyWaitsLonger) {
  Books books;
  ASSERT_EQ(books.Passing(3'000, kWrite), 3'000);
  EXPECT_EQ(books.Ask(kWrite)->retry_after, milliseconds(50));
  EXPECT_EQ(books.Ask(kWrite)->retry_after, milliseconds(100));
  EXPECT_EQ(books.Passing(1'000, kWrite), 0);
  EXPECT_EQ(books.Ask(kWrite)->retry_after, milliseconds(151 * 50)) << "but not for ever";
}

TEST(Quota, ResourceUnitsGoByTheSizeOfTheTenant) {
  const auto passing = [](std::size_t users) {
    Books books;
    books.users = users;
    return books.Passing(9'000, kRead);
  };
  EXPECT_EQ(passing(49), 3'500);
  EXPECT_EQ(passing(50), 5'000);
  EXPECT_EQ(passing(500), 5'000);
  EXPECT_EQ(passing(501), 8'000);
}

TEST(Quota, ReadsAreThrottledByUnitsAndNeverByWrites) {
  Books books;
  ASSERT_EQ(books.Passing(3'001, kWrite), 3'000);
  EXPECT_FALSE(books.Ask(kRead));
  const auto throttled = books.Ask({.units = 6'000, .writes = 0});
  ASSERT_TRUE(throttled);
  EXPECT_EQ(throttled->scope, "Tenant_Application/ReadWrite/app/tenant");
  EXPECT_EQ(throttled->information, "ResourceUnitLimitExceeded");
}

TEST(Quota, ApplicationsHaveQuotasOfTheirOwnAndShareTheTenants) {
  QuotaFigures figures;
  figures.tenant_writes.amount = 4'000;
  Books books(figures);
  EXPECT_EQ(books.Passing(3'001, kWrite), 3'000);
  EXPECT_EQ(books.Passing(1'001, kWrite, "other"), 1'000);
  EXPECT_THAT(books.Ask(kWrite, "other")->scope, StartsWith("Tenant/Write/other/"));
}

TEST(Quota, AnApplicationHasOneForAllTenants) {
  QuotaFigures figures;
  figures.application_writes.amount = 100;
  figures.application_units.amount = 150;
  Books books(figures);
  EXPECT_EQ(books.Passing(101, kWrite), 100);
  EXPECT_THAT(books.Ask(kWrite)->scope, StartsWith("Application/Write/app/"));
  EXPECT_EQ(books.Passing(100, kRead), 50);
  EXPECT_THAT(books.Ask(kRead)->scope, StartsWith("Application/ReadWrite/app/"));
}

TEST(Quota, TellsHowFullItIsFromFourFifths) {
  Books books;
  (void)books.Passing(2'399, kWrite);
  EXPECT_FALSE(books.Share());
  (void)books.Ask(kWrite);
  EXPECT_DOUBLE_EQ(books.Share().value_or(0), 0.8);
  (void)books.Passing(600, kWrite);
  EXPECT_DOUBLE_EQ(books.Share().value_or(0), 1.0);
  (void)books.Passing(750, kWrite);
  EXPECT_DOUBLE_EQ(books.Share().value_or(0), 1.2) << "a fifth was throttled";
  (void)books.Passing(30'000, kWrite);
  EXPECT_DOUBLE_EQ(books.Share().value_or(0), 1.8);
}

TEST(Quota, FillsUpFasterInATimeLapse) {
  QuotaFigures figures;
  figures.scale = 50;
  Books books(figures);
  (void)books.Passing(3'000, kWrite);
  books.now += seconds(1);
  EXPECT_EQ(books.Passing(1'500, kWrite), 1'000);
}

TEST(Quota, CanBeOff) {
  QuotaFigures figures;
  figures.enforced = false;
  Books books(figures);
  EXPECT_EQ(books.Passing(20'000, kWrite), 20'000);
  EXPECT_FALSE(books.Share());
}

// Visio has no demands of its own, so that only the quota decides.
json VisioForAll() {
  json tenant = SmallTenant();
  tenant["subscribedSkus"][2]["prepaidUnits"]["enabled"] = 10;
  return tenant;
}

SimulatorOptions With(QuotaFigures figures) {
  SimulatorOptions options;
  options.quota = figures;
  return options;
}

json Assigning(const std::string& id, const std::string& user) {
  return {{"id", id},
          {"method", "POST"},
          {"url", "/users/" + user + "/assignLicense"},
          {"headers", {{"Content-Type", "application/json"}}},
          {"body", {{"addLicenses", Bench::License(kVisio)}, {"removeLicenses", json::array()}}}};
}

TEST(QuotaOnTheWire, AThrottledWriteHasNoEffectAndSaysWhen) {
  QuotaFigures figures;
  figures.writes.amount = 1;
  Bench bench(VisioForAll(), With(figures));
  ASSERT_EQ(bench.Assign(kAda, Bench::License(kVisio)).status, 200);
  const auto consumed = bench.Consumed(kVisio);
  const Response throttled = bench.Assign(kCleo, Bench::License(kVisio));
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(CodeOf(throttled), "TooManyRequests");
  EXPECT_EQ(FindHeader(throttled.headers, "Retry-After"), "150.000");
  EXPECT_EQ(FindHeader(throttled.headers, "x-ms-throttle-information"), "WriteLimitExceeded");
  EXPECT_THAT(FindHeader(throttled.headers, "x-ms-throttle-scope").value_or(""),
              StartsWith("Tenant_Application/Write/22222222-"));
  EXPECT_EQ(FindHeader(throttled.headers, "x-ms-throttle-limit-percentage"), "1.50");
  EXPECT_EQ(bench.Consumed(kVisio), consumed);
  bench.now += seconds(158);  // What was throttled counted, too.
  EXPECT_EQ(bench.Assign(kCleo, Bench::License(kVisio)).status, 200);
}

TEST(QuotaOnTheWire, AReadIsTold) {
  QuotaFigures figures;
  figures.small_units.amount = 10;
  Bench bench(VisioForAll(), With(figures));
  EXPECT_EQ(FindHeader(bench.Get("/v1.0/users").headers, "x-ms-throttle-limit-percentage"),
            std::nullopt);
  for (int i = 0; i < 3; ++i) (void)bench.Get("/v1.0/users");
  const Response last = bench.Get("/v1.0/users");
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(FindHeader(last.headers, "x-ms-throttle-limit-percentage"), "1.00");
  const Response throttled = bench.Get("/v1.0/users");
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(FindHeader(throttled.headers, "Retry-After"), "2.000");
  EXPECT_EQ(FindHeader(throttled.headers, "x-ms-throttle-information"),
            "ResourceUnitLimitExceeded");
}

TEST(QuotaOnTheWire, AskingForMembershipsWritesNothing) {
  QuotaFigures figures;
  figures.writes.amount = 1;
  Bench bench(VisioForAll(), With(figures));
  ASSERT_EQ(bench.Assign(kAda, Bench::License(kVisio)).status, 200);
  const json body{{"groupIds", {kAll}}};
  EXPECT_EQ(bench.Send("POST", "/v1.0/users/" + kAda + "/checkMemberGroups", body).status, 200);
}

TEST(QuotaOnTheWire, ItemsOfABatchCountEach) {
  QuotaFigures figures;
  figures.writes.amount = 2;
  Bench bench(VisioForAll(), With(figures));
  const Response response = bench.Send(
      "POST", "/v1.0/$batch",
      {{"requests", {Assigning("1", kAda), Assigning("2", kBen), Assigning("3", kCleo)}}});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(FindHeader(response.headers, "Retry-After"), std::nullopt);
  int accepted = 0;
  int throttled = 0;
  const json body = Parse(response);
  for (const json& item : body.at("responses")) {
    (item.at("status") == 200 ? accepted : throttled) += 1;
    if (item.at("status") == 200) continue;
    EXPECT_EQ(item.at("status"), 429);
    EXPECT_EQ(item.at("headers").at("Retry-After"), "75.000");
    EXPECT_EQ(item.at("body").at("error").at("code"), "TooManyRequests");
  }
  EXPECT_EQ(accepted, 2);
  EXPECT_EQ(throttled, 1);
}

}  // namespace
}  // namespace seatkeeper::sim::test
