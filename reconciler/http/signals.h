#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>

#include "policy/result.h"
#include "reconciler/http/loop.h"

namespace seatkeeper {

/// Turns signals into callbacks on the loop's thread. While it lives the signals are blocked in the
/// thread that made it, so make it before any other thread is started (threads inherit the mask).
/// Child processes inherit it, too: unblock in them before exec where that matters.
class SignalWatcher {
 public:
  /// `callback(signal number)` runs on the loop's thread. Check ok() afterwards.
  SignalWatcher(Loop& loop, std::initializer_list<int> signals, std::function<void(int)> callback);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

  /// False when the system refused (out of descriptors): signals keep their default effect.
  bool ok() const { return descriptor_ >= 0; }

 private:
  void Drain();

  Loop& loop_;
  std::function<void(int)> callback_;
  int descriptor_ = -1;
  WatchId watch_ = 0;
  sigset_t previous_{};
};

}  // namespace seatkeeper
