#include "reconciler/store/sqlite_db.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "reconciler/store/store_advice.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kInMemory = ":memory:";

Error StoreError(std::string message) {
  return Error{
      .kind = ErrorKind::kStore, .message = std::move(message), .position = {}, .service = {}};
}

/// Makes the file before SQLite does: SQLite would create it 0644 less the umask.
Result<void> CreatePrivately(const std::string& path) {
  const auto folder = std::filesystem::absolute(std::filesystem::path(path)).parent_path();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return StoreError(fmt::format("The store {} could not be opened: its folder {} does not exist.",
                                  path, folder.string()));
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) {
    // What is there already is SQLite's to judge.
    if (errno == EEXIST) return {};
    return StoreError(
        fmt::format("The store {} could not be created: {}.", path, std::strerror(errno)));
  }
  const bool private_now = ::fchmod(file, S_IRUSR | S_IWUSR) == 0;
  const int why = errno;
  ::close(file);
  if (private_now) return {};
  return StoreError(
      fmt::format("The store {} could not be kept from others: {}.", path, std::strerror(why)));
}

// What a savepoint may have to take back SQLite would write to a folder for temporary files, and
// with a read-only root file system there may be none: then no journal entry could be written.
// Holds from SQLite's first use in the process on; later it is refused, which only loses this.
// Source: SQLITE_CONFIG_STMTJRNL_SPILL at
// https://www.sqlite.org/c3ref/c_config_covering_index_scan.html
void KeepSavepointsInMemory() {
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      statement_(std::exchange(other.statement_, nullptr)),
      next_(other.next_),
      failure_(other.failure_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::Remember(int code) {
  if (code != SQLITE_OK && failure_ == SQLITE_OK) failure_ = code;
}

Statement& Statement::Bind(std::int64_t value) {
  Remember(sqlite3_bind_int64(statement_, next_++, value));
  return *this;
}

Statement& Statement::Bind(std::string_view text) {
  // A null pointer would bind NULL, which empty text is not.
  const char* start = text.data() == nullptr ? "" : text.data();
  Remember(
      sqlite3_bind_text64(statement_, next_++, start, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Bind(std::optional<std::int64_t> value) {
  if (value) return Bind(*value);
  Remember(sqlite3_bind_null(statement_, next_++));
  return *this;
}

Statement& Statement::BindBytes(std::string_view bytes) {
  Remember(sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Result<bool> Statement::Step() {
  if (failure_ != SQLITE_OK) return db_->Failure("take a value", failure_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return db_->Failure(sqlite3_stmt_readonly(statement_) != 0 ? "read" : "write", code);
}

Result<void> Statement::Run() {
  auto row = Step();
  if (!row) return std::move(row).error();
  return {};
}

std::int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::string_view Statement::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Statement::OptionalInt(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return Int(column);
}

Result<std::unique_ptr<SqliteDb>> SqliteDb::Open(const std::string& path,
                                                 const SqliteOptions& options) {
  KeepSavepointsInMemory();
  const bool other_vfs = !options.vfs.empty();
  if (path != kInMemory && !other_vfs) {
    if (auto created = CreatePrivately(path); !created) return std::move(created).error();
  }
  sqlite3* handle = nullptr;
  const int creating = other_vfs ? SQLITE_OPEN_CREATE : 0;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE | creating,
      other_vfs ? options.vfs.c_str() : nullptr);
  // SQLite hands out a handle even when it fails, and that has to be closed.
  std::unique_ptr<SqliteDb> db(new SqliteDb(path, handle));
  if (code != SQLITE_OK) return db->Failure("be opened", code);
  if (auto configured = db->Configure(options); !configured) return std::move(configured).error();
  return db;
}

SqliteDb::~SqliteDb() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Result<void> SqliteDb::Configure(const SqliteOptions& options) {
  busy_timeout_ = options.busy_timeout;
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout_.count()));
  // SQLite quietly opens read-only what it may not write; that would be found out far too late.
  if (sqlite3_db_readonly(handle_, "main") == 1) return Failure("be opened", SQLITE_READONLY);
  // FULL: in WAL mode nothing less survives a power cut right after the commit.
  return Exec(
      "PRAGMA cell_size_check = ON;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA foreign_keys = ON;");
}

Result<void> SqliteDb::UseWriteAheadLog() {
  // The switch needs the file to itself for a moment and, unlike all else, does not wait for it.
  constexpr std::chrono::milliseconds kStep{2};
  for (std::chrono::milliseconds waited{0};; waited += kStep) {
    const int code = sqlite3_exec(handle_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    const bool busy = (code & 0xff) == SQLITE_BUSY;
    if (!busy || waited >= busy_timeout_) return Failure("be used", code);
    sqlite3_sleep(static_cast<int>(kStep.count()));
  }
}

Result<void> SqliteDb::Exec(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Failure("be used", code);
  return {};
}

Result<Statement> SqliteDb::Prepare(const std::string& sql) {
  auto [place, fresh] = statements_.try_emplace(sql, nullptr);
  if (fresh) {
    const int code = sqlite3_prepare_v3(handle_, sql.c_str(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &place->second, nullptr);
    if (code != SQLITE_OK) {
      statements_.erase(place);
      return Failure("be used", code);
    }
  }
  return Statement(*this, place->second);
}

Result<std::int64_t> SqliteDb::QueryInt(const std::string& sql) {
  auto statement = Prepare(sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->Step();
  if (!row) return std::move(row).error();
  return *row ? statement->Int(0) : 0;
}

bool SqliteDb::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Error SqliteDb::Failure(std::string_view doing, int code) const {
  // The handle's message belongs to its last call, which need not be the one that failed.
  const bool same = handle_ != nullptr && sqlite3_extended_errcode(handle_) == code;
  const char* words = same ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const auto advice = AdviceFor(code);
  return StoreError(fmt::format("The store {} could not {}: {} (SQLite code {}).{}{}", path_, doing,
                                words, code, advice.empty() ? "" : " ", advice));
}

AtomicScope::AtomicScope(SqliteDb& db) : db_(db), nested_(db.in_transaction()) {
  // IMMEDIATE: a transaction that first reads and then writes could otherwise find its reading
  // outdated when it writes, and no waiting would mend that.
  opened_ = db_.Exec(nested_ ? "SAVEPOINT atomic_scope" : "BEGIN IMMEDIATE");
}

AtomicScope::~AtomicScope() {
  if (done_ || !opened_ || !db_.in_transaction()) return;
  // Nothing can be done about a failure here; SQLite then has no transaction left to undo.
  (void)db_.Exec(nested_ ? "ROLLBACK TO atomic_scope; RELEASE atomic_scope" : "ROLLBACK");
}

Result<void> AtomicScope::Commit() {
  auto committed = db_.Exec(nested_ ? "RELEASE atomic_scope" : "COMMIT");
  done_ = committed.ok();
  return committed;
}

}  // namespace seatkeeper
