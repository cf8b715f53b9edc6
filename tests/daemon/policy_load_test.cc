#include "daemon/policy_load.h"

#include <gmock/gmock.h>

#include "tests/daemon/daemon_support.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;

// Files with findings of their own and findings against each other.
std::vector<SourceFile> ManyFiles() {
  std::vector<SourceFile> files;
  for (int i = 0; i < 60; ++i) {
    const auto number = std::to_string(i);
    files.push_back({"p" + number + ".yaml",
                     "apiVersion: seatkeeper/v1\nkind: ProductPolicy\nmetadata: {name: same" +
                         std::to_string(i / 2) + "}\nspec: {product: SPE_E5, oops" + number +
                         ": 1}\n---\n" + test::SmallPolicy("policy-" + number)});
  }
  return files;
}

std::string Outcome(const LoadedPolicies& loaded) {
  std::string text;
  for (const auto& finding : loaded.diagnostics) text += Render(finding, "");
  for (const auto& policy : loaded.policies.license_policies) text += policy.name + "\n";
  for (const auto& policy : loaded.policies.product_policies) text += ToString(policy.at) + "\n";
  return text;
}

TEST(PolicyLoad, TheNumberOfThreadsMakesNoDifference) {
  const auto files = ManyFiles();
  const auto alone = Outcome(LoadPolicies(files, {}));
  EXPECT_THAT(alone, HasSubstr("duplicate-name"));
  EXPECT_THAT(alone, HasSubstr("duplicate-product-policy"));
  for (const unsigned threads : {0U, 1U, 2U, 7U}) {
    EXPECT_EQ(Outcome(LoadOnThreads(files, {}, threads)), alone) << threads;
  }
}

TEST(PolicyLoad, ACatalogueThatCannotBeReadSaysWhichAndWhere) {
  test::TempFolder folder;
  const auto missing = ReadProductCatalog(folder.File("none.csv"));
  EXPECT_EQ(missing.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(missing.error().message, HasSubstr("none.csv"));
  test::Put(folder.File("bad.csv"), "nonsense\n");
  const auto bad = ReadProductCatalog(folder.File("bad.csv"));
  EXPECT_EQ(bad.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ToString(*bad.error().position), folder.File("bad.csv") + ":1:1");
  EXPECT_TRUE(ReadProductCatalog("").ok()) << "without a file the built-in facts";
}

}  // namespace
}  // namespace seatkeeper
