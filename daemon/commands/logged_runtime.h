#pragma once

#include "daemon/commands/command.h"
#include "daemon/log_observer.h"
#include "daemon/runtime.h"

namespace seatkeeper {

/// A command's runtime, which writes what happens into the command's log. As Runtime, one per
/// process and used on the thread that made it.
class LoggedRuntime {
 public:
  LoggedRuntime(const CommonOptions& common, CommandContext& context)
      : log_(context.err, common.log_level, common.log_format), observer_(log_) {
    runtime_.observers().Add(observer_);
  }
  LoggedRuntime(const LoggedRuntime&) = delete;
  LoggedRuntime& operator=(const LoggedRuntime&) = delete;

  Runtime& operator*() { return runtime_; }

 private:
  Log log_;
  LogObserver observer_;
  Runtime runtime_;
};

}  // namespace seatkeeper
