#include "daemon/explain_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "daemon/explain_words.h"
#include "tests/support/golden.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper {
namespace {

using test::Grants;
using test::IdOf;
using test::Manages;
using test::TestTenant;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{std::chrono::milliseconds(1'767'600'000'000)};  // 2026-01-05T08:00:00Z

std::string Document(std::string_view kind, std::string_view name, std::string_view spec) {
  return fmt::format("apiVersion: seatkeeper/v1\nkind: {}\nmetadata: {{name: {}}}\nspec: {}\n",
                     kind, name, spec);
}

// One user in every situation that fits one user.
TestTenant Contoso() {
  TestTenant tenant;
  tenant.products = {{.name = "COPILOT", .seats = 1},
                     {.name = "E3", .plans = {"EXCHANGE", "YAMMER"}},
                     {.name = "E5", .plans = {"EXCHANGE", "TEAMS", "YAMMER"}},
                     {.name = "FREE"},
                     {.name = "PHONE"},
                     {.name = "PROJECT"},
                     {.name = "VISIO"}};
  tenant.groups = {{.name = "Pilots", .members = {"ada", "ben"}},
                   {.name = "Drawers", .members = {"ada"}}};
  tenant.users = {{.name = "ada",
                   .department = "Engineering",
                   .licenses = {{.product = "E3"},
                                {.product = "FREE"},
                                {.product = "PHONE"},
                                {.product = "VISIO",
                                 .source = AssignmentSource::kGroup,
                                 .group = "Drawers",
                                 .updated = "2026-01-01T00:00:00Z"}}},
                  {.name = "ben", .licenses = {{.product = "COPILOT"}}}};
  return tenant;
}

std::vector<std::string> Documents() {
  return {Document("ProductLadder", "suites", "{products: [E5, E3]}"),
          Manages("E5", "full"),
          Manages("E3", "full"),
          Manages("PHONE", "full"),
          Manages("VISIO", "full"),
          test::Limits("strict", "{percent: 0}"),
          Grants("engineering",
                 "{rule: user.department -eq \"Engineering\", where: user.accountEnabled -eq true}",
                 "[{product: E5, disabledPlans: [YAMMER]}]", 100),
          Grants("everybody", "{rule: user.accountEnabled -eq true}", "[{product: E3}]", 1),
          Grants("pilot", "{groups: [Pilots]}", "[{product: COPILOT}]"),
          Grants("planners", "{rule: user.department -eq \"Sales\"}", "[{product: PROJECT}]"),
          Document("LicensePolicy", "cleanup",
                   "{priority: 7, subjects: {users: [ada@contoso.com]}, revoke: [PHONE, VISIO]}")};
}

UserReport ReportOn(const TestTenant& tenant, const std::vector<std::string>& documents,
                    std::string_view user = "ada") {
  const auto policies = test::Policies(documents);
  const auto observed = tenant.Read();
  const PlanInput input{.tenant = "contoso",
                        .policies = policies,
                        .policy_revision = "sha256:0123456789abcdef",
                        .observed = observed,
                        .now = kNow};
  const auto plan = MakePlan(input);
  EXPECT_TRUE(plan) << plan.error().message;
  auto explanation = Explain(input, plan->plan(), *observed.users.Find(IdOf<UserId>(user)));
  EXPECT_TRUE(explanation);
  return {.explanation = std::move(explanation).value(), .history = std::nullopt};
}

HistoryEntry OneChange() {
  HistoryEntry change;
  auto& entry = change.entry;
  entry.id = "0001-c1";
  entry.plan_id = "0001";
  entry.user = IdOf<UserId>("ada");
  entry.user_principal_name = "ada@contoso.com";
  entry.add = {{.product = IdOf<SkuId>("E3"), .disabled_plans = {}}};
  entry.reason = "granted";
  entry.policy = "everybody";
  entry.policy_position = "p.yaml:3:1";
  entry.policy_revision = "sha256:0123456789abcdef";
  entry.state = ChangeState::kConfirmed;
  entry.intended_at = kNow;
  return change;
}

TEST(ExplainText, AnswersAHelpdesk) {
  auto report = ReportOn(Contoso(), Documents());
  report.history = {OneChange()};
  test::ExpectGolden("explain_text.txt", RenderExplanationText(report, {}));
}

TEST(ExplainText, SaysTheSameToPrograms) {
  auto report = ReportOn(Contoso(), Documents());
  report.history = {OneChange()};
  test::ExpectGolden("explain_json.json", RenderExplanationJson(report, {}));
}

TEST(ExplainText, NoJournalIsNotAnEmptyOne) {
  auto report = ReportOn(Contoso(), Documents());
  EXPECT_THAT(RenderExplanationText(report, {}), Not(HasSubstr("Last changes")));
  EXPECT_THAT(RenderExplanationJson(report, {}), HasSubstr(R"("history":null)"));
  report.history.emplace();
  EXPECT_THAT(RenderExplanationText(report, {}), HasSubstr("Last changes (0)\n  none"));
}

TEST(ExplainText, AnAgentIsSaidToBeOne) {
  auto tenant = Contoso();
  auto& ben = tenant.User("ben");
  ben.type = "#microsoft.graph.agentUser";
  auto report = ReportOn(tenant, Documents(), "ben");
  EXPECT_THAT(RenderExplanationText(report, {}),
              AllOf(HasSubstr("\nThis is an agent account: policies are for people and do not "
                              "apply to it.\n"),
                    HasSubstr("\nCOPILOT: held, and left as it is\n  held      directly\n\n"),
                    HasSubstr("\nNeither held nor granted (5)\n  E3\n  E5\n  PHONE\n"),
                    Not(HasSubstr("policy grants")), Not(HasSubstr("granted by"))));
  EXPECT_THAT(RenderExplanationJson(report, {}),
              AllOf(HasSubstr(R"("person":false,"accountType":"#microsoft.graph.agentUser")"),
                    HasSubstr(R"("standing":"not-applicable")")));
  ben.type = "#microsoft.graph.robot";
  report = ReportOn(tenant, Documents(), "ben");
  EXPECT_THAT(RenderExplanationText(report, {}),
              HasSubstr("an account of the type \"#microsoft.graph.robot\""));
}

TEST(ExplainText, OneProductIsShownWhole) {
  auto report = ReportOn(Contoso(), Documents());
  std::erase_if(report.explanation.products,
                [](const ProductExplanation& product) { return product.name != "PROJECT"; });
  const auto text = RenderExplanationText(report, {});
  EXPECT_THAT(text, AllOf(HasSubstr("PROJECT: not held, and nothing grants it"),
                          HasSubstr("others    granted by planners"), HasSubstr("does not match"),
                          HasSubstr("assign-only (the default)")));
}

TEST(ExplainText, NamesCannotWriteToTheTerminal) {
  auto tenant = Contoso();
  tenant.User("ada").principal_name = "ada\x1b[31m@contoso.com";
  auto documents = Documents();
  documents.pop_back();
  auto report = ReportOn(tenant, documents);
  report.explanation.display_name = "Ada\xff\n";
  EXPECT_THAT(RenderExplanationText(report, {}), AllOf(HasSubstr("ada?[31m@contoso.com (Ada?"
                                                                 "?)"),
                                                       Not(HasSubstr("\x1b"))));
  EXPECT_THAT(RenderExplanationJson(report, {}),
              AllOf(HasSubstr("ada\\u001b[31m@contoso.com"), HasSubstr("Ada\xEF\xBF\xBD\\n")));
}

TEST(ExplainText, EveryStandingHasItsSentence) {
  Explanation explanation;
  explanation.observed_at = kNow;
  explanation.changes = {{.wave = 2}};
  ProductExplanation product{.steps = {{.change = 0}}};
  product.waiting = Waiting{.place = 3, .since = kNow - std::chrono::hours(24)};
  const std::vector<std::pair<Standing, std::string>> sentences{
      {Standing::kUntouched, "not named by any document: never touched"},
      {Standing::kInOrder, "not held, and nothing grants it"},
      {Standing::kToAdd, "to be added, in wave 2"},
      {Standing::kDeferred, "to be added, but that waits"},
      {Standing::kWaiting, "granted, and waiting for a seat: place 3 since 2026-01-04T08:00:00Z"},
      {Standing::kTied, "granted and revoked with the same priority: left as it is"},
      {Standing::kLeft, "granted, but not given"},
      {Standing::kNotApplicable, "not held"}};
  for (const auto& [standing, sentence] : sentences) {
    product.standing = standing;
    EXPECT_EQ(DescribeStanding(explanation, product), sentence);
  }
}

}  // namespace
}  // namespace seatkeeper
