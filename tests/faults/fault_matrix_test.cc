// Every kind of fault at every call and moment of a cycle. Whatever strikes, nothing is taken from
// whom it belongs to, no plan is made of half a reading, and either everything comes right while it
// strikes or an error says which call it was; when it is over, everything comes right.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "policy/text.h"
#include "tests/faults/cells.h"
#include "tests/faults/scenario.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using testing::IsEmpty;

constexpr int kStruckCycles = 2;
constexpr int kCalmCycles = 16;

/// What became of the cells; printed when all of them have run.
class Table final : public testing::Environment {
 public:
  void Note(const Cell& cell, const std::string& outcome) {
    outcomes_[NameOf(cell.moment)][cell.kind.name][cell.call.name] = outcome;
    ++count_;
  }

  void TearDown() override {
    if (count_ == 0) return;
    std::cout << fmt::format(
        "Fault matrix, {} cells. right: came right while it struck; error N: an error named the "
        "call, right N cycles after it was over; late N: a plan, not all of it done, right N "
        "cycles after.\n",
        count_);
    for (const auto& [moment, rows] : outcomes_) Print(moment, rows);
  }

 private:
  using Row = std::map<std::string, std::string>;
  static constexpr std::size_t kWidth = 9;

  static void Print(const std::string& moment, const std::map<std::string, Row>& rows) {
    std::cout << fmt::format("\n{:<16}", moment);
    for (const auto& call : StruckCalls()) {
      std::cout << fmt::format(" {:<{}}", call.name.substr(0, kWidth), kWidth);
    }
    for (const auto& kind : FaultKinds()) {
      const auto row = rows.find(kind.name);
      if (row == rows.end()) continue;
      std::cout << fmt::format("\n{:<16}", kind.name);
      for (const auto& call : StruckCalls()) {
        const auto cell = row->second.find(call.name);
        const std::string text = cell == row->second.end() ? "-" : cell->second;
        std::cout << fmt::format(" {:<{}}", text, kWidth);
      }
    }
    std::cout << '\n';
  }

  std::map<std::string, std::map<std::string, Row>> outcomes_;
  std::size_t count_ = 0;
};

Table& TheTable() {
  static auto* table = static_cast<Table*>(testing::AddGlobalTestEnvironment(new Table));
  return *table;
}
[[maybe_unused]] const Table& kRegistered = TheTable();

class FaultMatrix : public testing::TestWithParam<Cell> {
 protected:
  FaultMatrix() : world_(Options(GetParam())) {
    if (GetParam().call.delta) {
      // It has read everybody, and the next time it asks who changed.
      Cycle();
      world_.Control("PATCH", "/_sim/state", Scenario::Drift());
    }
    wanted_ = Scenario::Wanted(world_.tenant());
  }

  static World::Options Options(const Cell& cell) {
    World::Options options{.seed = static_cast<std::uint64_t>(cell.number),
                           .policy = Scenario::Policy(),
                           .interval = minutes(5),
                           .tenant = Scenario::Tenant()};
    if (cell.call.delta) {
      options.tenant = Scenario::TenantAtRest();
      options.everybody_every = minutes(20);
    }
    return options;
  }

  CycleReport Cycle() {
    auto report = world_.RunCycle();
    world_.Wait(minutes(5));
    EXPECT_TRUE(report.has_value());
    return std::move(report).value_or(CycleReport());
  }

  bool IsRight() const { return Scenario::Held(world_.tenant()) == wanted_; }

  /// Of a cycle that was struck: nothing half-known, and nothing unsaid.
  void Judge(const CycleReport& report) {
    EXPECT_NE(report.plan.has_value(), report.error.has_value())
        << (report.error ? report.error->message : "neither a plan nor an error");
    if (report.error) {
      erred_ = true;
      const auto said = AsciiLower(report.error->message);
      EXPECT_THAT(said, testing::HasSubstr(AsciiLower(GetParam().call.told)));
      EXPECT_GT(said.size(), 20U) << said;
    }
    if (!report.plan) return;
    const auto& plan = report.plan->plan();
    told_ = told_ || plan.has_held() || !plan.warnings.empty() || !report.stopped.empty();
    for (const auto& change : plan.changes) {
      if (change.verdict != Verdict::kGo) continue;
      const auto& right = wanted_.at(change.user.ToString());
      for (const auto& product : change.remove) {
        EXPECT_FALSE(right.contains(product.ToString()))
            << change.user_principal_name << " was to lose " << product.ToString();
      }
    }
    for (const auto& [id, outcome] : report.outcomes) {
      const bool done =
          outcome.state == ChangeState::kAccepted || outcome.state == ChangeState::kConfirmed;
      told_ = told_ || !done;
    }
  }

  /// Cycles until everything is right, after the fault; nothing: it did not become so.
  std::optional<int> CyclesUntilRight() {
    for (int cycle = 0; cycle <= kCalmCycles; ++cycle) {
      if (IsRight() && world_.OpenChanges().empty()) return cycle;
      last_ = Cycle();
    }
    return std::nullopt;
  }

  World world_;
  Scenario::Holdings wanted_;
  bool erred_ = false;
  bool told_ = false;  // A plan or its outcomes say that something is left to do, and why.
  CycleReport last_;
};

TEST_P(FaultMatrix, NothingIsTakenWronglyAndEverythingComesRight) {
  const auto& cell = GetParam();
  world_.Control("PUT", "/_sim/faults", json::array({cell.Rule()}).dump());
  for (int cycle = 0; cycle < kStruckCycles; ++cycle) Judge(Cycle());
  const bool right = IsRight();
  const auto struck = json::parse(world_.Control("GET", "/_sim/faults"));
  EXPECT_GT(struck["faults"][0]["seen"], 0) << "the call is never made";
  world_.Control("DELETE", "/_sim/faults");
  const auto cycles = CyclesUntilRight();
  EXPECT_TRUE(cycles.has_value()) << (last_.error
                                          ? last_.error->message
                                          : "nothing goes wrong any more, yet it is not right");
  if (right && !erred_) {
    TheTable().Note(cell, "right");
  } else {
    EXPECT_TRUE(right || erred_ || told_ || !cell.IsVisible()) << "not right, and nobody was told";
    TheTable().Note(cell, fmt::format("{} {}", erred_ ? "error" : "late", cycles.value_or(-1)));
  }
  EXPECT_THAT(Scenario::WrongWrites(world_, wanted_), IsEmpty());
  EXPECT_THAT(world_.violations(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Cells, FaultMatrix, testing::ValuesIn(Cells()),
                         [](const testing::TestParamInfo<Cell>& tested) {
                           return tested.param.Name();
                         });

TEST(Matrix, HasAtLeast150Cells) { EXPECT_GE(Cells().size(), 150U); }

}  // namespace
}  // namespace seatkeeper::test
