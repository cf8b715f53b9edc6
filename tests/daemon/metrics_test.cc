#include "daemon/metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/waste.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper {
namespace {

using test::Sku;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};

// The value of one series; labels stand in alphabetical order.
std::string Value(const MetricsObserver& metrics, const std::string& series) {
  std::istringstream text(metrics.Render().Joined());
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

TEST(Metrics, ShowWhatIsWasted) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  ProductWaste suite{.id = Sku(1),
                     .name = "SPE_E5",
                     .purchased = 10,
                     .assigned = 7,
                     .wasted = {2, 1, 0, 0, 3},
                     .returnable = 2,
                     .price = UnitPrice{.amount = 570'000, .currency = "USD"}};
  ProductWaste other{.id = Sku(2), .name = "SPE_E3", .purchased = 5, .wasted = {1, 0, 0, 0, 0}};
  const ProductWaste free{
      .id = Sku(3), .name = "FLOW_FREE", .billing = Billing::kFree, .purchased = 10'000};
  WasteReport report{.products = {suite, other, free}};
  metrics.OnWaste("contoso", report);
  const auto wasted = [&](const std::string& product, const std::string& reason) {
    return Value(metrics, fmt::format(R"(seatkeeper_seats_wasted{{product="{}",reason="{}",)"
                                      R"(tenant="contoso"}})",
                                      product, reason));
  };
  EXPECT_EQ(wasted("SPE_E5", "overlap"), "3");
  EXPECT_EQ(wasted("SPE_E5", "guest"), "0");
  EXPECT_EQ(wasted("SPE_E5", "inactive"), "absent") << "nobody asked";
  EXPECT_EQ(wasted("SPE_E3", "disabled_account"), "1");
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("FLOW_FREE")));
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_returnable{product="SPE_E5",tenant="contoso"})"),
            "2");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_unused_monthly_cost{currency="USD",product="SPE_E5",)"
                           R"(tenant="contoso"})"),
            "171");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_wasted_monthly_cost{currency="USD",product="SPE_E5",)"
                           R"(reason="overlap",tenant="contoso"})"),
            "171");
  report = {.inactive_after = std::chrono::days(90), .sign_ins_read = true, .products = {suite}};
  metrics.OnWaste("contoso", report);
  EXPECT_EQ(wasted("SPE_E5", "inactive"), "1");
  EXPECT_EQ(wasted("SPE_E3", "disabled_account"), "absent") << "the product is gone";
  report.sign_ins_read = false;
  metrics.OnWaste("contoso", report);
  EXPECT_EQ(wasted("SPE_E5", "inactive"), "absent") << "nothing is no 0";
  EXPECT_EQ(wasted("SPE_E5", "overlap"), "3");
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
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("SPE_E5")));
  EXPECT_THAT(metrics.Render().Joined(), HasSubstr("SPE_E3"));
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
  const std::string accepted =
      R"(seatkeeper_changes_total{action="swap",result="accepted",tenant="contoso"})";
  EXPECT_EQ(Value(metrics, accepted), "0");
  metrics.OnOutcome({.tenant = "contoso",
                     .change_id = "c1",
                     .action = "swap",
                     .subject_name = "ada@contoso.com",
                     .state = "accepted",
                     .message = ""});
  EXPECT_EQ(Value(metrics, accepted), "1");
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("ada"))) << "users are never labels";
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
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("contoso")));
  EXPECT_EQ(Value(metrics, R"(seatkeeper_changes_unconfirmed{tenant="fabrikam"})"), "3");
}

TEST(Metrics, PolicyAndBuild) {
  MetricsObserver metrics("0.1.0");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_build_info{version="0.1.0"})"), "1");
  metrics.SetPolicy({.revision = "sha256:aa"});
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_info{revision="sha256:aa"})"), "1");
  metrics.SetPolicy({.revision = "sha256:bb", .outdated = true, .load_errors = 2});
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

