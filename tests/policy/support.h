#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/load.h"

namespace seatkeeper::test {

/// "error duplicate-key 3:5+4": severity, code, line, column, bytes underlined.
std::string Brief(const Diagnostic& diagnostic);

/// All findings, one Brief per line.
std::string Brief(const std::vector<Diagnostic>& diagnostics);

/// One row of a table: a policy file in which "@@" stands just before the place of the finding.
/// The file must yield exactly that finding.
struct Case {
  std::string name;
  std::string yaml;
  std::string code;
  int length = 1;
  std::string says;  ///< Part of the message or the hint.
  Severity severity = Severity::kError;
};

/// Loads the row's file and checks its finding; `options` as for LoadPolicies.
void Check(const Case& row, const LoadOptions& options = {});

/// Documents whose spec is `spec`, indented by two blanks already.
std::string License(std::string_view spec, std::string_view name = "p");
std::string Product(std::string_view spec, std::string_view name = "p");
std::string Limits(std::string_view spec, std::string_view name = "p");

LoadedPolicies LoadText(std::string_view text, const LoadOptions& options = {});

}  // namespace seatkeeper::test
