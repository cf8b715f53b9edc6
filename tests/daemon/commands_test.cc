#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/commands/command.h"
#include "tests/daemon/daemon_support.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSnapshot = R"({
  "apiVersion": "seatkeeper/v1", "kind": "Snapshot", "readAt": "2026-01-05T08:00:00Z",
  "users": [
    {"id": "a0000000-0000-4000-8000-00000000000a", "userPrincipalName": "ada@contoso.example",
     "displayName": "Ada", "accountEnabled": true, "usageLocation": "FR",
     "department": "Engineering", "licenseAssignmentStates": []},
    {"id": "b0000000-0000-4000-8000-00000000000b", "userPrincipalName": "bo@contoso.example",
     "displayName": "Bo", "accountEnabled": false, "usageLocation": "FR",
     "department": "Legal", "licenseAssignmentStates": []}],
  "subscribedSkus": [
    {"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "skuPartNumber": "SPE_E3",
     "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 0,
     "prepaidUnits": {"enabled": 5}, "servicePlans": []}]})";

// Commands as a user types them, without config unless a test writes one; in this process.
class Commands : public testing::Test {
 protected:
  Commands() { test::Put(folder_.path() / "tenant.json", kSnapshot); }

  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    const auto environment = test::Variables({{"SEATKEEPER_CONFIG", config_}});
    const auto line = ParseCommandLine(std::move(arguments), environment);
    if (const auto* end = std::get_if<CommandLineEnd>(&line)) {
      err_ << end->err;
      return static_cast<int>(end->code);
    }
    CommandContext context{.out = out_, .err = err_, .environment = environment, .ask = {}};
    return static_cast<int>(RunCommand(std::get<CommandLine>(line), context));
  }
  void UsePolicy(const std::string& text) { test::Put(folder_.path() / "policies/p.yaml", text); }
  // Two tenants, both snapshots: no network is needed.
  void UseConfig(const std::string& more = "") {
    config_ = folder_.File("seatkeeper.yaml");
    test::Put(config_, "apiVersion: seatkeeper/v1\nkind: Config\n" + more +
                           "tenants:\n"
                           "  - {name: contoso, provider: file, path: tenant.json}\n"
                           "  - {name: fabrikam, provider: file, path: missing.json}\n");
  }

  test::TempFolder folder_;
  std::string config_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Commands, ValidateReportsWithPositionAndCaret) {
  UsePolicy(test::SmallPolicy("a"));
  EXPECT_EQ(Run({"validate", folder_.File("policies")}), 0) << err_.str();
  EXPECT_THAT(out_.str(), IsEmpty());
  EXPECT_THAT(err_.str(), HasSubstr("1 file, 0 errors"));
  UsePolicy("apiVersion: seatkeeper/v1\nkind: LicensePolcy\n");
  EXPECT_EQ(Run({"validate", folder_.File("policies")}), 65);
  EXPECT_THAT(out_.str(), HasSubstr("policies/p.yaml:2:7: error: "));
  EXPECT_THAT(out_.str(), HasSubstr("^"));
  EXPECT_EQ(Run({"validate", "--format", "json", folder_.File("policies")}), 65);
  EXPECT_THAT(out_.str(), HasSubstr(R"("valid":false)"));
  EXPECT_THAT(out_.str(), HasSubstr(R"("line":2,"column":7)"));
  EXPECT_EQ(Run({"validate", "--format", "github", folder_.File("policies")}), 65);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("::error file="), HasSubstr(",line=2,col=7,")));
  EXPECT_EQ(Run({"validate", "--format", "sarif", folder_.File("policies")}), 65);
  EXPECT_THAT(out_.str(), HasSubstr(R"("ruleId":"unknown-kind")"));
}

TEST_F(Commands, ValidateReportsAllPathsInOneRun) {
  UsePolicy("kind: LicensePolcy\n");
  test::Put(folder_.path() / "other/q.yaml", "kind: LicensePolcy\n");
  EXPECT_EQ(Run({"validate", folder_.File("other/q.yaml"), folder_.File("nowhere"),
                 folder_.File("policies"), folder_.File("policies/../policies/p.yaml")}),
            65);
  EXPECT_THAT(out_.str(), HasSubstr("other/q.yaml:1:7: error"));
  EXPECT_THAT(out_.str(), HasSubstr("policies/p.yaml:1:7: error"));
  EXPECT_THAT(out_.str(), HasSubstr("nowhere: error: there is no policy at "));
  EXPECT_THAT(err_.str(), HasSubstr("2 files, 3 errors")) << "each file once";
  EXPECT_EQ(Run({"validate", "--format", "json", folder_.File("nowhere")}), 65);
  EXPECT_THAT(out_.str(), HasSubstr(R"("code":"no-such-path")"));
}

