// The daemon as systemd starts it: with a socket to tell how it is.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <set>

#include "tests/e2e/fixture.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

class Notify : public EndToEnd {
 protected:
  Notify() : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder() / "notify").string();
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Notify() override { ::close(socket_); }

  bool Hears(const std::string& message) {
    return PollUntil([&] {
      char text[100];
      for (auto size = ::recv(socket_, text, sizeof(text), MSG_DONTWAIT); size > 0;
           size = ::recv(socket_, text, sizeof(text), MSG_DONTWAIT)) {
        heard_.emplace(text, static_cast<std::size_t>(size));
      }
      return heard_.contains(message);
    });
  }

  int socket_;
  std::set<std::string> heard_;
};

TEST_F(Notify, SystemdHearsReadyThenAliveThenStopping) {
  StartTenant({"--users", "20", "--seed", "4"});
  WriteConfig("    interval: 1s\n");
  UseExamplePolicies();
  Process daemon(
      {SEATKEEPER, "run", "--port-file", "daemon.port"}, folder() / "daemon.out",
      folder() / "daemon.err",
      {.folder = folder(),
       .extra = {{"NOTIFY_SOCKET", (folder() / "notify").string()}, {"WATCHDOG_USEC", "400000"}}});
  ASSERT_TRUE(Hears("READY=1")) << ReadFile(folder() / "daemon.err");
  EXPECT_NE(HttpGet(std::stoi(ReadFile(folder() / "daemon.port")), "/healthz"), "");
  heard_.erase("WATCHDOG=1");
  EXPECT_TRUE(Hears("WATCHDOG=1"));
  EXPECT_FALSE(heard_.contains("STOPPING=1"));
  daemon.Signal(SIGTERM);
  EXPECT_TRUE(Hears("STOPPING=1"));
  EXPECT_EQ(daemon.Wait(), 0);
}

}  // namespace
}  // namespace seatkeeper::test
