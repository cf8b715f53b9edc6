#include "reconciler/graph/managed_identity.h"

#include <gmock/gmock.h>

#include "tests/reconciler/graph/graph_fixture.h"

namespace seatkeeper::test {
namespace {

using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ManagedIdentityTest : public GraphTest {
 protected:
  Result<Secret> Get(TokenSource& source) {
    std::optional<Result<Secret>> got;
    source.Get([&](Result<Secret> result) { got = std::move(result); });
    timers_.RunAll();
    return got.value_or(Error{});
  }
  TokenSettings Managed(const IdentityPlace& place = {}, const std::string& client_id = "") {
    auto settings = Settings();
    settings.target.client_id = client_id;
    settings.credential = std::make_shared<ManagedIdentityCredential>(place);
    return settings;
  }
};

TEST_F(ManagedIdentityTest, AsksTheMetadataServiceWithoutAProxy) {
  transport_.SetHandler([](const HttpRequest&) { return TokenAnswer(TokenFor(kTenant)); });
  TokenSource source(Dependencies(), Managed({}, "user assigned"));
  ASSERT_TRUE(Get(source));
  const auto& request = transport_.requests.at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
            "&resource=https%3A%2F%2Fgraph.microsoft.com&client_id=user%20assigned");
  EXPECT_TRUE(request.direct);
  EXPECT_TRUE(request.body.empty());
  ASSERT_NE(FindHeader(request.headers, "Metadata"), nullptr);
  EXPECT_EQ(*FindHeader(request.headers, "Metadata"), "true");
}

TEST_F(ManagedIdentityTest, AsksAppServiceWithItsHeaderAndTakesTheEndForTheLifetime) {
  const auto ends = std::chrono::floor<std::chrono::seconds>(clock_.Now() + minutes(60));
  transport_.SetHandler([&](const HttpRequest&) {
    return Answer(200, fmt::format(R"({{"access_token":"{}","expires_on":"{}"}})",
                                   TokenFor(kTenant), ends.time_since_epoch().count()));
  });
  TokenSource source(Dependencies(), Managed({.app_service = "http://127.0.0.1:41391/msi/token",
                                              .app_service_header = Secret("hush")}));
  ASSERT_TRUE(Get(source));
  const auto& request = transport_.requests.at(0);
  EXPECT_EQ(request.url,
            "http://127.0.0.1:41391/msi/token?api-version=2019-08-01"
            "&resource=https%3A%2F%2Fgraph.microsoft.com");
  EXPECT_EQ(*FindHeader(request.headers, "X-IDENTITY-HEADER"), "hush");
  timers_.RunFor(minutes(54));
  ASSERT_TRUE(Get(source));
  EXPECT_EQ(transport_.requests.size(), 1U);
  timers_.RunFor(minutes(2));
  ASSERT_TRUE(Get(source));
  EXPECT_EQ(transport_.requests.size(), 2U);
}

TEST_F(ManagedIdentityTest, WaitsForAPlaceThatIsBeingUpdated) {
  for (const int status : {404, 410, 429, 500}) {
    int failures = 7;
    transport_.SetHandler([&](const HttpRequest&) {
      return failures-- > 0 ? Answer(status, "") : TokenAnswer(TokenFor(kTenant));
    });
    TokenSource source(Dependencies(), Managed());
    EXPECT_TRUE(Get(source)) << status;
  }
}

TEST_F(ManagedIdentityTest, SaysWhatARefusalMayMean) {
  transport_.SetHandler([](const HttpRequest&) {
    return Answer(400, R"({"error":"invalid_request","error_description":"Identity not found"})");
  });
  TokenSource source(Dependencies(), Managed());
  EXPECT_THAT(Get(source).error().message,
              AllOf(HasSubstr("Identity not found"), HasSubstr("Assign the identity")));
  EXPECT_EQ(transport_.requests.size(), 1U);
}

TEST_F(ManagedIdentityTest, SaysWhoDidNotAnswer) {
  transport_.SetHandler([](const HttpRequest&) {
    return Failure(HttpOutcome::Kind::kNeverSent, "no route to host");
  });
  TokenSource source(Dependencies(), Managed());
  EXPECT_THAT(Get(source).error().message,
              AllOf(HasSubstr("http://169.254.169.254"), HasSubstr("no route to host")));
}

}  // namespace
}  // namespace seatkeeper::test
