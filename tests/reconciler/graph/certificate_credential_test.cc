#include "reconciler/graph/certificate_credential.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/reconciler/graph/graph_fixture.h"
#include "tests/support/certificate.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::chrono::sys_seconds kFrom{std::chrono::seconds(1'700'000'000)};
constexpr std::chrono::sys_seconds kTo = kFrom + std::chrono::days(90);
constexpr WallTime kNow = kFrom + std::chrono::days(1);

// Keys are dear to make.
const TestCertificate& Pair() {
  static const TestCertificate pair = MakeCertificate({.from = kFrom, .to = kTo});
  return pair;
}
const TestCertificate& OtherPair() {
  static const TestCertificate pair = MakeCertificate({.from = kFrom, .to = kTo, .name = "other"});
  return pair;
}

CertificateCredential From(const std::string& bytes, const std::string& password = "") {
  return {[bytes] { return Result<std::string>(bytes); },
          [password] { return Result<std::string>(password); }, "app.pem"};
}

std::string WhyNot(const CertificateCredential& credential, WallTime now = kNow) {
  const auto checked = credential.Check(now);
  if (checked) return "usable";
  EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
  return checked.error().message;
}

class CountingRandom final : public Random {
 public:
  std::uint64_t Next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

const TokenTarget kTarget{.tenant_id = kTenant,
                          .client_id = "22222222-2222-2222-2222-222222222222",
                          .login_base = "https://login.test",
                          .scope = "https://graph.microsoft.com/.default"};

std::string Decoded(const std::string& part) {
  // The claims of a token whose payload is `part` are read by the product; its bytes are not.
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : part) {
    const std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    buffer = buffer << 6U | static_cast<unsigned>(alphabet.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(buffer >> static_cast<unsigned>(bits) & 0xffU);
  }
  return bytes;
}

std::string AssertionIn(const std::string& body) {
  const auto at = body.find("&client_assertion=");
  return at == std::string::npos ? "" : body.substr(at + std::string("&client_assertion=").size());
}

TEST(CertificateCredential, ShowsAnAssertionThatIsShortLivedAndForTheTokenEndpoint) {
  CountingRandom random;
  const auto credential = From(Pair().Both());
  const auto request = credential.Request(kTarget, kNow, random);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->url, "https://login.test/" + std::string(kTenant) + "/oauth2/v2.0/token");
  EXPECT_THAT(request->body,
              AllOf(HasSubstr("grant_type=client_credentials"),
                    HasSubstr("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-"
                              "assertion-type%3Ajwt-bearer&")));
  const auto assertion = AssertionIn(request->body);
  const auto first = assertion.find('.');
  const auto second = assertion.find('.', first + 1);
  const json header = json::parse(Decoded(assertion.substr(0, first)));
  EXPECT_EQ(header, (json{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", ThumbprintOf(Pair())}}));
  const json claims = json::parse(Decoded(assertion.substr(first + 1, second - first - 1)));
  EXPECT_EQ(claims["aud"], request->url);
  EXPECT_EQ(claims["iss"], kTarget.client_id);
  EXPECT_EQ(claims["sub"], kTarget.client_id);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(kNow).time_since_epoch().count();
  EXPECT_EQ(claims["nbf"], seconds);
  EXPECT_EQ(claims["exp"], seconds + 600);
  EXPECT_EQ(claims["jti"].get<std::string>().size(), 36U);
}

TEST(CertificateCredential, NoTwoAssertionsAreTheSame) {
  CountingRandom random;
  const auto credential = From(Pair().Both());
  const auto one = credential.Request(kTarget, kNow, random);
  const auto two = credential.Request(kTarget, kNow, random);
  const auto claims = [](const HttpRequest& request) {
    const auto assertion = AssertionIn(request.body);
    return assertion.substr(0, assertion.rfind('.'));
  };
  EXPECT_NE(claims(*one), claims(*two));
}

TEST(CertificateCredential, TakesPemInAnyOrderWithAChainAndPkcs12) {
  EXPECT_EQ(WhyNot(From(Pair().key + Pair().certificate)), "usable");
  EXPECT_EQ(WhyNot(From(OtherPair().certificate + Pair().Both())), "usable");
  EXPECT_EQ(WhyNot(From(MakePkcs12(Pair(), "geheim"), "geheim")), "usable");
  EXPECT_EQ(WhyNot(From(MakePkcs12(Pair(), ""))), "usable");
  EXPECT_EQ(WhyNot(From(Pair().certificate + EncryptKey(Pair(), "geheim"), "geheim")), "usable");
}

TEST(CertificateCredential, SaysOfAPasswordWhetherItIsMissingOrWrong) {
  for (const auto& file :
       {MakePkcs12(Pair(), "geheim"), Pair().certificate + EncryptKey(Pair(), "geheim")}) {
    EXPECT_THAT(WhyNot(From(file)), HasSubstr("password is missing"));
    EXPECT_THAT(WhyNot(From(file, "hunter2")),
                AllOf(HasSubstr("password is another one"), ::testing::Not(HasSubstr("hunter2"))));
  }
}

TEST(CertificateCredential, SaysWhatAFileLacks) {
  EXPECT_THAT(WhyNot(From(Pair().certificate)), HasSubstr("holds no private key"));
  EXPECT_THAT(WhyNot(From(Pair().key)), HasSubstr("holds no certificate"));
  EXPECT_THAT(WhyNot(From("MZ\x90")), HasSubstr("neither PEM nor PKCS#12"));
  EXPECT_THAT(WhyNot(From("")), HasSubstr("neither PEM nor PKCS#12"));
  EXPECT_THAT(WhyNot(From(OtherPair().certificate + Pair().key)),
              HasSubstr("does not belong to the certificate"));
  const auto elliptic = MakeCertificate({.from = kFrom, .to = kTo, .elliptic = true});
  EXPECT_THAT(WhyNot(From(elliptic.Both())), HasSubstr("not an RSA key"));
}

TEST(CertificateCredential, OutsideItsDatesNobodyIsAsked) {
  const auto credential = From(Pair().Both());
  EXPECT_THAT(WhyNot(credential, kFrom - std::chrono::seconds(1)),
              AllOf(HasSubstr("not valid before 2023-11-14T22:13:20Z"), HasSubstr("clock")));
  EXPECT_EQ(WhyNot(credential, kTo - std::chrono::seconds(1)), "usable");
  EXPECT_THAT(WhyNot(credential, kTo),
              AllOf(HasSubstr("expired at 2024-02-12T22:13:20Z"), HasSubstr("upload")));
  CountingRandom random;
  EXPECT_FALSE(credential.Request(kTarget, kTo, random));
}

class CertificateTokenTest : public GraphTest {};

TEST_F(CertificateTokenTest, AFileThatIsReplacedIsUsedForTheNextToken) {
  std::string file = "nothing yet";
  auto settings = Settings();
  settings.credential =
      std::make_shared<CertificateCredential>([&file] { return Result<std::string>(file); },
                                              [] { return Result<std::string>(""); }, "app.pem");
  TokenSource source(Dependencies(), settings);
  SignInWorks();
  std::optional<Result<Secret>> got;
  const auto get = [&] {
    source.Get([&](Result<Secret> result) { got = std::move(result); });
    timers_.RunAll();
  };
  get();
  ASSERT_TRUE(got && !*got);
  EXPECT_EQ(got->error().kind, ErrorKind::kPermission);
  EXPECT_THAT(got->error().message, HasSubstr("neither PEM nor PKCS#12"));
  EXPECT_TRUE(transport_.requests.empty()) << "nobody was asked";
  const auto from = std::chrono::floor<std::chrono::seconds>(clock_.Now());
  file = MakeCertificate({.from = from, .to = from + std::chrono::days(1)}).Both();
  get();
  EXPECT_TRUE(*got) << got->error().message;
  EXPECT_EQ(transport_.requests.size(), 1U);
}

}  // namespace
}  // namespace seatkeeper::test
