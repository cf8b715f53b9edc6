// Faults between the real executables. Whatever strikes, nothing is taken from whom it belongs to,
// nothing is done about half a reading, and either it comes right while it strikes or it is said
// what went wrong; when it is over, everything comes right and nothing is left in doubt.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>

#include "policy/text.h"
#include "tests/e2e/fault_cells.h"
#include "tests/e2e/fault_tenant.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using Way = FaultCell::Way;

// An unknown change is judged by two readings, and made again after that.
constexpr int kMostRuns = 6;

/// What became of the cells; printed when all of them have run.
class Table final : public testing::Environment {
 public:
  void Note(const std::string& cell, const std::string& outcome) { outcomes_[cell] = outcome; }

  void TearDown() override {
    if (outcomes_.empty()) return;
    std::cout << fmt::format(
        "Faults at the executables, {} cells. right: came right while it struck; exit N: what "
        "`apply` ended with; then how many runs it took when it was over.\n",
        outcomes_.size());
    for (const auto& [cell, outcome] : outcomes_) {
      std::cout << fmt::format("{:<32} {}\n", cell, outcome);
    }
  }

 private:
  std::map<std::string, std::string> outcomes_;
};

Table& TheTable() {
  static auto* table = static_cast<Table*>(testing::AddGlobalTestEnvironment(new Table));
  return *table;
}
[[maybe_unused]] const Table& kRegistered = TheTable();

// In lower case and with single blanks: text for people is broken into lines.
std::string Plain(const std::string& text) {
  std::string plain;
  for (const char c : AsciiLower(text)) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank) {
      plain += c;
    } else if (!plain.empty() && plain.back() != ' ') {
      plain += ' ';
    }
  }
  return plain;
}

class FaultsAtTheExecutables : public FaultTenant, public testing::WithParamInterface<FaultCell> {
 protected:
  void SetUp() override {
    const auto& cell = GetParam();
    const bool by_front = cell.way == Way::kFront;
    const int site = by_front ? front_.AddSite(Signed()) : 0;
    Furnish(cell.users);
    if (HasFatalFailure()) return;
    if (by_front) {
      front_.Start(tenant_port());
      UseEndpoints(At(site));
    } else {
      WriteConfig(cell.way == Way::kDaemon ? "    mode: enforce\n    interval: 1s\n" : "");
    }
    TrustStoreOfTenant();
  }

  void Strike() const { SetFaults(json::array({GetParam().rule})); }

  int Struck() const {
    const auto document = json::parse(HttpGet(tenant_port(), "/_sim/faults"), nullptr, false);
    return document.is_object() ? document.at("faults").at(0).at("struck").get<int>() : 0;
  }

  Completed Apply() const { return Seatkeeper({"apply", "--yes", "--full"}); }

  // The fault is over when somebody has met it and still waits.
  Completed ApplyUntilHealed() const {
    Process apply({SEATKEEPER, "apply", "--yes"}, folder() / "apply.out", folder() / "apply.err",
                  {.folder = folder(), .extra = {}});
    EXPECT_TRUE(PollUntil([this] { return Struck() > 0; })) << "the call is never made";
    EXPECT_TRUE(apply.running());
    ClearFaults();
    const int code = apply.Wait();
    return {code, ReadFile(folder() / "apply.out"), ReadFile(folder() / "apply.err")};
  }

  void StrikeAnApply() {
    Strike();
    if (GetParam().way == Way::kMidway) return Judge(ApplyUntilHealed());
    const auto done = Apply();
    EXPECT_GT(Struck(), 0) << "the call is never made";
    ClearFaults();
    Judge(done);
  }

  /// Of an apply that was struck: nothing half known, and nothing unsaid.
  void Judge(const Completed& done) {
    const bool right = IsRight();
    const bool read = done.exit_code == 0 || done.exit_code == 3 || done.exit_code == 4;
    if (!read) {
      EXPECT_THAT(done.out, IsEmpty()) << "a plan of half a reading";
      EXPECT_EQ(EffectiveWrites(), 0);
      EXPECT_THAT(done.err, HasSubstr("seatkeeper: error: "));
    }
    if (!right) ExpectTold(done);
    outcome_ = right && done.exit_code == 0 ? "right" : fmt::format("exit {}", done.exit_code);
  }

  static void ExpectTold(const Completed& done) {
    const auto& told = GetParam().told;
    EXPECT_FALSE(told.empty() && done.exit_code == 0) << "not right, and nobody was told";
    const auto plain = Plain(done.out + done.err);
    for (const auto& part : told) EXPECT_THAT(plain, HasSubstr(part));
  }

  /// At rest, and then struck as changes of the tenant come.
  void StrikeTheDaemon() {
    ASSERT_EQ(Apply().exit_code, 0);
    ASSERT_TRUE(IsRight());
    StartDaemon();
    const auto log = [this] { return ReadFile(folder() / "daemon.err"); };
    // What it still waits to see of its own changes it would leave alone.
    ASSERT_TRUE(PollUntil([&] {
      return log().find("read what changed") != std::string::npos &&
             !HasChanges({"intended", "accepted", "ambiguous"});
    })) << log();
    Strike();
    Drift();
    EXPECT_TRUE(PollUntil([this] { return Struck() > 0; })) << "the call is never made";
    EXPECT_TRUE(PollUntil([this] { return IsRight(); })) << log();
    EXPECT_TRUE(PollUntil([&] { return IsTold(log()); })) << log();
    ClearFaults();
    Drift();
    EXPECT_TRUE(PollUntil([this] { return IsRight(); })) << log();
    daemon().Signal(SIGTERM);
    EXPECT_EQ(daemon().Wait(), 0) << log();
    outcome_ = "right";
  }

  static bool IsTold(const std::string& log) {
    const auto plain = Plain(log);
    return std::ranges::all_of(GetParam().told, [&](const std::string& part) {
      return plain.find(part) != std::string::npos;
    });
  }

  /// Until nothing is left to do and nothing is in doubt; 0: never.
  int RunsUntilDone() const {
    Completed last;
    for (int run = 1; run <= kMostRuns; ++run) {
      LetAnHourPass();
      last = Apply();
      if (last.exit_code == 0 && IsDone()) return run;
    }
    ADD_FAILURE() << "exit code " << last.exit_code << '\n' << last.out << last.err;
    return 0;
  }

  std::string outcome_;
};

TEST_P(FaultsAtTheExecutables, NothingIsTakenWronglyAndEverythingComesRight) {
  const auto& cell = GetParam();
  if (cell.way == Way::kDaemon) {
    StrikeTheDaemon();
  } else {
    StrikeAnApply();
  }
  const int runs = RunsUntilDone();
  EXPECT_THAT(WrongWrites(), IsEmpty());
  TheTable().Note(cell.name, fmt::format("{}, {}", outcome_, runs));
}

INSTANTIATE_TEST_SUITE_P(Cells, FaultsAtTheExecutables, testing::ValuesIn(FaultCells()),
                         [](const testing::TestParamInfo<FaultCell>& tested) {
                           return tested.param.name;
                         });

}  // namespace
}  // namespace seatkeeper::test
