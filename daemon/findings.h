#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/source.h"

namespace seatkeeper {

/// Where a finding stands, for other programs. Findings count bytes; editors, GitHub and SARIF
/// count characters, so these columns count Unicode code points (the only unit that needs no
/// knowledge of how a reader stores text).
struct FindingPlace {
  int line = 0;
  int column = 0;
  int end_column = 0;  ///< The column behind the last character.
};

/// The lines of the files that findings are about. Keeps references to the files.
class FindingLines {
 public:
  explicit FindingLines(const std::vector<SourceFile>& files);

  /// Lines of a file that is not among them are empty.
  const SourceLines& Of(const std::string& file) const { return *Look(file); }
  /// Nothing for a finding about a whole file.
  std::optional<FindingPlace> PlaceOf(const Diagnostic& finding) const;

 private:
  const SourceLines* Look(const std::string& file) const;

  std::map<std::string_view, SourceLines> files_;
  SourceLines none_;
};

struct FindingCounts {
  std::size_t files = 0;
  std::size_t errors = 0;
  std::size_t warnings = 0;
};
FindingCounts CountFindings(const std::vector<Diagnostic>& findings, std::size_t files);

/// For people: every finding with its line, a caret and the hint.
std::string RenderFindingsText(const std::vector<Diagnostic>& findings, const FindingLines& lines);

/// For programs, one JSON document whose shape only grows:
/// {"apiVersion","kind":"Validation","valid","counts":{"files","errors","warnings"},
///  "findings":[{"path","line","column","endColumn","severity":"error|warning","code","message",
///  "hint"}]}. Places as FindingPlace; null where a finding is about a whole file.
std::string RenderFindingsJson(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                               const FindingCounts& counts);

/// Workflow commands that make GitHub annotate the lines, one per finding. Paths below `folder`,
/// where the command was started, are written relative to it, as GitHub wants them.
/// Escaping as in actions/toolkit, packages/core/src/command.ts.
std::string RenderFindingsGithub(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                                 const std::string& folder);

/// A SARIF 2.1.0 log (OASIS) for code scanning: rules are the codes that were met. URIs are
/// relative to `folder` where the file is below it, else absolute.
std::string RenderFindingsSarif(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                                const std::string& folder);

/// `path` relative to `folder`, with forward slashes and without "." and ".."; absolute where it is
/// not below. `folder` is absolute.
std::string PathFrom(const std::string& folder, const std::string& path);

}  // namespace seatkeeper
