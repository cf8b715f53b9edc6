// The real executor and provider against the service's limits at their real figures, in virtual
// time: how fast thousands of changes go, and how much of them is throttled.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reconciler/execute/executor.h"
#include "reconciler/graph/graph_provider.h"
#include "reconciler/http/inline_workers.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulator/snapshot.h"
#include "tests/support/json_instances.h"
#include "tests/support/plan_builder.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kOurApp[] = "22222222-2222-2222-2222-222222222222";
constexpr char kForeignApp[] = "33333333-3333-3333-3333-333333333333";
constexpr char kTenantId[] = "11111111-1111-1111-1111-111111111111";
const SkuId kHigh = Sku(3);
const SkuId kLow = Sku(4);

constexpr int kBystanders = 100;

json Product(const SkuId& sku, const std::string& name) {
  return {
      {"skuId", sku.ToString()},
      {"skuPartNumber", name},
      {"appliesTo", "User"},
      {"capabilityStatus", "Enabled"},
      {"consumedUnits", 0},
      {"prepaidUnits", {{"enabled", 100'000}, {"warning", 0}, {"suspended", 0}, {"lockedOut", 0}}},
      {"servicePlans", json::array()}};
}

// Every other one holds the lower product. The last ones are nobody's business.
sim::Simulator MakeTenant(int users, sim::QuotaFigures figures) {
  json list = json::array();
  for (int i = 1; i <= users + kBystanders; ++i) {
    json rows = json::array();
    if (i % 2 == 0) {
      rows.push_back({{"skuId", kLow.ToString()},
                      {"disabledPlans", json::array()},
                      {"assignedByGroup", nullptr},
                      {"state", "Active"},
                      {"error", "None"},
                      {"lastUpdatedDateTime", "2025-12-01T00:00:00Z"}});
    }
    list.push_back({{"id", User(i).ToString()},
                    {"userPrincipalName", "user" + std::to_string(i) + "@contoso.example"},
                    {"accountEnabled", true},
                    {"usageLocation", "FR"},
                    {"licenseAssignmentStates", std::move(rows)}});
  }
  const json tenant{{"users", std::move(list)},
                    {"subscribedSkus", {Product(kHigh, "HIGH"), Product(kLow, "LOW")}},
                    {"groups", json::array()}};
  sim::SimulatorOptions options;
  options.quota = figures;
  options.applications.push_back({.client_id = kForeignApp,
                                  .secret = "foreign",
                                  .certificates = {},
                                  .federated = {},
                                  .roles = {"User.ReadWrite.All"},
                                  .managed = ""});
  return {std::move(options), sim::ReadSnapshot(tenant, FakeClock().Now()).directory};
}

struct Place {
  SimulatedNetwork& network;
  FakeClock& clock;
  FakeTimers& timers;
  Random& random;
};

// One process that makes its changes: what was just read again is as it was, and the disk takes 5
// ms. Users first to last, grants and swaps.
class Applying {
 public:
  Applying(const Place& place, int first, int last)
      : place_(place),
        workers_(place.timers),
        provider_({.transport = place.network,
                   .clock = place.clock,
                   .timers = place.timers,
                   .workers = workers_,
                   .random = place.random,
                   .observer = observer_},
                  Settings()),
        plan_(Guarded(Changes(first, last), {{kHigh, 100'000}})),
        executor_(plan_, {.plan_id = "p1", .room = &provider_}, place.random.Next()) {}

  void Start() { Feed(executor_event::Start{}); }
  bool finished() const { return executor_.finished(); }
  std::size_t accepted() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        executor_.outcomes(),
        [](const auto& outcome) { return outcome.second.state == ChangeState::kAccepted; }));
  }

 private:
  static GraphSettings Settings() {
    GraphSettings settings;
    settings.tenant = "contoso";
    settings.tenant_id = kTenantId;
    settings.client_id = kOurApp;
    settings.credential = std::make_shared<SecretCredential>(Secret("simulated-secret"));
    settings.graph_base = "http://sim";
    settings.login_base = "http://sim";
    return settings;
  }

  static std::vector<Change> Changes(int first, int last) {
    std::vector<Change> changes;
    for (int i = first; i <= last; ++i) {
      changes.push_back(i % 2 == 0 ? Swap(i, kLow, kHigh) : Assign(i, kHigh));
    }
    return changes;
  }

  void Feed(ExecutorEvent event) {
    auto effects = executor_.Step(std::move(event), place_.clock.Now(), place_.clock.Monotonic());
    for (auto& effect : effects) {
      std::visit([this](auto& asked) { Run(std::move(asked)); }, effect);
    }
  }
  void Later(ExecutorEvent event) {
    place_.timers.At(place_.clock.Monotonic() + milliseconds(5),
                     [this, event = std::move(event)] { Feed(event); });
  }
  void Run(executor_effect::RecordIntents effect) {
    Later(executor_event::IntentsRecorded{effect.batch, {}});
  }
  void Run(executor_effect::RecordAttempts effect) {
    Later(executor_event::IntentsRecorded{effect.batch, {}});
  }
  void Run(executor_effect::RecordOutcomes effect) {
    Later(executor_event::OutcomesRecorded{effect.batch, {}});
  }
  void Run(executor_effect::Recheck effect) {
    auto sink = std::make_shared<ObservedBuilder>(PlanningProperties());
    provider_.Reread(effect.subjects, *sink, [this, sink, effect](const Result<void>& result) {
      ASSERT_TRUE(result.ok()) << result.error().message;
      std::map<Subject, std::uint64_t> unchanged;
      for (const auto& change : plan_.plan().changes) {
        unchanged.emplace(change.subject(), change.fingerprint);
      }
      Feed(executor_event::Rechecked{effect.batch, std::move(unchanged)});
    });
  }
  void Run(executor_effect::Send effect) {
    provider_.Write(std::move(effect.items),
                    [this, batch = effect.batch](std::vector<WriteResult> results) {
                      Feed(executor_event::Answered{batch, std::move(results)});
                    });
  }
  void Run(executor_effect::WakeAt effect) {
    place_.timers.Cancel(timer_);
    timer_ = place_.timers.At(effect.when, [this] { Feed(executor_event::TimerFired{}); });
  }
  void Run(const executor_effect::Progress& /*effect*/) {}
  void Run(executor_effect::Finished /*effect*/) {}

  Place place_;
  Observer observer_;
  InlineWorkers workers_;
  GraphProvider provider_;
  GuardedPlan plan_;
  Executor executor_;
  TimerId timer_ = 0;
};

class PacingTest : public ::testing::Test {
 protected:
  struct Seen {
    double seconds = 0;  // From the first write to the last that was accepted.
    std::size_t accepted = 0;
    std::size_t throttled = 0;

    double share_throttled() const {
      return static_cast<double>(throttled) / static_cast<double>(accepted + throttled);
    }
  };

  void Begin(int users, sim::QuotaFigures figures = {}) {
    tenant_ = std::make_unique<sim::Simulator>(MakeTenant(users, figures));
    network_ = std::make_unique<SimulatedNetwork>(*tenant_, clock_, timers_, random_);
    first_bystander_ = users + 1;
  }
  std::unique_ptr<Applying> Start(int first, int last) {
    auto process =
        std::make_unique<Applying>(Place{*network_, clock_, timers_, random_}, first, last);
    process->Start();
    return process;
  }

  sim::Response Ask(const std::string& method, const std::string& target, const std::string& body,
                    sim::Headers headers) {
    headers.emplace_back("Host", "sim");
    return tenant_->Handle(
        {.method = method, .target = target, .headers = std::move(headers), .body = body},
        clock_.Elsewhere());
  }

  // Somebody else's tool: a write every so often, until `running` says no more. After a 429 it
  // waits for as long as it is told.
  void WriteForeign(const std::function<bool()>& running) {
    if (foreign_token_.empty()) {
      const auto response =
          Ask("POST", std::string("/") + kTenantId + "/oauth2/v2.0/token",
              std::string("grant_type=client_credentials&client_secret=foreign&client_id=") +
                  kForeignApp + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
              {});
      ASSERT_EQ(response.status, 200) << response.body;
      foreign_token_ = json::parse(response.body).at("access_token");
    }
    const auto user = User(first_bystander_ + foreign_ % kBystanders).ToString();
    const auto response =
        Ask("PATCH", "/v1.0/users/" + user, R"({"usageLocation":"DE"})",
            {{"Authorization", "Bearer " + foreign_token_}, {"Content-Type", "application/json"}});
    auto wait = foreign_every_;
    if (response.status < 300) {
      ++foreign_;
    } else {
      ASSERT_EQ(response.status, 429) << response.body;
      ++foreign_throttled_;
      const auto after = std::stod(sim::FindHeader(response.headers, "Retry-After").value());
      wait = std::max(wait, milliseconds(1 + static_cast<int>(after * 1000)));
    }
    timers_.At(clock_.Monotonic() + wait, [this, running] {
      if (running()) WriteForeign(running);
    });
  }

  // What the tenant saw of our writes.
  Seen Look() {
    Seen seen;
    std::optional<std::int64_t> first;
    std::int64_t last = 0;
    const auto log = Ask("GET", "/_sim/log", "", {}).body;
    for (const auto line : SplitLines(log)) {
      const auto entry = json::parse(line);
      if (!entry.contains("items")) continue;
      for (const auto& item : entry.at("items")) {
        if (item.at("target").get_ref<const std::string&>().find("assignLicense") ==
            std::string::npos) {
          continue;
        }
        const std::int64_t at = entry.at("atMs");
        first = first.value_or(at);
        if (item.at("status") == 200) {
          ++seen.accepted;
          last = at;
        } else {
          EXPECT_EQ(item.at("status"), 429) << item;
          ++seen.throttled;
        }
      }
    }
    seen.seconds = static_cast<double>(last - first.value_or(last)) / 1000;
    RecordProperty("seconds", std::to_string(seen.seconds));
    RecordProperty("throttled", std::to_string(seen.throttled));
    return seen;
  }
  static std::vector<std::string_view> SplitLines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      if (end > 0) lines.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
  }

  FakeClock clock_;
  FakeTimers timers_{clock_};
  FixedRandom random_;
  std::unique_ptr<sim::Simulator> tenant_;
  std::unique_ptr<SimulatedNetwork> network_;
  int first_bystander_ = 0;
  milliseconds foreign_every_{10};
  int foreign_ = 0;  // Writes of it that were accepted.
  int foreign_throttled_ = 0;
  std::string foreign_token_;
};

// A full bucket at once, the rest as it fills up.
constexpr double IdealSeconds(int writes) { return (writes - 3'000) / 20.0; }

TEST_F(PacingTest, FiveThousandChangesTakeHardlyLongerThanTheyMust) {
  Begin(5'000);
  const auto process = Start(1, 5'000);
  while (!process->finished() && timers_.RunNext()) continue;
  EXPECT_EQ(process->accepted(), 5'000U);
  const auto seen = Look();
  EXPECT_EQ(seen.accepted, 5'000U);
  EXPECT_GE(IdealSeconds(5'000) / seen.seconds, 0.97) << seen.seconds << " s";
  EXPECT_LT(seen.share_throttled(), 0.005);
}

TEST_F(PacingTest, TwoProcessesShareTheLimitAlthoughNeitherKnowsTheOther) {
  Begin(7'500);
  const auto one = Start(1, 5'000);
  const auto other = Start(5'001, 7'500);
  const auto running = [&] { return !one->finished() || !other->finished(); };
  WriteForeign(running);
  while (running() && timers_.RunNext()) continue;
  const auto seen = Look();
  EXPECT_EQ(seen.accepted, 7'500U);
  EXPECT_GE(IdealSeconds(7'500) / seen.seconds, 0.97) << seen.seconds << " s";
  EXPECT_LT(seen.share_throttled(), 0.005);
  EXPECT_GT(foreign_, 3'000) << "whose limit is another";
}

// The tenant takes less than what the two applications want: 8 writes a second, of which the other
// one wants 5.
TEST_F(PacingTest, OthersKeepTheirPartOfATenantsLimit) {
  sim::QuotaFigures figures;
  figures.tenant_writes = {2'400, seconds(300)};
  Begin(4'000, figures);
  foreign_every_ = milliseconds(200);
  const auto process = Start(1, 4'000);
  const auto begin = clock_.Monotonic();
  const auto running = [&] { return !process->finished(); };
  WriteForeign(running);
  while (running() && timers_.RunNext()) continue;
  const auto seen = Look();
  EXPECT_EQ(seen.accepted, 4'000U);
  const double took = std::chrono::duration<double>(clock_.Monotonic() - begin).count();
  EXPECT_GT(foreign_, 4 * took) << "of 5 a second";
  EXPECT_LT(foreign_throttled_, foreign_ / 5);
  EXPECT_LT(seen.share_throttled(), 0.25);
}

}  // namespace
}  // namespace seatkeeper::test