TEST(Metrics, ShowWhatThePlanLeavesAndKeepsBack) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  auto plan = PlanWith("SPE_E5");
  plan.products[0].purchased = 10;
  plan.products[0].assigned_after = 9;
  plan.products[0].reserve = 2;
  plan.products[0].spare.min = 4;
  auto held = test::Unassign(1, Sku(1));
  held.verdict = Verdict::kHeld;
  plan.changes = {held, test::Assign(2, Sku(1)), test::Assign(3, Sku(1))};
  metrics.OnPlan("contoso", plan);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_reserved{product="SPE_E5",tenant="contoso"})"), "2");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_spare_missing{product="SPE_E5",tenant="contoso"})"),
            "3");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_changes_planned{tenant="contoso",verdict="go"})"), "2");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_changes_planned{tenant="contoso",verdict="held"})"), "1");
}

TEST(Metrics, ShowSeatsOfSubscriptionsThatEnd) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  auto product = Bought(1, "SPE_E5", 10, 7);
  product.prepaid.warning = 5;
  product.prepaid.suspended = 2;
  metrics.OnRead("contoso", Reading({product}));
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_warning{product="SPE_E5",tenant="contoso"})"), "5");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_seats_suspended{product="SPE_E5",tenant="contoso"})"),
            "2");
}

TEST(Metrics, TellModeAndIntervalAndKeepCountersWhereTheyChange) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  CycleReport failed;
  failed.error = Error{.kind = ErrorKind::kUnreachable};
  metrics.OnCycleFinished("contoso", failed);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_tenant_info{mode="observe",tenant="contoso"})"), "1");
  metrics.AddTenant("contoso", {.mode = "enforce", .interval = std::chrono::minutes(30)});
  EXPECT_EQ(Value(metrics, R"(seatkeeper_tenant_info{mode="observe",tenant="contoso"})"), "absent");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_tenant_info{mode="enforce",tenant="contoso"})"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_tenant_interval_seconds{tenant="contoso"})"), "1800");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_cycles_total{result="failed",tenant="contoso"})"), "1");
}

TEST(Metrics, TellSinceWhenTheOldestChangeIsNotConfirmed) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const std::string oldest =
      R"(seatkeeper_changes_unconfirmed_oldest_timestamp_seconds{tenant="contoso"})";
  EXPECT_EQ(Value(metrics, oldest), "absent");
  metrics.SetUnconfirmed("contoso", 2, kNow);
  EXPECT_EQ(std::stod(Value(metrics, oldest)), 1767600000.0);
  metrics.SetUnconfirmed("contoso", 0);
  EXPECT_EQ(Value(metrics, oldest), "absent");
}

TEST(Metrics, CountWritesBesideWhatTheServiceTakes) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  metrics.OnRequest({.tenant = "contoso", .call = "batch", .status = 200, .writes = 20});
  metrics.OnRequest({.tenant = "contoso", .call = "users", .status = 200});
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_writes_total{tenant="contoso"})"), "20");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_api_writes_per_second_limit{tenant="contoso"})"), "20");
}

TEST(Metrics, NameTheFilesThatDoNotLoadButNotAllOfMany) {
  MetricsObserver metrics("0.1.0");
  PolicyFacts policy{
      .revision = "sha256:aa", .outdated = true, .load_errors = 3, .loaded_at = kNow};
  policy.errors_by_file = {{"policies/a.yaml", 2}, {"policies/\xff.yaml", 1}};
  metrics.SetPolicy(policy);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_file_errors{file="policies/a.yaml"})"), "2");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_file_errors{file="policies/?.yaml"})"), "1");
  EXPECT_EQ(std::stod(Value(metrics, "seatkeeper_policy_loaded_timestamp_seconds")), 1767600000.0);
  policy.errors_by_file.clear();
  for (int i = 100; i < 130; ++i) policy.errors_by_file[std::to_string(i) + ".yaml"] = 1;
  metrics.SetPolicy(policy);
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_file_errors{file="119.yaml"})"), "1");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_file_errors{file="120.yaml"})"), "absent");
  EXPECT_EQ(Value(metrics, "seatkeeper_policy_file_errors{file=\"(others)\"}"), "10");
  EXPECT_EQ(Value(metrics, R"(seatkeeper_policy_file_errors{file="policies/a.yaml"})"), "absent");
}

