#include <gtest/gtest.h>

#include <sstream>

#include "daemon/metrics.h"
#include "reconciler/cycle/cycle.h"

namespace seatkeeper {
namespace {

// The value of one series; labels stand in alphabetical order.
std::string Value(const MetricsObserver& metrics, const std::string& series) {
  std::istringstream text(metrics.Render());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "absent";
}

TEST(QuotaMetrics, TellHowTheServicesLimitsStand) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.SetWriteLimit(12.5);
  EXPECT_EQ(Value(metrics, "seatkeeper_api_writes_per_second_limit"), "12.5");
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

}  // namespace
}  // namespace seatkeeper
