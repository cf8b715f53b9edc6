#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "daemon/config.h"
#include "reconciler/graph/credential.h"
#include "reconciler/http/system_clock.h"
#include "tests/daemon/daemon_support.h"
#include "tests/support/certificate.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;
using Proof = SignIn::Proof;

constexpr const char* kClient = "22222222-2222-2222-2222-222222222222";

LoadedConfig Load(const std::string& keys, Variables variables) {
  variables.emplace("AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111");
  const std::string text =
      "apiVersion: seatkeeper/v1\nkind: Config\ntenants:\n"
      "  - name: contoso\n    provider: graph\n" +
      keys;
  return ParseConfig({.path = "etc/seatkeeper.yaml", .text = text}, test::Variables(variables));
}

SignIn Read(const std::string& keys, Variables variables) {
  variables.emplace("AZURE_CLIENT_ID", kClient);
  const auto loaded = Load(keys, std::move(variables));
  EXPECT_TRUE(loaded.ok()) << loaded.diagnostics.at(0).message;
  return loaded.config.tenants.at(0).sign_in;
}

// The first finding; "fine" where there is none.
std::string Finding(const std::string& keys, const Variables& variables) {
  const auto loaded = Load(keys, variables);
  if (loaded.diagnostics.empty()) return "fine";
  return loaded.diagnostics[0].code + ": " + loaded.diagnostics[0].message;
}

