#include <gmock/gmock.h>

#include "reconciler/graph/credential.h"
#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FederatedTest : public GraphTest {
 protected:
  std::string TokenThatExpires(std::chrono::seconds in) {
    const auto at = std::chrono::floor<std::chrono::seconds>(clock_.Now() + in);
    return Jwt(fmt::format(R"({{"iss":"https://issuer.test","sub":"system:serviceaccount:a:b",)"
                           R"("aud":["api://AzureADTokenExchange"],"exp":{}}})",
                           at.time_since_epoch().count()));
  }
  std::shared_ptr<FederatedCredential> Credential() {
    return std::make_shared<FederatedCredential>([this] { return Result<std::string>(file_); },
                                                 "azure-token");
  }
  Result<Secret> Get(TokenSource& source) {
    std::optional<Result<Secret>> got;
    source.Get([&](Result<Secret> result) { got = std::move(result); });
    timers_.RunAll();
    return got.value_or(Error{});
  }
  TokenSettings Federated() {
    auto settings = Settings();
    settings.credential = Credential();
    return settings;
  }

  std::string file_ = TokenThatExpires(std::chrono::hours(1));
};

TEST_F(FederatedTest, TheFileIsReadForEveryRequest) {
  SignInWorks();
  TokenSource source(Dependencies(), Federated());
  const auto first = Get(source);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(transport_.requests.back().body, ::testing::EndsWith("client_assertion=" + file_));
  source.Invalidate(*first);
  file_ = TokenThatExpires(std::chrono::hours(2));
  EXPECT_TRUE(Get(source));
  EXPECT_THAT(transport_.requests.back().body, ::testing::EndsWith("client_assertion=" + file_));
}

TEST_F(FederatedTest, ATokenThatHasRunOutIsNotShown) {
  SignInWorks();
  file_ = TokenThatExpires(std::chrono::seconds(0));
  TokenSource source(Dependencies(), Federated());
  const auto result = Get(source);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, AllOf(HasSubstr("azure-token expired at"),
                                            HasSubstr("whoever renews it has stopped")));
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(FederatedTest, AFileWithoutATokenIsSaid) {
  file_ = "hunter2";
  const auto checked = Credential()->Check(clock_.Now());
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              AllOf(HasSubstr("azure-token holds no token"), ::testing::Not(HasSubstr("hunter2"))));
}

TEST_F(FederatedTest, ARefusalSaysWhatTheTokenClaims) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(401, R"({"error":"invalid_client","error_codes":[700213]})");
  });
  TokenSource source(Dependencies(), Federated());
  EXPECT_THAT(Get(source).error().message,
              AllOf(HasSubstr("AADSTS700213"), HasSubstr("subject 'system:serviceaccount:a:b'"),
                    HasSubstr("audience 'api://AzureADTokenExchange'")));
}

}  // namespace
}  // namespace seatkeeper::test
