#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/fixture.h"
#include "tests/support/certificate.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kClient = "44444444-4444-4444-4444-444444444444";

std::string ReadingRoles() {
  return R"(["User.Read.All", "GroupMember.Read.All", "LicenseAssignment.Read.All"])";
}

class SignIn : public EndToEnd {
 protected:
  SignIn() { WritePolicy("policy.yaml", ""); }

  void Start() { StartTenant({"--users", "20"}); }
  /// A tenant with this `auth`.
  void UseAuth(const std::string& auth) {
    const auto base = fmt::format("http://127.0.0.1:{}", tenant_port());
    WriteFile(folder() / "seatkeeper.yaml", fmt::format(R"(apiVersion: seatkeeper/v1
kind: Config
policy: {{path: policies}}
store: {{sqlite: {{path: seatkeeper.db}}}}
tenants:
  - name: contoso
    provider: graph
    tenantId: 11111111-1111-1111-1111-111111111111
    auth: {{{}}}
    endpoints: {{graph: "{}", login: "{}"}}
)",
                                                        auth, base, base));
  }
  void Register(const json& extra) {
    json application{{"clientId", kClient}, {"roles", json::parse(ReadingRoles())}};
    application.update(extra);
    SetApplications(json::array({application}));
  }
  Completed Select() { return Seatkeeper({"select", "user.accountEnabled -eq true"}); }
};

TEST_F(SignIn, WithACertificateThatIsReplacedWhileItRuns) {
  Start();
  const auto first = MakeCertificate();
  const auto second = MakeCertificate();
  Register({{"certificates", {first.certificate}}});
  UseAuth(fmt::format("clientId: {}, clientCertificatePath: app.pem", kClient));
  WriteFile(folder() / "app.pem", first.Both());
  const auto done = Select();
  EXPECT_EQ(done.exit_code, 0) << done.err;

  WriteFile(folder() / "app.pem", second.Both());
  const auto refused = Select();
  EXPECT_EQ(refused.exit_code, 77);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("AADSTS700027"), HasSubstr("Upload the certificate"),
                                 HasSubstr("has the thumbprint")));
  Register({{"certificates", {first.certificate, second.certificate}}});
  EXPECT_EQ(Select().exit_code, 0);
}

TEST_F(SignIn, WithPkcs12AndItsPasswordInAFile) {
  Start();
  const auto pair = MakeCertificate();
  Register({{"certificates", {pair.certificate}}});
  UseAuth(
      fmt::format("clientId: {}, clientCertificatePath: app.pfx, "
                  "clientCertificatePasswordFile: app.password",
                  kClient));
  WriteFile(folder() / "app.pfx", MakePkcs12(pair, "geheim"));
  WriteFile(folder() / "app.password", "geheim\n");
  const auto done = Select();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  WriteFile(folder() / "app.password", "hunter2\n");
  const auto refused = Seatkeeper({"doctor"});
  EXPECT_THAT(refused.out, HasSubstr("its password is another one"));
  EXPECT_THAT(refused.out + refused.err, ::testing::Not(HasSubstr("hunter2")));
}

TEST_F(SignIn, AnExpiredCertificateIsSaidBeforeAnybodyIsAsked) {
  Start();
  UseAuth(fmt::format("clientId: {}, clientCertificatePath: app.pem", kClient));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto pair = MakeCertificate({.from = now - std::chrono::days(9), .to = now});
  WriteFile(folder() / "app.pem", pair.Both());
  const auto refused = Select();
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("app.pem expired at"), HasSubstr("upload")));
  EXPECT_TRUE(RequestsAfter(0).empty());
}

TEST_F(SignIn, WhenACertificateExpiresIsSaidBefore) {
  Start();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto until = [&](int days) {
    return MakeCertificate(
        {.from = now - std::chrono::days(1), .to = now + std::chrono::days(days)});
  };
  const auto soon = until(20);
  const auto later = until(90);
  Register({{"certificates", {soon.certificate, later.certificate}}});
  UseAuth(fmt::format("clientId: {}, clientCertificatePath: app.pem", kClient));
  const auto doctor = [&](const TestCertificate& pair) {
    WriteFile(folder() / "app.pem", pair.Both());
    return Seatkeeper({"doctor"}).out;
  };
  EXPECT_THAT(doctor(soon), AllOf(HasSubstr("warn  contoso credential: the certificate expires at"),
                                  HasSubstr("within 20 days — upload")));
  EXPECT_THAT(doctor(later), HasSubstr("ok    contoso credential: the certificate is valid until"));
}

