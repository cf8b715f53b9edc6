// What a proxy does to the promise that nothing was sent.

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

#include "tests/reconciler/http/loop_fixture.h"
#include "tests/support/connect_proxy.h"

namespace seatkeeper::test {
namespace {

using Kind = HttpOutcome::Kind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LoopProxy : public LoopTest {
 protected:
  LoopProxy() {
    for (const char* name : {"NO_PROXY", "no_proxy"}) unsetenv(name);
    setenv("https_proxy", proxy_.base().c_str(), 1);
    setenv("http_proxy", proxy_.base().c_str(), 1);
  }
  ~LoopProxy() override {
    unsetenv("https_proxy");
    unsetenv("http_proxy");
  }

  ConnectProxy proxy_;
};

TEST_F(LoopProxy, ATunnelThatIsDeclinedWasNeverUsed) {
  for (const int status : {403, 407, 502}) {
    proxy_.Refuse(status);
    const auto outcome =
        Exchange({.method = "POST", .url = "https://graph.test:443/v1.0/$batch", .body = "x"});
    EXPECT_EQ(outcome.kind, Kind::kNeverSent);
    EXPECT_THAT(outcome.failure, AllOf(HasSubstr("the proxy (HTTPS_PROXY) refuses to connect to "
                                                 "https://graph.test:443: it answers "),
                                       HasSubstr(std::to_string(status))));
  }
}

TEST_F(LoopProxy, NoHandshakeThroughATunnelMeansNothingWasSent) {
  // Speaks no TLS.
  Serve([](const HttpRequest&) { return HttpResponse{200, {}, "x"}; });
  const auto port = std::to_string(server_->port());
  const auto outcome =
      Exchange({.method = "POST", .url = "https://graph.test:" + port + "/", .body = "x"});
  EXPECT_EQ(outcome.kind, Kind::kNeverSent) << outcome.failure;
  EXPECT_THAT(proxy_.asked(), ElementsAre("CONNECT graph.test:" + port + " HTTP/1.1"));
}

TEST_F(LoopProxy, WhatIsDirectPassesItBy) {
  const std::string base = Serve([](const HttpRequest&) { return HttpResponse{200, {}, "here"}; });
  EXPECT_EQ(Exchange({.url = base}).response.status, 405) << "the proxy's own answer";
  EXPECT_EQ(Exchange({.url = base, .direct = true}).response.body, "here");
  EXPECT_EQ(proxy_.asked().size(), 1U);
}

}  // namespace
}  // namespace seatkeeper::test
