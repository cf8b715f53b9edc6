#include "tests/simulator/token.h"

#include <gmock/gmock.h>

#include <ostream>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kPath = "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";

struct Refused {
  std::string path;
  std::string form;
  int status;
  std::string error;
  int number;
};

// Names the case: without it the test would be named by its bytes.
void PrintTo(const Refused& refused, std::ostream* out) { *out << "AADSTS" << refused.number; }

class TokenRefusals : public testing::TestWithParam<Refused> {};

TEST_P(TokenRefusals, SayWhatIsWrong) {
  Bench bench;
  const Refused& refused = GetParam();
  const Response response = bench.Raw({"POST", refused.path, {}, refused.form});
  EXPECT_EQ(response.status, refused.status);
  const json body = Parse(response);
  EXPECT_EQ(body["error"], refused.error);
  EXPECT_EQ(body["error_codes"], json::array({refused.number}));
  EXPECT_THAT(body["error_description"].get<std::string>(),
              HasSubstr("AADSTS" + std::to_string(refused.number) + ": "));
  EXPECT_FALSE(body.contains("access_token"));
}

std::string Without(std::string form, const std::string& field) {
  const std::size_t begin = form.find(field + "=");
  return form.erase(begin, std::min(form.find('&', begin), form.size()) - begin);
}

std::string With(const std::string& form, const std::string& field, const std::string& value) {
  return Without(form, field) + "&" + field + "=" + value;
}

INSTANTIATE_TEST_SUITE_P(
    Each, TokenRefusals,
    testing::Values(
        Refused{kPath, TokenForm("wrong"), 401, "invalid_client", 7000215},
        Refused{kPath, Without(TokenForm(), "client_secret"), 401, "invalid_client", 7000218},
        Refused{kPath, TokenForm() + "&client_assertion=x", 400, "invalid_request", 900144},
        Refused{kPath, With(TokenForm(), "client_id", "someone"), 400, "unauthorized_client",
                700016},
        Refused{kPath, With(TokenForm(), "scope", "User.Read"), 400, "invalid_scope", 70011},
        Refused{kPath, With(TokenForm(), "grant_type", "password"), 400, "unsupported_grant_type",
                70003},
        Refused{"/33333333-3333-3333-3333-333333333333/oauth2/v2.0/token", TokenForm(), 400,
                "invalid_request", 90002}));

TEST(Token, IsAJwtWithTheExpectedClaims) {
  Bench bench;
  const json body = Parse(bench.Raw({"POST", kPath, {}, TokenForm()}));
  EXPECT_EQ(body["token_type"], "Bearer");
  EXPECT_EQ(body["expires_in"], 3599);
  const std::vector<std::string> parts = Split(body["access_token"].get<std::string>(), '.');
  ASSERT_EQ(parts.size(), 3U);
  const json claims = json::parse(FromBase64Url(parts[1]).value());
  EXPECT_EQ(claims["aud"], "https://graph.microsoft.com");
  EXPECT_EQ(claims["tid"], "11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(claims["appid"], "22222222-2222-2222-2222-222222222222");
  EXPECT_EQ(claims["roles"], kAllRoles);
  EXPECT_EQ(claims["exp"].get<std::int64_t>() - claims["iat"].get<std::int64_t>(), 3599);
  EXPECT_EQ(claims["nbf"], claims["iat"]);
}

TEST(Token, IsNeededForGraph) {
  Bench bench;
  const Response none = bench.Raw({"GET", "/v1.0/users"});
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(CodeOf(none), "InvalidAuthenticationToken");
  for (const std::string& forged : {std::string("a.b.c"), bench.token + "x", std::string("x")}) {
    EXPECT_EQ(bench.Raw({"GET", "/v1.0/users", {{"Authorization", "Bearer " + forged}}}).status,
              401);
  }
}

TEST(Token, Expires) {
  Bench bench;
  bench.now = kNow + std::chrono::seconds(3598);
  EXPECT_EQ(bench.Get("/v1.0/users").status, 200);
  bench.now = kNow + std::chrono::seconds(3599);
  const Response late = bench.Get("/v1.0/users");
  EXPECT_EQ(late.status, 401);
  EXPECT_THAT(MessageOf(late), HasSubstr("expired"));
}

TEST(Token, OfAnotherTenantIsRefused) {
  Bench bench;
  json other = SmallTenant();
  other["tenant"] = "33333333-3333-3333-3333-333333333333";
  EXPECT_EQ(bench.Send("PUT", "/_sim/state", other).status, 204);
  EXPECT_EQ(bench.Get("/v1.0/users").status, 401);
}

const std::string kPathBefore = "/11111111-1111-1111-1111-111111111111/oauth2/token";

TEST(TokenOfTheOlderEndpoint, HasItsNumbersAsText) {
  Bench bench;
  const std::string form = TokenForm() + "&resource=https%3A%2F%2Fgraph.microsoft.com%2F";
  const json body = Parse(bench.Raw({"POST", kPathBefore, {}, form}));
  EXPECT_EQ(body["expires_in"], "3599");
  EXPECT_EQ(body["not_before"], "1767600000");
  EXPECT_EQ(body["expires_on"], "1767603599");
  EXPECT_EQ(body["resource"], "https://graph.microsoft.com");
  bench.token = body["access_token"];
  EXPECT_EQ(bench.Get("/v1.0/users").status, 200);
}

TEST(TokenOfTheOlderEndpoint, IsForAResource) {
  Bench bench;
  const Response refused = bench.Raw({"POST", kPathBefore, {}, TokenForm()});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Parse(refused)["error_codes"], json::array({500011}));
}

TEST(Discovery, NamesTheTokenEndpointOfThisAddress) {
  Bench bench;
  const json found =
      bench.GetJson("/11111111-1111-1111-1111-111111111111/v2.0/.well-known/openid-configuration");
  EXPECT_EQ(found["token_endpoint"], "http://graph.test" + kPath);
  EXPECT_EQ(bench.Get("/other/v2.0/.well-known/openid-configuration").status, 400);
}

}  // namespace
}  // namespace seatkeeper::sim::test
