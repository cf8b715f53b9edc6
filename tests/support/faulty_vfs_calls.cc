#include "tests/support/faulty_vfs_calls.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace seatkeeper::test {
namespace {

FaultyVfs& Self(sqlite3_vfs* vfs) { return *static_cast<FaultyVfs*>(vfs->pAppData); }

constexpr int kPathMax = 512;

}  // namespace

const sqlite3_io_methods FaultyVfsCalls::kMethods{
    .iVersion = 2,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Unlock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
    .xShmMap = ShmMap,
    .xShmLock = ShmLock,
    .xShmBarrier = ShmBarrier,
    .xShmUnmap = ShmUnmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

void FaultyVfsCalls::Fill(sqlite3_vfs& vfs, const char* name, FaultyVfs* self) {
  // Time, randomness and all that is no file stay the machine's.
  vfs = *sqlite3_vfs_find(nullptr);
  vfs.pNext = nullptr;
  vfs.zName = name;
  vfs.pAppData = self;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = kPathMax;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  vfs.xAccess = Access;
  vfs.xFullPathname = FullPathname;
}

bool FaultyVfsCalls::IsDead(const Handle& handle) {
  return handle.life != handle.vfs->life_ || !handle.vfs->HasPower();
}

int FaultyVfsCalls::Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                         int* out) {
  auto& self = Self(vfs);
  const std::lock_guard lock(self.mutex_);
  file->pMethods = nullptr;
  const auto node = name == nullptr ? std::make_shared<Node>() : self.NodeOf(name);
  const bool makes = !node->file.exists();
  const bool writes = (flags & SQLITE_OPEN_READWRITE) != 0;
  if (makes && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  if (!self.HasPower() || self.Meets(DiskFault::kNoOpen)) return SQLITE_CANTOPEN;
  const bool read_only = writes && self.Meets(DiskFault::kReadOnly);
  if (makes && (read_only || !self.MayAlter())) return SQLITE_CANTOPEN;
  node->file.Create();
  auto* handle = new (file) Handle;
  handle->pMethods = &kMethods;
  handle->vfs = &self;
  handle->node = node;
  handle->name = name == nullptr ? "" : name;
  handle->life = self.life_;
  handle->goes_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
  handle->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0;
  if (out != nullptr) {
    const int access = SQLITE_OPEN_READWRITE | SQLITE_OPEN_READONLY;
    *out = read_only ? (flags & ~access) | SQLITE_OPEN_READONLY : flags;
  }
  return SQLITE_OK;
}

int FaultyVfsCalls::Delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto& self = Self(vfs);
  const std::lock_guard lock(self.mutex_);
  auto& file = self.NodeOf(name)->file;
  if (!file.exists()) return SQLITE_IOERR_DELETE_NOENT;
  if (self.Meets(DiskFault::kReadOnly) || !self.MayAlter()) return SQLITE_IOERR_DELETE;
  file.Remove(sync_folder != 0);
  return SQLITE_OK;
}

int FaultyVfsCalls::Access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  auto& self = Self(vfs);
  const std::lock_guard lock(self.mutex_);
  const auto found = self.files_.find(name);
  const bool there = found != self.files_.end() && found->second->file.exists();
  // SQLite takes an empty journal for none.
  *result = there && (flags != SQLITE_ACCESS_EXISTS || !found->second->file.content().empty());
  return SQLITE_OK;
}

int FaultyVfsCalls::FullPathname(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int FaultyVfsCalls::Close(sqlite3_file* file) {
  auto& handle = Of(file);
  {
    const std::lock_guard lock(handle.vfs->mutex_);
    if (handle.life == handle.vfs->life_) {
      Release(handle, SQLITE_LOCK_NONE);
      if (handle.goes_when_closed) handle.node->file.Remove(true);
    }
  }
  handle.~Handle();
  return SQLITE_OK;
}

int FaultyVfsCalls::Read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  if (IsDead(handle) || handle.vfs->Meets(DiskFault::kNoRead)) return SQLITE_IOERR_READ;
  const std::string& content = handle.node->file.content();
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto wanted = static_cast<std::size_t>(amount);
  const auto there = std::min(wanted, content.size() - from);
  std::memcpy(into, content.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(into) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int FaultyVfsCalls::Write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  auto& handle = Of(file);
  auto& vfs = *handle.vfs;
  const std::lock_guard lock(vfs.mutex_);
  if (IsDead(handle) || vfs.Meets(DiskFault::kReadOnly)) return SQLITE_IOERR_WRITE;
  std::string_view data(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
  int code = SQLITE_OK;
  if (!vfs.MayAlter() || vfs.Meets(DiskFault::kNoWrite)) code = SQLITE_IOERR_WRITE;
  if (code == SQLITE_OK && vfs.Meets(DiskFault::kFull)) code = SQLITE_FULL;
  if (code != SQLITE_OK) data = data.substr(0, vfs.random_.Next() % (data.size() + 1));
  if (!data.empty()) handle.node->file.Write(static_cast<std::size_t>(offset), data);
  return code;
}

int FaultyVfsCalls::Truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& handle = Of(file);
  auto& vfs = *handle.vfs;
  const std::lock_guard lock(vfs.mutex_);
  if (IsDead(handle) || vfs.Meets(DiskFault::kNoTruncate) || !vfs.MayAlter()) {
    return SQLITE_IOERR_TRUNCATE;
  }
  handle.node->file.Truncate(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int FaultyVfsCalls::Sync(sqlite3_file* file, int /*flags*/) {
  auto& handle = Of(file);
  auto& vfs = *handle.vfs;
  const std::lock_guard lock(vfs.mutex_);
  if (IsDead(handle) || !vfs.MayAlter()) return SQLITE_IOERR_FSYNC;
  if (vfs.Meets(DiskFault::kNoSync)) {
    handle.node->file.SyncBadly(vfs.random_);
    return SQLITE_IOERR_FSYNC;
  }
  handle.node->file.Sync();
  if (std::exchange(handle.syncs_folder, false)) {
    for (auto& [name, node] : vfs.files_) node->file.SyncName();
  }
  return SQLITE_OK;
}

int FaultyVfsCalls::FileSize(sqlite3_file* file, sqlite3_int64* size) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  if (IsDead(handle)) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle.node->file.content().size());
  return SQLITE_OK;
}

int FaultyVfsCalls::FileControl(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int FaultyVfsCalls::SectorSize(sqlite3_file* /*file*/) { return SimulatedFile::kSector; }

int FaultyVfsCalls::DeviceCharacteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

}  // namespace seatkeeper::test
