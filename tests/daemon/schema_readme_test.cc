// The README's tables of keys say what the schema says.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/config_schema.h"
#include "policy/schema/kinds.h"

namespace seatkeeper {
namespace {

using testing::HasSubstr;

std::string ReadmeText() {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(SOURCE_DIR) / "README.md").rdbuf();
  return text.str();
}

// From the heading of a kind to that of the next.
std::string SectionOf(std::string_view kind, const std::string& readme) {
  const auto begin = readme.find("**" + std::string(kind) + "**: ");
  if (begin == std::string::npos) return {};
  return readme.substr(begin, readme.find("\n**", begin) - begin);
}

void ExpectRows(const schema::Mapping& mapping, bool later, const std::string& section) {
  for (const auto& key : mapping.keys) {
    if (key.key == "apiVersion" || key.key == "kind") continue;
    const bool in_force = !later && key.status != schema::Status::kLater;
    const auto name = "| `" + std::string(key.key);
    const auto whole = name + "` | " + (in_force ? "yes" : "no") + " |";
    // A mapping may be shown by its keys alone.
    if (section.find(whole) != std::string::npos) continue;
    EXPECT_THAT(section, HasSubstr(name + ".")) << whole;
  }
}

TEST(SchemaReadme, ListsEveryKeyOfEveryKind) {
  const auto readme = ReadmeText();
  for (const auto* kind : schema::PolicyKinds()) {
    SCOPED_TRACE(kind->name);
    const auto section = SectionOf(kind->name, readme);
    const auto& keys = kind->document.mapping->keys;
    ASSERT_EQ(keys.back().key, "spec");
    ExpectRows(*keys.back().value.mapping, kind->later, section);
    EXPECT_EQ(section.find("(not yet in force)") != std::string::npos, kind->later);
  }
  ExpectRows(*kConfigKind.document.mapping, false, SectionOf(kConfigKind.name, readme));
}

}  // namespace
}  // namespace seatkeeper
