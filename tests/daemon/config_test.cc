#include "daemon/config.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "tests/daemon/daemon_support.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::map<std::string, std::string> kAzure{
    {"AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111"},
    {"AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222"},
    {"AZURE_CLIENT_SECRET", "from the environment"}};

// The tenant's own keys start at line 6, column 5, or 7 with a line of `top`.
std::string WithTenant(const std::string& keys, const std::string& top = "") {
  std::string text = "apiVersion: seatkeeper/v1\nkind: Config\n" + top + "tenants:\n";
  return text + "  - name: contoso\n    provider: graph\n" + keys;
}

LoadedConfig Parse(const std::string& text,
                   const std::map<std::string, std::string>& variables = kAzure) {
  return ParseConfig({.path = "etc/seatkeeper.yaml", .text = text}, test::Variables(variables));
}

// "line:column code" of each finding.
std::vector<std::string> Findings(const LoadedConfig& loaded) {
  std::vector<std::string> findings;
  for (const auto& finding : loaded.diagnostics) {
    findings.push_back(std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) +
                       " " + finding.code);
  }
  return findings;
}

TEST(Config, ReadsEverythingThatIsInForce) {
  const auto loaded = Parse(R"(apiVersion: seatkeeper/v1
kind: Config
policy: {path: rules}
store: {sqlite: {path: /var/lib/seatkeeper.db}}
server: {listen: "[::1]:0"}
tenants:
  - name: contoso
    provider: graph
    tenantId: AAAAAAAA-1111-1111-1111-111111111111
    cloud: usgov-l5
    mode: enforce
    interval: 90s
    fullReadingInterval: 4h
    auditLog: 7d
    inactiveDays: 90
    auth: {clientId: 22222222-2222-2222-2222-222222222222, clientSecretFile: secret}
    endpoints: {graph: "http://127.0.0.1:8080/", login: "https://Login.example"}
    caFile: ca.pem
  - {name: archive, provider: file, path: saved.json, inactiveDays: 3650}
)",
                            {});
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const auto& config = loaded.config;
  EXPECT_EQ(config.policy_path, "etc/rules");
  EXPECT_EQ(config.store_path, "/var/lib/seatkeeper.db");
  EXPECT_EQ(config.listen, (ListenAddress{.host = "::1", .port = 0}));
  ASSERT_EQ(config.tenants.size(), 2U);
  const auto& archive = config.tenants[0];
  EXPECT_EQ(archive.path, "etc/saved.json");
  EXPECT_EQ(KeyOf(archive), (TenantKey{.tenant_id = "archive", .cloud = "file"}));
  const auto& contoso = config.tenants[1];
  EXPECT_EQ(KeyOf(contoso),
            (TenantKey{.tenant_id = "aaaaaaaa-1111-1111-1111-111111111111", .cloud = "usgov-l5"}));
  EXPECT_EQ(contoso.mode, TenantConfig::Mode::kEnforce);
  EXPECT_EQ(contoso.interval, std::chrono::seconds(90));
  EXPECT_EQ(contoso.full_reading_interval, std::chrono::hours(4));
  EXPECT_EQ(contoso.audit_log, std::chrono::days(7));
  EXPECT_EQ(contoso.inactive_after, std::chrono::days(90));
  EXPECT_EQ(archive.inactive_after, std::chrono::days(3650));
  EXPECT_EQ(contoso.sign_in.file, "etc/secret");
  EXPECT_EQ(contoso.endpoints,
            (Endpoints{.graph = "http://127.0.0.1:8080", .login = "https://login.example"}));
  EXPECT_EQ(contoso.ca_file, "etc/ca.pem");
}

