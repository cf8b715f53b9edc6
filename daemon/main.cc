#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "daemon/ask.h"
#include "daemon/cli.h"
#include "daemon/commands/command.h"

int main(int argc, char** argv) {
  using namespace seatkeeper;
  const auto environment = SystemEnvironment();
  const auto line = ParseCommandLine({argv + 1, argv + argc}, environment);
  if (const auto* end = std::get_if<CommandLineEnd>(&line)) {
    std::cout << end->out;
    std::cerr << end->err;
    return static_cast<int>(end->code);
  }
  CommandContext context{.out = std::cout,
                         .err = std::cerr,
                         .environment = environment,
                         .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                         .err_is_terminal = isatty(STDERR_FILENO) == 1,
                         .in_is_terminal = isatty(STDIN_FILENO) == 1,
                         .ask = AskOnTerminal};
  auto code = RunCommand(std::get<CommandLine>(line), context);
  // A full disk behind a redirection must not look like success.
  if (!std::cout.flush() && code == ExitCode::kOk) code = ExitCode::kError;
  return static_cast<int>(code);
}
