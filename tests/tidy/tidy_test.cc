// The rules that a compiler does not keep: which folder may include which, what stays out of the
// pure core, that every test runs, and that files stay small enough to hold in the head.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace seatkeeper {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kMaxFileLines = 500;

struct File {
  std::string path;  // From the root of the repository.
  std::string text;
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<File> Sources() {
  std::vector<File> files;
  const std::filesystem::path root(SOURCE_DIR);
  for (const auto* folder : {"policy", "reconciler", "daemon", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc" && extension != ".inc") continue;
      files.push_back(
          {std::filesystem::relative(entry.path(), root).string(), ReadFile(entry.path())});
    }
  }
  return files;
}

std::vector<std::string> Includes(const File& file) {
  std::vector<std::string> includes;
  for (const auto& line : Lines(file.text)) {
    if (!line.starts_with("#include ")) continue;
    const auto begin = line.find_first_of("\"<");
    const auto end = line.find_first_of("\">", begin + 1);
    if (begin != std::string::npos && end != std::string::npos) {
      includes.push_back(line.substr(begin + 1, end - begin - 1));
    }
  }
  return includes;
}

// A folder and what its files must not include, by prefix of the include.
struct Rule {
  std::string_view folder;
  std::vector<std::string_view> forbidden;
};

// The core: values in, values out.
const std::vector<std::string_view> kEffects = {"curl/",
                                                "sqlite3.h",
                                                "simdjson",
                                                "httplib",
                                                "yaml-cpp/",
                                                "spdlog/",
                                                "prometheus/",
                                                "CLI/",
                                                "thread",
                                                "mutex",
                                                "fstream",
                                                "iostream",
                                                "reconciler/http/",
                                                "reconciler/graph/",
                                                "reconciler/store/",
                                                "reconciler/file/",
                                                "reconciler/cycle/"};

std::vector<Rule> Rules() {
  return {
      {"policy/",
       {"reconciler/", "daemon/", "tests/", "curl/", "sqlite3.h", "simdjson", "httplib", "spdlog/",
        "prometheus/", "CLI/", "nlohmann/"}},
      {"reconciler/",
       {"daemon/", "tests/", "spdlog/", "prometheus/", "CLI/", "httplib", "yaml-cpp/", "date/"}},
      {"reconciler/model/", kEffects},
      {"reconciler/plan/", kEffects},
      {"reconciler/execute/", kEffects},
      {"reconciler/seams/", kEffects},
      {"reconciler/store/", {"curl/", "simdjson", "reconciler/http/", "reconciler/graph/"}},
      {"reconciler/graph/", {"curl/", "sqlite3.h", "reconciler/http/", "reconciler/store/"}},
      {"daemon/", {"tests/", "curl/", "sqlite3.h", "simdjson", "yaml-cpp/", "date/"}},
      // A simulator that shares code with what it checks would share its mistakes.
      {"tests/simulator/", {"policy/", "reconciler/", "daemon/"}},
  };
}

std::vector<std::string> ForbiddenIncludes(const std::vector<File>& files) {
  std::vector<std::string> found;
  for (const auto& file : files) {
    for (const auto& rule : Rules()) {
      if (!file.path.starts_with(rule.folder)) continue;
      for (const auto& include : Includes(file)) {
        for (const auto& prefix : rule.forbidden) {
          if (include.starts_with(prefix)) {
            found.push_back(fmt::format("{} includes {}", file.path, include));
          }
        }
      }
    }
  }
  return found;
}

TEST(Tidy, IncludesRunOneWay) { EXPECT_THAT(ForbiddenIncludes(Sources()), IsEmpty()); }

TEST(Tidy, CatchesAForbiddenInclude) {
  EXPECT_THAT(ForbiddenIncludes({{"policy/load.cc", "#include \"reconciler/plan/plan.h\"\n"}}),
              ElementsAre("policy/load.cc includes reconciler/plan/plan.h"));
  EXPECT_THAT(ForbiddenIncludes({{"reconciler/plan/diff.cc", "#include <curl/curl.h>\n"}}),
              ElementsAre("reconciler/plan/diff.cc includes curl/curl.h"));
  EXPECT_THAT(ForbiddenIncludes({{"daemon/service.cc", "#include \"reconciler/plan/plan.h\"\n"}}),
              IsEmpty());
}

TEST(Tidy, HeavyHeadersStayOutOfHeaders) {
  std::vector<std::string> found;
  for (const auto& file : Sources()) {
    if (!file.path.ends_with(".h")) continue;
    for (const auto& include : Includes(file)) {
      for (const auto* heavy :
           {"httplib", "CLI/", "nlohmann/json.hpp", "yaml-cpp/", "spdlog/", "prometheus/"}) {
        // The simulator's own headers pass JSON values around; nothing but tests sees them.
        if (include.starts_with(heavy) && !file.path.starts_with("tests/")) {
          found.push_back(fmt::format("{} includes {}", file.path, include));
        }
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

// In the CMakeLists.txt of its folder or, with the path from there, of one above.
bool IsRegistered(const std::filesystem::path& path) {
  auto folder = path.parent_path();
  for (auto name = path.filename(); !folder.empty();
       name = folder.filename() / name, folder = folder.parent_path()) {
    const auto lists = ReadFile(std::filesystem::path(SOURCE_DIR) / folder / "CMakeLists.txt");
    if (lists.find(name.string()) != std::string::npos) return true;
  }
  return false;
}

TEST(Tidy, EveryTestIsRegistered) {
  std::vector<std::string> missing;
  for (const auto& file : Sources()) {
    if (file.path.ends_with("_test.cc") && !IsRegistered(file.path)) missing.push_back(file.path);
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_FALSE(IsRegistered("tests/tidy/forgotten_test.cc"));
}

TEST(Tidy, FilesStayShort) {
  std::vector<std::string> found;
  for (const auto& file : Sources()) {
    const auto lines = Lines(file.text).size();
    if (lines > kMaxFileLines && !file.path.ends_with(".inc")) {
      found.push_back(fmt::format("{} has {} lines", file.path, lines));
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(Tidy, OnlyCommandsWriteToStandardOutput) {
  std::vector<std::string> found;
  for (const auto& file : Sources()) {
    if (file.path.starts_with("tests/") || file.path.starts_with("daemon/")) continue;
    for (const auto* word : {"std::cout", "std::cerr", "printf("}) {
      if (file.text.find(word) != std::string::npos) {
        found.push_back(fmt::format("{} uses {}", file.path, word));
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(Tidy, NothingSleeps) {
  std::vector<std::string> found;
  for (const auto& file : Sources()) {
    // What other processes do can only be asked for: one place polls, with a bound.
    if (file.path == "tests/tidy/tidy_test.cc" || file.path == "tests/support/poll.h") continue;
    for (const auto* word : {"sleep_for(", "sleep_until(", "usleep("}) {
      if (file.text.find(word) != std::string::npos) {
        found.push_back(fmt::format("{} uses {}", file.path, word));
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(Tidy, HeadersGuardThemselves) {
  std::vector<std::string> found;
  for (const auto& file : Sources()) {
    if (file.path.ends_with(".h") && file.text.find("#pragma once") == std::string::npos) {
      found.push_back(file.path);
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

}  // namespace
}  // namespace seatkeeper
