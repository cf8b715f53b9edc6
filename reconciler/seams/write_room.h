#pragma once

#include "reconciler/model/time.h"

namespace seatkeeper {

/// How many writes a service takes now. Whoever is about to send some asks first, takes room for
/// them and gives back what is not used, so that nothing that was made ready waits on the way: what
/// was read again just before a removal would grow old there. On the loop's thread only.
class WriteRoom {
 public:
  virtual ~WriteRoom() = default;
  /// When there is room for so many, as far as is known now; `now` or earlier: at once.
  virtual MonotonicTime RoomAt(int writes, MonotonicTime now) = 0;
  /// These are going to be sent, whether there is room for them or not.
  virtual void TakeRoom(int writes, MonotonicTime now) = 0;
  /// Of those taken, so many are not sent after all.
  virtual void ReturnRoom(int writes) = 0;
};

}  // namespace seatkeeper
