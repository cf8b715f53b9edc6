#include "daemon/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daemon/json_object.h"
#include "policy/schema/schema.h"
#include "policy/text.h"

namespace seatkeeper {
namespace {

namespace fs = std::filesystem;

std::string JsonPlace(const std::optional<FindingPlace>& place, int FindingPlace::*member) {
  return place ? std::to_string((*place).*member) : "null";
}

// What steers a terminal or a log has no business in an annotation; line ends are escaped.
std::string EscapeData(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '\r' || c == '\n') {
      escaped += fmt::format("%{:02X}", byte);
    } else {
      escaped += byte < 0x20 || byte == 0x7F ? '?' : c;
    }
  }
  return escaped;
}

std::string EscapeProperty(std::string_view text) {
  std::string escaped;
  for (const char c : EscapeData(text)) {
    if (c == ':' || c == ',') {
      escaped += c == ':' ? "%3A" : "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

FindingLines::FindingLines(const std::vector<SourceFile>& files) : none_("") {
  for (const auto& file : files) files_.emplace(file.path, SourceLines(file.text));
}

const SourceLines* FindingLines::Look(const std::string& file) const {
  const auto found = files_.find(file);
  return found == files_.end() ? &none_ : &found->second;
}

std::optional<FindingPlace> FindingLines::PlaceOf(const Diagnostic& finding) const {
  if (finding.at.line < 1) return std::nullopt;
  const auto line = Of(finding.at.file).Line(finding.at.line);
  const auto begin = std::min(line.size(), static_cast<std::size_t>(finding.at.column - 1));
  const auto length = static_cast<std::size_t>(finding.length);
  const auto before = static_cast<int>(CountCharacters(line.substr(0, begin)));
  const auto under = static_cast<int>(CountCharacters(line.substr(begin, length)));
  return FindingPlace{
      .line = finding.at.line, .column = before + 1, .end_column = before + 1 + under};
}

FindingCounts CountFindings(const std::vector<Diagnostic>& findings, std::size_t files) {
  const auto errors = static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [](const auto& finding) { return finding.severity == Severity::kError; }));
  return {.files = files, .errors = errors, .warnings = findings.size() - errors};
}

std::string RenderFindingsText(const std::vector<Diagnostic>& findings, const FindingLines& lines) {
  std::string text;
  for (const auto& finding : findings) text += Render(finding, lines.Of(finding.at.file));
  return text;
}

std::string RenderFindingsJson(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                               const FindingCounts& counts) {
  JsonArray list;
  for (const auto& finding : findings) {
    const auto place = lines.PlaceOf(finding);
    list.Raw(JsonObject()
                 .Text("path", finding.at.file)
                 .Raw("line", JsonPlace(place, &FindingPlace::line))
                 .Raw("column", JsonPlace(place, &FindingPlace::column))
                 .Raw("endColumn", JsonPlace(place, &FindingPlace::end_column))
                 .Text("severity", ToString(finding.severity))
                 .Text("code", finding.code)
                 .Text("message", finding.message)
                 .Text("hint", finding.hint)
                 .Finish());
  }
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return JsonObject()
             .Text("apiVersion", schema::kApiVersion)
             .Text("kind", "Validation")
             .Boolean("valid", counts.errors == 0)
             .Raw("counts", JsonObject()
                                .Number("files", number(counts.files))
                                .Number("errors", number(counts.errors))
                                .Number("warnings", number(counts.warnings))
                                .Finish())
             .Raw("findings", list.Finish())
             .Finish() +
         "\n";
}

std::string RenderFindingsGithub(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                                 const std::string& folder) {
  std::string text;
  for (const auto& finding : findings) {
    text += fmt::format("::{} file={}", ToString(finding.severity),
                        EscapeProperty(PathFrom(folder, finding.at.file)));
    if (const auto place = lines.PlaceOf(finding)) {
      text += fmt::format(",line={},col={},endColumn={}", place->line, place->column,
                          place->end_column);
    }
    const auto message =
        finding.hint.empty() ? finding.message : finding.message + "\nhint: " + finding.hint;
    text += fmt::format(",title={}::{}\n", EscapeProperty(finding.code), EscapeData(message));
  }
  return text;
}

std::string PathFrom(const std::string& folder, const std::string& path) {
  const auto whole = (fs::path(folder) / path).lexically_normal();
  const auto relative = whole.lexically_relative(fs::path(folder).lexically_normal());
  const bool below = !relative.empty() && relative != "." && *relative.begin() != "..";
  return (below ? relative : whole).generic_string();
}

}  // namespace seatkeeper
