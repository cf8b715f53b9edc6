#include "reconciler/http/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <utility>

namespace seatkeeper {

SignalWatcher::SignalWatcher(Loop& loop, std::initializer_list<int> signals,
                             std::function<void(int)> callback)
    : loop_(loop), callback_(std::move(callback)) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  descriptor_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) return;
  pthread_sigmask(SIG_BLOCK, &set, &previous_);
  watch_ = loop_.WatchReadable(descriptor_, [this] { Drain(); });
}

SignalWatcher::~SignalWatcher() {
  if (descriptor_ < 0) return;
  loop_.Unwatch(watch_);
  close(descriptor_);
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

void SignalWatcher::Drain() {
  signalfd_siginfo info{};
  while (read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    callback_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace seatkeeper
