#include "daemon/cli.h"

#include <gmock/gmock.h>

#include "tests/daemon/daemon_support.h"

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::variant<CommandLine, CommandLineEnd> Parse(
    std::vector<std::string> arguments, const std::map<std::string, std::string>& variables = {}) {
  return ParseCommandLine(std::move(arguments), test::Variables(variables));
}

CommandLine Understood(std::vector<std::string> arguments,
                       const std::map<std::string, std::string>& variables = {}) {
  auto line = Parse(std::move(arguments), variables);
  if (const auto* end = std::get_if<CommandLineEnd>(&line)) {
    ADD_FAILURE() << end->err;
    return {};
  }
  return std::get<CommandLine>(line);
}

CommandLineEnd Ended(std::vector<std::string> arguments) {
  auto line = Parse(std::move(arguments));
  if (std::holds_alternative<CommandLine>(line)) {
    ADD_FAILURE() << "understood";
    return {};
  }
  return std::get<CommandLineEnd>(line);
}

TEST(Cli, ReadsAPlan) {
  const auto line =
      Understood({"plan", "--tenant", "contoso", "--format=json", "--tenant", "fabrikam", "--out",
                  "p.json", "--detailed-exitcode", "--full", "--policy", "rules"});
  const auto& plan = std::get<PlanOptions>(line.command);
  EXPECT_THAT(line.common.tenants, ElementsAre("contoso", "fabrikam"));
  EXPECT_EQ(line.common.policy, "rules");
  EXPECT_EQ(line.common.config_path, "seatkeeper.yaml");
  EXPECT_FALSE(line.common.config_given);
  EXPECT_EQ(plan.format, OutputFormat::kJson);
  EXPECT_EQ(plan.out, "p.json");
  EXPECT_TRUE(plan.detailed_exit_code);
  EXPECT_TRUE(plan.full);
}

TEST(Cli, ReadsWhatLooksAtATenant) {
  const auto explain = Understood({"explain", "ada@contoso.example", "--product", "SPE_E5",
                                   "--snapshot", "t.json", "--format", "json"});
  EXPECT_EQ(std::get<ExplainOptions>(explain.command).user, "ada@contoso.example");
  EXPECT_EQ(std::get<ExplainOptions>(explain.command).product, "SPE_E5");
  EXPECT_EQ(std::get<ExplainOptions>(explain.command).snapshot, "t.json");
  EXPECT_EQ(std::get<ExplainOptions>(explain.command).format, OutputFormat::kJson);
  const auto coverage = Understood({"coverage", "--policy-name", "engineering", "--policy-name",
                                    "visio", "--full", "--policy", "rules"});
  EXPECT_THAT(std::get<CoverageOptions>(coverage.command).policies,
              ElementsAre("engineering", "visio"));
  EXPECT_TRUE(std::get<CoverageOptions>(coverage.command).full);
  EXPECT_EQ(coverage.common.policy, "rules");
  const auto products = Understood({"products", "--plans"});
  EXPECT_TRUE(std::get<ProductsOptions>(products.command).plans);
}

TEST(Cli, ReadsAResume) {
  const auto line = Understood({"resume", "--tenant", "contoso", "--reason", "restored"});
  EXPECT_EQ(std::get<ResumeOptions>(line.command).reason, "restored");
  EXPECT_THAT(line.common.tenants, ElementsAre("contoso"));
}

TEST(Cli, ATenantDoesNotSwallowWhatFollows) {
  const auto line = Understood({"apply", "--tenant", "contoso", "saved.json", "--yes"});
  EXPECT_THAT(line.common.tenants, ElementsAre("contoso"));
  EXPECT_EQ(std::get<ApplyOptions>(line.command).plan_file, "saved.json");
  EXPECT_TRUE(std::get<ApplyOptions>(line.command).yes);
}

TEST(Cli, ARuleMayStartWithAParenthesisOrNot) {
  for (const auto* rule :
       {"(user.city -eq \"Paris\")", "user.city -eq \"Paris\"", "-not (user.city -eq \"Paris\")"}) {
    auto arguments = std::vector<std::string>{"select", "--snapshot", "s.json", "--", rule};
    EXPECT_EQ(std::get<SelectOptions>(Understood(arguments).command).rule, rule);
  }
}

TEST(Cli, TheEnvironmentNamesTheConfigUnlessTheLineDoes) {
  const std::map<std::string, std::string> variables{{"SEATKEEPER_CONFIG", "env.yaml"},
                                                     {"NO_COLOR", "1"}};
  const auto from_environment = Understood({"plan"}, variables).common;
  EXPECT_EQ(from_environment.config_path, "env.yaml");
  EXPECT_TRUE(from_environment.config_given);
  EXPECT_TRUE(from_environment.no_color);
  EXPECT_EQ(Understood({"plan", "--config", "line.yaml"}, variables).common.config_path,
            "line.yaml");
  EXPECT_TRUE(Understood({"plan", "--config", "line.yaml"}).common.config_given);
}

TEST(Cli, TheDaemonLogsMore) {
  EXPECT_EQ(Understood({"run"}).common.log_level, LogLevel::kInfo);
  EXPECT_EQ(Understood({"plan"}).common.log_level, LogLevel::kWarning);
  EXPECT_EQ(Understood({"plan", "--log-level", "trace"}).common.log_level, LogLevel::kTrace);
  EXPECT_EQ(Understood({"run", "--log-format", "json"}).common.log_format, LogFormat::kJson);
}

