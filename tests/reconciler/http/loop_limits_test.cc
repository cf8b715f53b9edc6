// How long the loop waits for whom: each limit alone, the others far beyond what a test takes.

#include <gmock/gmock.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <array>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "reconciler/http/loop.h"
#include "reconciler/http/system_clock.h"
#include "tests/support/local_server.h"
#include "tests/support/loopback.h"

namespace seatkeeper::test {
namespace {

using Kind = HttpOutcome::Kind;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kShort{60};
constexpr milliseconds kFar{60'000};
constexpr milliseconds kMuchLess{20'000};  // Than kFar: another limit has struck.

LoopOptions Far() {
  return {.connect_timeout = kFar, .first_byte_timeout = kFar, .stall_timeout = kFar};
}

struct Taken {
  HttpOutcome outcome;
  milliseconds time{0};
};

Taken Exchange(Loop& loop, HttpRequest request) {
  Taken taken;
  const SystemClock clock;
  const MonotonicTime before = clock.Monotonic();
  request.timeout = kFar;
  loop.Send(std::move(request), [&](HttpOutcome outcome) {
    taken.outcome = std::move(outcome);
    loop.Stop();
  });
  loop.Run();
  taken.time = clock.Monotonic() - before;
  return taken;
}

Taken Exchange(const LoopOptions& options, HttpRequest request) {
  Loop loop(options);
  return Exchange(loop, std::move(request));
}

void ExpectGivenUpInTime(const Taken& taken) {
  EXPECT_GE(taken.time, kShort - milliseconds(1));
  EXPECT_LT(taken.time, kMuchLess);
}

/// Listens, and has as many connections waiting as it can: further ones are not even made.
class FullHouse {
 public:
  FullHouse() {
    std::tie(listener_, port_) = BindLoopback();
    listen(listener_, 0);
    for (int& guest : guests_) guest = ConnectLoopback(port_, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }
  ~FullHouse() {
    for (const int guest : guests_) close(guest);
    close(listener_);
  }
  FullHouse(const FullHouse&) = delete;
  FullHouse& operator=(const FullHouse&) = delete;

  std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::array<int, 4> guests_{};
};

/// Sends an answer a byte at a time, with pauses.
class DrippingServer {
 public:
  DrippingServer(std::string answer, milliseconds pause) {
    std::tie(listener_, port_) = BindLoopback();
    listen(listener_, 4);
    thread_ = std::thread([this, answer = std::move(answer), pause] { Drip(answer, pause); });
  }
  ~DrippingServer() {
    thread_.join();
    close(listener_);
  }
  DrippingServer(const DrippingServer&) = delete;
  DrippingServer& operator=(const DrippingServer&) = delete;

  std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void Drip(const std::string& answer, milliseconds pause) const {
    const int client = accept(listener_, nullptr, nullptr);
    std::array<char, 4096> request{};
    if (read(client, request.data(), request.size()) > 0) {
      for (const char byte : answer) {
        if (write(client, &byte, 1) != 1) break;
        poll(nullptr, 0, static_cast<int>(pause.count()));
      }
    }
    close(client);
  }

  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

TEST(LoopPatience, WhoCannotBeConnectedIsGivenUpAfterTheConnectLimit) {
  const FullHouse house;
  auto options = Far();
  options.connect_timeout = kShort;
  const auto taken = Exchange(options, {.method = "POST", .url = house.base(), .body = "x"});
  EXPECT_EQ(taken.outcome.kind, Kind::kNeverSent);
  EXPECT_THAT(taken.outcome.failure, HasSubstr("onnect")) << "Failed to connect, or Connection";
  ExpectGivenUpInTime(taken);
}

TEST(LoopPatience, AHandshakeThatIsNotAnsweredCountsAsConnecting) {
  const RawServer silent("", RawServer::Then::kHang);
  auto options = Far();
  options.connect_timeout = kShort;
  auto url = silent.base();
  url.replace(0, 4, "https");
  const auto taken = Exchange(options, {.method = "POST", .url = url, .body = "x"});
  EXPECT_EQ(taken.outcome.kind, Kind::kNeverSent);
  EXPECT_EQ(taken.outcome.certificate, CertificateTrouble::kNone);
  ExpectGivenUpInTime(taken);
}

TEST(LoopPatience, WhoNeverAnswersIsGivenUpAfterTheFirstByteLimit) {
  const RawServer silent("", RawServer::Then::kHang);
  auto options = Far();
  options.first_byte_timeout = kShort;
  const auto taken = Exchange(options, {.method = "POST", .url = silent.base(), .body = "x"});
  EXPECT_EQ(taken.outcome.kind, Kind::kBroken) << "it may have been acted on";
  EXPECT_THAT(taken.outcome.failure, HasSubstr("no answer began within 0.06 s"));
  ExpectGivenUpInTime(taken);
}

TEST(LoopPatience, AnAnswerThatStopsIsGivenUpAfterTheStallLimit) {
  for (const auto* begun :
       {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "HTTP/1.1 200 OK\r\n"}) {
    const RawServer stalling(begun, RawServer::Then::kHang);
    auto options = Far();
    options.stall_timeout = kShort;
    const auto taken = Exchange(options, {.url = stalling.base()});
    EXPECT_EQ(taken.outcome.kind, Kind::kBroken);
    EXPECT_THAT(taken.outcome.failure, HasSubstr("stopped in the middle: not a byte for 0.06 s"));
    ExpectGivenUpInTime(taken);
  }
}

TEST(LoopPatience, ASlowAnswerIsNotASilentOne) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + std::string(60, 'x');
  const DrippingServer slow(answer, milliseconds(20));
  auto options = Far();
  options.first_byte_timeout = milliseconds(1'500);
  options.stall_timeout = milliseconds(1'500);
  const auto taken = Exchange(options, {.url = slow.base()});
  EXPECT_EQ(taken.outcome.kind, Kind::kAnswered) << taken.outcome.failure;
  EXPECT_EQ(taken.outcome.response.body.size(), 60U);
  EXPECT_GT(taken.time, milliseconds(1'500)) << "otherwise nothing is shown here";
}

TEST(LoopPatience, OneThatIsGivenUpLeavesTheOthersAlone) {
  const RawServer silent("", RawServer::Then::kHang);
  const LocalServer fine([](const HttpRequest&) { return HttpResponse{200, {}, "fine"}; });
  auto options = Far();
  options.first_byte_timeout = kShort;
  Loop loop(options);
  EXPECT_EQ(Exchange(loop, {.url = silent.base()}).outcome.kind, Kind::kBroken);
  EXPECT_EQ(Exchange(loop, {.url = fine.base()}).outcome.response.body, "fine");
  // And an answer is not measured by a limit that has run out since.
  EXPECT_EQ(Exchange(loop, {.url = fine.base()}).outcome.response.body, "fine");
}

// The option of this process's connection to a port; 0 when there is none.
unsigned UserTimeoutOfConnectionTo(int port) {
  constexpr int kDescriptors = 1024;
  for (int fd = 0; fd < kDescriptors; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    unsigned value = 0;
    socklen_t length = sizeof value;
    getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &length);
    return value;
  }
  return 0;
}

TEST(LoopPatience, TheSystemGivesUpConnectionsThatLeadNowhere) {
  const LocalServer server([](const HttpRequest&) { return HttpResponse{200, {}, "x"}; });
  Loop loop;
  ASSERT_EQ(Exchange(loop, {.url = server.base()}).outcome.kind, Kind::kAnswered);
  EXPECT_EQ(UserTimeoutOfConnectionTo(server.port()), 30'000U);
}

}  // namespace
}  // namespace seatkeeper::test
