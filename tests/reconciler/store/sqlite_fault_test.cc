// The disk fails under a store that is open, or that is to be opened: what is said of it, what
// stays, and that the same store goes on afterwards.

#include <gmock/gmock.h>

#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/faulty_vfs.h"

namespace seatkeeper::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFile = "/var/lib/seatkeeper/store.db";

/// A fault and what is said of it.
struct Story {
  DiskFault fault;
  const char* happened;
  const char* mend;
};

class SqliteFault : public testing::TestWithParam<Story> {
 protected:
  void SetUp() override {
    store_ = Opened();
    ASSERT_NE(store_, nullptr);
    const auto lease = store_->AcquireLease(kContoso, "one", At(0), kTtl);
    ASSERT_TRUE(lease);
    lease_ = *lease;
    ASSERT_TRUE(store_->RecordIntents(lease_, {Intent(1)}).ok());
  }
  ~SqliteFault() override { store_.reset(); }

  std::unique_ptr<TransactionalStore> Opened() {
    auto opened = OpenSqliteStore(kFile, machine_.options());
    if (opened) return std::move(opened).value();
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }

  static void ExpectTold(const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kStore);
    EXPECT_THAT(error.message, AllOf(HasSubstr(kFile), HasSubstr(GetParam().happened),
                                     HasSubstr(GetParam().mend)));
  }

  std::vector<std::string> Ids() {
    const auto history = store_->History({});
    EXPECT_TRUE(history);
    return history ? IdsOf(*history) : std::vector<std::string>();
  }

  FaultyVfs machine_;
  std::unique_ptr<TransactionalStore> store_;
  Lease lease_;
};

using SqliteWriteFault = SqliteFault;

TEST_P(SqliteWriteFault, IsToldKeepsWhatWasThereAndEnds) {
  machine_.Fail(GetParam().fault);
  const auto failed = store_->RecordIntents(lease_, {Intent(2)});
  ASSERT_FALSE(failed.ok());
  ExpectTold(failed.error());
  machine_.Mend();
  EXPECT_THAT(Ids(), ElementsAre("p1/c1"));
  EXPECT_TRUE(store_->RecordIntents(lease_, {Intent(3)}).ok());
  store_.reset();
  store_ = Opened();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Ids(), ElementsAre("p1/c3", "p1/c1"));
}

INSTANTIATE_TEST_SUITE_P(
    Disk, SqliteWriteFault,
    testing::Values(Story{DiskFault::kFull, "full", "free some space"},
                    Story{DiskFault::kNoWrite, "disk I/O error", "look at the disk"},
                    Story{DiskFault::kNoSync, "disk I/O error", "look at the disk"},
                    Story{DiskFault::kReadOnly, "disk I/O error", "look at the disk"}));

using SqliteOpenFault = SqliteFault;

TEST_P(SqliteOpenFault, IsToldAndTheFileStaysAsItIs) {
  store_.reset();
  const auto before = machine_.Read(kFile);
  machine_.Fail(GetParam().fault);
  const auto failed = OpenSqliteStore(kFile, machine_.options());
  ASSERT_FALSE(failed.ok());
  ExpectTold(failed.error());
  machine_.Mend();
  EXPECT_EQ(machine_.Read(kFile), before);
  store_ = Opened();
  ASSERT_NE(store_, nullptr);
  EXPECT_THAT(Ids(), ElementsAre("p1/c1"));
}

INSTANTIATE_TEST_SUITE_P(
    Disk, SqliteOpenFault,
    testing::Values(Story{DiskFault::kNoOpen, "unable to open", "must be writable"},
                    Story{DiskFault::kReadOnly, "readonly", "must be writable"},
                    Story{DiskFault::kNoRead, "disk I/O error", "look at the disk"},
                    Story{DiskFault::kNoSharedMemory, "disk I/O error", "look at the disk"}));

TEST(SqliteNewFault, AStoreThatCouldNotBeMadeIsMadeLater) {
  for (const auto fault : {DiskFault::kFull, DiskFault::kNoWrite, DiskFault::kNoSync,
                           DiskFault::kNoOpen, DiskFault::kReadOnly, DiskFault::kNoSharedMemory}) {
    SCOPED_TRACE(static_cast<int>(fault));
    FaultyVfs machine;
    machine.Fail(fault);
    const auto failed = OpenSqliteStore(kFile, machine.options());
    ASSERT_FALSE(failed.ok());
    EXPECT_THAT(failed.error().message, HasSubstr(kFile));
    machine.Mend();
    const auto opened = OpenSqliteStore(kFile, machine.options());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_TRUE((*opened)->AcquireLease(kContoso, "one", At(0), kTtl).ok());
  }
}

}  // namespace
}  // namespace seatkeeper::test
