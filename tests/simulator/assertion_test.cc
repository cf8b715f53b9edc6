#include "tests/simulator/assertion.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/test_support.h"
#include "tests/simulator/text.h"
#include "tests/support/certificate.h"

namespace seatkeeper::sim::test {
namespace {

using nlohmann::json;
using seatkeeper::test::MakeCertificate;
using seatkeeper::test::SignJwt;
using seatkeeper::test::TestCertificate;
using testing::HasSubstr;

const std::string kClient = "33333333-3333-3333-3333-333333333333";
const std::string kPath = "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";

// Keys are dear to make.
const TestCertificate& Registered() {
  static const TestCertificate pair = MakeCertificate(
      {.from = std::chrono::floor<std::chrono::seconds>(kNow) - std::chrono::days(1),
       .to = std::chrono::floor<std::chrono::seconds>(kNow) + std::chrono::days(1)});
  return pair;
}
const TestCertificate& Other() {
  static const TestCertificate pair = MakeCertificate();
  return pair;
}

class Assertions : public testing::Test {
 protected:
  Assertions() {
    json application{{"clientId", kClient},
                     {"certificates", {Registered().certificate}},
                     {"roles", {"User.Read.All"}}};
    application["federated"] = json::array({{{"issuer", "https://issuer.test"},
                                             {"subject", "system:serviceaccount:a:b"},
                                             {"audience", "api://AzureADTokenExchange"},
                                             {"key", PublicKeyOf(Registered())}}});
    const Response put =
        bench_.Send("PUT", "/_sim/applications", json::array({std::move(application)}));
    EXPECT_EQ(put.status, 204) << put.body;
  }