TEST(ConfigAuth, TheEnvironmentsVariablesHaveAzuresOrder) {
  Variables all{{"AZURE_FEDERATED_TOKEN_FILE", "/run/token"}};
  EXPECT_EQ(Read("", all), (SignIn{.client_id = kClient,
                                   .proof = Proof::kFederatedToken,
                                   .file = "/run/token",
                                   .secret = {},
                                   .password_file = {},
                                   .password = {}}));
  all["AZURE_CLIENT_CERTIFICATE_PATH"] = "app.pem";
  all["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = "geheim";
  const auto certificate = Read("", all);
  EXPECT_EQ(certificate.proof, Proof::kCertificate);
  EXPECT_EQ(certificate.file, "app.pem") << "as the process sees it, not beside the config";
  EXPECT_EQ(certificate.password, Secret("geheim"));
  all["AZURE_CLIENT_SECRET"] = "hush";
  const auto secret = Read("", all);
  EXPECT_EQ(secret.proof, Proof::kSecret);
  EXPECT_EQ(secret.secret, Secret("hush"));
}

TEST(ConfigAuth, TheFileWinsOverTheEnvironment) {
  const Variables secret{{"AZURE_CLIENT_SECRET", "hush"},
                         {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "from the environment"}};
  const auto certificate = Read(
      "    auth: {clientCertificatePath: app.pfx, clientCertificatePasswordFile: word}\n", secret);
  EXPECT_EQ(certificate.proof, Proof::kCertificate);
  EXPECT_EQ(certificate.file, "etc/app.pfx");
  EXPECT_EQ(certificate.password_file, "etc/word");
  EXPECT_TRUE(certificate.password.empty());
  EXPECT_TRUE(certificate.secret.empty());
  const auto token = Read("    auth: {federatedTokenFile: /run/token}\n", secret);
  EXPECT_EQ(token.proof, Proof::kFederatedToken);
  EXPECT_EQ(token.file, "/run/token");
}

TEST(ConfigAuth, SaysWhatIsMissingAndWhatIsTooMuch) {
  const Variables client{{"AZURE_CLIENT_ID", kClient}};
  EXPECT_THAT(Finding("", client), HasSubstr("AZURE_CLIENT_CERTIFICATE_PATH"));
  EXPECT_THAT(
      Finding("    auth: {clientCertificatePasswordFile: x, clientSecretFile: y}\n", client),
      HasSubstr("misplaced-key"));
  EXPECT_THAT(Finding("    auth: {clientSecretFile: x, federatedTokenFile: y}\n", client),
              HasSubstr("both-proofs"));
  EXPECT_THAT(Finding("    auth: {clientSecretFile: x}\n", {}), HasSubstr("auth.clientId"));
}

TEST(ConfigAuth, TheMachineIsNamedOnlyWhereItHasSeveralIdentities) {
  const Variables place{{"AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:8080/"},
                        {"IDENTITY_ENDPOINT", "http://127.0.0.1:41391/msi/token"},
                        {"AZURE_CLIENT_SECRET", "hush"}};
  const auto own = Read("    auth: {managedIdentity: system-assigned}\n", place);
  EXPECT_EQ(own.proof, Proof::kManagedIdentity);
  EXPECT_EQ(own.client_id, "") << "AZURE_CLIENT_ID is somebody else's";
  EXPECT_EQ(own.place.metadata_base, "http://127.0.0.1:8080");
  EXPECT_EQ(own.place.app_service, "") << "without its header it is not App Service's";
  auto service = place;
  service["IDENTITY_HEADER"] = "header";
  const auto named = Read("    auth: {managedIdentity: user-assigned}\n", service);
  EXPECT_EQ(named.client_id, kClient);
  EXPECT_EQ(named.place.app_service, "http://127.0.0.1:41391/msi/token");
  EXPECT_EQ(named.place.app_service_header, Secret("header"));
  EXPECT_THAT(Finding(fmt::format("    auth: {{managedIdentity: system-assigned, clientId: {}}}\n",
                                  kClient),
                      {}),
              HasSubstr("misplaced-key"));
  EXPECT_THAT(Finding("    auth: {managedIdentity: user-assigned}\n", {}),
              HasSubstr("auth.clientId"));
  EXPECT_THAT(Finding("    auth: {managedIdentity: system-assigned}\n",
                      {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://x/y"}}),
              HasSubstr("bad-value"));
}

TEST(ConfigAuth, WhoReadsIsSomebodyElseAndSaysSo) {
  const Variables azure{{"AZURE_CLIENT_ID", kClient}, {"AZURE_CLIENT_SECRET", "hush"}};
  const std::string other = "33333333-3333-3333-3333-333333333333";
  const auto with = [](const std::string& keys) {
    return fmt::format("    readAuth: {{{}}}\n", keys);
  };
  const auto read = Load(with("clientId: " + other + ", clientSecretFile: read"), azure);
  ASSERT_TRUE(read.ok()) << read.diagnostics.at(0).message;
  const auto& tenant = read.config.tenants.at(0);
  EXPECT_EQ(tenant.sign_in.client_id, kClient);
  ASSERT_TRUE(tenant.read_sign_in);
  EXPECT_EQ(tenant.read_sign_in->client_id, other);
  EXPECT_EQ(tenant.read_sign_in->file, "etc/read");
  EXPECT_THAT(Finding(with("clientSecretFile: read"), azure), HasSubstr("readAuth.clientId"));
  EXPECT_THAT(Finding(with("clientId: " + other), azure),
              HasSubstr("does not say what it signs in with"));
  EXPECT_THAT(Finding(with(fmt::format("clientId: {}, clientSecretFile: read", kClient)), azure),
              HasSubstr("same-identity"));
  auto cluster = azure;
  cluster["AZURE_FEDERATED_TOKEN_FILE"] = "/run/token";
  const auto pod = Load(with("clientId: " + other), cluster);
  ASSERT_TRUE(pod.ok());
  EXPECT_EQ(pod.config.tenants.at(0).read_sign_in->file, "/run/token");
}

TEST(ConfigAuth, FilesAreReadAnewEachTime) {
  const test::TempFolder folder;
  const auto credential = MakeCredential({.client_id = kClient,
                                          .proof = Proof::kSecret,
                                          .file = folder.File("secret"),
                                          .secret = {},
                                          .password_file = {},
                                          .password = {}});
  const auto now = SystemClock().Now();
  EXPECT_EQ(credential->Check(now).error().kind, ErrorKind::kNotFound);
  test::Put(folder.path() / "secret", " \n");
  EXPECT_EQ(credential->Check(now).error().kind, ErrorKind::kInvalid);
  test::Put(folder.path() / "secret", "hush \r\n\n");
  EXPECT_TRUE(credential->Check(now));
}

TEST(ConfigAuth, ACertificateIsOpenedWithItsPassword) {
  const test::TempFolder folder;
  test::Put(folder.path() / "app.pfx", test::MakePkcs12(test::MakeCertificate(), "geheim"));
  SignIn sign_in{.client_id = kClient,
                 .proof = Proof::kCertificate,
                 .file = folder.File("app.pfx"),
                 .secret = {},
                 .password_file = {},
                 .password = Secret("geheim")};
  const auto now = SystemClock().Now();
  EXPECT_TRUE(MakeCredential(sign_in)->Check(now));
  sign_in.password_file = folder.File("password");
  EXPECT_EQ(MakeCredential(sign_in)->Check(now).error().kind, ErrorKind::kNotFound);
  test::Put(folder.path() / "password", "another\n");
  EXPECT_THAT(MakeCredential(sign_in)->Check(now).error().message,
              HasSubstr("password is another one"));
}

}  // namespace
}  // namespace seatkeeper
