// What a cycle leaves of what it counted.

#include <gmock/gmock.h>

#include "reconciler/plan/waste.h"
#include "tests/reconciler/cycle/cycle_fixture.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using test::CycleTest;

class CycleProductDays : public CycleTest {
 protected:
  // "0 E5 1/10 0": days after the first reading, product, assigned and purchased, wasted.
  std::vector<std::string> Days() {
    auto found = store_->ProductDays(key_);
    EXPECT_TRUE(found.ok());
    std::vector<std::string> lines;
    for (const auto& day : *found) {
      lines.push_back(std::to_string((day.day - first_).count()) + " " +
                      test::NameOf(day.product.guid) + " " + std::to_string(day.assigned) + "/" +
                      std::to_string(day.purchased) + " " + std::to_string(day.wasted));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  std::chrono::sys_days first_ = std::chrono::floor<days>(clock_.Now());
};

TEST_F(CycleProductDays, TheLastCycleOfADayCounts) {
  EXPECT_FALSE(Run(Mode::kObserve).error);
  EXPECT_THAT(Days(), testing::ElementsAre("0 E3 2/10 0", "0 E5 1/10 0"));
  EXPECT_FALSE(Run(Mode::kEnforce).error);
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_FALSE(Run(Mode::kEnforce).error);
  EXPECT_THAT(Days(), testing::ElementsAre("0 E3 0/10 0", "0 E5 3/10 0"));
  clock_.Advance(days(1));
  EXPECT_FALSE(Run(Mode::kObserve).error);
  EXPECT_THAT(Days(),
              testing::ElementsAre("0 E3 0/10 0", "0 E5 3/10 0", "1 E3 0/10 0", "1 E5 3/10 0"));
}

TEST_F(CycleProductDays, WhatIsOnlyLookedAtOrNotReadDoesNot) {
  EXPECT_FALSE(Run(Mode::kPlan).error);
  EXPECT_THAT(Days(), testing::IsEmpty());
  provider_.read_error = Error{.kind = ErrorKind::kIncomplete, .message = "page 40 is missing"};
  EXPECT_TRUE(Run(Mode::kObserve).error);
  EXPECT_THAT(Days(), testing::IsEmpty());
}

TEST_F(CycleProductDays, ObserversAreToldWhatIsWasted) {
  class Counting : public Observer {
   public:
    void OnWaste(std::string_view tenant, const WasteReport& waste) override {
      told += std::string(tenant) + " " + std::to_string(waste.products.size()) + ";";
    }
    std::string told;
  };
  Counting counting;
  for (const auto mode : {Mode::kPlan, Mode::kObserve}) {
    std::optional<CycleReport> report;
    Cycle cycle({provider_, *runner_, clock_, timers_, workers_, random_, counting}, policy_,
                Request(mode));
    cycle.Start([&](CycleReport done) { report = std::move(done); });
    while (!report && timers_.RunNext()) {
    }
    ASSERT_TRUE(report && !report->error);
  }
  EXPECT_EQ(counting.told, "contoso 2;") << "a plan is not recorded";
}

}  // namespace
}  // namespace seatkeeper
