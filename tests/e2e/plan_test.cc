#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Plan = EndToEnd;
using Validate = EndToEnd;

constexpr const char* kSimplePolicy = R"(apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: everybody}
spec:
  subjects: {rule: user.accountEnabled -eq true}
  licenses: [{product: SPE_E3}]
)";

TEST_F(Plan, IsAllOrNothingWhenTheLastPageFails) {
  StartTenant({"--users", "2500"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  SetFaults(json::parse(R"([{"match": {"method": "GET", "path": "/users?", "page": "last"},
                             "fault": {"kind": "status", "status": 500}}])"));
  for (const auto& command : {std::vector<std::string>{"plan"}, {"apply", "--yes"}}) {
    const auto done = Seatkeeper(command);
    EXPECT_EQ(done.exit_code, 69) << done.err;
    EXPECT_THAT(done.out, IsEmpty());
    EXPECT_THAT(done.err, HasSubstr("page 3")) << "says how far it came";
  }
  EXPECT_EQ(EffectiveWrites(), 0);
  ClearFaults();
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 0);
}

TEST_F(Plan, RefusesAPageThatSilentlyMissesRows) {
  StartTenant({"--users", "300"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  SetFaults(json::parse(
      R"([{"match": {"method": "GET", "path": "/users?"}, "fault": {"kind": "dropRows"}}])"));
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 69) << done.err;
  EXPECT_THAT(done.err, HasSubstr("299"));
}

TEST_F(Plan, ExitCodesSayWhatThereIs) {
  StartTenant({"--users", "200"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  EXPECT_EQ(Seatkeeper({"plan"}).exit_code, 0);
  EXPECT_EQ(Seatkeeper({"plan", "--detailed-exitcode"}).exit_code, 2);
  WritePolicy("b.yaml", R"(apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
)");
  const auto held = Seatkeeper({"plan"});
  EXPECT_EQ(held.exit_code, 3) << "no policy grants E5: all of it would go";
  EXPECT_THAT(held.out, HasSubstr("maxUnassign"));
  EXPECT_THAT(held.out, HasSubstr("release:"));
}

TEST_F(Plan, WhoIsProtectedKeepsThroughAnApplyWhatOthersLose) {
  StartTenant({"--users", "100"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  WritePolicy("b.yaml", R"(apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
)");
  const auto limits = [&](const std::string& more) {
    WritePolicy("c.yaml", R"(apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec:
  maxUnassign: off
  mailboxLoss: allow
)" + more);
  };
  const auto losses = [&](const std::string& verdict) {
    json changes = json::array();
    const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
    for (const auto& change : plan["changes"]) {
      const bool meant = change["verdict"] == verdict && !change["remove"].empty();
      if (meant) changes.push_back(change);
    }
    return changes;
  };
  limits("");
  EXPECT_THAT(losses("held"), IsEmpty());
  const auto all = losses("go");
  ASSERT_GT(all.size(), 1U);
  const auto user = all[0]["user"]["userPrincipalName"].get<std::string>();
  limits("  protected: {users: [" + user + "]}\n");
  EXPECT_EQ(Seatkeeper({"apply", "--yes"}).exit_code, 3);
  EXPECT_THAT(losses("go"), IsEmpty()) << "the others have lost it";
  const auto left = losses("held");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0]["user"]["userPrincipalName"], user);
  EXPECT_EQ(left[0]["held"][0]["guardrail"], "protected");
  EXPECT_THAT(Seatkeeper({"plan"}).out, HasSubstr("take the user off `protected`"));
}

TEST_F(Plan, SaysWhichPermissionIsMissing) {
  StartTenant({"--users", "20", "--roles", "LicenseAssignment.Read.All"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 77) << done.err;
  const auto doctor = Seatkeeper({"doctor"});
  EXPECT_EQ(doctor.exit_code, 77) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("User.Read.All"));
}

TEST_F(Plan, ExplainsAWrongSecret) {
  StartTenant({"--users", "20"});
  WriteConfig();
  WriteFile(folder() / "client-secret", "wrong");
  WritePolicy("a.yaml", kSimplePolicy);
  const auto done = Seatkeeper({"plan"});
  EXPECT_EQ(done.exit_code, 77) << done.err;
  EXPECT_THAT(done.err, HasSubstr("7000215"));
  EXPECT_THAT(done.err, Not(HasSubstr("simulated-secret")));
}

TEST_F(Plan, TrustsOnlyTheAuthoritiesItIsGiven) {
  const auto made =
      RunProgram({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                  "-subj", "/CN=simulated", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                  "key.pem", "-out", "cert.pem"},
                 {.folder = folder(), .extra = {}});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  StartTenant({"--users", "50", "--tls", (folder() / "cert.pem").string(),
               (folder() / "key.pem").string()});
  WritePolicy("a.yaml", kSimplePolicy);
  WriteConfig("", "https");
  const auto refused = Seatkeeper({"plan"});
  EXPECT_EQ(refused.exit_code, 69) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("certificate"));
  WriteConfig("    caFile: cert.pem\n", "https");
  const auto trusted = Seatkeeper({"plan"});
  EXPECT_EQ(trusted.exit_code, 0) << trusted.err;
}

TEST_F(Plan, NamesTheBadLineAndChangesNothing) {
  StartTenant({"--users", "20"});
  WriteConfig();
  WritePolicy("a.yaml", kSimplePolicy);
  WritePolicy("bad.yaml",
              "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: b}\n"
              "spec:\n  subject: {users: [a@b.example]}\n");
  for (const auto& command : {std::vector<std::string>{"validate"}, {"plan"}, {"apply", "--yes"}}) {
    const auto done = Seatkeeper(command);
    EXPECT_EQ(done.exit_code, 65);
    EXPECT_THAT(done.out + done.err, HasSubstr("policies/bad.yaml:5:3"));
    EXPECT_THAT(done.out + done.err, HasSubstr("subjects"));
  }
  EXPECT_EQ(EffectiveWrites(), 0);
}

TEST_F(Plan, RefusesWrongUsage) {
  EXPECT_EQ(Seatkeeper({"plan", "--bogus"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"frobnicate"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"plan", "--format", "xml"}).exit_code, 64);
  EXPECT_EQ(Seatkeeper({"version"}).exit_code, 0);
  EXPECT_EQ(Seatkeeper({"help"}).exit_code, 0);
}

TEST_F(Validate, AcceptsTheExamples) {
  const auto done = Seatkeeper({"validate", std::string(SOURCE_DIR) + "/examples/contoso/policies",
                                std::string(SOURCE_DIR) + "/examples/contoso/cleanup"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

}  // namespace
}  // namespace seatkeeper::test
