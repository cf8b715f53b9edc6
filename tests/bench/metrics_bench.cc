// How long a scrape of 1,000 tenants with 30 products each takes, against prometheus-cpp's registry
// and serializer with the same series, in the same run. Between two scrapes 50 tenants end a cycle
// and 50 others have sent requests, as with one scrape in 15 seconds and an interval of 5 minutes.
// Medians of interleaved rounds.

#include <curl/curl.h>
#include <fmt/format.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/http_server.h"
#include "daemon/metrics.h"
#include "reconciler/cycle/cycle.h"
#include "reconciler/model/observed_builder.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {
namespace {

constexpr int kTenants = 1'000;
constexpr int kProducts = 30;
constexpr int kCyclesPerScrape = 50;
constexpr int kRounds = 7;
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
  return plan;
}

void SendRequests(MetricsObserver& metrics, int tenant) {
  for (const auto* call : {"token", "users", "organization", "products", "groups", "batch"}) {
    metrics.OnRequest({.tenant = TenantName(tenant),
                       .call = call,
                       .status = 200,
                       .elapsed = std::chrono::milliseconds(120)});
  }
}

void RunCycle(MetricsObserver& metrics, int tenant, int moment) {
  const auto name = TenantName(tenant);
  metrics.OnRead(name, ReadingOf(tenant, moment));
  metrics.OnPlan(name, PlanOf(tenant, moment));
  SendRequests(metrics, tenant);
  CycleReport report;
  report.started_at = report.finished_at = kNow;
  metrics.OnCycleFinished(name, report);
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

void Run() {
  MetricsObserver metrics("bench");
  for (int i = 0; i < kTenants; ++i) metrics.AddTenant(TenantName(i));
  const double cycles = Milliseconds([&] {
    for (int i = 0; i < kTenants; ++i) RunCycle(metrics, i, 0);
  });
  const auto page = metrics.Render();
  prometheus::Registry registry;
  Fill(registry, page);
  HttpServer server;
  server.Add("/metrics", [&] { return HttpPage{.body = metrics.Render()}; });
  if (!server.Start({.host = "127.0.0.1", .port = 0})) return;
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
    rendered.push_back(Milliseconds([&] { metrics.Render(); }));
    meanwhile();
    fetched.push_back(Milliseconds([&] { Fetch(address); }));
    naive.push_back(
        Milliseconds([&] { prometheus::TextSerializer().Serialize(registry.Collect()); }));
  }
  fmt::print("{} tenants, {} products: {} series, {:.1f} MB\n", kTenants, kProducts,
             std::ranges::count(page, '\n'), static_cast<double>(page.size()) / 1e6);
  fmt::print("  scrape, rendered        {:8.1f} ms\n", Median(rendered));
  fmt::print("  scrape, over loopback   {:8.1f} ms\n", Median(fetched));
  fmt::print("  prometheus-cpp's own    {:8.1f} ms ({:.0f} times as long as rendered)\n",
             Median(naive), Median(naive) / Median(rendered));
  fmt::print("  at the end of a cycle   {:8.2f} ms\n", cycles / kTenants);
}

}  // namespace
}  // namespace seatkeeper

int main() {
  seatkeeper::Run();
  return 0;
}