TEST_F(Commands, NothingIsAdoptedOffASnapshot) {
  UseConfig("policy: {path: policies}\n");
  EXPECT_EQ(Run({"import", "--adopt", "--yes", "--tenant", "contoso"}), 64);
  EXPECT_THAT(err_.str(), HasSubstr("contoso is a snapshot (`provider: file`)"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(Commands, TestRunsPolicyTestsAndFailsWithThem) {
  const auto policy = test::SmallPolicy("a");
  const auto test = [&](const std::string& licenses) {
    return policy +
           "---\napiVersion: seatkeeper/v1\nkind: PolicyTest\nmetadata: {name: as it is}\n"
           "spec:\n  users: [{userPrincipalName: zoe@contoso.com}]\n"
           "  expect: [{user: zoe@contoso.com, licenses: " +
           licenses + "}]\n";
  };
  UsePolicy(test("[SPE_E3]"));
  EXPECT_EQ(Run({"test", folder_.File("policies")}), 0) << err_.str();
  EXPECT_EQ(out_.str(), "ok    as it is\n");
  EXPECT_THAT(err_.str(), HasSubstr("1 test, 0 failed"));
  UsePolicy(test("[]"));
  EXPECT_EQ(Run({"test", folder_.File("policies")}), 1);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("FAIL  as it is"), HasSubstr("policies/p.yaml:")));
  EXPECT_EQ(Run({"test", "--format", "github", folder_.File("policies")}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("::error file="));
  EXPECT_EQ(Run({"test", "--format", "junit", folder_.File("policies")}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("failures=\"1\""));
  EXPECT_EQ(Run({"test", "--format", "tap", folder_.File("policies")}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("not ok 1 - as it is"));
}

TEST_F(Commands, TestWithoutTestsOrPolicyIsAnError) {
  UsePolicy(test::SmallPolicy("a"));
  EXPECT_EQ(Run({"test", folder_.File("policies")}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("there is no PolicyTest"));
  UsePolicy("kind: LicensePolcy\n");
  EXPECT_EQ(Run({"test", folder_.File("policies")}), 65);
  EXPECT_EQ(Run({"test", folder_.File("nowhere")}), 65);
  EXPECT_EQ(Run({"test"}), 65) << "there is no config";
}

TEST_F(Commands, TestRunsForEveryTenantThatAPolicyNames) {
  UsePolicy(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: a, tenants: [contoso]}\n"
      "spec: {subjects: {users: [zoe@contoso.com]}, licenses: [{product: SPE_E3}]}\n---\n"
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: b, tenants: [fabrikam]}\n"
      "spec: {subjects: {users: [amy@contoso.com]}, licenses: [{product: SPE_E3}]}\n---\n"
      "apiVersion: seatkeeper/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n"
      "  users: [{userPrincipalName: zoe@contoso.com}]\n"
      "  expect: [{user: zoe@contoso.com, licenses: [SPE_E3]}]\n");
  EXPECT_EQ(Run({"test", folder_.File("policies")}), 1);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("ok    t in contoso"), HasSubstr("FAIL  t in fabrikam")));
  EXPECT_EQ(Run({"test", folder_.File("policies"), "--tenant", "contoso"}), 0);
  EXPECT_EQ(out_.str(), "ok    t\n");
}

TEST_F(Commands, PlanAgainstABaseShowsWhatAPullRequestChanges) {
  UsePolicy(test::SmallPolicy("a"));
  test::Put(folder_.path() / "base/p.yaml", test::SmallPolicy("a"));
  const auto against = [&](const std::string& format) {
    return std::vector<std::string>{"plan",
                                    "--snapshot",
                                    folder_.File("tenant.json"),
                                    "--policy",
                                    folder_.File("policies"),
                                    "--against",
                                    folder_.File("base"),
                                    "--format",
                                    format};
  };
  auto detailed = against("text");
  detailed.push_back("--detailed-exitcode");
  EXPECT_EQ(Run(detailed), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("Nobody gains or loses anything."));
  test::Put(folder_.path() / "base/p.yaml",
            "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: a}\nspec:\n"
            "  subjects: {rule: user.accountEnabled -eq false}\n"
            "  licenses: [{product: SPE_E3}]\n");
  EXPECT_EQ(Run(detailed), 2) << err_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("2 users concerned"), HasSubstr("+ SPE_E3: 1 user"),
                                HasSubstr("SPE_E3: no longer given: 1 user"),
                                HasSubstr("policies/p.yaml:"), HasSubstr("base/p.yaml:")));
  EXPECT_EQ(Run(against("markdown")), 0);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("<!-- seatkeeper plan of snapshot -->"),
                                HasSubstr("- `ada@contoso.example`")));
  EXPECT_EQ(Run(against("json")), 0);
  EXPECT_THAT(out_.str(), HasSubstr(R"("kind":"Comparison")"));
}

