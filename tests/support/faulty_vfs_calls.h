#pragma once

#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/faulty_vfs.h"

namespace seatkeeper::test {

/// A file with what its openers share.
struct FaultyVfs::Node {
  /// SQLite's five locks of a database file.
  struct Locks {
    int shared = 0;
    const Handle* reserved = nullptr;
    const Handle* pending = nullptr;
    const Handle* exclusive = nullptr;
  };
  /// The memory that connections share for write-ahead logging. Gone with its last user, as on a
  /// machine: whoever comes next builds it anew from the log.
  struct Shared {
    struct Slot {
      int shared = 0;
      const Handle* exclusive = nullptr;
    };
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<Slot, SQLITE_SHM_NLOCK> slots;
    int users = 0;
  };

  SimulatedFile file;
  Locks locks;
  std::shared_ptr<Shared> shared;
};

/// An open file; lives in memory of SQLite's.
struct FaultyVfs::Handle : sqlite3_file {
  FaultyVfs* vfs = nullptr;
  std::shared_ptr<Node> node;
  std::string name;
  std::shared_ptr<Node::Shared> shared;  // Kept while it is mapped, even after a power cut.
  std::uint64_t life = 0;
  int lock = SQLITE_LOCK_NONE;
  unsigned shared_slots = 0;  // A bit per slot of the shared memory.
  unsigned exclusive_slots = 0;
  bool goes_when_closed = false;
  bool syncs_folder = false;  // With its next sync, as SQLite does for journals on Unix.
};

/// The functions that SQLite calls.
class FaultyVfsCalls {
 public:
  static void Fill(sqlite3_vfs& vfs, const char* name, FaultyVfs* self);

 private:
  using Handle = FaultyVfs::Handle;
  using Node = FaultyVfs::Node;

  static const sqlite3_io_methods kMethods;

  static Handle& Of(sqlite3_file* file) { return *static_cast<Handle*>(file); }
  /// Opened before the power went, or there is none now.
  static bool IsDead(const Handle& handle);

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out);
  static int Delete(sqlite3_vfs* vfs, const char* name, int sync_folder);
  static int Access(sqlite3_vfs* vfs, const char* name, int flags, int* result);
  static int FullPathname(sqlite3_vfs* vfs, const char* name, int size, char* out);

  static int Close(sqlite3_file* file);
  static int Read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset);
  static int Write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset);
  static int Truncate(sqlite3_file* file, sqlite3_int64 size);
  static int Sync(sqlite3_file* file, int flags);
  static int FileSize(sqlite3_file* file, sqlite3_int64* size);
  static int Lock(sqlite3_file* file, int level);
  static int Unlock(sqlite3_file* file, int level);
  static int CheckReservedLock(sqlite3_file* file, int* result);
  static int FileControl(sqlite3_file* file, int operation, void* argument);
  static int SectorSize(sqlite3_file* file);
  static int DeviceCharacteristics(sqlite3_file* file);

  static int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out);
  static int ShmLock(sqlite3_file* file, int offset, int count, int flags);
  static void ShmBarrier(sqlite3_file* file);
  static int ShmUnmap(sqlite3_file* file, int remove);

  static int LockSlots(Handle& handle, int offset, int count, bool exclusive);
  static void UnlockSlots(Handle& handle, unsigned mask, bool exclusive);
  static void Release(Handle& handle, int level);
};

}  // namespace seatkeeper::test
