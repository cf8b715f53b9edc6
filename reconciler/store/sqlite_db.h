#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "policy/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace seatkeeper {

class SqliteDb;

/// A prepared statement in use. Bind in the order of the `?`s, then Step until it says false.
/// Given back, reset, to its connection when it is destroyed, so it must not outlive that. One
/// text may be in use only once at a time. Not thread-safe.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  Statement& Bind(std::int64_t value);
  Statement& Bind(std::string_view text);
  Statement& Bind(std::optional<std::int64_t> value);  ///< Nothing is NULL.
  Statement& BindBytes(std::string_view bytes);        ///< As they are: no text.

  /// True: a row can be read. False: it is done. kStore with SQLite's words otherwise.
  Result<bool> Step();
  /// Step for statements that return no row.
  Result<void> Run();

  /// Of the present row, columns from 0. A NULL reads as 0 and as empty text.
  std::int64_t Int(int column) const;
  std::string Text(int column) const;
  /// What BindBytes wrote; valid until the next Step.
  std::string_view Bytes(int column) const;
  std::optional<std::int64_t> OptionalInt(int column) const;

 private:
  friend class SqliteDb;
  Statement(SqliteDb& db, sqlite3_stmt* statement) : db_(&db), statement_(statement) {}
  void Remember(int code);

  SqliteDb* db_;
  sqlite3_stmt* statement_;
  int next_ = 1;
  int failure_ = 0;  // First failure of a Bind; told by Step.
};

struct SqliteOptions {
  /// How long a write waits for another process's write before it fails.
  std::chrono::milliseconds busy_timeout{5'000};
  /// The name of the SQLite file system (VFS) to use; empty: the machine's. Another one makes its
  /// files itself: nothing is asked of the machine's folders then.
  std::string vfs = {};
};

/// A connection to one SQLite file. Every failure is an Error of kind kStore that names the file
/// and carries SQLite's own words. Not thread-safe; movable never, so that statements can point
/// back.
class SqliteDb {
 public:
  /// Opens or creates the file, for reading and writing or not at all. A new file belongs to its
  /// owner alone (0600, whatever the umask), and SQLite gives its -wal and -shm files the same
  /// mode. The folder must exist. ":memory:" is a database that ends with the connection.
  /// Commits wait until they are on disk (synchronous=FULL). Nothing in the file is altered yet.
  static Result<std::unique_ptr<SqliteDb>> Open(const std::string& path,
                                                const SqliteOptions& options = {});
  ~SqliteDb();
  SqliteDb(const SqliteDb&) = delete;
  SqliteDb& operator=(const SqliteDb&) = delete;

  const std::string& path() const { return path_; }

  /// Switches the file to write-ahead logging, for good: readers beside a running daemon neither
  /// wait nor hold it up.
  Result<void> UseWriteAheadLog();
  /// Runs one or more statements without parameters; rows are dropped.
  Result<void> Exec(const std::string& sql);
  /// Compiles `sql`, or takes what an earlier call compiled. Kept until the connection closes, so
  /// the number of different texts must be bounded.
  Result<Statement> Prepare(const std::string& sql);
  /// The one number that `sql` yields.
  Result<std::int64_t> QueryInt(const std::string& sql);

  /// Between a BEGIN (or outermost SAVEPOINT) and its end. SQLite ends a transaction by itself
  /// when the disk is full or fails.
  bool in_transaction() const;

  /// What went wrong last, as an Error. `doing` completes "could not ...".
  Error Failure(std::string_view doing, int code) const;

 private:
  friend class Statement;
  SqliteDb(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  Result<void> Configure(const SqliteOptions& options);

  std::string path_;
  sqlite3* handle_;
  std::chrono::milliseconds busy_timeout_{0};
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

/// All or nothing for what happens between construction and Commit: a transaction of its own, or a
/// savepoint where one is open already. Undone when it is destroyed without Commit.
class AtomicScope {
 public:
  explicit AtomicScope(SqliteDb& db);
  ~AtomicScope();
  AtomicScope(const AtomicScope&) = delete;
  AtomicScope& operator=(const AtomicScope&) = delete;

  /// Whether it could be opened; nothing may be written otherwise.
  const Result<void>& opened() const { return opened_; }
  Result<void> Commit();

 private:
  SqliteDb& db_;
  bool nested_;
  bool done_ = false;
  Result<void> opened_;
};

}  // namespace seatkeeper
