#include "daemon/metrics.h"

#include <gmock/gmock.h>

#include <sstream>

#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/doubt.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using test::Sku;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};

// The value of one series; labels stand in alphabetical order.
std::string Value(const MetricsObserver& metrics, const std::string& series) {
  std::istringstream text(metrics.Render());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "absent";
}

Product Bought(int number, const std::string& name, int enabled, int consumed) {
  Product product;
  product.id = Sku(number);
  product.subscribed = true;
  product.part_number = name;
  product.applies_to = "User";
  product.prepaid.enabled = enabled;
  product.consumed = consumed;
  return product;
}

ObservedState Reading(const std::vector<Product>& products) {
  ObservedBuilder builder(PlanningProperties());
  for (const auto& product : products) builder.AddProduct(product);
  for (int i = 1; i <= 3; ++i) {
    builder.BeginUser(test::User(i));
    builder.EndUser();
  }
  return builder.Finish("contoso", kNow);
}

Plan PlanWith(const std::string& product) {
  Plan plan;
  plan.tenant = "contoso";
  plan.product_names[Sku(1)] = product;
  plan.products = {{.id = Sku(1), .part_number = product, .short_by = 4}};
  plan.drift = {{.user = test::User(1), .product = Sku(1), .kind = Drift::Kind::kMissing},
                {.user = test::User(2), .product = Sku(1), .kind = Drift::Kind::kMissing},
                {.user = test::User(2), .product = Sku(1), .kind = Drift::Kind::kExtra}};
  return plan;
}

TEST(Metrics, ShowSeatsAsRead) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.OnRead("contoso", Reading({Bought(1, "SPE_E5", 10, 7), Bought(2, "SPE_E3", 5, 6)}));
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_purchased{product="SPE_E5",tenant="contoso"})"),
            "10");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_assigned{product="SPE_E5",tenant="contoso"})"), "7");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_unused{product="SPE_E5",tenant="contoso"})"), "3");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_unused{product="SPE_E3",tenant="contoso"})"), "0");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_users{tenant="contoso"})"), "3");
  EXPECT_EQ(
      std::stod(Value(metrics,
                      R"(seatkeeper_last_complete_reading_timestamp_seconds{tenant="contoso"})")),
      1767600000.0);
}

TEST(Metrics, ShowWhatIsInDoubtUntilItIsNot) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  auto observed = Reading({});
  observed.clock_skew = std::chrono::milliseconds(-600'500);
  metrics.OnRead("contoso", observed);
  EXPECT_EQ(std::stod(Value(metrics, R"(seatkeeper_clock_skew_seconds{tenant="contoso"})")),
            -600.5);
  auto plan = PlanWith("SPE_E5");
  plan.doubts = {StoreHolds("contoso", {})};
  metrics.OnPlan("contoso", plan);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_store_in_doubt{tenant="contoso"})"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_clock_in_doubt{tenant="contoso"})"), "0");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_suspicious{tenant="contoso"})"), "0");
  plan.suspicions = plan.doubts;
  plan.doubts[0].guardrail = kClockInDoubt;
  metrics.OnPlan("contoso", plan);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_store_in_doubt{tenant="contoso"})"), "0");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_clock_in_doubt{tenant="contoso"})"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_suspicious{tenant="contoso"})"), "1");
  metrics.RemoveTenant("contoso");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_clock_in_doubt{tenant="contoso"})"), "absent");
}

TEST(Metrics, AProductThatVanishesTakesItsSeriesAlong) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.OnRead("contoso", Reading({Bought(1, "SPE_E5", 10, 7), Bought(2, "SPE_E3", 5, 6)}));
  metrics.OnPlan("contoso", PlanWith("SPE_E5"));
  metrics.OnRead("contoso", Reading({Bought(2, "SPE_E3", 5, 6)}));
  metrics.OnPlan("contoso", PlanWith("SPE_E3"));
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("SPE_E5")));
  EXPECT_THAT(metrics.Render(), HasSubstr("SPE_E3"));
}

