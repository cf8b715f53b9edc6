#include "daemon/credential_expiry.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "tests/support/certificate.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using std::chrono::days;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'767'600'000)};  // 2026-01-05T08:00Z

class CredentialExpiry : public testing::Test {
 protected:
  SignIn Certificate(const std::string& name, std::chrono::sys_seconds end) const {
    const auto file = folder_.path() / name;
    test::WriteFile(file, test::MakeCertificate({.from = kNow - days(300), .to = end}).Both());
    return {.client_id = "22222222-2222-2222-2222-222222222222",
            .proof = SignIn::Proof::kCertificate,
            .file = file.string()};
  }
  static TenantConfig Tenant(const SignIn& changing, const std::optional<SignIn>& reading) {
    TenantConfig tenant;
    tenant.provider = TenantConfig::Provider::kGraph;
    tenant.sign_in = changing;
    tenant.read_sign_in = reading;
    return tenant;
  }

  test::TempFolder folder_;
};

TEST_F(CredentialExpiry, IsThatOfEachCertificate) {
  const auto changing = Certificate("change.pem", kNow + days(90));
  const auto reading = Certificate("read.pem", kNow - days(1));
  EXPECT_EQ(CredentialExpiries(Tenant(changing, {})),
            (std::map<std::string, WallTime>{{"auth", kNow + days(90)}}));
  EXPECT_EQ(
      CredentialExpiries(Tenant(changing, reading)),
      (std::map<std::string, WallTime>{{"auth", kNow + days(90)}, {"readAuth", kNow - days(1)}}))
      << "one that is over has to be seen, too";
}

TEST_F(CredentialExpiry, FollowsTheFile) {
  const auto changing = Certificate("change.pem", kNow + days(3));
  Certificate("change.pem", kNow + days(365));
  EXPECT_EQ(CredentialExpiries(Tenant(changing, {})).at("auth"), kNow + days(365));
  std::filesystem::remove(changing.file);
  EXPECT_THAT(CredentialExpiries(Tenant(changing, {})), IsEmpty());
}

TEST_F(CredentialExpiry, OfASecretIsNotKnown) {
  test::WriteFile(folder_.path() / "secret", "hush");
  const SignIn secret{.file = (folder_.path() / "secret").string()};
  EXPECT_THAT(CredentialExpiries(Tenant(secret, {})), IsEmpty());
  const auto said = DescribeExpiry(secret, kNow);
  EXPECT_FALSE(said.near);
  EXPECT_THAT(said.what, HasSubstr("not in its text"));
}

TEST_F(CredentialExpiry, OfTokensThatOthersRenewIsNothingToSay) {
  for (const auto proof : {SignIn::Proof::kFederatedToken, SignIn::Proof::kManagedIdentity}) {
    const SignIn sign_in{.proof = proof, .file = "token"};
    EXPECT_THAT(CredentialExpiries(Tenant(sign_in, {})), IsEmpty());
    EXPECT_EQ(DescribeExpiry(sign_in, kNow).what, "");
  }
}

TEST_F(CredentialExpiry, IsNamedAndIsNearWithinThirtyDays) {
  const auto far = DescribeExpiry(Certificate("app.pem", kNow + days(30)), kNow);
  EXPECT_FALSE(far.near);
  EXPECT_THAT(far.what, HasSubstr("valid until 2026-02-04T08:00:00Z"));
  EXPECT_EQ(far.mend, "");
  const auto near =
      DescribeExpiry(Certificate("app.pem", kNow + days(30) - std::chrono::seconds(1)), kNow);
  EXPECT_TRUE(near.near);
  EXPECT_THAT(near.what, AllOf(HasSubstr("2026-02-04T07:59:59Z"), HasSubstr("within 30 days")));
  EXPECT_THAT(near.mend, HasSubstr("replace the file"));
}

}  // namespace
}  // namespace seatkeeper
