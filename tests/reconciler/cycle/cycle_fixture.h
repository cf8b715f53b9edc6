#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "reconciler/cycle/cycle.h"
#include "reconciler/http/inline_workers.h"
#include "reconciler/store/sqlite_store.h"
#include "reconciler/store/store_thread.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tenant_builder.h"
#include "tests/support/trusted_store.h"

namespace seatkeeper::test {

/// Whole cycles over a tenant in memory, with a real store in a file and time that stands still
/// until somebody waits for it.
class CycleTest : public ::testing::Test {
 protected:
  using Mode = CycleRequest::Mode;

  void SetUp() override {
    auto opened = OpenSqliteStore(folder_.File("seatkeeper.db"));
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(opened).value();
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
    TrustStore(*store_, key_, clock_.Now());
    // ada is to swap E3 for E5, bob to get E5, cleo to lose E3, and dan has what he needs.
    provider_.world.products = {{.name = "E5", .seats = 10, .plans = {"P1"}},
                                {.name = "E3", .seats = 10}};
    provider_.world.users = {{.name = "ada", .licenses = {{"E3"}}},
                             {.name = "bob"},
                             {.name = "cleo", .licenses = {{"E3"}}},
                             {.name = "dan", .licenses = {{"E5"}}}};
    policy_.policies =
        Policies({Grants("p", "{users: [ada@contoso.com, bob@contoso.com, dan@contoso.com]}",
                         "[{product: E5}]"),
                  Manages("E3", "full"), Limits("limits", "{seats: 5}")});
    policy_.revision = "sha256:test";
  }

  CycleRequest Request(Mode mode, const std::string& holder = "one") const {
    return {.tenant = "contoso", .key = key_, .holder = holder, .mode = mode, .interval = kSeldom};
  }

  std::unique_ptr<Cycle> Begin(CycleRequest request) {
    report_.reset();
    auto cycle = std::make_unique<Cycle>(
        Cycle::Dependencies{provider_, *runner_, clock_, timers_, workers_, random_, observer_},
        policy_, std::move(request));
    cycle->Start([this](CycleReport report) { report_ = std::move(report); });
    EXPECT_FALSE(report_) << "done came from inside Start";
    return cycle;
  }

  /// Runs the loop until the cycle has reported.
  CycleReport Finish() {
    for (int steps = 0; !report_ && steps < 10'000; ++steps) {
      if (!timers_.RunNext()) break;
    }
    if (!report_) throw std::logic_error("the cycle never reported");
    return *std::move(report_);
  }

  CycleReport Run(CycleRequest request) {
    const auto cycle = Begin(std::move(request));
    return Finish();
  }
  CycleReport Run(Mode mode) { return Run(Request(mode)); }

  /// Runs the loop until so many items were sent.
  void RunUntilSent(std::size_t items) {
    while (provider_.written.size() < items && timers_.RunNext()) {
    }
    ASSERT_GE(provider_.written.size(), items);
  }

  static std::string NameOf(const Subject& subject) {
    return std::visit([](const auto& id) { return test::NameOf(id.guid); }, subject);
  }

  std::string SentTo() const {
    std::string names;
    for (const auto& item : provider_.written) {
      names += NameOf(item.subject) + " ";
    }
    return names;
  }

  std::string Holds(const std::string& user) {
    std::string products;
    for (const auto& license : provider_.world.User(user).licenses) products += license.product;
    return products;
  }

  /// "ada:confirmed bob:accepted ": every change of the tenant, by subject.
  std::string Journal() {
    auto history = store_->History({.tenant = key_});
    EXPECT_TRUE(history);
    std::vector<std::string> rows;
    for (const auto& row : *history) {
      rows.push_back(NameOf(row.entry.subject()) + ":" + std::string(ToString(row.entry.state)) +
                     " ");
    }
    std::sort(rows.begin(), rows.end());
    std::string text;
    for (const auto& row : rows) text += row;
    return text;
  }

  TenantKey key_{.tenant_id = "11111111-1111-1111-1111-111111111111", .cloud = "global"};
  TempFolder folder_;
  FakeClock clock_;
  FakeTimers timers_{clock_};
  FakeProvider provider_{timers_};
  InlineWorkers workers_{timers_};
  FixedRandom random_;
  Observer observer_;
  std::unique_ptr<TransactionalStore> store_;
  std::unique_ptr<InlineStoreRunner> runner_;
  PolicyInForce policy_;
  std::optional<CycleReport> report_;
};

}  // namespace seatkeeper::test