TEST(Config, BeyondLoopbackItTakesTls) {
  const auto loaded = Parse(WithTenant(
      "", "server: {listen: \"0.0.0.0:9464\", tls: {certificate: tls.crt, key: /run/tls.key}}\n"));
  ASSERT_THAT(Findings(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.listen.host, "0.0.0.0");
  EXPECT_EQ(loaded.config.tls, (TlsFiles{.certificate = "etc/tls.crt", .key = "/run/tls.key"}));
}

TEST(Config, CeilingsHoldForEveryTenant) {
  const auto loaded = Parse(WithTenant("  - {name: archive, provider: file, path: x}\n",
                                       "ceilings: {maxUnassign: {seats: 5, percent: 1.5}, "
                                       "maxAssign: {seats: 20}, maxChanges: 9}\n"));
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const Ceilings expected{.max_unassign = AmountLimit{.seats = 5, .percent = 1.5},
                          .max_assign = AmountLimit{.seats = 20},
                          .max_changes = 9};
  ASSERT_EQ(loaded.config.tenants.size(), 2U);
  for (const auto& tenant : loaded.config.tenants) EXPECT_EQ(tenant.ceilings, expected);
}

TEST(Config, RetentionHoldsForEveryTenant) {
  const auto loaded =
      Parse(WithTenant("  - {name: archive, provider: file, path: x}\n",
                       "store: {sqlite: {path: x.db}, retention: {journal: 730d, cycles: 30d}}\n"));
  ASSERT_THAT(Findings(loaded), IsEmpty());
  const Retention expected{.journal = std::chrono::days(730), .cycles = std::chrono::days(30)};
  ASSERT_EQ(loaded.config.tenants.size(), 2U);
  for (const auto& tenant : loaded.config.tenants) EXPECT_EQ(tenant.retention, expected);
}

TEST(Config, DefaultsHarmNobody) {
  const auto loaded = Parse(WithTenant(""));
  ASSERT_THAT(Findings(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.policy_path, "etc/policies");
  EXPECT_EQ(loaded.config.store_path, "etc/seatkeeper.db");
  EXPECT_EQ(loaded.config.listen, (ListenAddress{.host = "127.0.0.1", .port = 9464}));
  const auto& tenant = loaded.config.tenants.at(0);
  EXPECT_EQ(tenant.mode, TenantConfig::Mode::kObserve);
  EXPECT_EQ(tenant.interval, std::chrono::minutes(5));
  EXPECT_EQ(tenant.full_reading_interval, std::chrono::minutes(60));
  EXPECT_EQ(tenant.inactive_after, std::chrono::days(0)) << "nobody asks who signs in";
  EXPECT_EQ(tenant.cloud, "global");
  EXPECT_EQ(tenant.ceilings, Ceilings{}) << "documents and built-in figures alone";
  EXPECT_EQ(tenant.retention.journal, std::chrono::days(400));
  EXPECT_EQ(tenant.retention.cycles, std::chrono::days(90));
  EXPECT_EQ(tenant.endpoints.graph, "https://graph.microsoft.com");
}

TEST(Config, PathsOfAConfigHereStayHere) {
  const auto loaded =
      ParseConfig({.path = "seatkeeper.yaml", .text = WithTenant("")}, test::Variables(kAzure));
  EXPECT_EQ(loaded.config.policy_path, "policies");
}

struct Wrong {
  const char* what;
  std::string text;
  std::vector<std::string> findings;
};

TEST(Config, EveryMistakeHasItsPlace) {
  const std::vector<Wrong> cases{
      {"unknown key", WithTenant("    intervall: 5m\n"), {"6:5 unknown-key"}},
      {"unknown top key", WithTenant("", "polices: {path: x}\n"), {"3:1 unknown-key"}},
      {"later key", WithTenant("", "discover: {}\n"), {"3:1 not-yet-in-force"}},
      {"later store",
       WithTenant("", "store: {sqlite: {path: x}, postgres: {}}\n"),
       {"3:28 not-yet-in-force"}},
      {"retention",
       WithTenant("", "store: {sqlite: {path: x}, retention: {cycles: 29d}}\n"),
       {"3:48 out-of-range"}},
      {"ceiling off", WithTenant("", "ceilings: {maxAssign: off}\n"), {"3:23 wrong-type"}},
      {"no ceiling", WithTenant("", "ceilings: {}\n"), {"3:11 no-limit"}},
      {"labels", WithTenant("    labels: {tier: gold}\n"), {"6:5 not-yet-in-force"}},
      {"kind",
       "apiVersion: seatkeeper/v1\nkind: LicensePolicy\ntenants: []\n",
       {"2:7 bad-value", "3:10 empty-list"}},
      {"no tenants", "apiVersion: seatkeeper/v1\nkind: Config\n", {"1:1 missing-key"}},
      {"not a GUID", WithTenant("    tenantId: contoso.com\n"), {"6:15 bad-value"}},
      {"cloud", WithTenant("    cloud: usgov\n"), {"6:12 bad-value"}},
      {"closed cloud", WithTenant("    cloud: germany\n"), {"6:12 closed-cloud"}},
      {"mode", WithTenant("    mode: force\n"), {"6:11 bad-value"}},
      {"interval", WithTenant("    interval: 500ms\n"), {"6:15 out-of-range"}},
      {"audit log", WithTenant("    auditLog: 31d\n"), {"6:15 out-of-range"}},
      {"inactive at once", WithTenant("    inactiveDays: 0\n"), {"6:19 out-of-range"}},
      {"never inactive", WithTenant("    inactiveDays: 3651\n"), {"6:19 out-of-range"}},
      {"days as a duration", WithTenant("    inactiveDays: 90d\n"), {"6:19 wrong-type"}},
      {"seldom", WithTenant("    fullReadingInterval: 25h\n"), {"6:26 out-of-range"}},
      {"duration", WithTenant("    interval: often\n"), {"6:15 bad-duration"}},
      {"inline secret", WithTenant("    auth: {clientSecret: hunter2}\n"), {"6:26 inline-secret"}},
      {"path of a base",
       WithTenant("    endpoints: {graph: \"https://x.example/v1.0\"}\n"),
       {"6:24 bad-value"}},
      {"no TLS",
       WithTenant("    endpoints: {login: \"http://login.example\"}\n"),
       {"6:24 insecure-endpoint"}},
      {"partner center",
       WithTenant("    endpoints: {partnerCenter: \"https://x.example\"}\n"),
       {"6:17 not-yet-in-force"}},
      {"path with graph", WithTenant("    path: x.json\n"), {"6:11 misplaced-key"}},
      {"twin names",
       WithTenant("    tenantId: 33333333-3333-3333-3333-333333333333\n"
                  "  - {name: Contoso, provider: file, path: x}\n"),
       {"7:12 duplicate-name"}},
      {"twin tenants",
       WithTenant("  - {name: other, provider: graph}\n"),
       {"6:12 duplicate-tenant"}},
      {"listen", WithTenant("", "server: {listen: \"9464\"}\n"), {"3:18 bad-value"}},
      {"open to the world",
       WithTenant("", "server: {listen: \"0.0.0.0:9464\"}\n"),
       {"3:18 insecure-listen"}},
      {"two documents", WithTenant("---\nx: 1\n"), {"7:1 too-many-documents"}},
      {"empty", "# nothing\n", {"0:0 empty-file"}},
  };
  for (const auto& wrong : cases) {
    SCOPED_TRACE(wrong.what);
    const auto loaded = Parse(wrong.text);
    EXPECT_EQ(Findings(loaded), wrong.findings);
    EXPECT_FALSE(loaded.ok());
  }
}

TEST(Config, ProviderFileTakesNoAccessKeys) {
  const auto loaded = Parse(
      "apiVersion: seatkeeper/v1\nkind: Config\ntenants:\n"
      "  - {name: a, provider: file, mode: enforce, auth: {}}\n");
  EXPECT_THAT(Findings(loaded),
              ElementsAre("4:5 missing-key", "4:37 bad-value", "4:52 misplaced-key"));
}

TEST(Config, AShortIntervalIsAWarning) {
  const auto loaded = Parse(WithTenant("    interval: 1s\n"));
  EXPECT_TRUE(loaded.ok());
  EXPECT_THAT(Findings(loaded), ElementsAre("6:15 short-interval"));
}

TEST(Config, SuggestsTheNearestKey) {
  const auto loaded = Parse(WithTenant("    intervall: 5m\n"));
  EXPECT_THAT(loaded.diagnostics.at(0).hint, HasSubstr("interval"));
  EXPECT_EQ(loaded.diagnostics.at(0).at.file, "etc/seatkeeper.yaml");
}

TEST(Config, TheEnvironmentFillsWhatIsLeftOut) {
  const auto loaded = Parse(WithTenant(""));
  const auto& tenant = loaded.config.tenants.at(0);
  EXPECT_EQ(tenant.tenant_id->ToString(), kAzure.at("AZURE_TENANT_ID"));
  EXPECT_EQ(tenant.sign_in.client_id, kAzure.at("AZURE_CLIENT_ID"));
  EXPECT_EQ(tenant.sign_in.secret.Reveal(), "from the environment");
}

TEST(Config, TheFileWinsOverTheEnvironment) {
  const test::TempFolder folder;
  const auto loaded =
      ParseConfig({.path = folder.File("seatkeeper.yaml"),
                   .text = WithTenant("    tenantId: 33333333-3333-3333-3333-333333333333\n"
                                      "    auth: {clientSecretFile: secret}\n")},
                  test::Variables(kAzure));
  ASSERT_TRUE(loaded.ok());
  const auto& tenant = loaded.config.tenants.at(0);
  EXPECT_EQ(tenant.tenant_id->ToString(), "33333333-3333-3333-3333-333333333333");
  EXPECT_EQ(tenant.sign_in.file, folder.File("secret"));
  EXPECT_TRUE(tenant.sign_in.secret.empty());
}

TEST(Config, NothingAnywhereIsSaidForEachKey) {
  EXPECT_THAT(Findings(Parse(WithTenant(""), {})),
              ElementsAre("4:5 missing-key", "4:5 missing-key", "4:5 missing-key"));
}

std::string LoginWith(const std::string& keys, const std::string& authority) {
  auto variables = kAzure;
  variables["AZURE_AUTHORITY_HOST"] = authority;
  const auto loaded = Parse(WithTenant(keys), variables);
  return loaded.ok() ? loaded.config.tenants.at(0).endpoints.login
                     : loaded.diagnostics.at(0).code + ": " + loaded.diagnostics.at(0).message;
}

TEST(Config, TheAuthorityHostCountsUnlessTheFileDecides) {
  EXPECT_EQ(LoginWith("", "https://login.private.example/"), "https://login.private.example");
  EXPECT_EQ(LoginWith("", "login.private.example"), "https://login.private.example");
  EXPECT_EQ(
      LoginWith("    endpoints: {login: \"https://mine.example\"}\n", "https://other.example"),
      "https://mine.example");
  EXPECT_EQ(LoginWith("    cloud: china\n", "https://login.microsoftonline.com/"),
            "https://login.chinacloudapi.cn");
  EXPECT_THAT(LoginWith("", "https://login.chinacloudapi.cn"), HasSubstr("`cloud` is not set"));
  EXPECT_THAT(LoginWith("", "http://login.private.example"), HasSubstr("bad-value"));
}

TEST(Config, TenantsAreChosenByName) {
  Config config;
  for (const auto* name : {"contoso", "fabrikam"}) {
    config.tenants.emplace_back();
    config.tenants.back().name = name;
  }
  EXPECT_EQ(SelectTenants(config, {})->size(), 2U);
  EXPECT_EQ(SelectTenants(config, {"FABRIKAM", "fabrikam"})->at(0).name, "fabrikam");
  const auto wrong = SelectTenants(config, {"contosso"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::kUsage);
  EXPECT_THAT(wrong.error().message, HasSubstr("contoso"));
}

}  // namespace
}  // namespace seatkeeper
