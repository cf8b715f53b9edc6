#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>

#include "daemon/metrics.h"
#include "reconciler/cycle/cycle.h"

namespace seatkeeper {
namespace {

// The value of one series; labels stand in alphabetical order.
std::string Value(const MetricsObserver& metrics, const std::string& series) {
  std::istringstream text(metrics.Render().Joined());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "absent";
}

TEST(QuotaMetrics, TellWhatEachTenantTakes) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso", {.writes_per_second = 12.5});
  metrics.AddTenant("fabrikam");
  const auto limit = [&](const std::string& tenant) {
    return Value(metrics, "seatkeeper_api_writes_per_second_limit{tenant=\"" + tenant + "\"}");
  };
  EXPECT_EQ(limit("contoso"), "12.5");
  EXPECT_EQ(limit("fabrikam"), "20");
  metrics.AddTenant("contoso", {.writes_per_second = 4});
  EXPECT_EQ(limit("contoso"), "4") << "the config has changed";
}

TEST(QuotaMetrics, TellHowTheServicesLimitsStand) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  QuotaUse use{.writes = 0.25, .units = 0.5, .throttled = 3};
  use.writes_waited = std::chrono::milliseconds(1'500);
  metrics.SetQuotaSource([&](std::string_view tenant) {
    EXPECT_EQ(tenant, "contoso");
    return use;
  });
  const std::string waited =
      R"(seatkeeper_api_waited_seconds_total{kind="writes",tenant="contoso"})";
  EXPECT_EQ(Value(metrics, waited), "0");
  metrics.OnRequest({.tenant = "contoso", .call = "batch", .status = 200});
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_quota_used_ratio{kind="writes",tenant="contoso"})"),
            "0.25");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_quota_used_ratio{kind="units",tenant="contoso"})"),
            "0.5");
  EXPECT_EQ(Value(metrics, waited), "1.5");
  const std::string throttled = R"(seatkeeper_api_throttled_items_total{tenant="contoso"})";
  EXPECT_EQ(Value(metrics, throttled), "3");
  use.reads_waited = std::chrono::milliseconds(500);
  metrics.OnCycleFinished("contoso", {});
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_waited_seconds_total{kind="units",tenant="contoso"})"),
            "0.5");
  EXPECT_EQ(Value(metrics, throttled), "3") << "nothing is counted twice";
}

TEST(QuotaMetrics, OfATenantThatComesBackBeginAnew) {
  MetricsObserver metrics("0.1.0");
  QuotaUse use;
  metrics.SetQuotaSource([&](std::string_view) { return use; });
  const auto count = [&](int throttled) {
    use.throttled = static_cast<std::uint64_t>(throttled);
    use.writes_waited = std::chrono::milliseconds(1'000 * throttled);
    metrics.OnRequest({.tenant = "contoso", .call = "batch", .status = 200});
    const auto items = Value(metrics, R"(seatkeeper_api_throttled_items_total{tenant="contoso"})");
    const auto waited =
        Value(metrics, R"(seatkeeper_api_waited_seconds_total{kind="writes",tenant="contoso"})");
    EXPECT_EQ(items, waited);
    return items;
  };
  metrics.AddTenant("contoso");
  EXPECT_EQ(count(5), "5");
  metrics.RemoveTenant("contoso");
  use = {};
  metrics.AddTenant("contoso");
  EXPECT_EQ(count(2), "2") << "another application: what was counted before is not taken off";
  metrics.RemoveTenant("contoso");
  metrics.AddTenant("contoso");
  EXPECT_EQ(count(3), "1") << "the same one: what came before is not counted again";
  metrics.AddTenant("contoso", {.mode = "enforce"});
  EXPECT_EQ(count(4), "2") << "it was here all the time";
}

}  // namespace
}  // namespace seatkeeper
