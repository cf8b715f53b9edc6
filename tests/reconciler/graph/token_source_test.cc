#include "reconciler/graph/token_source.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;

class TokenSourceTest : public GraphTest {
 protected:
  Result<Secret> Get() {
    std::optional<Result<Secret>> got;
    source_.Get([&](Result<Secret> result) { got = std::move(result); });
    timers_.RunAll();
    EXPECT_TRUE(got.has_value()) << "no answer";
    return got.value_or(Error{});
  }
  void AnswerAll(HttpOutcome outcome) {
    transport_.SetHandler([outcome](const HttpRequest&) { return outcome; });
  }
  static HttpOutcome Refusal(int code, int status = 401) {
    return Answer(status, fmt::format(R"({{"error":"invalid_client","error_description":)"
                                      R"("AADSTS{}: words\r\nTrace ID: x","error_codes":[{}],)"
                                      R"("trace_id":"trace-1"}})",
                                      code, code));
  }

  TokenSource source_{Dependencies(), Settings()};
};

TEST_F(TokenSourceTest, SignsInWithTheClientSecretUrlEncoded) {
  SignInWorks();
  const auto token = Get();
  ASSERT_TRUE(token.ok()) << token.error().message;
  EXPECT_EQ(token->Reveal(), TokenFor(kTenant, 1));
  ASSERT_EQ(transport_.requests.size(), 1U);
  const HttpRequest& request = transport_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://login.test/" + std::string(kTenant) + "/oauth2/v2.0/token");
  EXPECT_EQ(request.body,
            "client_id=app%20id&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
            "&grant_type=client_credentials&client_secret=s%26cret");
  ASSERT_TRUE(source_.claims());
  EXPECT_THAT(source_.claims()->roles, ::testing::ElementsAre("User.Read.All"));
}

TEST_F(TokenSourceTest, KeepsATokenUntilFiveMinutesBeforeItsEnd) {
  SignInWorks();
  (void)Get();
  timers_.RunFor(minutes(54));
  (void)Get();
  EXPECT_EQ(tokens_issued_, 1);
  timers_.RunFor(minutes(2));
  (void)Get();
  EXPECT_EQ(tokens_issued_, 2);
}

TEST_F(TokenSourceTest, ShortLivedTokensServeFourFifthsOfTheirLife) {
  AnswerAll(TokenAnswer(TokenFor(kTenant), 60));
  (void)Get();
  timers_.RunFor(std::chrono::seconds(40));
  (void)Get();
  EXPECT_EQ(transport_.requests.size(), 1U);
  timers_.RunFor(std::chrono::seconds(10));
  (void)Get();
  EXPECT_EQ(transport_.requests.size(), 2U);
}

TEST_F(TokenSourceTest, AcceptsNumbersWrittenAsTexts) {
  AnswerAll(Answer(200, R"({"expires_in":"3600","access_token":")" + TokenFor(kTenant) + "\"}"));
  ASSERT_TRUE(Get().ok());
  timers_.RunFor(minutes(50));
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(TokenSourceTest, ManyWaitersShareOneRequest) {
  SignInWorks();
  int answered = 0;
  for (int i = 0; i < 10; ++i) source_.Get([&](const Result<Secret>&) { ++answered; });
  EXPECT_EQ(answered, 0);
  timers_.RunAll();
  EXPECT_EQ(answered, 10);
  EXPECT_EQ(tokens_issued_, 1);
}

TEST_F(TokenSourceTest, CancelledWaitersAreNotCalled) {
  SignInWorks();
  bool called = false;
  const auto wait = source_.Get([&](const Result<Secret>&) { called = true; });
  source_.CancelWait(wait);
  timers_.RunAll();
  EXPECT_FALSE(called);
}

TEST_F(TokenSourceTest, InvalidatedTokenIsReplacedButANewerOneStays) {
  SignInWorks();
  const auto first = Get();
  source_.Invalidate(*first);
  const auto second = Get();
  EXPECT_EQ(tokens_issued_, 2);
  source_.Invalidate(*first);
  EXPECT_EQ(Get()->Reveal(), second->Reveal());
  EXPECT_EQ(tokens_issued_, 2);
}

TEST_F(TokenSourceTest, RefusesATokenOfAnotherTenant) {
  AnswerAll(TokenAnswer(TokenFor("99999999-9999-9999-9999-999999999999")));
  const auto result = Get();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("99999999-"), HasSubstr(kTenant)));
}