TEST_F(Commands, PlanAgainstABaseSaysWhatWouldBeHeld) {
  const std::string guards =
      "---\napiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: g}\n";
  test::Put(folder_.path() / "base/p.yaml",
            test::SmallPolicy("a") + guards + "spec: {maxUnassign: {seats: 1}}\n");
  UsePolicy(test::SmallPolicy("a") + guards + "spec: {maxUnassign: off}\n");
  EXPECT_EQ(Run({"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                 folder_.File("policies"), "--against", folder_.File("base")}),
            0)
      << "nothing is to be removed: " << err_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("Suspicious"), HasSubstr("maxUnassign")));
}

TEST_F(Commands, PlanAgainstABaseNeedsASnapshotAndABaseThatLoads) {
  UseConfig();
  UsePolicy(test::SmallPolicy("a"));
  EXPECT_EQ(Run({"plan", "--tenant", "contoso", "--against", folder_.File("policies")}), 64);
  EXPECT_THAT(err_.str(), HasSubstr("--snapshot"));
  config_.clear();
  const std::vector<std::string> plan{"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                                      folder_.File("policies")};
  auto saved = plan;
  saved.insert(saved.end(), {"--against", folder_.File("policies"), "--out", "x.json"});
  EXPECT_EQ(Run(saved), 64);
  auto nowhere = plan;
  nowhere.insert(nowhere.end(), {"--against", folder_.File("nowhere")});
  EXPECT_EQ(Run(nowhere), 65);
  EXPECT_THAT(err_.str(), HasSubstr("nowhere"));
  auto markdown = plan;
  markdown.insert(markdown.end(), {"--format", "markdown"});
  EXPECT_EQ(Run(markdown), 0);
  EXPECT_THAT(out_.str(), HasSubstr("## Plan for `snapshot`"));
}

TEST_F(Commands, ACatalogueSaysWhatProductNamesMean) {
  const std::string catalog = std::string(SOURCE_DIR) + "/tests/data/product-catalog.csv";
  const auto grant = [](const std::string& product) {
    return "apiVersion: seatkeeper/v1\nkind: LicensePolicy\nmetadata: {name: a}\nspec:\n"
           "  subjects: {users: [ada@contoso.example]}\n  licenses: [{product: " +
           product + "}]\n";
  };
  const std::vector<std::string> validate{"validate", folder_.File("policies")};
  auto with_catalog = validate;
  with_catalog.insert(with_catalog.end(), {"--product-catalog", catalog});
  UsePolicy(grant("contoso_large"));
  EXPECT_EQ(Run(validate), 0);
  EXPECT_THAT(out_.str(), HasSubstr("unknown-product"));
  EXPECT_EQ(Run(with_catalog), 0);
  EXPECT_THAT(out_.str(), IsEmpty());
  UsePolicy(grant("CONTOSO_LARG"));
  EXPECT_EQ(Run(with_catalog), 0) << "a warning: the tenant may own it";
  EXPECT_THAT(out_.str(), HasSubstr("did you mean `CONTOSO_LARGE`?"));
  UsePolicy(grant("Contoso_Calling"));
  EXPECT_EQ(Run(with_catalog), 0);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("ambiguous-product"),
                                HasSubstr("c0000000-0000-4000-8000-000000000002"),
                                HasSubstr("c0000000-0000-4000-8000-000000000003")));
  UsePolicy(grant("kontor café"));
  const std::vector<std::string> plan{"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                                      folder_.File("policies")};
  EXPECT_EQ(Run(plan), 65) << "no such product";
  auto plan_with_catalog = plan;
  plan_with_catalog.insert(plan_with_catalog.end(), {"--product-catalog", catalog});
  EXPECT_EQ(Run(plan_with_catalog), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("KONTOR"));
}

