// Ctrl-C and SIGTERM while changes are sent: once, and twice.

#include <gmock/gmock.h>
#include <signal.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Interrupt : public EndToEnd {
 protected:
  /// Several hundred changes, and a service that takes so long for each request.
  void Start(int delay_ms) {
    StartTenant({"--users", "1500", "--seed", "3"});
    WriteConfig();
    UseExamplePolicies();
    planned_ = json::parse(Seatkeeper({"plan", "--format", "json"}).out)["changes"].size();
    ASSERT_GT(planned_, 150U);
    SetFaults({{{"match", {{"method", "POST"}, {"path", "/users/*/assignLicense"}}},
                {"fault", {{"kind", "delay"}, {"ms", delay_ms}}}}});
    apply_ = std::make_unique<Process>(
        std::vector<std::string>{SEATKEEPER, "apply", "--yes", "--format", "json"},
        folder() / "apply.out", folder() / "apply.err",
        ProcessOptions{.folder = folder(), .extra = {}});
    // The effect comes at once, its answer later.
    ASSERT_TRUE(PollUntil([this] { return EffectiveWrites() > 0; }))
        << ReadFile(folder() / "apply.err");
  }
  std::map<std::string, std::size_t> HistoryByState() const {
    const auto history =
        json::parse(Seatkeeper({"history", "--format", "json", "--limit", "5000"}).out);
    std::map<std::string, std::size_t> states;
    for (const auto& entry : history) ++states[entry["state"]];
    return states;
  }
  std::vector<json> Lines() const {
    std::vector<json> lines;
    std::istringstream text(ReadFile(folder() / "apply.out"));
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }

  std::size_t planned_ = 0;
  std::unique_ptr<Process> apply_;
};

TEST_F(Interrupt, OnceFinishesWhatIsUnderWayAndSaysWhatIsLeft) {
  Start(3000);
  apply_->Signal(SIGTERM);
  EXPECT_EQ(apply_->Wait(), 4) << ReadFile(folder() / "apply.err");
  EXPECT_THAT(ReadFile(folder() / "apply.err"), HasSubstr("finishing what is under way"));
  ClearFaults();
  const auto written = static_cast<std::size_t>(EffectiveWrites());
  EXPECT_LT(written, planned_);
  auto states = HistoryByState();
  EXPECT_EQ(states["accepted"], written) << "what was under way has its answer";
  states.erase("accepted");
  states.erase("withdrawn");
  EXPECT_TRUE(states.empty()) << "and nothing is open without one";

  const auto lines = Lines();
  ASSERT_EQ(lines.size(), planned_ + 1) << "a line for each change, and the summary";
  const auto& summary = lines.back();
  EXPECT_EQ(summary["stopped"], "interrupted");
  EXPECT_EQ(summary["accepted"], written);
  EXPECT_EQ(summary["failed"], planned_ - written);

  // The next one confirms these and does the rest, each change once.
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  EXPECT_EQ(Seatkeeper({"plan", "--detailed-exitcode"}).exit_code, 0);
  EXPECT_EQ(static_cast<std::size_t>(EffectiveWrites()), planned_);
}

TEST_F(Interrupt, TwiceLeavesAtOnceAndIsRecovered) {
  Start(60'000);
  apply_->Signal(SIGINT);
  ASSERT_TRUE(PollUntil([this] {
    return ReadFile(folder() / "apply.err").find("again: leave at once") != std::string::npos;
  }));
  apply_->Signal(SIGINT);
  EXPECT_EQ(apply_->Wait(), 1) << "long before the answers";
  ClearFaults();
  const auto written = static_cast<std::size_t>(EffectiveWrites());
  const auto left_open = HistoryByState();
  ASSERT_EQ(left_open.size(), 1U);
  EXPECT_GE(left_open.at("intended"), written)
      << "everything that was sent was written down before";
  EXPECT_THAT(Seatkeeper({"apply", "--yes"}).err, HasSubstr("is being changed by"));
  EXPECT_EQ(static_cast<std::size_t>(EffectiveWrites()), written);

  LetAnHourPass();
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0) << "the others, and a first look at these";
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0) << "the second look settles them";
  auto settled = HistoryByState();
  EXPECT_EQ(settled.contains("intended"), false);
  EXPECT_EQ(settled["matched"], written) << "they had taken effect";
  EXPECT_EQ(settled["matched"] + settled["reverted"], left_open.at("intended"));
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 0);
  EXPECT_EQ(Seatkeeper({"plan", "--detailed-exitcode"}).exit_code, 0);
  EXPECT_EQ(static_cast<std::size_t>(EffectiveWrites()), planned_) << "each change once";
}

TEST_F(Interrupt, EveryChangeHasItsLineAsItEnds) {
  Start(1500);
  const auto lines = [this] {
    const auto text = ReadFile(folder() / "apply.out");
    return std::count(text.begin(), text.end(), '\n');
  };
  // The service is slow: by the time that the first ones are told, most have not been sent.
  ASSERT_TRUE(PollUntil([&] { return lines() > 0; }));
  EXPECT_TRUE(apply_->running());
  EXPECT_LT(lines(), static_cast<std::ptrdiff_t>(planned_));
  ClearFaults();
  EXPECT_EQ(apply_->Wait(), 0) << ReadFile(folder() / "apply.err");
  const auto told = Lines();
  ASSERT_EQ(told.size(), planned_ + 1);
  for (std::size_t i = 0; i < planned_; ++i) {
    EXPECT_EQ(told[i]["kind"], "outcome");
    EXPECT_EQ(told[i]["state"], "accepted");
    EXPECT_NE(told[i]["user"]["userPrincipalName"], "");
  }
  EXPECT_EQ(told.back()["kind"], "summary");
  EXPECT_EQ(told.back()["accepted"], planned_);
}

}  // namespace
}  // namespace seatkeeper::test
