#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reconciler/store/sqlite_db.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simulated_file.h"

struct sqlite3_vfs;

namespace seatkeeper::test {

/// What a disk can do to a program.
enum class DiskFault {
  kFull,            ///< No room: the beginning of what was to be written may be there.
  kNoRead,          ///< EIO.
  kNoWrite,         ///< EIO; as kFull, some of it may be there.
  kNoSync,          ///< EIO: and nobody knows what of it is on the disk.
  kNoTruncate,      ///< EIO.
  kNoOpen,          ///< No file can be opened or made.
  kNoSharedMemory,  ///< What processes share cannot be made.
  kReadOnly,        ///< Files can be opened for reading alone; no file can be made.
};

/// A machine with one disk, in memory, for SQLite: a VFS under a name of its own
/// (SqliteOptions::vfs). Its power can be cut and its disk can fail, by plan or by the seed; the
/// same seed and the same calls give the same disk. Locks and shared memory work between all
/// connections to it, so that write-ahead logging is used as on a real machine. Thread-safe. Every
/// connection must be closed before it goes.
class FaultyVfs {
 public:
  explicit FaultyVfs(std::uint64_t seed = 1);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  /// What a store is opened with; waits for nobody.
  SqliteOptions options() const;

  /// From now on, of 1000 operations so many meet this fault.
  void Fail(DiskFault fault, unsigned per_mille = 1000);
  /// The fault is met once, by the operation that it can happen to after so many others.
  void FailOnce(DiskFault fault, int after);
  /// No fault any more.
  void Mend();
  /// While one lives nothing meets a fault, and none is forgotten: for whoever looks on.
  class Quiet {
   public:
    explicit Quiet(FaultyVfs& vfs) : vfs_(vfs) { vfs_.HoldFaults(1); }
    ~Quiet() { vfs_.HoldFaults(-1); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

   private:
    FaultyVfs& vfs_;
  };
  /// How many operations met a fault.
  int faults_met() const;

  /// The power goes after so many operations that alter the disk; then nothing works any more.
  void CutPowerAfter(int operations);
  bool has_power() const;
  /// How many operations altered the disk up to now.
  int alterations() const;
  /// The power goes, if it has not yet, and comes back: unsynced writes are kept, lost or torn, and
  /// whatever is open fails for ever.
  void CutPower();
  /// As when all programs are killed: whatever is open fails for ever, and what was written stays.
  void KillPrograms();

  std::vector<std::string> Files() const;
  /// As programs see it; empty where there is none.
  std::string Read(const std::string& file) const;
  /// Puts a file there that has been on the disk all along.
  void Put(const std::string& file, std::string content);

 private:
  friend class FaultyVfsCalls;
  struct Node;
  struct Handle;
  struct Planned {
    DiskFault fault;
    int after = 0;
  };

  std::shared_ptr<Node> NodeOf(const std::string& file);
  /// Whether this operation meets the fault.
  bool Meets(DiskFault fault);
  bool HasPower() const { return cut_at_ < 0 || alterations_ < cut_at_; }
  /// One operation that alters the disk: false once there is no power.
  bool MayAlter();
  void DropPrograms();
  void HoldFaults(int by);

  const std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  mutable std::mutex mutex_;
  FixedRandom random_;
  std::map<std::string, std::shared_ptr<Node>> files_;
  std::map<DiskFault, unsigned> shares_;
  std::vector<Planned> planned_;
  std::uint64_t life_ = 1;  // What was opened in an earlier one fails.
  int alterations_ = 0;
  int cut_at_ = -1;  // Which alteration is the first that does not happen; -1: none.
  int faults_met_ = 0;
  int quiet_ = 0;
};

}  // namespace seatkeeper::test
