#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "reconciler/http/loop.h"
#include "reconciler/http/system_clock.h"
#include "tests/support/local_server.h"

namespace seatkeeper::test {

/// Runs a loop, with a limit far beyond what any test needs, so that a hang is a failure.
class LoopTest : public ::testing::Test {
 protected:
  void RunWithLimit() {
    const TimerId limit = loop_.At(clock_.Monotonic() + std::chrono::seconds(30), [this] {
      ADD_FAILURE() << "the loop was not stopped in time";
      loop_.Stop();
    });
    loop_.Run();
    loop_.Cancel(limit);
  }

  HttpOutcome Exchange(HttpRequest request) {
    HttpOutcome got;
    loop_.Send(std::move(request), [&](HttpOutcome outcome) {
      got = std::move(outcome);
      loop_.Stop();
    });
    RunWithLimit();
    return got;
  }

  /// A server that outlives the loop, so that it need not wait for idle connections to end.
  std::string Serve(LocalServer::Handler handler) {
    server_ = std::make_unique<LocalServer>(std::move(handler));
    return server_->base();
  }

  SystemClock clock_;
  std::unique_ptr<LocalServer> server_;
  Loop loop_;
};

}  // namespace seatkeeper::test
