#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/poll.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {
namespace {

// A plain environment, so that no setting of the machine leaks into a test.
std::vector<std::string> Environment(const ProcessOptions& options) {
  std::map<std::string, std::string> variables{{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                                               {"LANG", "C.UTF-8"}};
  for (const auto* passed : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "TMPDIR"}) {
    if (const char* value = getenv(passed)) variables[passed] = value;
  }
  for (const auto& [name, value] : options.extra) variables[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Of a process, 0: this one. Whoever lowered only the soft limit may lift it again.
void LimitFileSize(pid_t process, std::uint64_t bytes) {
  rlimit limit{};
  prlimit(process, RLIMIT_FSIZE, nullptr, &limit);
  limit.rlim_cur = bytes;
  prlimit(process, RLIMIT_FSIZE, &limit, nullptr);
}

}  // namespace

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& output,
                 const std::filesystem::path& errors, const ProcessOptions& options) {
  // Everything that allocates comes before fork: the child may only make system calls.
  auto argument_texts = arguments;
  auto variable_texts = Environment(options);
  const auto argv = Pointers(argument_texts);
  const auto envp = Pointers(variable_texts);
  const auto redirect = [](const std::filesystem::path& path, int to) {
    dup2(open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), to);
  };
  pid_ = fork();
  if (pid_ != 0) return;
  if (options.file_size_max) {
    // A write beyond the limit is to fail, as on a full disk, and not to end the program.
    signal(SIGXFSZ, SIG_IGN);
    LimitFileSize(0, *options.file_size_max);
  }
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  redirect(output, STDOUT_FILENO);
  redirect(errors, STDERR_FILENO);
  execve(argv[0], argv.data(), envp.data());
  _exit(127);
}

Process::~Process() {
  if (!running()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

void Process::Signal(int signal) const { kill(pid_, signal); }

void Process::SetFileSizeMax(std::uint64_t bytes) const { LimitFileSize(pid_, bytes); }

bool Process::running() {
  if (pid_ != 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
  return pid_ != 0;
}

int Process::Wait() {
  if (!PollUntil([this] { return !running(); }, std::chrono::minutes(2))) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
    pid_ = 0;
  }
  return ExitCode(status_);
}

Completed RunProgram(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  const TempFolder folder;
  Process process(arguments, folder.File("out"), folder.File("err"), options);
  const int code = process.Wait();
  return {code, ReadFile(folder.File("out")), ReadFile(folder.File("err"))};
}

}  // namespace seatkeeper::test
