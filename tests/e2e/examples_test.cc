#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "tests/e2e/fixture.h"

namespace seatkeeper::test {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;

const fs::path kExamples = fs::path(SOURCE_DIR) / "examples/policies";

std::set<std::string> Folders() {
  std::set<std::string> folders;
  for (const auto& entry : fs::directory_iterator(kExamples)) {
    folders.insert(entry.path().filename().string());
  }
  return folders;
}

TEST(Examples, LoadAndDoWhatTheirTestsSay) {
  const auto folders = Folders();
  ASSERT_GE(folders.size(), 10U);
  for (const auto& folder : folders) {
    const ProcessOptions there{.folder = kExamples / folder, .extra = {}};
    const auto valid = RunProgram({SEATKEEPER, "validate", "."}, there);
    EXPECT_EQ(valid.exit_code, 0) << folder << "\n" << valid.out;
    const auto tested = RunProgram({SEATKEEPER, "test", "."}, there);
    EXPECT_EQ(tested.exit_code, 0) << folder << "\n" << tested.out << tested.err;
    EXPECT_THAT(tested.out, Not(HasSubstr("depends-on-day"))) << folder;
  }
}

// A test that passes whatever the policies say would be none.
TEST(Examples, FailWithoutTheirPolicies) {
  for (const auto& folder : Folders()) {
    TempFolder copy;
    std::string tests = ReadFile(kExamples / folder / "tests.yaml");
    WriteFile(copy.path() / "tests.yaml", tests);
    // Policies of the same names that speak about nobody.
    std::string policies = ReadFile(kExamples / folder / "policies.yaml");
    std::string hollow;
    std::size_t at = 0;
    for (auto name = policies.find("kind: LicensePolicy\n"); name != std::string::npos;
         name = policies.find("kind: LicensePolicy\n", at)) {
      const auto begin = policies.find("metadata:", name);
      const auto end = policies.find('\n', begin) + 1;
      hollow += "---\napiVersion: seatkeeper/v1\nkind: LicensePolicy\n" +
                policies.substr(begin, end - begin) +
                "spec: {subjects: {users: [nobody@contoso.com]}, licenses: [{product: EMS}]}\n";
      at = end;
    }
    WriteFile(copy.path() / "policies.yaml", hollow);
    const auto tested = RunProgram({SEATKEEPER, "test", "."}, {.folder = copy.path(), .extra = {}});
    const bool observes = folder == "first-day";  // Nothing happens there, with or without.
    EXPECT_EQ(tested.exit_code, observes ? 0 : 1) << folder << "\n" << tested.out << tested.err;
  }
}

TEST(Examples, StandInTheReadme) {
  const auto readme = ReadFile(fs::path(SOURCE_DIR) / "README.md");
  for (const auto& folder : Folders()) {
    EXPECT_THAT(readme, HasSubstr("| `examples/policies/" + folder + "` |"));
  }
}

}  // namespace
}  // namespace seatkeeper::test