TEST(Metrics, CountDriftByKindDownToZero) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.OnPlan("contoso", PlanWith("SPE_E5"));
  const std::string drift = R"(seatkeeper_drift{kind="missing",product="SPE_E5",tenant="contoso"})";
  EXPECT_EQ(Value(metrics, drift), "2");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_drift{kind="extra",product="SPE_E5",tenant="contoso"})"),
            "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_short{product="SPE_E5",tenant="contoso"})"), "4");
  auto calm = PlanWith("SPE_E5");
  calm.drift.clear();
  metrics.OnPlan("contoso", calm);
  EXPECT_EQ(Value(metrics, drift), "0");
}

TEST(Metrics, CountHeldChangesOncePerGuardrail) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  auto plan = PlanWith("SPE_E5");
  auto held = test::Unassign(1, Sku(1));
  held.verdict = Verdict::kHeld;
  held.held = {{.guardrail = "maxUnassign"}, {.guardrail = "maxUnassign"}};
  plan.changes = {held, held};
  metrics.OnPlan("contoso", plan);
  const std::string series = R"(seatkeeper_changes_held{guardrail="maxUnassign",tenant="contoso"})";
  EXPECT_EQ(Value(metrics, series), "2");
  metrics.OnPlan("contoso", PlanWith("SPE_E5"));
  EXPECT_EQ(Value(metrics, series), "absent");
}

TEST(Metrics, CountOpenApprovals) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const std::string series = R"(seatkeeper_approvals_open{tenant="contoso"})";
  auto plan = PlanWith("SPE_E5");
  plan.open_approvals = 2;
  metrics.OnPlan("contoso", plan);
  EXPECT_EQ(Value(metrics, series), "2");
  metrics.RemoveTenant("contoso");
  EXPECT_EQ(Value(metrics, series), "absent");
}

TEST(Metrics, CountersStartAtZeroAndCount) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const std::string accepted = R"(seatkeeper_changes_total{result="accepted",tenant="contoso"})";
  EXPECT_EQ(Value(metrics, accepted), "0");
  metrics.OnOutcome({.tenant = "contoso",
                     .change_id = "c1",
                     .subject_name = "ada@contoso.com",
                     .state = "accepted",
                     .message = ""});
  EXPECT_EQ(Value(metrics, accepted), "1");
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("ada"))) << "users are never labels";
}

TEST(Metrics, RequestsByStatusClass) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  for (const int status : {200, 201, 429, 0}) {
    metrics.OnRequest({.tenant = "contoso",
                       .call = "users",
                       .status = status,
                       .elapsed = std::chrono::milliseconds(200),
                       .throttled = status == 429});
  }
  const auto requests = [&](const std::string& status) {
    return Value(metrics, R"(seatkeeper_api_requests_total{call="users",status=")" + status +
                              R"(",tenant="contoso"})");
  };
  EXPECT_EQ(requests("2xx"), "2");
  EXPECT_EQ(requests("4xx"), "1");
  EXPECT_EQ(requests("none"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_throttled_total{tenant="contoso"})"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_request_duration_seconds_count)"
                           R"({call="users",tenant="contoso"})"),
            "4");
}

TEST(Metrics, CyclesByResultAndTheLastSuccess) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  CycleReport failed;
  failed.error = Error{.kind = ErrorKind::kUnreachable};
  failed.started_at = kNow;
  failed.finished_at = kNow + std::chrono::seconds(2);
  metrics.OnCycleFinished("contoso", failed);
  const std::string success = R"(seatkeeper_last_success_timestamp_seconds{tenant="contoso"})";
  EXPECT_EQ(Value(metrics, R"(seatkeeper_cycles_total{result="failed",tenant="contoso"})"), "1");
  EXPECT_EQ(Value(metrics, success), "absent");
  CycleReport good;
  good.plan = test::Guarded({});
  good.started_at = good.finished_at = kNow;
  metrics.OnCycleFinished("contoso", good);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_cycles_total{result="ok",tenant="contoso"})"), "1");
  EXPECT_EQ(std::stod(Value(metrics, success)), 1767600000.0);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_cycle_duration_seconds_count{tenant="contoso"})"), "2");
}

