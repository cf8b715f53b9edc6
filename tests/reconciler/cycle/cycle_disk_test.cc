// The store's disk fails in the middle of a cycle: nothing is sent that is not written down, and
// the same program goes on when the trouble is over.

#include <gmock/gmock.h>

#include "tests/reconciler/cycle/cycle_fixture.h"
#include "tests/support/faulty_vfs.h"

namespace seatkeeper::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFile = "/var/lib/seatkeeper/store.db";

class CycleDisk : public CycleTest {
 protected:
  void SetUp() override {
    CycleTest::SetUp();
    tenant_ = provider_.world;
    StartOver();
  }

  ~CycleDisk() override { EndProgram(); }

  // A new machine with an empty disk, and the tenant as it was in the beginning.
  void StartOver() {
    EndProgram();
    machine_ = std::make_unique<FaultyVfs>();
    provider_.world = tenant_;
    provider_.written.clear();
    StartProgram();
    TrustStore(*store_, key_, clock_.Now());
  }

  void EndProgram() {
    runner_.reset();
    store_.reset();
  }

  void StartProgram() {
    auto opened = OpenSqliteStore(kFile, machine_->options());
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
    runner_ = std::make_unique<InlineStoreRunner>(*store_, timers_);
  }

  void ExpectRecorded(const std::vector<WriteItem>& sent, const std::string& plan_id) {
    const auto history = store_->History({.tenant = key_});
    ASSERT_TRUE(history) << history.error().message;
    for (const auto& item : sent) {
      EXPECT_TRUE(std::ranges::any_of(*history,
                                      [&](const auto& row) {
                                        return row.entry.plan_id == plan_id &&
                                               row.entry.subject() == item.subject;
                                      }))
          << NameOf(item.subject) << " was sent and is not in the journal";
    }
  }

  // Cycles of one program until the tenant is as the policy says.
  bool ComesToRest() {
    for (int cycle = 0; cycle < 12; ++cycle) {
      timers_.RunFor(std::chrono::minutes(10));
      const auto report = Run(Mode::kEnforce);
      if (!report.error && report.plan->plan().CountWith(Verdict::kGo) == 0 &&
          store_->OpenChanges(key_)->empty()) {
        return Holds("ada") == "E5" && Holds("bob") == "E5" && Holds("cleo").empty();
      }
    }
    return false;
  }

  // One cycle that meets the fault at this moment. False: the cycle was over before.
  bool MeetFault(DiskFault fault, int moment) {
    StartOver();
    machine_->FailOnce(fault, moment);
    plan_id_ = Run(Mode::kEnforce).plan_id;
    const bool met = machine_->faults_met() > 0;
    machine_->Mend();
    return met;
  }

  TestTenant tenant_;
  std::string plan_id_;  // Of the cycle that met the fault.
  std::unique_ptr<FaultyVfs> machine_;
};

TEST_F(CycleDisk, AFullDiskStopsChangesSaysSoAndEnds) {
  machine_->Fail(DiskFault::kFull);
  const auto report = Run(Mode::kEnforce);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::kStore);
  EXPECT_THAT(report.error->message,
              AllOf(HasSubstr(kFile), HasSubstr("full"), HasSubstr("free some space")));
  EXPECT_THAT(provider_.written, IsEmpty());
  machine_->Mend();
  EXPECT_TRUE(ComesToRest());
}

class CycleDiskMoments : public CycleDisk, public testing::WithParamInterface<DiskFault> {};

TEST_P(CycleDiskMoments, TheSameProgramGoesOn) {
  int moment = 0;
  for (; MeetFault(GetParam(), moment); ++moment) {
    ExpectRecorded(provider_.written, plan_id_);
    ASSERT_TRUE(ComesToRest()) << "after a fault at operation " << moment;
    ASSERT_FALSE(HasFailure()) << "after a fault at operation " << moment;
  }
  EXPECT_GT(moment, 5);
}

TEST_P(CycleDiskMoments, NothingWasSentThatIsNotOnTheDisk) {
  std::size_t sent = 0;
  for (int moment = 0; MeetFault(GetParam(), moment); ++moment) {
    machine_->CutPower();
    EndProgram();
    StartProgram();
    sent += provider_.written.size();
    ExpectRecorded(provider_.written, plan_id_);
    ASSERT_TRUE(ComesToRest()) << "after a fault at operation " << moment;
    ASSERT_FALSE(HasFailure()) << "after a fault at operation " << moment;
  }
  EXPECT_GT(sent, 3U);
}

INSTANTIATE_TEST_SUITE_P(Faults, CycleDiskMoments,
                         testing::Values(DiskFault::kFull, DiskFault::kNoWrite, DiskFault::kNoSync),
                         [](const auto& fault) {
                           return std::string(fault.param == DiskFault::kFull      ? "Full"
                                              : fault.param == DiskFault::kNoWrite ? "NoWrite"
                                                                                   : "NoSync");
                         });

}  // namespace
}  // namespace seatkeeper::test
