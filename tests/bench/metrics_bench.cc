// How long a scrape of 1,000 tenants with 30 products each takes, against prometheus-cpp's registry
// and serializer with the same series, in the same run. Every metric of the table is on the page:
// all products have a price and waste, every tenant has a certificate and something held, and sends
// every kind of request. Between two scrapes 50 tenants end a cycle and 50 others have sent
// requests, as with one scrape in 15 seconds and an interval of 5 minutes. Medians of interleaved
// rounds.

#include <curl/curl.h>
#include <fmt/format.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/http_server.h"
#include "daemon/metric_table.h"
#include "daemon/metrics.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/change_action.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/waste.h"

namespace seatkeeper {
namespace {

constexpr int kTenants = 1'000;
constexpr int kProducts = 30;
constexpr int kCyclesPerScrape = 50;
constexpr int kRounds = 7;
// Of a tenant whose policies name groups and whose audit log is read.
constexpr std::array kCalls{"token",           "users",         "users-delta",   "users-count",
                            "subscribedSkus",  "groups",        "subscriptions", "members",
                            "directoryAudits", "members-count", "batch-read",    "batch"};
constexpr std::array kGuardrails{"maxUnassign", "mailboxLoss", "protected"};
constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};

SkuId Sku(int number) {
  return *SkuId::Parse(fmt::format("00000000-0000-4000-8000-{:012}", number));
}

std::string TenantName(int number) { return fmt::format("customer-{:04}", number); }

ObservedState ReadingOf(int tenant, int moment) {
  ObservedBuilder builder{PropertySet()};
  for (int i = 0; i < kProducts; ++i) {
    Product product;
    product.id = Sku(i);
    product.subscribed = true;
    product.part_number = fmt::format("PRODUCT_WITH_NAME_{}", i);
    product.applies_to = "User";
    product.prepaid.enabled = 1'000 + i;
    product.consumed = 500 + (tenant + moment) % 100;
    builder.AddProduct(product);
  }
  builder.SetClockSkew(std::chrono::milliseconds(moment));
  return builder.Finish(TenantName(tenant), kNow + std::chrono::minutes(moment));
}

Plan PlanOf(int tenant, int moment) {
  Plan plan;
  plan.tenant = TenantName(tenant);
  for (int i = 0; i < kProducts; ++i) {
    plan.product_names[Sku(i)] = fmt::format("PRODUCT_WITH_NAME_{}", i);
    plan.products.push_back({.id = Sku(i),
                             .part_number = plan.product_names[Sku(i)],
                             .purchased = 1'000 + i,
                             .reserve = 5,
                             .short_by = (tenant + moment) % 3});
    plan.drift.push_back({.product = Sku(i), .kind = Drift::Kind::kMissing});
  }
  for (const auto* guardrail : kGuardrails) {
    Change change;
    change.verdict = Verdict::kHeld;
    change.held = {{.guardrail = guardrail}};
    plan.changes.push_back(std::move(change));
  }
  return plan;
}

WasteReport WasteOf(int tenant, int moment) {
  WasteReport report;
  report.subscriptions_read = true;
  for (int i = 0; i < kProducts; ++i) {
    report.products.push_back(
        {.id = Sku(i),
         .name = fmt::format("PRODUCT_WITH_NAME_{}", i),
         .purchased = 1'000 + i,
         .assigned = 500 + (tenant + moment) % 100,
         .wasted = {moment % 7, 0, 1, 2, 3},
         .returnable = 400,
         .price = UnitPrice{.amount = 570'000, .currency = i % 2 == 0 ? "EUR" : "USD"}});
  }
  return report;
}

void SendRequests(MetricsObserver& metrics, int tenant) {
  const auto name = TenantName(tenant);
  for (const auto* call : kCalls) {
    for (const int status : {200, 429}) {
      metrics.OnRequest({.tenant = name,
                         .call = call,
                         .status = status,
                         .elapsed = std::chrono::milliseconds(120),
                         .throttled = status == 429});
    }
  }
}

void RunCycle(MetricsObserver& metrics, int tenant, int moment) {
  const auto name = TenantName(tenant);
  metrics.OnRead(name, ReadingOf(tenant, moment));
  metrics.OnPlan(name, PlanOf(tenant, moment));
  metrics.OnWaste(name, WasteOf(tenant, moment));
  SendRequests(metrics, tenant);
  for (const auto action : kChangeActions) {
    metrics.OnOutcome({.tenant = name,
                       .change_id = "",
                       .action = action,
                       .subject_name = "",
                       .state = "accepted",
                       .message = ""});
  }
  metrics.SetUnconfirmed(name, 1, kNow);
  metrics.SetRestorable(name, 1, kNow);
  metrics.CountReadings(name, 0, 1);
  metrics.SetSuspended(name, false);
  metrics.SetCredentialExpiry(name, {{"auth", kNow}, {"readAuth", kNow}});
  CycleReport report;
  report.started_at = report.finished_at = kNow;
  metrics.OnCycleFinished(name, report);
}

// What belongs to no tenant.
void ShowProcess(MetricsObserver& metrics) {
  metrics.SetPolicy({.revision = "sha256:18f94694abcb",
                     .outdated = true,
                     .load_errors = 1,
                     .errors_by_file = {{"policies/a.yaml", 1}},
                     .loaded_at = kNow});
  metrics.SetStoreSize(1'000'000);
  for (const auto* type : {"webhook", "slack", "teams"}) {
    for (const auto* result : {"sent", "failed", "dropped"}) {
      metrics.CountNotification(type, result);
    }
  }
}

// A metric of the table that the page lacks; empty: there is none.
std::string Missing(const std::string& page) {
  for (const auto& info : AllMetrics()) {
    if (page.find(fmt::format("# TYPE {} ", info.name)) == std::string::npos) {
      return std::string(info.name);
    }
  }
  return "";
}

std::size_t SeriesIn(const std::string& page) {
  std::istringstream lines(page);
  std::size_t series = 0;
  for (std::string line; std::getline(lines, line);) series += line.starts_with('#') ? 0 : 1;
  return series;
}

// The same series, each as a gauge, with what the page says of it.
void Fill(prometheus::Registry& registry, const std::string& page) {
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> families;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const auto name = line.substr(0, line.find_first_of("{ "));
    auto*& family = families[name];
    if (family == nullptr) {
      family = &prometheus::BuildGauge().Name(name).Help("The same.").Register(registry);
    }
    prometheus::Labels labels;
    for (auto at = name.size(); at < line.size() && line[at] != '}' && line[at] != ' ';) {
      const auto equals = line.find('=', at);
      const auto quote = line.find('"', equals + 2);
      labels[line.substr(at + 1, equals - at - 1)] = line.substr(equals + 2, quote - equals - 2);
      at = quote + 1;
    }
    family->Add(labels).Set(std::stod(line.substr(line.rfind(' ') + 1)));
  }
}

double Milliseconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

// As Prometheus asks, and thrown away.
void Fetch(const std::string& address) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, address.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_BUFFERSIZE, 256L << 10);
  curl_easy_setopt(curl.get(), CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(
      curl.get(), CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
  if (curl_easy_perform(curl.get()) != CURLE_OK) fmt::print("the scrape failed\n");
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

bool Run() {
  MetricsObserver metrics("bench");
  std::uint64_t asked = 0;
  metrics.SetQuotaSource([&](std::string_view) {
    ++asked;
    return QuotaUse{.writes = 0.1,
                    .units = 0.2,
                    .throttled = asked / kTenants,
                    .writes_waited = std::chrono::milliseconds(asked),
                    .reads_waited = std::chrono::milliseconds(asked)};
  });
  ShowProcess(metrics);
  for (int i = 0; i < kTenants; ++i) metrics.AddTenant(TenantName(i));
  const double cycles = Milliseconds([&] {
    for (int i = 0; i < kTenants; ++i) RunCycle(metrics, i, 0);
  });
  const auto page = metrics.Render().Joined();
  if (const auto missing = Missing(page); !missing.empty()) {
    fmt::print("the page lacks {}\n", missing);
    return false;
  }
  prometheus::Registry registry;
  Fill(registry, page);
  HttpServer server;
  server.Add("/metrics", [&] { return HttpPage{.body = metrics.Render()}; });
  if (!server.Start({.host = "127.0.0.1", .port = 0})) return false;
  const auto address = "http://" + server.address() + "/metrics";

  std::vector<double> rendered;
  std::vector<double> fetched;
  std::vector<double> naive;
  for (int round = 1; round <= kRounds; ++round) {
    const auto meanwhile = [&] {
      for (int i = 0; i < kCyclesPerScrape; ++i) {
        RunCycle(metrics, (round * kCyclesPerScrape + i) % kTenants, round);
        SendRequests(metrics, (round * kCyclesPerScrape + i + kTenants / 2) % kTenants);
      }
    };
    meanwhile();
    rendered.push_back(Milliseconds([&] { metrics.Render().Joined(); }));
    meanwhile();
    fetched.push_back(Milliseconds([&] { Fetch(address); }));
    naive.push_back(
        Milliseconds([&] { prometheus::TextSerializer().Serialize(registry.Collect()); }));
  }
  fmt::print("{} tenants, {} products: {} metrics, {} series, {} bytes ({:.1f} MB)\n", kTenants,
             kProducts, AllMetrics().size(), SeriesIn(page), page.size(),
             static_cast<double>(page.size()) / 1e6);
  fmt::print("  the page in one string  {:8.1f} ms\n", Median(rendered));
  fmt::print("  scrape, over loopback   {:8.1f} ms\n", Median(fetched));
  fmt::print("  prometheus-cpp's own    {:8.1f} ms ({:.0f} times as long as the scrape)\n",
             Median(naive), Median(naive) / Median(fetched));
  fmt::print("  at the end of a cycle   {:8.2f} ms\n", cycles / kTenants);
  return true;
}

}  // namespace
}  // namespace seatkeeper

int main() { return seatkeeper::Run() ? 0 : 1; }
