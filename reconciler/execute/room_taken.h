#pragma once

#include <utility>

#include "reconciler/seams/write_room.h"

namespace seatkeeper {

/// Room for writes that may still be sent. What is not used goes back, whatever happens.
class RoomTaken {
 public:
  RoomTaken() = default;
  /// Takes it; from nullptr, nothing.
  RoomTaken(WriteRoom* from, int writes, MonotonicTime now) : from_(from), writes_(writes) {
    if (from_ != nullptr) from_->TakeRoom(writes_, now);
  }
  ~RoomTaken() { Use(0); }
  RoomTaken(RoomTaken&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)), writes_(other.writes_) {}
  RoomTaken& operator=(RoomTaken&& other) noexcept {
    std::swap(from_, other.from_);
    std::swap(writes_, other.writes_);
    return *this;
  }

  /// So many are sent, which is the end of it.
  void Use(int writes) {
    if (from_ != nullptr && writes < writes_) from_->ReturnRoom(writes_ - writes);
    from_ = nullptr;
  }

 private:
  WriteRoom* from_ = nullptr;
  int writes_ = 0;
};

}  // namespace seatkeeper