  json Claims(int id = 1) const {
    const auto now = UnixSeconds(bench_.now);
    return {{"iss", kClient},
            {"sub", kClient},
            {"aud", "http://graph.test" + kPath},
            {"jti", "id-" + std::to_string(id)},
            {"nbf", now},
            {"exp", now + 600}};
  }
  static json Header(const TestCertificate& pair = Registered()) {
    return {{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", ThumbprintOf(pair)}};
  }
  json Federated() const {
    const auto now = UnixSeconds(bench_.now);
    return {{"iss", "https://issuer.test"},
            {"sub", "system:serviceaccount:a:b"},
            {"aud", "api://AzureADTokenExchange"},
            {"exp", now + 600}};
  }
  // 0 where a token is given, else the number of the refusal.
  int Show(const std::string& assertion) {
    const std::string form =
        "client_id=" + kClient +
        "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&grant_type=client_credentials"
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        "&client_assertion=" +
        assertion;
    last_ = Parse(bench_.Raw({"POST", kPath, {{"Host", "graph.test"}}, form}));
    return last_.contains("access_token") ? 0 : last_["error_codes"][0].get<int>();
  }
  int Own(const json& claims) { return Show(SignJwt(Registered(), Header(), claims)); }
  int Foreign(const json& claims, const TestCertificate& pair = Registered()) {
    return Show(SignJwt(pair, {{"alg", "RS256"}}, claims));
  }
  static json With(json claims, const char* name, const json& value) {
    claims[name] = value;
    return claims;
  }

  Bench bench_;
  json last_;
};

TEST_F(Assertions, OfARegisteredCertificateGiveTheRolesOfThatApplication) {
  ASSERT_EQ(Own(Claims()), 0) << last_;
  const auto parts = Split(last_["access_token"].get<std::string>(), '.');
  const json claims = json::parse(FromBase64Url(parts[1]).value());
  EXPECT_EQ(claims["appid"], kClient);
  EXPECT_EQ(claims["roles"], json::array({"User.Read.All"}));
}

TEST_F(Assertions, OfAnotherCertificateAreNot) {
  EXPECT_EQ(Show(SignJwt(Other(), Header(Other()), Claims())), 700027);
  EXPECT_THAT(last_["error_description"].get<std::string>(), HasSubstr("not registered"));
  EXPECT_EQ(Show(SignJwt(Other(), Header(), Claims())), 700027) << "with the wrong key";
  EXPECT_THAT(last_["error_description"].get<std::string>(), HasSubstr("signature validation"));
}

TEST_F(Assertions, OfACertificateThatHasExpiredAreNot) {
  bench_.now += std::chrono::days(1);
  EXPECT_EQ(Own(Claims()), 700027);
  EXPECT_THAT(last_["error_description"].get<std::string>(), HasSubstr("expired"));
}

TEST_F(Assertions, AreForThisEndpointAndThisApplication) {
  EXPECT_EQ(Own(With(Claims(), "aud", "https://graph.microsoft.com")), 700023);
  EXPECT_EQ(Own(With(Claims(), "sub", "somebody else")), 700021);
}

TEST_F(Assertions, HoldWithinFiveMinutesOfTheirTime) {
  const auto now = UnixSeconds(bench_.now);
  EXPECT_EQ(Own(With(Claims(1), "exp", now - 299)), 0);
  EXPECT_EQ(Own(With(Claims(2), "exp", now - 300)), 700024);
  EXPECT_EQ(Own(With(Claims(3), "nbf", now + 300)), 0);
  EXPECT_EQ(Own(With(Claims(4), "nbf", now + 301)), 700024);
  json endless = Claims(5);
  endless.erase("exp");
  EXPECT_EQ(Own(endless), 50027);
}

TEST_F(Assertions, HaveIdsOfTheirOwn) {
  EXPECT_EQ(Own(Claims(1)), 0);
  EXPECT_EQ(Own(Claims(1)), 700027) << "PS256 signs the same in another way each time";
  EXPECT_EQ(Own(Claims(2)), 0);
  json nameless = Claims();
  nameless.erase("jti");
  EXPECT_EQ(Own(nameless), 50027);
}

TEST_F(Assertions, AreShownAgainUntilTheyExpire) {
  const auto assertion = SignJwt(Registered(), Header(), Claims());
  EXPECT_EQ(Show(assertion), 0) << last_;
  EXPECT_EQ(Show(assertion), 0) << "as MSAL does";
  bench_.now += std::chrono::minutes(15);
  EXPECT_EQ(Show(assertion), 700024);
}

TEST_F(Assertions, OfATrustedIssuerMatchExactly) {
  EXPECT_EQ(Foreign(Federated()), 0) << last_;
  EXPECT_EQ(Foreign(Federated()), 0) << "such a token serves until it expires";
  EXPECT_EQ(Foreign(With(Federated(), "iss", "https://issuer.test/")), 700211);
  EXPECT_EQ(Foreign(With(Federated(), "sub", "system:serviceaccount:a:B")), 700213);
  EXPECT_EQ(Foreign(With(Federated(), "aud", "api://azureadtokenexchange")), 700212);
  EXPECT_EQ(Foreign(Federated(), Other()), 50013);
  EXPECT_EQ(Foreign(With(Federated(), "exp", UnixSeconds(bench_.now) - 300)), 700024);
}

TEST_F(Assertions, OfNobodyWhoIsTrusted) {
  bench_.Send("PUT", "/_sim/applications",
              json::array({{{"clientId", kClient}, {"roles", json::array()}}}));
  EXPECT_EQ(Foreign(Federated()), 70021);
  EXPECT_THAT(last_["error_description"].get<std::string>(), HasSubstr("system:serviceaccount"));
}

TEST_F(Assertions, HaveThreeParts) {
  EXPECT_EQ(Show("x"), 50027);
  EXPECT_EQ(Show("a.b.c"), 50027);
}

TEST_F(Assertions, ApplicationsAreWrittenWithoutMistakes) {
  EXPECT_EQ(bench_.Send("PUT", "/_sim/applications", json::array({{{"clientId", "x"}}})).status,
            400);
  const json unknown{{"clientId", "x"}, {"roles", json::array()}, {"sercet", ""}};
  EXPECT_EQ(bench_.Send("PUT", "/_sim/applications", json::array({unknown})).status, 400);
}

TEST_F(Assertions, TheLogSaysWhoAsked) {
  ASSERT_EQ(Own(Claims()), 0);
  EXPECT_EQ(bench_.Get("/v1.0/users").status, 200);
  const auto log = bench_.Log();
  ASSERT_GE(log.size(), 2U);
  EXPECT_EQ(log[log.size() - 2]["application"], kClient);
  EXPECT_EQ(log.back()["application"], "22222222-2222-2222-2222-222222222222");
}

}  // namespace
}  // namespace seatkeeper::sim::test