TEST(Cli, WrongUsageEndsWith64) {
  const std::vector<std::vector<std::string>> lines{{},
                                                    {"plan", "--bogus"},
                                                    {"frobnicate"},
                                                    {"plan", "--format", "xml"},
                                                    {"plan", "extra"},
                                                    {"select"},
                                                    {"explain"},
                                                    {"explain", "ada", "ben"},
                                                    {"coverage", "--format", "csv"},
                                                    {"products", "engineering"},
                                                    {"history", "--limit", "0"},
                                                    {"history", "--policy", "x"},
                                                    {"apply", "--snapshot", "s.json"},
                                                    {"version", "--config", "x"},
                                                    {"--bogus"},
                                                    {"help", "frobnicate"}};
  for (const auto& line : lines) {
    const auto end = Ended(line);
    EXPECT_EQ(end.code, ExitCode::kUsage) << (line.empty() ? "nothing" : line.back());
    EXPECT_FALSE(end.err.empty());
    EXPECT_TRUE(end.out.empty());
  }
}

TEST(Cli, AnUnknownCommandListsTheCommands) {
  const auto end = Ended({"aply"});
  EXPECT_THAT(end.err, HasSubstr("did you mean `apply`?"));
  for (const auto* command :
       {"validate", "plan",     "approve", "run",     "explain",    "coverage",
        "products", "snapshot", "select",  "history", "undo",       "doctor",
        "schema",   "version",  "help",    "test",    "completion", "man",
        "assign",   "unassign", "report",  "accept",  "import"}) {
    EXPECT_THAT(end.err, HasSubstr(command));
  }
}

TEST(Cli, EveryCommandHasHelpWithExampleAndExitCodes) {
  for (const auto* command :
       {"validate",   "plan",   "apply",   "approve",  "run",    "explain", "coverage", "products",
        "snapshot",   "select", "history", "undo",     "doctor", "schema",  "version",  "test",
        "completion", "man",    "assign",  "unassign", "report", "accept",  "import"}) {
    for (const auto& line : {std::vector<std::string>{command, "--help"}, {"help", command}}) {
      const auto end = Ended(line);
      EXPECT_EQ(end.code, ExitCode::kOk);
      EXPECT_THAT(end.out, HasSubstr(std::string("Example: seatkeeper ") + command));
      EXPECT_THAT(end.out, HasSubstr("Exit codes: "));
      EXPECT_TRUE(end.err.empty());
    }
  }
  EXPECT_THAT(Ended({"help"}).out, HasSubstr("doctor"));
}

TEST(Cli, CommandsThatResolveProductNamesTakeACatalogue) {
  for (const auto* command : {"validate", "plan", "apply", "run", "coverage", "products", "approve",
                              "snapshot", "history", "undo", "doctor", "report"}) {
    const auto line = Understood({command, "--product-catalog", "c.csv"});
    EXPECT_EQ(line.common.product_catalog, "c.csv") << command;
  }
  const auto end = Ended({"select", "user.department -eq null", "--product-catalog", "c.csv"});
  EXPECT_EQ(end.code, ExitCode::kUsage);
  EXPECT_THAT(end.err, HasSubstr("--product-catalog"));
}

TEST(Cli, ReportIsOfSeatsAndMayNameUsers) {
  const auto line = Understood({"report", "--inactive-days", "90", "--users", "--format", "csv"});
  const auto& report = std::get<ReportOptions>(line.command);
  EXPECT_EQ(report.inactive_days, 90);
  EXPECT_TRUE(report.users);
  EXPECT_EQ(report.format, OutputFormat::kCsv);
  const auto plain = Understood({"report"});
  EXPECT_EQ(std::get<ReportOptions>(plain.command).inactive_days, std::nullopt);
  EXPECT_EQ(Ended({"report", "--inactive-days", "0"}).code, ExitCode::kUsage);
  EXPECT_EQ(Ended({"report", "--format", "markdown"}).code, ExitCode::kUsage);
}

TEST(Cli, UndoTakesAPlanAndWhomItIsAbout) {
  const auto line = Understood({"undo", "1f2e", "--user", "ada@contoso.com", "--user",
                                "bob@contoso.com", "--yes", "--format", "json"});
  const auto& undo = std::get<UndoOptions>(line.command);
  EXPECT_EQ(undo.plan_id, "1f2e");
  EXPECT_THAT(undo.users, testing::ElementsAre("ada@contoso.com", "bob@contoso.com"));
  EXPECT_TRUE(undo.yes);
  EXPECT_FALSE(undo.unpin);
  EXPECT_EQ(undo.format, OutputFormat::kJson);
  EXPECT_TRUE(std::get<UndoOptions>(Understood({"undo", "--unpin", "1f2e"}).command).unpin);
}

TEST(Cli, VersionIsACommandAndAFlag) {
  EXPECT_TRUE(std::holds_alternative<VersionOptions>(Understood({"version"}).command));
  EXPECT_TRUE(std::holds_alternative<VersionOptions>(Understood({"--version"}).command));
}

}  // namespace
}  // namespace seatkeeper
