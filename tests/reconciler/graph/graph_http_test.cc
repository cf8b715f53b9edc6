#include "reconciler/graph/graph_http.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GraphHttpTest : public GraphTest {
 protected:
  GraphHttpTest() { SignInWorks(); }

  Result<HttpResponse> Send(GraphHttp::Call call) {
    std::optional<Result<HttpResponse>> got;
    http_.Send(std::move(call), [&](Result<HttpResponse> result) { got = std::move(result); });
    timers_.RunAll();
    EXPECT_TRUE(got.has_value()) << "no answer";
    return got.value_or(Error{});
  }
  Result<HttpResponse> Get(std::string url = "/users") {
    return Send({.name = "users", .doing = "Reading users", .url = std::move(url)});
  }

  TokenSource tokens_{Dependencies(), Settings()};
  GraphHttp http_{Dependencies(), tokens_, {.tenant = "contoso", .base = "https://graph.test"}};
};

TEST_F(GraphHttpTest, SendsTheTokenAndARequestId) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, "{}"); });
  ASSERT_TRUE(Get().ok());
  const HttpRequest& request = transport_.requests.back();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://graph.test/v1.0/users");
  EXPECT_EQ(*FindHeader(request.headers, "authorization"), "Bearer " + TokenFor(kTenant, 1));
  EXPECT_EQ(FindHeader(request.headers, "client-request-id")->size(), 36U);
  EXPECT_THAT(observer_.calls, ElementsAre("token 200", "users 200"));
}

TEST_F(GraphHttpTest, NeverSendsTheTokenToAnotherHost) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(200, "{}"); });
  const auto result = Get("https://evil.test/v1.0/users?$skiptoken=x");
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("another host (https://evil.test:443)"));
  EXPECT_EQ(transport_.CountTo("evil.test"), 0U);
}

TEST_F(GraphHttpTest, FollowsNoRedirect) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(302, "<html>", {{"Location", "https://evil.test/v1.0/users"}});
  });
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kUnreachable);
  EXPECT_THAT(result.error().message, HasSubstr("Reading users: the answer is a redirect to "
                                                "https://evil.test:443, which is not followed"));
  EXPECT_EQ(transport_.CountTo("/users"), 1U);
}

TEST_F(GraphHttpTest, EachTroubleWithACertificateNamesItsMendAndIsNotTriedAgain) {
  const std::vector<std::pair<CertificateTrouble, std::string>> mends = {
      {CertificateTrouble::kUnknownIssuer, "with the tenant's caFile"},
      {CertificateTrouble::kOutOfTime, "renewed"},
      {CertificateTrouble::kOtherHost, "endpoints"},
      {CertificateTrouble::kNoAuthorities, "caFile must name a readable file"},
      {CertificateTrouble::kOther, "is not accepted"}};
  std::size_t asked = 0;
  for (const auto& [trouble, mend] : mends) {
    transport_.SetHandler(
        [trouble = trouble](const HttpRequest&) { return BadCertificate(trouble); });
    const auto result = Get();
    EXPECT_EQ(result.error().kind, ErrorKind::kUnreachable);
    EXPECT_THAT(result.error().message, HasSubstr(mend));
    EXPECT_EQ(transport_.CountTo("/users"), ++asked);
  }
}

TEST_F(GraphHttpTest, AsksForAFreshTokenOnceAfter401) {
  transport_.SetHandler([](const HttpRequest& request) {
    const bool fresh =
        *FindHeader(request.headers, "Authorization") == "Bearer " + TokenFor(kTenant, 2);
    return Answer(fresh ? 200 : 401, "{}");
  });
  EXPECT_TRUE(Get().ok());
  EXPECT_EQ(tokens_issued_, 2);
}

TEST_F(GraphHttpTest, GivesUpAfterASecond401) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(401, "{}"); });
  EXPECT_EQ(Get().error().kind, ErrorKind::kPermission);
  EXPECT_EQ(transport_.CountTo("/users"), 2U);
}

TEST_F(GraphHttpTest, RepeatsReadsOnTransientTrouble) {
  std::vector<HttpOutcome> answers = {Answer(503, ""), Failure(HttpOutcome::Kind::kBroken),
                                      Answer(504, ""), Answer(200, "{}")};
  std::size_t next = 0;
  transport_.SetHandler([&](const HttpRequest&) { return answers.at(next++); });
  EXPECT_TRUE(Get().ok());
}

TEST_F(GraphHttpTest, RepeatsAreBounded) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(503, ""); });
  EXPECT_EQ(Get().error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(transport_.CountTo("/users"), 5U);
}

TEST_F(GraphHttpTest, ObeysRetryAfter) {
  bool first = true;
  transport_.SetHandler([&](const HttpRequest&) {
    if (std::exchange(first, false)) return Answer(429, "", {{"Retry-After", "10"}});
    return Answer(200, "{}");
  });
  const MonotonicTime before = clock_.Monotonic();
  EXPECT_TRUE(Get().ok());
  EXPECT_GE(clock_.Monotonic() - before, std::chrono::seconds(10));
}

TEST_F(GraphHttpTest, TooLongARetryAfterIsThrottled) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(429, "", {{"Retry-After", "3600"}});
  });
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(result.error().service->retry_after, std::chrono::hours(1));
  EXPECT_EQ(transport_.CountTo("/users"), 1U);
}

TEST_F(GraphHttpTest, NeverRepeatsWhatMustNotBeRepeated) {
  transport_.SetHandler([](const HttpRequest&) { return Answer(503, ""); });
  (void)Send({.name = "batch",
              .doing = "Writing",
              .url = "/$batch",
              .body = "{}",
              .repeat = GraphHttp::Repeat::kNever});
  EXPECT_EQ(transport_.CountTo("$batch"), 1U);
  EXPECT_EQ(transport_.requests.back().method, "POST");
}

TEST_F(GraphHttpTest, RefusalsAreNotRepeatedAndSayWhatWasBeingDone) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(403,
                  R"({"error":{"code":"Authorization_RequestDenied","message":"Insufficient."}})");
  });
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(result.error().message, HasSubstr("Reading users: Insufficient."));
  EXPECT_EQ(transport_.CountTo("/users"), 1U);
}

TEST_F(GraphHttpTest, DestroyingItDropsEverything) {
  bool called = false;
  {
    GraphHttp http(Dependencies(), tokens_, {.tenant = "contoso", .base = "https://graph.test"});
    http.Send({.name = "users", .doing = "x", .url = "/users"},
              [&](const Result<HttpResponse>&) { called = true; });
  }
  timers_.RunAll();
  EXPECT_FALSE(called);
  EXPECT_EQ(transport_.CountTo("/users"), 0U);
}

}  // namespace
}  // namespace seatkeeper::test
