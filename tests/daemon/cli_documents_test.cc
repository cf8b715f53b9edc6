#include "daemon/cli_documents.h"

#include <gmock/gmock.h>

#include <string>

#include "daemon/cli.h"
#include "tests/daemon/daemon_support.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Printed(std::vector<std::string> arguments) {
  const auto line = ParseCommandLine(std::move(arguments), test::Variables({}));
  const auto* end = std::get_if<CommandLineEnd>(&line);
  EXPECT_TRUE(end != nullptr && end->code == ExitCode::kOk);
  return end == nullptr ? std::string() : end->out;
}

// What bash offers after these words, the last of which is not complete.
std::string Offered(const std::vector<std::string>& words) {
  test::TempFolder folder;
  test::Put(folder.path() / "completion", Printed({"completion", "bash"}));
  std::string script = "source ./completion; COMP_WORDS=(seatkeeper";
  for (const auto& word : words) script += " '" + word + "'";
  script += "); COMP_CWORD=" + std::to_string(words.size()) + "; _seatkeeper; echo ${COMPREPLY[@]}";
  const auto done =
      test::RunProgram({"/bin/bash", "-c", script}, {.folder = folder.path(), .extra = {}});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.err, "");
  return done.out;
}

TEST(Completion, OffersCommandsOptionsAndWords) {
  EXPECT_EQ(Offered({"pl"}), "plan\n");
  EXPECT_EQ(Offered({"plan", "--ag"}), "--against\n");
  EXPECT_EQ(Offered({"plan", "--format", ""}), "text json markdown\n");
  EXPECT_EQ(Offered({"plan", "--log-level", "w"}), "warn\n");
  EXPECT_EQ(Offered({"plan", "--snapshot", ""}), "\n") << "files are the shell's own business";
  EXPECT_EQ(Offered({"test", "--format", "j"}), "junit\n");
  EXPECT_EQ(Offered({"completion", "z"}), "zsh\n");
  EXPECT_EQ(Offered({"help", "cov"}), "coverage\n");
}

TEST(Completion, KnowsTheOtherShells) {
  EXPECT_THAT(Printed({"completion", "zsh"}),
              AllOf(HasSubstr("#compdef seatkeeper\n"),
                    HasSubstr("'plan:Prints what would change, and why; changes nothing'"),
                    HasSubstr("'*--format[How to print]:text|json|markdown:(text json markdown)'"),
                    HasSubstr("the config'\\''s"), HasSubstr(":FILE:_files'")))
      << "quotes of texts are the shell's";
  EXPECT_THAT(Printed({"completion", "fish"}),
              AllOf(HasSubstr("-n __fish_use_subcommand -a plan -d "),
                    HasSubstr("'__fish_seen_subcommand_from plan' -l format -d 'How to print' -xa "
                              "'text json markdown'\n"),
                    HasSubstr("-l snapshot -d "), HasSubstr(" -rF\n")));
}

TEST(Completion, IsForShellsThatThereAre) {
  const auto line = ParseCommandLine({"completion", "cmd.exe"}, test::Variables({}));
  EXPECT_EQ(std::get<CommandLineEnd>(line).code, ExitCode::kUsage);
}

TEST(ManualPage, HasEveryCommandWithWhatItsHelpSays) {
  const auto page = Printed({"man"});
  EXPECT_THAT(page, AllOf(HasSubstr(".TH SEATKEEPER 1 "), HasSubstr("\n.SS plan\n"),
                          HasSubstr("\n.SS completion\n"), HasSubstr("\n.SS man\n"),
                          HasSubstr(".TP\n\\fB\\-\\-against\\fR \\fIDIR\\fR\n"),
                          HasSubstr("Example: seatkeeper plan \\-\\-tenant contoso")));
}

}  // namespace
}  // namespace seatkeeper
