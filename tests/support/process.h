#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace seatkeeper::test {

/// Text of a file; empty when there is none.
std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::string& text);

struct ProcessOptions {
  std::filesystem::path folder;              ///< Where it runs; empty: here.
  std::map<std::string, std::string> extra;  ///< Environment beside a plain one.
  /// No file of it grows beyond that: the nearest thing to a full disk that needs no privileges.
  std::optional<std::uint64_t> file_size_max{};
};

/// A program that runs beside the test; its output goes to files. Killed when this goes.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& output,
          const std::filesystem::path& errors, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Signal(int signal) const;
  /// REQUIRES: it was started with a limit.
  void SetFileSizeMax(std::uint64_t bytes) const;
  /// Waits for its end, at most two minutes (then it is killed): the exit code, or 128 + signal.
  int Wait();
  bool running();

 private:
  pid_t pid_ = 0;
  int status_ = 0;
};

struct Completed {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end.
Completed RunProgram(const std::vector<std::string>& arguments, const ProcessOptions& options = {});

}  // namespace seatkeeper::test
