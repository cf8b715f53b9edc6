#include "daemon/policy_source.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/daemon/daemon_support.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;
using test::Put;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> NamesIn(const PolicyTree& tree, const fs::path& root) {
  std::vector<std::string> names;
  for (const auto& file : tree.files) names.push_back(fs::path(file.path).lexically_relative(root));
  return names;
}

TEST(PolicySource, ReadsYamlBelowTheFolderInOrder) {
  const test::TempFolder folder;
  Put(folder.path() / "b.yaml", "b");
  Put(folder.path() / "teams/a.yml", "a");
  Put(folder.path() / "README.md", "no");
  Put(folder.path() / ".hidden.yaml", "no");
  Put(folder.path() / ".git/config.yaml", "no");
  const auto tree = ReadPolicyTree(folder.path().string() + "/");
  ASSERT_TRUE(tree);
  EXPECT_THAT(NamesIn(*tree, folder.path()), ElementsAre("b.yaml", "teams/a.yml"));
  EXPECT_EQ(tree->files[0].text, "b");
}

TEST(PolicySource, TakesASingleFile) {
  const test::TempFolder folder;
  Put(folder.path() / "only.txt", "x");
  const auto tree = ReadPolicyTree(folder.File("only.txt"));
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->files.size(), 1U);
}

TEST(PolicySource, TheRevisionIsThatOfNamesAndContents) {
  std::vector<SourceFile> files{{.path = "p/a.yaml", .text = "1"},
                                {.path = "p/b.yaml", .text = "2"}};
  std::vector<SourceFile> turned{files[1], files[0]};
  const auto revision = RevisionOf("p", files);
  EXPECT_THAT(revision, HasSubstr("sha256:"));
  EXPECT_EQ(RevisionOf("p", turned), revision);
  std::vector<SourceFile> moved{{.path = "q/a.yaml", .text = "1"},
                                {.path = "q/b.yaml", .text = "2"}};
  EXPECT_EQ(RevisionOf("q", moved), revision) << "where the folder lies does not matter";
  std::vector<SourceFile> renamed{{.path = "p/a.yaml", .text = "1"},
                                  {.path = "p/c.yaml", .text = "2"}};
  EXPECT_NE(RevisionOf("p", renamed), revision);
  std::vector<SourceFile> shifted{{.path = "p/a.yaml", .text = "12"},
                                  {.path = "p/b.yaml", .text = ""}};
  EXPECT_NE(RevisionOf("p", shifted), revision);
}

TEST(PolicySource, FollowsAConfigMapsLinksOnce) {
  const test::TempFolder folder;
  Put(folder.path() / "..2026_01/a.yaml", "old");
  Put(folder.path() / "..2026_02/a.yaml", "new");
  fs::create_directory_symlink("..2026_01", folder.path() / "..data");
  fs::create_symlink("..data/a.yaml", folder.path() / "a.yaml");
  const auto before = ReadPolicyTree(folder.path().string());
  ASSERT_TRUE(before);
  ASSERT_THAT(NamesIn(*before, folder.path()), ElementsAre("a.yaml"));
  EXPECT_EQ(before->files[0].text, "old");

  fs::create_directory_symlink("..2026_02", folder.path() / "..next");
  fs::rename(folder.path() / "..next", folder.path() / "..data");
  const auto after = ReadPolicyTree(folder.path().string());
  ASSERT_TRUE(after);
  EXPECT_EQ(after->files[0].text, "new");
  EXPECT_NE(after->revision, before->revision);
}

TEST(PolicySource, ALinkInACircleEnds) {
  const test::TempFolder folder;
  Put(folder.path() / "sub/a.yaml", "a");
  fs::create_directory_symlink("..", folder.path() / "sub/up");
  const auto tree = ReadPolicyTree(folder.path().string());
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_THAT(NamesIn(*tree, folder.path()), ElementsAre("sub/a.yaml"));
}

TEST(PolicySource, ADanglingLinkIsAnError) {
  const test::TempFolder folder;
  Put(folder.path() / "a.yaml", "a");
  fs::create_symlink("nowhere", folder.path() / "b.yaml");
  const auto tree = ReadPolicyTree(folder.path().string());
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().kind, ErrorKind::kIo);
  EXPECT_THAT(tree.error().message, HasSubstr("b.yaml"));
}

// Who is root reads everything: a folder that is called like a file cannot be read by anybody.
TEST(PolicySource, AnUnreadableFileIsAnErrorThatNamesIt) {
  const test::TempFolder folder;
  Put(folder.path() / "a.yaml", "a");
  Put(folder.path() / "b.yaml", "b");
  fs::permissions(folder.path() / "b.yaml", fs::perms::none);
  if (::access(folder.File("b.yaml").c_str(), R_OK) == 0) {
    fs::remove(folder.path() / "b.yaml");
    fs::create_symlink("b.yaml", folder.path() / "b.yaml");  // A link to itself.
  }
  const auto tree = ReadPolicyTree(folder.path().string());
  ASSERT_FALSE(tree);
  EXPECT_THAT(tree.error().message, HasSubstr("b.yaml"));
}

TEST(PolicySource, ReadsAgainWhatChangedMeanwhile) {
  std::vector<std::string> passes{"half", "half swapped", "whole", "whole"};
  std::size_t pass = 0;
  const auto tree = ReadStable([&]() -> Result<PolicyTree> {
    return PolicyTree{.files = {}, .revision = passes.at(pass++)};
  });
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->revision, "whole");
  EXPECT_EQ(pass, 4U);
}

TEST(PolicySource, AFailureInTheMiddleOfASwapPasses) {
  int pass = 0;
  const auto tree = ReadStable([&]() -> Result<PolicyTree> {
    if (++pass == 1) {
      return Error{.kind = ErrorKind::kIo, .message = "gone", .position = {}, .service = {}};
    }
    return PolicyTree{.files = {}, .revision = "whole"};
  });
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->revision, "whole");
}

TEST(PolicySource, GivesUpOnATreeThatNeverSettles) {
  int pass = 0;
  const auto tree = ReadStable([&]() -> Result<PolicyTree> {
    return PolicyTree{.files = {}, .revision = std::to_string(++pass)};
  });
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().kind, ErrorKind::kConflict);
}

TEST(PolicySource, NothingToLoadIsNoEmptyPolicy) {
  const test::TempFolder folder;
  EXPECT_EQ(ReadPolicies({.path = folder.path().string(), .product_catalog = {}}, {}).error().kind,
            ErrorKind::kInvalid);
  EXPECT_EQ(ReadPolicies({.path = folder.File("missing"), .product_catalog = {}}, {}).error().kind,
            ErrorKind::kNotFound);
  Put(folder.path() / "a.yaml", "# only a remark\n");
  EXPECT_FALSE(ReadPolicies({.path = folder.path().string(), .product_catalog = {}}, {}));
  Put(folder.path() / "a.yaml", test::SmallPolicy("a"));
  const auto reading = ReadPolicies({.path = folder.path().string(), .product_catalog = {}}, {});
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->loaded.policies.license_policies.size(), 1U);
}

}  // namespace
}  // namespace seatkeeper
