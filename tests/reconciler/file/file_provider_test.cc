#include "reconciler/file/file_provider.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "reconciler/file/private_file.h"
#include "reconciler/http/inline_workers.h"
#include "tests/support/fake_clock.h"

namespace seatkeeper::test {
namespace {

using ::testing::HasSubstr;

constexpr char kUser[] = "00000000-0000-0000-0000-000000000001";

class FileProviderTest : public ::testing::Test {
 protected:
  FileProviderTest() { std::filesystem::create_directories(directory_); }
  ~FileProviderTest() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  std::string Write(const std::string& text) const {
    std::ofstream(Path("snapshot.json")) << text;
    return Path("snapshot.json");
  }
  std::optional<Result<void>> Read(FileProvider& provider) {
    std::optional<Result<void>> got;
    provider.Read({}, sink_, [&](Result<void> result) { got = std::move(result); });
    EXPECT_FALSE(got) << "never from inside the call";
    timers_.RunAll();
    return got;
  }
  FileProvider::Dependencies Dependencies() { return {workers_, timers_, clock_}; }

  std::filesystem::path directory_ =
      std::filesystem::path(::testing::TempDir()) /
      ("file-" + std::to_string(getpid()) + "-" +
       ::testing::UnitTest::GetInstance()->current_test_info()->name());
  FakeClock clock_;
  FakeTimers timers_{clock_};
  InlineWorkers workers_{timers_};
  ObservedBuilder sink_{PlanningProperties()};
};

TEST_F(FileProviderTest, ReadsASnapshot) {
  FileProvider provider(Dependencies(),
                        Write(R"({"tenant":"t","readAt":"2026-01-05T08:00:00Z","users":[{"id":")" +
                              std::string(kUser) + R"("}]})"));
  const auto result = Read(provider);
  ASSERT_TRUE(result && result->ok());
  EXPECT_EQ(sink_.user_count(), 1U);
  ASSERT_TRUE(provider.info());
  EXPECT_EQ(provider.info()->tenant, "t");
}

TEST_F(FileProviderTest, BadAndMissingFilesNameTheFile) {
  FileProvider bad(Dependencies(), Write("{\"users\":3}"));
  const auto invalid = Read(bad);
  ASSERT_TRUE(invalid && !invalid->ok());
  EXPECT_EQ(invalid->error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(invalid->error().position->file, Path("snapshot.json"));
  FileProvider missing(Dependencies(), Path("nowhere.json"));
  const auto absent = Read(missing);
  ASSERT_TRUE(absent && !absent->ok());
  EXPECT_EQ(absent->error().kind, ErrorKind::kIo);
  EXPECT_THAT(absent->error().message, HasSubstr("No such file"));
  FileProvider folder(Dependencies(), Path(""));
  EXPECT_EQ(Read(folder)->error().kind, ErrorKind::kIo);
}

TEST_F(FileProviderTest, ReadsSingleUsersAgain) {
  FileProvider provider(Dependencies(),
                        Write(R"({"users":[{"id":")" + std::string(kUser) +
                              R"("},{"id":"00000000-0000-0000-0000-000000000002"}]})"));
  bool ok = false;
  provider.Reread({*UserId::Parse(kUser)}, sink_, [&](const Result<void>& r) { ok = r.ok(); });
  timers_.RunAll();
  EXPECT_TRUE(ok);
  EXPECT_EQ(sink_.user_count(), 1U);
}

TEST_F(FileProviderTest, CannotWriteAndSaysSo) {
  FileProvider provider(Dependencies(), Path("x.json"));
  EXPECT_FALSE(provider.capabilities().can_write);
  std::vector<WriteResult> got;
  provider.Write({{.change_id = "a"}}, [&](auto results) { got = std::move(results); });
  EXPECT_TRUE(got.empty());
  timers_.RunAll();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].kind, WriteResult::Kind::kRefused);
  EXPECT_THAT(got[0].message, HasSubstr("is a snapshot"));
}

TEST_F(FileProviderTest, DestroyingItDropsWhatIsUnderWay) {
  bool called = false;
  {
    FileProvider provider(Dependencies(), Write("{}"));
    provider.Read({}, sink_, [&](const Result<void>&) { called = true; });
    provider.Write({{.change_id = "a"}}, [&](auto) { called = true; });
  }
  timers_.RunAll();
  EXPECT_FALSE(called);
}

TEST_F(FileProviderTest, PrivateFilesAreTheOwnersAloneAndReplacedWhole) {
  const std::string path = Path("out.json");
  std::ofstream(path) << "old";
  chmod(path.c_str(), 0644);
  ASSERT_TRUE(WritePrivateFile(path, "new text").ok());
  EXPECT_EQ(*ReadTextFile(path), "new text");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1)
      << "no temporary file stays behind";
}

TEST_F(FileProviderTest, AFailedWriteLeavesNothingBehind) {
  const auto result = WritePrivateFile(Path("no/such/folder.json"), "x");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kIo);
  std::filesystem::create_directories(Path("taken"));
  EXPECT_FALSE(WritePrivateFile(Path("taken"), "x").ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

}  // namespace
}  // namespace seatkeeper::test