TEST(Metrics, ARemovedTenantLeavesNoTraceAndStaysAway) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.AddTenant("fabrikam");
  for (const auto* tenant : {"contoso", "fabrikam"}) {
    metrics.OnRead(tenant, Reading({Bought(1, "SPE_E5", 10, 7)}));
    metrics.OnPlan(tenant, PlanWith("SPE_E5"));
    metrics.OnRequest({.tenant = tenant, .call = "users", .status = 200});
    metrics.OnCycleFinished(tenant, CycleReport{});
    metrics.SetUnconfirmed(tenant, 3);
  }
  metrics.RemoveTenant("contoso");
  metrics.OnCycleFinished("contoso", CycleReport{});
  metrics.SetUnconfirmed("contoso", 1);
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("contoso")));
  EXPECT_EQ(Value(metrics, R"(seatkeeper_changes_unconfirmed{tenant="fabrikam"})"), "3");
}

TEST(Metrics, PolicyAndBuild) {
  MetricsObserver metrics("0.1.0");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_build_info{version="0.1.0"})"), "1");
  metrics.SetPolicy("sha256:aa", false, 0);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_info{revision="sha256:aa"})"), "1");
  metrics.SetPolicy("sha256:bb", true, 2);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_info{revision="sha256:aa"})"), "absent");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_info{revision="sha256:bb"})"), "1");
  EXPECT_EQ(Value(metrics, "seatkeeper_policy_outdated"), "1");
  EXPECT_EQ(Value(metrics, "seatkeeper_policy_load_errors"), "2");
}

TEST(Metrics, TellWhichTenantsCircuitIsOpen) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const std::string series = "seatkeeper_circuit_open{tenant=\"contoso\"}";
  EXPECT_EQ(Value(metrics, series), "0");
  metrics.OnCircuit({.tenant = "contoso", .open = true, .reason = "it fails"});
  metrics.OnCircuit({.tenant = "stranger", .open = true, .reason = "it fails"});
  EXPECT_EQ(Value(metrics, series), "1");
  EXPECT_EQ(Value(metrics, "seatkeeper_circuit_open{tenant=\"stranger\"}"), "absent");
  metrics.AddTenant("contoso");
  EXPECT_EQ(Value(metrics, series), "0") << "with another config it begins anew";
  metrics.OnCircuit({.tenant = "contoso", .open = true, .reason = "it fails"});
  metrics.OnCircuit({.tenant = "contoso", .open = false, .reason = ""});
  EXPECT_EQ(Value(metrics, series), "0");
  metrics.RemoveTenant("contoso");
  EXPECT_EQ(Value(metrics, series), "absent");
}

TEST(Metrics, TellWhichTenantIsSuspended) {
  MetricsObserver metrics("1.2.3");
  metrics.AddTenant("contoso");
  const std::string series = "seatkeeper_suspended{tenant=\"contoso\"}";
  EXPECT_EQ(Value(metrics, series), "0") << "shown from the start";
  metrics.SetSuspended("contoso", true);
  metrics.SetSuspended("stranger", true);
  EXPECT_EQ(Value(metrics, series), "1");
  EXPECT_EQ(Value(metrics, "seatkeeper_suspended{tenant=\"stranger\"}"), "absent");
  metrics.SetSuspended("contoso", false);
  EXPECT_EQ(Value(metrics, series), "0");
  metrics.RemoveTenant("contoso");
  EXPECT_EQ(Value(metrics, series), "absent");
}

}  // namespace
}  // namespace seatkeeper