TEST_F(Commands, ABadCatalogueIsRefusedWhole) {
  UsePolicy(test::SmallPolicy("a"));
  test::Put(folder_.path() / "bad.csv",
            "Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,"
            "Service_Plans_Included_Friendly_Names\nName,PART,not-an-id,,,\n");
  for (const auto& command : {std::vector<std::string>{"validate", folder_.File("policies")},
                              {"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                               folder_.File("policies")}}) {
    auto line = command;
    line.insert(line.end(), {"--product-catalog", folder_.File("bad.csv")});
    EXPECT_EQ(Run(line), 65);
    EXPECT_THAT(err_.str(), HasSubstr("bad.csv:2:1: `GUID` must be a GUID"));
    line.back() = folder_.File("missing.csv");
    EXPECT_EQ(Run(line), 65);
    EXPECT_THAT(err_.str(), HasSubstr("missing.csv"));
  }
}

TEST_F(Commands, ValidateOfNothingFails) {
  std::filesystem::create_directories(folder_.path() / "policies");
  EXPECT_EQ(Run({"validate", folder_.File("policies")}), 65);
  EXPECT_EQ(Run({"validate", folder_.File("elsewhere")}), 65);
}

TEST_F(Commands, ValidateChecksNamesOfTenants) {
  UsePolicy(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: a, tenants: [contosso]}\n"
      "spec:\n  subjects: {users: [x@y.z]}\n  licenses: [{product: SPE_E3}]\n");
  EXPECT_EQ(Run({"validate", folder_.File("policies")}), 0) << "no config, so nobody knows";
  EXPECT_EQ(Run({"validate", "--config", folder_.File("none.yaml"), folder_.File("policies")}), 65);
  UseConfig();
  EXPECT_EQ(Run({"validate"}), 65);
  EXPECT_THAT(out_.str(), HasSubstr("contosso"));
  EXPECT_EQ(Run({"validate", "--tenant", "contosso"}), 0) << out_.str();
}

TEST_F(Commands, PlanOfASnapshotNeedsNoConfigAndRepeats) {
  config_.clear();
  UsePolicy(test::SmallPolicy("a"));
  const std::vector<std::string> plan{"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                                      folder_.File("policies")};
  ASSERT_EQ(Run(plan), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("ada@contoso.example"));
  EXPECT_THAT(out_.str(), HasSubstr("2026-01-05T08:00:00Z"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b"))) << "no colours into a file";
  const auto first = out_.str();
  EXPECT_EQ(Run(plan), 0);
  EXPECT_EQ(out_.str(), first);
  auto detailed = plan;
  detailed.push_back("--detailed-exitcode");
  EXPECT_EQ(Run(detailed), 2);
}

TEST_F(Commands, PlanSavesAFileForItsOwnerOnly) {
  UsePolicy(test::SmallPolicy("a"));
  ASSERT_EQ(Run({"plan", "--snapshot", folder_.File("tenant.json"), "--policy",
                 folder_.File("policies"), "--out", folder_.File("plan.json"), "--format", "json"}),
            0);
  std::ifstream saved(folder_.File("plan.json"));
  std::stringstream text;
  text << saved.rdbuf();
  EXPECT_EQ(text.str(), out_.str());
  EXPECT_EQ(std::filesystem::status(folder_.File("plan.json")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Commands, OneTenantsTroubleLeavesTheOthersPlanned) {
  UseConfig();
  UsePolicy(test::SmallPolicy("a"));
  EXPECT_EQ(Run({"plan"}), 65) << "two tenants, and the policy names none";
  UsePolicy(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: a, tenants: [all]}\nspec:\n"
      "  subjects: {users: [ada@contoso.example]}\n  licenses: [{product: SPE_E3}]\n");
  EXPECT_EQ(Run({"plan"}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("ada@contoso.example"));
  EXPECT_THAT(err_.str(), HasSubstr("missing.json"));
  EXPECT_EQ(Run({"plan", "--tenant", "contoso"}), 0) << err_.str();
  EXPECT_EQ(Run({"plan", "--tenant", "nobody"}), 64);
  EXPECT_EQ(Run({"plan", "--out", folder_.File("p.json")}), 64);
  EXPECT_FALSE(std::filesystem::exists(folder_.File("seatkeeper.db"))) << "plan writes nothing";
}

TEST_F(Commands, CeilingsOfTheConfigHoldWhateverThePolicyLifts) {
  UsePolicy(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: a, tenants: [all]}\nspec:\n"
      "  subjects: {users: [ada@contoso.example]}\n  licenses: [{product: SPE_E3}]\n---\n"
      "apiVersion: seatkeeper/v1\nkind: Guardrails\nmetadata: {name: none, tenants: [all]}\n"
      "spec: {maxAssign: off, maxChanges: off}\n");
  const std::vector<std::vector<std::string>> commands = {
      {"plan", "--tenant", "contoso"},
      {"plan", "--tenant", "contoso", "--snapshot", folder_.File("tenant.json")}};
  for (const auto& command : commands) {
    UseConfig();
    EXPECT_EQ(Run(command), 0) << err_.str();
    UseConfig("ceilings: {maxAssign: {seats: 0}}\n");
    EXPECT_EQ(Run(command), 3) << "something is held";
    EXPECT_THAT(out_.str(), HasSubstr("maxAssign (SPE_E3): 1 additions planned; limit: 0"));
    EXPECT_THAT(out_.str(), HasSubstr("raise ceilings.maxAssign in the config"));
  }
  EXPECT_EQ(Run({"explain", "ada@contoso.example", "--tenant", "contoso"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("maxAssign"));
}

TEST_F(Commands, ApplyWithoutTerminalNeedsYes) {
  UseConfig();
  EXPECT_EQ(Run({"apply"}), 64);
  EXPECT_THAT(err_.str(), HasSubstr("--yes"));
}

TEST_F(Commands, SelectPrintsUsersOrTheMistake) {
  const auto snapshot = folder_.File("tenant.json");
  EXPECT_EQ(Run({"select", "user.department -eq \"legal\"", "--snapshot", snapshot}), 0);
  EXPECT_EQ(out_.str(), "bo@contoso.example\tb0000000-0000-4000-8000-00000000000b\tBo\n");
  EXPECT_EQ(
      Run({"select", "user.department -eq \"x\"", "--snapshot", snapshot, "--format", "json"}), 0);
  EXPECT_EQ(out_.str(), "[\n]\n");
  EXPECT_EQ(Run({"select", "user.city -eq null", "--snapshot", snapshot}), 65);
  EXPECT_THAT(err_.str(), HasSubstr("No user of the snapshot has user.city"));
  EXPECT_EQ(Run({"select", "user.departmant -eq \"x\"", "--snapshot", snapshot}), 65);
  EXPECT_THAT(err_.str(), HasSubstr("rule:1:"));
  EXPECT_THAT(err_.str(), HasSubstr("department"));
}

TEST_F(Commands, HistoryNeedsAStore) {
  UseConfig();
  EXPECT_EQ(Run({"history"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("no store"));
  EXPECT_EQ(Run({"history", "--since", "yesterday"}), 64);
  EXPECT_EQ(Run({"history", "--product", "NO_SUCH_THING"}), 64);
}

TEST_F(Commands, DoctorSaysOneLinePerCheck) {
  UseConfig();
  UsePolicy(
      "apiVersion: seatkeeper/v1\nkind: LicensePolicy\n"
      "metadata: {name: a, tenants: [all]}\nspec:\n"
      "  subjects: {users: [ada@contoso.example]}\n  licenses: [{product: SPE_E3}]\n");
  EXPECT_EQ(Run({"doctor", "--tenant", "contoso"}), 0) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("ok    config: "));
  EXPECT_THAT(out_.str(), HasSubstr("ok    store: "));
  EXPECT_EQ(Run({"doctor"}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("FAIL  fabrikam: "));
  UsePolicy("nonsense");
  EXPECT_EQ(Run({"doctor", "--tenant", "contoso"}), 65);
}

TEST_F(Commands, AConfigThatIsMissingIsSaid) {
  config_ = folder_.File("none.yaml");
  EXPECT_EQ(Run({"plan"}), 65);
  EXPECT_THAT(err_.str(), HasSubstr("--config"));
}

TEST_F(Commands, SchemaPrintsAllKindsOrOne) {
  EXPECT_EQ(Run({"schema"}), 0);
  for (const auto* kind : {"LicensePolicy", "ProductLadder", "Approval", "PolicyTest", "Config"}) {
    EXPECT_THAT(out_.str(), HasSubstr("#/$defs/" + std::string(kind)));
  }
  EXPECT_EQ(Run({"schema", "guardrails"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr(R"("title": "Guardrails")"));
  EXPECT_THAT(out_.str(), HasSubstr("Not yet in force"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("disabledPlans")));
  EXPECT_THAT(err_.str(), IsEmpty());
  EXPECT_EQ(Run({"schema", "plan"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr(R"("title": "Plan")"));
  EXPECT_EQ(Run({"schema", "Guardrials"}), 64);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean `Guardrails`?"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(Commands, VersionIsOneLine) {
  EXPECT_EQ(Run({"version"}), 0);
  EXPECT_EQ(out_.str(), "seatkeeper 0.1.0\n");
}

}  // namespace
}  // namespace seatkeeper
