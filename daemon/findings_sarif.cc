#include <fmt/format.h>

#include <map>

#include "daemon/findings.h"
#include "daemon/json_object.h"
#include "daemon/version.h"

namespace seatkeeper {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// RFC 3986: what is neither unreserved nor a slash is written as bytes. A colon as well, since a
// relative reference with one in its first segment would be taken for a scheme.
std::string PercentEncoded(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

// Without scheme and root a location is below the root of the sources, which %SRCROOT% stands for.
std::string ArtifactLocation(const std::string& path) {
  if (path.starts_with('/')) {
    return JsonObject().Text("uri", "file://" + PercentEncoded(path)).Finish();
  }
  return JsonObject().Text("uri", PercentEncoded(path)).Text("uriBaseId", "%SRCROOT%").Finish();
}

std::string Message(std::string_view text) { return JsonObject().Text("text", text).Finish(); }

// "unknown-key" as "unknown key".
std::string Words(std::string code) {
  for (char& c : code) c = c == '-' ? ' ' : c;
  return code;
}

class SarifLog {
 public:
  SarifLog(const FindingLines& lines, const std::string& folder) : lines_(lines), folder_(folder) {}

  void Add(const Diagnostic& finding) {
    const auto [rule, is_new] =
        rules_.emplace(finding.code, static_cast<std::int64_t>(rules_.size()));
    if (is_new) {
      rule_list_.Raw(JsonObject()
                         .Text("id", finding.code)
                         .Raw("shortDescription", Message(Words(finding.code)))
                         .Finish());
    }
    const auto text =
        finding.hint.empty() ? finding.message : finding.message + "\nhint: " + finding.hint;
    JsonArray locations;
    locations.Raw(JsonObject().Raw("physicalLocation", PhysicalLocation(finding)).Finish());
    results_.Raw(JsonObject()
                     .Text("ruleId", finding.code)
                     .Number("ruleIndex", rule->second)
                     .Text("level", ToString(finding.severity))
                     .Raw("message", Message(text))
                     .Raw("locations", locations.Finish())
                     .Finish());
  }

  std::string Finish() const {
    const auto driver = JsonObject()
                            .Text("name", "seatkeeper")
                            .Text("version", kVersion)
                            .Raw("rules", rule_list_.Finish())
                            .Finish();
    JsonArray runs;
    runs.Raw(JsonObject()
                 .Raw("tool", JsonObject().Raw("driver", driver).Finish())
                 .Text("columnKind", "unicodeCodePoints")
                 .Raw("results", results_.Finish())
                 .Finish());
    return JsonObject()
               .Text("$schema", kSchema)
               .Text("version", "2.1.0")
               .Raw("runs", runs.Finish())
               .Finish() +
           "\n";
  }

 private:
  std::string PhysicalLocation(const Diagnostic& finding) const {
    JsonObject location;
    location.Raw("artifactLocation", ArtifactLocation(PathFrom(folder_, finding.at.file)));
    if (const auto place = lines_.PlaceOf(finding)) {
      location.Raw("region", JsonObject()
                                 .Number("startLine", place->line)
                                 .Number("startColumn", place->column)
                                 .Number("endColumn", place->end_column)
                                 .Finish());
    }
    return location.Finish();
  }

  const FindingLines& lines_;
  const std::string& folder_;
  std::map<std::string, std::int64_t> rules_;  // By code: the index in the list.
  JsonArray rule_list_;
  JsonArray results_;
};

}  // namespace

std::string RenderFindingsSarif(const std::vector<Diagnostic>& findings, const FindingLines& lines,
                                const std::string& folder) {
  SarifLog log(lines, folder);
  for (const auto& finding : findings) log.Add(finding);
  return log.Finish();
}

}  // namespace seatkeeper
