#include "tests/policy/support.h"

#include <algorithm>

namespace seatkeeper::test {
namespace {

constexpr std::string_view kMarker = "@@";

std::string Document(std::string_view kind, std::string_view name, std::string_view spec) {
  return "apiVersion: seatkeeper/v1\nkind: " + std::string(kind) +
         "\nmetadata: {name: " + std::string(name) + "}\nspec:\n" + std::string(spec) + "\n";
}

}  // namespace

std::string Brief(const Diagnostic& diagnostic) {
  return std::string(diagnostic.severity == Severity::kError ? "error " : "warning ") +
         diagnostic.code + " " + std::to_string(diagnostic.at.line) + ":" +
         std::to_string(diagnostic.at.column) + "+" + std::to_string(diagnostic.length);
}

std::string Brief(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += Brief(diagnostic) + "\n";
  return text;
}

void Check(const Case& row, const LoadOptions& options) {
  SCOPED_TRACE(row.name);
  std::string text = row.yaml;
  const auto marker = text.find(kMarker);
  ASSERT_NE(marker, std::string::npos) << "the row has no marker";
  text.erase(marker, kMarker.size());
  const auto before = std::string_view(text).substr(0, marker);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;
  const std::string expected =
      Brief(Diagnostic{.severity = row.severity,
                       .code = row.code,
                       .at = {"p.yaml", static_cast<int>(line), static_cast<int>(column)},
                       .length = row.length}) +
      "\n";
  const auto found = LoadText(text, options).diagnostics;
  EXPECT_EQ(Brief(found), expected) << text;
  if (found.size() != 1) return;
  EXPECT_NE((found[0].message + "\n" + found[0].hint).find(row.says), std::string::npos)
      << found[0].message << "\n"
      << found[0].hint;
}

std::string License(std::string_view spec, std::string_view name) {
  return Document("LicensePolicy", name, spec);
}
std::string Product(std::string_view spec, std::string_view name) {
  return Document("ProductPolicy", name, spec);
}
std::string Limits(std::string_view spec, std::string_view name) {
  return Document("Guardrails", name, spec);
}

LoadedPolicies LoadText(std::string_view text, const LoadOptions& options) {
  return LoadPolicies({{"p.yaml", std::string(text)}}, options);
}

}  // namespace seatkeeper::test
