#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "reconciler/store/migrations.h"
#include "reconciler/store/sqlite_db.h"
#include "tests/reconciler/store/store_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteFile : public ::testing::Test {
 protected:
  std::string path() const { return folder_.File("store.db"); }

  Error Refusal(const std::string& where) {
    const auto opened = OpenSqliteStore(where);
    if (!opened) return opened.error();
    ADD_FAILURE() << where << " was opened";
    return {};
  }

  static unsigned Mode(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return 0;
    return status.st_mode & 0777U;
  }

  static std::string Read(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  static void Write(const std::string& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  }

  TempFolder folder_;
};

TEST_F(SqliteFile, BelongsToItsOwnerAloneWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0000}, mode_t{0022}, mode_t{0277}}) {
    const std::string file = folder_.File("store" + std::to_string(mask) + ".db");
    const mode_t before = ::umask(mask);
    auto store = OpenSqliteStore(file);
    if (store.ok()) (void)(*store)->AcquireLease(kContoso, "one", At(0), kTtl);
    ::umask(before);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_EQ(Mode(file), 0600U);
    EXPECT_EQ(Mode(file + "-wal"), 0600U);
    EXPECT_EQ(Mode(file + "-shm"), 0600U);
  }
}

TEST_F(SqliteFile, NeedsItsFolder) {
  const Error error = Refusal(folder_.File("missing/store.db"));
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message, AllOf(HasSubstr("missing"), HasSubstr("does not exist")));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "missing"));
}

TEST_F(SqliteFile, IsNotCreatedWhereNothingMayBeCreated) {
  // Not even root may create files there.
  const Error error = Refusal("/proc/store.db");
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message, HasSubstr("/proc/store.db"));
}

TEST_F(SqliteFile, InAReadOnlyFolderIsRefused) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  const bool root = ::geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  if (root) {
    ASSERT_EQ(::chown(folder_.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::chown(path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0500), 0);
  const auto present = OpenSqliteStore(path());
  const auto fresh = OpenSqliteStore(folder_.File("new.db"));
  ::chmod(folder_.path().c_str(), 0700);
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_FALSE(present.ok());
  EXPECT_EQ(present.error().kind, ErrorKind::kStore);
  ASSERT_FALSE(fresh.ok());
  EXPECT_EQ(fresh.error().kind, ErrorKind::kStore);
  EXPECT_THAT(fresh.error().message, HasSubstr("Permission denied"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "new.db"));
}

TEST_F(SqliteFile, ThatIsNoDatabaseIsRefusedAndLeftAlone) {
  const std::string text(5000, 'x');
  Write(path(), text);
  const Error error = Refusal(path());
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message, AllOf(HasSubstr(path()), HasSubstr("not a database"),
                                   HasSubstr("give the path of the store")));
  EXPECT_EQ(Read(path()), text);
}

TEST_F(SqliteFile, ThatIsDamagedFailsInSqlitesWords) {
  {
    auto store = OpenSqliteStore(path());
    ASSERT_TRUE(store.ok());
    const auto lease = (*store)->AcquireLease(kContoso, "one", At(0), kTtl);
    std::vector<JournalEntry> entries;
    for (int i = 1; i <= 200; ++i) entries.push_back(Intent(i));
    ASSERT_TRUE((*store)->RecordIntents(*lease, entries).ok());
  }
  std::string bytes = Read(path());
  // All pages but the first, which holds the schema.
  std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');
  Write(path(), bytes);
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok() || store.error().kind == ErrorKind::kStore);
  if (!store.ok()) return;
  const auto history = (*store)->History({});
  ASSERT_FALSE(history.ok());
  EXPECT_EQ(history.error().kind, ErrorKind::kStore);
  EXPECT_THAT(history.error().message,
              AllOf(HasSubstr(path()), HasSubstr("malformed"), HasSubstr("put back a backup")));
  EXPECT_FALSE((*store)->AcquireLease(kContoso, "two", At(0), kTtl).ok());
  store->reset();
  EXPECT_EQ(Read(path()), bytes) << "what is left of it may still be of use";
}

TEST_F(SqliteFile, ThatIsCutShortIsRefusedAndLeftAlone) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  const std::string bytes = Read(path()).substr(0, 3 * 4096);
  Write(path(), bytes);
  const Error error = Refusal(path());
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr(path()), HasSubstr("malformed"), HasSubstr("put back a backup")));
  EXPECT_EQ(Read(path()), bytes);
}

TEST_F(SqliteFile, WithAFolderInThePlaceOfItsLogIsRefusedUntilThatIsGone) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  std::filesystem::create_directory(path() + "-wal");
  const Error error = Refusal(path());
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message, AllOf(HasSubstr(path()), HasSubstr("-wal"), HasSubstr("writable")));
  std::filesystem::remove(path() + "-wal");
  EXPECT_TRUE(OpenSqliteStore(path()).ok());
}

TEST_F(SqliteFile, OfANewerProgramIsRefusedAndLeftAlone) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec("PRAGMA user_version = 999").ok());
  }
  const Error error = Refusal(path());
  EXPECT_EQ(error.kind, ErrorKind::kStore);
  EXPECT_THAT(error.message, AllOf(HasSubstr("999"), HasSubstr("run the newer one")));
  auto db = SqliteDb::Open(path());
  EXPECT_EQ(*(*db)->QueryInt("PRAGMA user_version"), 999);
}

TEST_F(SqliteFile, OfAnotherProgramIsRefusedAndLeftAlone) {
  {
    auto db = SqliteDb::Open(path());
    ASSERT_TRUE((*db)->Exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)").ok());
  }
  const std::string before = Read(path());
  EXPECT_THAT(Refusal(path()).message, HasSubstr("another program"));
  EXPECT_EQ(Read(path()), before);
}

TEST_F(SqliteFile, KeepsItsSchemaWhenOpenedAgain) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  auto db = SqliteDb::Open(path());
  EXPECT_EQ(*(*db)->QueryInt("PRAGMA user_version"), NewestSchema());
}

TEST_F(SqliteFile, IsCreatedOnceByManyAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> failures(8);
  for (std::string& failure : failures) {
    threads.emplace_back([this, &failure] {
      const auto opened = OpenSqliteStore(path());
      if (!opened) failure = opened.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) EXPECT_EQ(failure, "");
}

/// While it lives, files of this process cannot grow beyond a size: the nearest thing to a full
/// disk that needs no privileges.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit now{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

TEST_F(SqliteFile, OnAFullDiskKeepsWhatWasThereAndGoesOnAfterwards) {
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok());
  const auto lease = (*store)->AcquireLease(kContoso, "one", At(0), kTtl);
  ASSERT_TRUE((*store)->RecordIntents(*lease, {Intent(1)}).ok());
  std::vector<JournalEntry> many;
  for (int i = 2; i <= 2000; ++i) many.push_back(Intent(i));
  {
    const FileSizeLimit full(std::filesystem::file_size(path() + "-wal") + 20'000);
    const auto failed = (*store)->RecordIntents(*lease, many);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().kind, ErrorKind::kStore);
  }
  EXPECT_EQ((*store)->OpenChanges(kContoso)->size(), 1U);
  EXPECT_TRUE((*store)->RecordIntents(*lease, many).ok());
  EXPECT_EQ((*store)->OpenChanges(kContoso)->size(), 2000U);
}

TEST_F(SqliteFile, CanBeMemoryAlone) {
  const auto store = OpenSqliteStore(":memory:");
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE((*store)->AcquireLease(kContoso, "one", At(0), kTtl).ok());
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

}  // namespace
}  // namespace seatkeeper::test