TEST_F(TokenSourceTest, TenantIdsCompareWithoutLetterCase) {
  TokenSettings settings = Settings();
  settings.target.tenant_id = "ABCDEF00-1111-1111-1111-111111111111";
  TokenSource source(Dependencies(), settings);
  AnswerAll(TokenAnswer(TokenFor("abcdef00-1111-1111-1111-111111111111")));
  bool ok = false;
  source.Get([&](const Result<Secret>& result) { ok = result.ok(); });
  timers_.RunAll();
  EXPECT_TRUE(ok);
}

TEST_F(TokenSourceTest, RefusesTokensThatDoNotNameTheirTenant) {
  AnswerAll(TokenAnswer("opaque"));
  EXPECT_EQ(Get().error().kind, ErrorKind::kPermission);
  AnswerAll(TokenAnswer(Jwt("{}")));
  EXPECT_EQ(Get().error().kind, ErrorKind::kPermission);
}

TEST_F(TokenSourceTest, ExplainsRefusalsAndDoesNotRepeatThem) {
  AnswerAll(Refusal(7000222));
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(result.error().message,
              AllOf(HasSubstr("AADSTS7000222"), HasSubstr("secret has expired"),
                    HasSubstr("Make a new secret")));
  EXPECT_EQ(result.error().service->request_id, "trace-1");
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(TokenSourceTest, UnknownRefusalsCarryTheServicesOwnFirstLine) {
  AnswerAll(Refusal(1234567, 400));
  const auto result = Get();
  EXPECT_THAT(result.error().message, HasSubstr("AADSTS1234567: words"));
  EXPECT_THAT(result.error().message, ::testing::Not(HasSubstr("Trace ID")));
}

TEST_F(TokenSourceTest, TransientTroubleIsTriedAgainWithGrowingDelays) {
  int failures = 3;
  transport_.SetHandler([&](const HttpRequest&) {
    if (failures-- > 0) return Refusal(90033, 503);
    return TokenAnswer(TokenFor(kTenant));
  });
  EXPECT_TRUE(Get().ok());
  EXPECT_EQ(transport_.requests.size(), 4U);
}

TEST_F(TokenSourceTest, LastingTroubleIsUnreachableAfterABoundedNumberOfAttempts) {
  AnswerAll(Failure(HttpOutcome::Kind::kNeverSent, "name not found"));
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kUnreachable);
  EXPECT_THAT(result.error().message, HasSubstr("name not found"));
  EXPECT_EQ(transport_.requests.size(), 5U);
  EXPECT_EQ(Get().error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(transport_.requests.size(), 10U) << "a failure is not kept";
}

TEST_F(TokenSourceTest, ACertificateThatDoesNotHoldIsNotAskedForAgain) {
  AnswerAll(BadCertificate(CertificateTrouble::kUnknownIssuer));
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kUnreachable);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("https://login.test"),
                                            HasSubstr("is not accepted"), HasSubstr("caFile")));
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(TokenSourceTest, ARedirectIsNoAnswerAndItsPlaceIsNamed) {
  AnswerAll(Answer(307, "", {{"Location", "https://evil.test/oauth2/token?x=y"}}));
  const auto result = Get();
  EXPECT_EQ(result.error().kind, ErrorKind::kUnreachable);
  EXPECT_THAT(result.error().message,
              AllOf(HasSubstr("https://login.test"),
                    HasSubstr("a redirect to https://evil.test:443"), HasSubstr("endpoints")));
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(TokenSourceTest, WaitsAsLongAsItIsTold) {
  bool first = true;
  transport_.SetHandler([&](const HttpRequest&) {
    if (std::exchange(first, false)) return Answer(429, "", {{"Retry-After", "7.5"}});
    return TokenAnswer(TokenFor(kTenant));
  });
  const MonotonicTime before = clock_.Monotonic();
  EXPECT_TRUE(Get().ok());
  EXPECT_GE(clock_.Monotonic() - before, milliseconds(7'500));
}

TEST_F(TokenSourceTest, DestroyingItDropsWhatIsUnderWay) {
  SignInWorks();
  bool called = false;
  {
    TokenSource source(Dependencies(), Settings());
    source.Get([&](const Result<Secret>&) { called = true; });
  }
  EXPECT_EQ(transport_.under_way(), 0U);
  timers_.RunAll();
  EXPECT_FALSE(called);
}

TEST(SecretTest, NeverPrintsItself) {
  const Secret secret("hunter2");
  std::ostringstream stream;
  stream << secret;
  EXPECT_EQ(stream.str(), "********");
  EXPECT_EQ(fmt::format("{}", secret), "********");
  EXPECT_EQ(secret.Reveal(), "hunter2");
}

}  // namespace
}  // namespace seatkeeper::test
