#include <gmock/gmock.h>

#include <atomic>
#include <string>

#include "tests/reconciler/http/loop_fixture.h"
#include "tests/support/local_server.h"

namespace seatkeeper::test {
namespace {

using Kind = HttpOutcome::Kind;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

using LoopHttp = LoopTest;

TEST_F(LoopHttp, SendsMethodHeadersAndBodyAndReturnsTheWholeAnswer) {
  const std::string base = Serve([](const HttpRequest& request) {
    std::string seen = request.method + " " + request.url + " " + request.body;
    const auto* header = FindHeader(request.headers, "x-test");
    seen += " " + (header == nullptr ? std::string("none") : *header);
    return HttpResponse{201, {{"X-Reply", "yes"}}, seen};
  });
  HttpRequest request;
  request.method = "POST";
  request.url = base + "/a/b";
  request.headers = {{"X-Test", "v"}, {"Content-Type", "application/json"}};
  request.body = "{}";
  const HttpOutcome outcome = Exchange(request);
  ASSERT_EQ(outcome.kind, Kind::kAnswered) << outcome.failure;
  EXPECT_EQ(outcome.response.status, 201);
  EXPECT_EQ(outcome.response.body, "POST /a/b {} v");
  ASSERT_NE(FindHeader(outcome.response.headers, "x-reply"), nullptr);
  EXPECT_EQ(*FindHeader(outcome.response.headers, "x-reply"), "yes");
}

TEST_F(LoopHttp, RefusedConnectionWasNeverSent) {
  const std::string url = "http://127.0.0.1:" + std::to_string(ClosedPort()) + "/";
  const HttpOutcome outcome = Exchange({.method = "POST", .url = url, .body = "x"});
  EXPECT_EQ(outcome.kind, Kind::kNeverSent);
  EXPECT_THAT(outcome.failure, HasSubstr("connect"));
}

TEST_F(LoopHttp, OtherSchemesAndBadUrlsAreNeverSent) {
  EXPECT_EQ(Exchange({.url = "file:///etc/passwd"}).kind, Kind::kNeverSent);
  EXPECT_EQ(Exchange({.url = "not a url"}).kind, Kind::kNeverSent);
}

TEST_F(LoopHttp, HandshakeFailureWasNeverSent) {
  const std::string base = Serve([](const HttpRequest&) { return HttpResponse{200, {}, "x"}; });
  std::string url = base;
  url.replace(0, 4, "https");
  EXPECT_EQ(Exchange({.method = "POST", .url = url, .body = "x"}).kind, Kind::kNeverSent);
}

TEST_F(LoopHttp, ResetInTheMiddleOfTheAnswerIsBroken) {
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", RawServer::Then::kReset);
  const HttpOutcome outcome = Exchange({.url = server.base()});
  EXPECT_EQ(outcome.kind, Kind::kBroken);
  EXPECT_FALSE(outcome.failure.empty());
}

TEST_F(LoopHttp, TruncatedAnswerIsBrokenNotShort) {
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", RawServer::Then::kClose);
  EXPECT_EQ(Exchange({.url = server.base()}).kind, Kind::kBroken);
}

TEST_F(LoopHttp, EmptyAnswerAfterASentRequestIsBroken) {
  RawServer server("", RawServer::Then::kClose);
  EXPECT_EQ(Exchange({.method = "POST", .url = server.base(), .body = "x"}).kind, Kind::kBroken);
}

TEST_F(LoopHttp, TimeoutAfterTheRequestWentOutIsBroken) {
  RawServer server("", RawServer::Then::kHang);
  const MonotonicTime before = clock_.Monotonic();
  const HttpOutcome outcome =
      Exchange({.method = "POST", .url = server.base(), .body = "x", .timeout = milliseconds(50)});
  EXPECT_EQ(outcome.kind, Kind::kBroken);
  EXPECT_GE(clock_.Monotonic() - before, milliseconds(49));
}

TEST_F(LoopHttp, RedirectsAreReturnedNotFollowed) {
  std::atomic<int> followed = 0;
  const std::string base = Serve([&](const HttpRequest& request) {
    if (request.url == "/elsewhere") ++followed;
    return HttpResponse{302, {{"Location", "/elsewhere"}}, ""};
  });
  const HttpOutcome outcome = Exchange({.url = base + "/start"});
  EXPECT_EQ(outcome.response.status, 302);
  EXPECT_EQ(followed, 0);
}

TEST_F(LoopHttp, CompressedAnswersAreUnpacked) {
  const std::string body(50'000, 'a');
  const std::string base = Serve([&](const HttpRequest&) {
    return HttpResponse{200, {{"Content-Type", "application/json"}}, body};
  });
  const HttpOutcome outcome = Exchange({.url = base});
  ASSERT_EQ(outcome.kind, Kind::kAnswered) << outcome.failure;
  ASSERT_NE(FindHeader(outcome.response.headers, "content-encoding"), nullptr);
  EXPECT_EQ(*FindHeader(outcome.response.headers, "content-encoding"), "gzip");
  EXPECT_EQ(outcome.response.body, body);
}

TEST(LoopLimits, AnswersBeyondTheBoundAreRefused) {
  LocalServer server([](const HttpRequest&) {
    return HttpResponse{200, {{"Content-Type", "application/json"}}, std::string(5'000, 'a')};
  });
  Loop loop({.max_response_bytes = 4'000});
  HttpOutcome got;
  loop.Send({.url = server.base()}, [&](HttpOutcome outcome) {
    got = std::move(outcome);
    loop.Stop();
  });
  loop.Run();
  EXPECT_EQ(got.kind, Kind::kBroken);
  EXPECT_THAT(got.failure, HasSubstr("larger than 4000 bytes"));
}

TEST_F(LoopHttp, CancelledRequestsDoNotCallBack) {
  RawServer server("", RawServer::Then::kHang);
  bool called = false;
  const auto id = loop_.Send({.url = server.base()}, [&](HttpOutcome) { called = true; });
  loop_.At(clock_.Monotonic() + milliseconds(5), [&] {
    loop_.Cancel(id);
    loop_.Cancel(id);
    loop_.At(clock_.Monotonic() + milliseconds(5), [&] { loop_.Stop(); });
  });
  RunWithLimit();
  EXPECT_FALSE(called);
}

TEST_F(LoopHttp, OneAnswerMayCancelAnotherThatCameWithIt) {
  int called = 0;
  HttpRequestId first = 0;
  HttpRequestId second = 0;
  first = loop_.Send({.url = "bad url"}, [&](HttpOutcome) {
    ++called;
    loop_.Cancel(second);
  });
  second = loop_.Send({.url = "bad url"}, [&](HttpOutcome) {
    ++called;
    loop_.Cancel(first);
  });
  loop_.At(clock_.Monotonic() + milliseconds(5), [&] { loop_.Stop(); });
  RunWithLimit();
  EXPECT_EQ(called, 1);
}

TEST_F(LoopHttp, ManyRequestsRunTogetherAndShareConnections) {
  std::atomic<int> served = 0;
  const std::string base = Serve([&](const HttpRequest& request) {
    ++served;
    return HttpResponse{200, {}, request.url};
  });
  int answered = 0;
  for (int i = 0; i < 60; ++i) {
    const std::string path = "/" + std::to_string(i);
    loop_.Send({.url = base + path}, [&, path](HttpOutcome outcome) {
      EXPECT_EQ(outcome.response.body, path) << outcome.failure;
      if (++answered == 60) loop_.Stop();
    });
  }
  EXPECT_EQ(answered, 0) << "Send must not call back";
  RunWithLimit();
  EXPECT_EQ(served, 60);
}

TEST(LoopLifetime, DestroyingItDropsEverythingSilently) {
  RawServer server("", RawServer::Then::kHang);
  bool called = false;
  {
    Loop loop;
    loop.Send({.url = server.base()}, [&](HttpOutcome) { called = true; });
    loop.At(MonotonicTime{}, [&] { called = true; });
    loop.Post([&] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace seatkeeper::test