TEST(Metrics, OfManyTenantsHaveOneHeadEach) {
  MetricsObserver metrics("0.1.0");
  for (const auto* tenant : {"contoso", "fabrikam", "tailspin"}) {
    metrics.AddTenant(tenant);
    metrics.OnRead(tenant, Reading({Bought(1, "SPE_E5", 10, 7)}));
    metrics.OnRequest({.tenant = tenant, .call = "users", .status = 200});
  }
  std::map<std::string, int> heads;
  std::istringstream text(metrics.Render().Joined());
  std::string family;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      ++heads[family];
    } else if (!line.starts_with('#')) {
      EXPECT_TRUE(line.starts_with(family)) << line << " stands below " << family;
    }
  }
  EXPECT_GT(heads.size(), 10U);
  for (const auto& [name, count] : heads) EXPECT_EQ(count, 1) << name;
}

TEST(Metrics, HistogramsCountEverythingUpToEachBound) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  for (const int milliseconds : {50, 200, 90'000}) {
    metrics.OnRequest({.tenant = "contoso",
                       .call = "users",
                       .status = 200,
                       .elapsed = std::chrono::milliseconds(milliseconds)});
  }
  const auto bucket = [&](const std::string& bound) {
    return Value(metrics, R"(seatkeeper_api_request_duration_seconds_bucket)"
                          R"({call="users",tenant="contoso",le=")" +
                              bound + "\"}");
  };
  EXPECT_EQ(bucket("0.05"), "1") << "a bound is part of its bucket";
  EXPECT_EQ(bucket("0.25"), "2");
  EXPECT_EQ(bucket("60"), "2");
  EXPECT_EQ(bucket("+Inf"), "3");
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

TEST(Metrics, ShowWhenEachCertificateExpires) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const auto end = [&](const std::string& identity) {
    return Value(metrics, R"(seatkeeper_credential_expiry_timestamp_seconds{identity=")" +
                              identity + R"(",tenant="contoso"})");
  };
  metrics.SetCredentialExpiry("contoso", {{"auth", kNow}, {"readAuth", kNow}});
  metrics.SetCredentialExpiry("stranger", {{"auth", kNow}});
  EXPECT_EQ(std::stod(end("auth")), 1767600000.0);
  EXPECT_NE(end("readAuth"), "absent");
  metrics.SetCredentialExpiry("contoso", {{"auth", kNow}});
  EXPECT_EQ(end("readAuth"), "absent");
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("stranger")));
}

TEST(Metrics, ShowRemovalsThatCanBePutBack) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const std::string count = R"(seatkeeper_removals_restorable{tenant="contoso"})";
  const std::string oldest =
      R"(seatkeeper_removals_restorable_oldest_timestamp_seconds{tenant="contoso"})";
  EXPECT_EQ(Value(metrics, count), "absent") << "nobody has looked";
  metrics.SetRestorable("contoso", 7, kNow);
  metrics.SetRestorable("stranger", 7, kNow);
  EXPECT_EQ(Value(metrics, count), "7");
  EXPECT_EQ(std::stod(Value(metrics, oldest)), 1767600000.0);
  metrics.SetRestorable("contoso", 0);
  EXPECT_EQ(Value(metrics, count), "0");
  EXPECT_EQ(Value(metrics, oldest), "absent");
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("stranger")));
}

TEST(Metrics, CountReadingsByWhatWasRead) {
  MetricsObserver metrics("0.1.0");
  metrics.AddTenant("contoso");
  const auto readings = [&](const std::string& kind) {
    return Value(metrics, R"(seatkeeper_readings_total{kind=")" + kind + R"(",tenant="contoso"})");
  };
  EXPECT_EQ(readings("full"), "0");
  EXPECT_EQ(readings("changes"), "0");
  metrics.CountReadings("contoso", 1, 0);
  metrics.CountReadings("contoso", 1, 3);
  metrics.CountReadings("stranger", 1, 1);
  EXPECT_EQ(readings("full"), "2");
  EXPECT_EQ(readings("changes"), "3");
  EXPECT_THAT(metrics.Render().Joined(), Not(HasSubstr("stranger")));
}

}  // namespace
}  // namespace seatkeeper