TEST_F(SignIn, WithTheTokenOfACluster) {
  Start();
  const auto cluster = MakeCertificate();
  Register({{"federated", json::array({{{"issuer", "https://issuer.test"},
                                        {"subject", "system:serviceaccount:seatkeeper:seatkeeper"},
                                        {"audience", "api://AzureADTokenExchange"},
                                        {"key", PublicKeyOf(cluster)}}})}});
  UseAuth(fmt::format("clientId: {}, federatedTokenFile: azure-token", kClient));
  const auto missing = Select();
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("azure-token"), HasSubstr("azure.workload.identity")));

  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto write = [&](const std::string& subject) {
    WriteFile(folder() / "azure-token", SignJwt(cluster, {{"alg", "RS256"}},
                                                {{"iss", "https://issuer.test"},
                                                 {"sub", subject},
                                                 {"aud", "api://AzureADTokenExchange"},
                                                 {"exp", now.time_since_epoch().count() + 3600}}));
  };
  write("system:serviceaccount:default:default");
  const auto refused = Select();
  EXPECT_EQ(refused.exit_code, 77);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("AADSTS700213"),
                                 HasSubstr("'system:serviceaccount:default:default'")));
  write("system:serviceaccount:seatkeeper:seatkeeper");
  const auto done = Select();
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST_F(SignIn, AsTheMachine) {
  Start();
  SetApplications(json::array({{{"clientId", kClient},
                                {"roles", json::parse(ReadingRoles())},
                                {"managed", "system-assigned"}}}));
  UseAuth("managedIdentity: system-assigned");
  const auto place =
      fmt::format("AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:{}", tenant_port());
  // A proxy would be asked for its own machine's identity.
  const auto done = RunProgram(
      {"/usr/bin/env", place, "http_proxy=http://127.0.0.1:1", "no_proxy=", SEATKEEPER, "doctor"},
      {.folder = folder(), .extra = {}});
  EXPECT_THAT(done.out, HasSubstr("signed in as the machine's own identity"));
}

TEST_F(SignIn, WhoReadsIsNotWhoChanges) {
  StartTenant({"--users", "300"});
  SetApplications(json::array({{{"clientId", kClient},
                                {"secret", "read secret"},
                                {"roles", json::parse(ReadingRoles())}}}));
  WriteFile(folder() / "read-secret", "read secret");
  WriteConfig(
      fmt::format("    mode: observe\n    readAuth: {{clientId: {}, clientSecretFile: "
                  "read-secret}}\n",
                  kClient));
  UseExamplePolicies();
  const auto asked = [&] {
    std::set<std::string> applications;
    for (const auto& request : RequestsAfter(0)) {
      applications.insert(request.value("application", "nobody"));
    }
    return applications;
  };
  StartDaemon();
  ASSERT_TRUE(PollUntil([&] { return !Metric("seatkeeper_cycles_total").empty(); }));
  ASSERT_TRUE(PollUntil([&] { return !RequestsAfter(0).empty(); }));
  // Whoever applies beside a cycle that is under way has to wait for its lease.
  daemon().Signal(SIGTERM);
  EXPECT_EQ(daemon().Wait(), 0);
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 0);
  EXPECT_EQ(asked(), std::set<std::string>{kClient});

  std::filesystem::remove(folder() / "client-secret");
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 0) << "the other secret is not needed to look";
  const auto refused = Seatkeeper({"apply", "--yes"});
  EXPECT_THAT(refused.err, HasSubstr("client-secret"));
  EXPECT_EQ(asked(), std::set<std::string>{kClient});

  WriteFile(folder() / "client-secret", "simulated-secret\n");
  const auto applied = Seatkeeper({"apply", "--yes"});
  EXPECT_GT(EffectiveWrites(), 0) << applied.out << applied.err;
  for (const auto& request : RequestsAfter(0)) {
    if (request.value("application", "") == kClient) {
      EXPECT_FALSE(request.value("effective", false));
    } else {
      EXPECT_EQ(request["method"], "POST") << request;
    }
  }
}

TEST_F(SignIn, DoctorJudgesBothApplications) {
  Start();
  SetApplications(json::array(
      {{{"clientId", kClient}, {"secret", "read secret"}, {"roles", json::parse(ReadingRoles())}},
       {{"clientId", "22222222-2222-2222-2222-222222222222"},
        {"secret", "simulated-secret"},
        {"roles", json::array({"User.Read.All"})}}}));
  WriteFile(folder() / "read-secret", "read secret");
  WriteConfig(
      fmt::format("    mode: enforce\n    readAuth: {{clientId: {}, clientSecretFile: "
                  "read-secret}}\n",
                  kClient));
  UseExamplePolicies();
  const auto done = Seatkeeper({"doctor"});
  EXPECT_EQ(done.exit_code, 77) << done.out;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr(fmt::format("contoso sign-in: signed in as {}", kClient)),
                    HasSubstr("ok    contoso permissions: "),
                    HasSubstr("contoso changing permissions: LicenseAssignment.ReadWrite.All is "
                              "missing")));
}

}  // namespace
}  // namespace seatkeeper::test
