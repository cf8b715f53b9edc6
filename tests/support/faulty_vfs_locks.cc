// The locks of a file and the memory that its openers share, for FaultyVfs.

#include <cstring>

#include "tests/support/faulty_vfs_calls.h"

namespace seatkeeper::test {

int FaultyVfsCalls::Lock(sqlite3_file* file, int level) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  if (IsDead(handle)) return SQLITE_IOERR_LOCK;
  if (handle.lock >= level) return SQLITE_OK;
  auto& locks = handle.node->locks;
  const auto others = [&](const Handle* owner) { return owner != nullptr && owner != &handle; };
  if (handle.lock == SQLITE_LOCK_NONE) {
    if (others(locks.exclusive) || others(locks.pending)) return SQLITE_BUSY;
    ++locks.shared;
    handle.lock = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (others(locks.reserved) || others(locks.pending)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_RESERVED) {
    locks.reserved = &handle;
    handle.lock = SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
  }
  locks.pending = &handle;
  handle.lock = SQLITE_LOCK_PENDING;
  if (locks.shared > 1) return SQLITE_BUSY;
  locks.exclusive = &handle;
  handle.lock = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

void FaultyVfsCalls::Release(Handle& handle, int level) {
  if (handle.lock <= level) return;
  auto& locks = handle.node->locks;
  for (const Handle** owner : {&locks.reserved, &locks.pending, &locks.exclusive}) {
    if (*owner == &handle) *owner = nullptr;
  }
  if (level == SQLITE_LOCK_NONE) --locks.shared;
  handle.lock = level;
}

int FaultyVfsCalls::Unlock(sqlite3_file* file, int level) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  // The locks of before a power cut went with it.
  if (handle.life == handle.vfs->life_) Release(handle, level);
  return SQLITE_OK;
}

int FaultyVfsCalls::CheckReservedLock(sqlite3_file* file, int* result) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  if (IsDead(handle)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *result = handle.node->locks.reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int FaultyVfsCalls::ShmMap(sqlite3_file* file, int region, int size, int extend,
                           void volatile** out) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  *out = nullptr;
  if (IsDead(handle)) return SQLITE_IOERR_SHMMAP;
  if (handle.vfs->Meets(DiskFault::kNoSharedMemory)) return SQLITE_IOERR_SHMMAP;
  if (!handle.shared) {
    if (!handle.node->shared) handle.node->shared = std::make_shared<Node::Shared>();
    handle.shared = handle.node->shared;
    ++handle.shared->users;
  }
  auto& regions = handle.shared->regions;
  const auto index = static_cast<std::size_t>(region);
  const auto bytes = static_cast<std::size_t>(size);
  if (index >= regions.size() && extend == 0) return SQLITE_OK;
  while (regions.size() <= index) regions.push_back(std::make_unique<char[]>(bytes));
  *out = regions[index].get();
  return SQLITE_OK;
}

int FaultyVfsCalls::LockSlots(Handle& handle, int offset, int count, bool exclusive) {
  auto& slots = handle.shared->slots;
  for (int slot = offset; slot < offset + count; ++slot) {
    const auto& held = slots[static_cast<std::size_t>(slot)];
    const unsigned bit = 1U << static_cast<unsigned>(slot);
    const bool mine = (handle.shared_slots & bit) != 0;
    if (held.exclusive != nullptr && held.exclusive != &handle) return SQLITE_BUSY;
    if (exclusive && held.shared > (mine ? 1 : 0)) return SQLITE_BUSY;
  }
  for (int slot = offset; slot < offset + count; ++slot) {
    auto& held = slots[static_cast<std::size_t>(slot)];
    const unsigned bit = 1U << static_cast<unsigned>(slot);
    if (exclusive) {
      held.exclusive = &handle;
      handle.exclusive_slots |= bit;
    } else if ((handle.shared_slots & bit) == 0) {
      ++held.shared;
      handle.shared_slots |= bit;
    }
  }
  return SQLITE_OK;
}

void FaultyVfsCalls::UnlockSlots(Handle& handle, unsigned mask, bool exclusive) {
  for (unsigned slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) {
    const unsigned bit = 1U << slot;
    if ((mask & bit) == 0) continue;
    auto& held = handle.shared->slots[slot];
    if (exclusive && (handle.exclusive_slots & bit) != 0) {
      held.exclusive = nullptr;
      handle.exclusive_slots &= ~bit;
    } else if (!exclusive && (handle.shared_slots & bit) != 0) {
      --held.shared;
      handle.shared_slots &= ~bit;
    }
  }
}

int FaultyVfsCalls::ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_UNLOCK) == 0) {
    if (IsDead(handle) || !handle.shared) return SQLITE_IOERR_SHMLOCK;
    return LockSlots(handle, offset, count, exclusive);
  }
  const auto mask = ((1U << static_cast<unsigned>(count)) - 1U) << static_cast<unsigned>(offset);
  if (handle.shared) UnlockSlots(handle, mask, exclusive);
  return SQLITE_OK;
}

void FaultyVfsCalls::ShmBarrier(sqlite3_file* file) {
  const std::lock_guard lock(Of(file).vfs->mutex_);
}

int FaultyVfsCalls::ShmUnmap(sqlite3_file* file, int /*remove*/) {
  auto& handle = Of(file);
  const std::lock_guard lock(handle.vfs->mutex_);
  if (!handle.shared) return SQLITE_OK;
  UnlockSlots(handle, ~0U, true);
  UnlockSlots(handle, ~0U, false);
  const bool last = --handle.shared->users == 0;
  if (last && handle.node->shared == handle.shared) handle.node->shared.reset();
  handle.shared.reset();
  return SQLITE_OK;
}

}  // namespace seatkeeper::test
