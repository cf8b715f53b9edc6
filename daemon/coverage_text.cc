#include "daemon/coverage_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "daemon/json_object.h"
#include "policy/source.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/plan/text_layout.h"

namespace seatkeeper {
namespace {

constexpr std::size_t kFoldAfter = 10;  // Names of one kind that a person still reads.

bool Grants(const ProductCoverage& product) {
  return product.says == PolicyStatement::Kind::kGrant;
}

std::string_view Says(const ProductCoverage& product) {
  return Grants(product) ? "grants" : "revokes";
}

std::string_view InWords(Coverage coverage) {
  switch (coverage) {
    case Coverage::kDirect:
      return "directly";
    case Coverage::kGroup:
      return "through a group";
    case Coverage::kBoth:
      return "directly and through a group";
    case Coverage::kUnclear:
      return "from an unclear source";
    case Coverage::kNoSeat:
      return "assigned, but in error without a seat";
    case Coverage::kNone:
      return "not held";
    case Coverage::kUnknown:
      break;
  }
  return "unknown: the reading does not say what they hold";
}

class TextWriter {
 public:
  TextWriter(const CoverageReport& report, bool full, std::ostream& to)
      : report_(report), users_(report.observed.users), full_(full), to_(to) {}

  void Write() {
    Line(fmt::format("{}, read {}, policy {}", Printable(report_.head.tenant),
                     FormatTime(report_.head.read_at),
                     Printable(report_.head.policy_revision.substr(0, 19))));
    if (report_.policies.empty())
      Line("\nNothing to count: no policy of this tenant speaks about that.");
    for (const auto& policy : report_.policies) Write(policy);
    for (const auto& warning : report_.warnings) {
      Line(fmt::format("\nwarning: {}", Printable(warning)));
    }
  }

 private:
  void Line(std::string_view line) { to_ << WrapLines(line) << "\n"; }

  void Write(const PolicyCoverage& policy) {
    Line(fmt::format("\n{} ({}) selects {} user{}", Printable(policy.policy),
                     Printable(ToString(policy.at)), policy.selected,
                     policy.selected == 1 ? "" : "s"));
    for (const auto& product : policy.products) Write(product);
    if (policy.products.empty()) Line("  nothing to count: no product, or its grants are over");
  }

  void Write(const ProductCoverage& product) {
    Line(fmt::format("  {} {}: {}{}", Says(product), Printable(product.name),
                     product.extent() == Extent::kNobodySelected ? "nobody is selected"
                                                                 : ToString(product.extent()),
                     Counts(product)));
    if (product.decided_otherwise > 0) {
      Line(fmt::format("      for {} of them another policy decides", product.decided_otherwise));
    }
    if (product.on_other_rung > 0) {
      Line(fmt::format("      {} of those without it hold another rung of its ladder",
                       product.on_other_rung));
    }
    Names(product);
  }

  static std::string Counts(const ProductCoverage& product) {
    if (product.selected == 0) return "";
    std::vector<std::string> sources;
    for (const auto coverage :
         {Coverage::kDirect, Coverage::kGroup, Coverage::kBoth, Coverage::kUnclear}) {
      if (product.Count(coverage) > 0) {
        sources.push_back(fmt::format("{} {}", product.Count(coverage), InWords(coverage)));
      }
    }
    return fmt::format(", {} of {} have it{}{}", product.have(), product.selected,
                       sources.empty() ? "" : ": ", fmt::join(sources, ", "));
  }

  void Names(const ProductCoverage& product) {
    std::array<std::vector<Row>, kCoverageKinds> rows;
    product.noted.ForEach([&](Row row) {
      const auto kind = CoverageOfUser(report_.observed, product.product, row);
      rows[static_cast<std::size_t>(kind)].push_back(row);
    });
    for (std::size_t kind = 0; kind < kCoverageKinds; ++kind) {
      if (rows[kind].empty()) continue;
      const auto all = rows[kind].size();
      const auto names = FirstByName(rows[kind], full_ ? all : std::min(all, kFoldAfter));
      Line(fmt::format("      {} ({}): {}{}", InWords(static_cast<Coverage>(kind)), all,
                       fmt::join(names, ", "),
                       names.size() < all
                           ? fmt::format(" ... and {} more (--full shows all)", all - names.size())
                           : ""));
    }
  }

  std::vector<std::string> FirstByName(std::vector<Row>& rows, std::size_t count) const {
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(rows.begin(), end, rows.end(), [&](Row a, Row b) {
      return std::tuple(users_.user_principal_name(a), a) <
             std::tuple(users_.user_principal_name(b), b);
    });
    std::vector<std::string> names;
    for (auto row = rows.begin(); row != end; ++row) names.push_back(Printable(NameOf(*row)));
    return names;
  }

  std::string NameOf(Row row) const {
    const auto name = users_.user_principal_name(row);
    return name.empty() ? users_.id(row).ToString() : std::string(name);
  }

  const CoverageReport& report_;
  const UserTable& users_;
  bool full_;
  std::ostream& to_;
};

void WriteUsers(const CoverageReport& report, const ProductCoverage& product, std::ostream& to) {
  const auto& users = report.observed.users;
  const char* gap = "";
  product.noted.ForEach([&](Row row) {
    to << gap
       << JsonObject()
              .Text("id", users.id(row).ToString())
              .Text("userPrincipalName", users.user_principal_name(row))
              .Text("held", ToString(CoverageOfUser(report.observed, product.product, row)))
              .Finish();
    gap = ",";
  });
}

void WriteProduct(const CoverageReport& report, const PolicyCoverage& policy,
                  const ProductCoverage& product, std::ostream& to) {
  JsonObject counts;
  for (std::size_t i = 0; i < kCoverageKinds; ++i) {
    counts.Number(ToString(static_cast<Coverage>(i)), static_cast<std::int64_t>(product.counts[i]));
  }
  JsonObject entry;
  entry.Text("policy", policy.policy)
      .Text("file", product.origin.at.file)
      .Number("line", product.origin.at.line)
      .Number("column", product.origin.at.column)
      .Text("says", Says(product))
      .Text("skuId", product.product.ToString())
      .Text("partNumber", product.name)
      .Text("extent", ToString(product.extent()))
      .Number("selected", static_cast<std::int64_t>(product.selected))
      .Number("have", static_cast<std::int64_t>(product.have()))
      .Raw("counts", counts.Finish())
      .Number("decidedOtherwise", static_cast<std::int64_t>(product.decided_otherwise))
      .Number("onOtherRung", static_cast<std::int64_t>(product.on_other_rung));
  auto text = entry.Finish();
  text.pop_back();  // The users go into the same object, but not through memory.
  to << text << R"(,"users":[)";
  WriteUsers(report, product, to);
  to << "]}";
}

}  // namespace

void WriteCoverageText(const CoverageReport& report, bool full, std::ostream& to) {
  TextWriter(report, full, to).Write();
}

void WriteCoverageJson(const CoverageReport& report, std::ostream& to) {
  to << R"({"apiVersion":"seatkeeper/v1","kind":"Coverage","tenant":)"
     << JsonString(report.head.tenant) << R"(,"observedAt":)"
     << JsonString(FormatTime(report.head.read_at)) << R"(,"policyRevision":)"
     << JsonString(report.head.policy_revision) << R"(,"coverage":[)";
  const char* gap = "\n";
  for (const auto& policy : report.policies) {
    for (const auto& product : policy.products) {
      to << gap;
      WriteProduct(report, policy, product, to);
      gap = ",\n";
    }
  }
  JsonArray warnings;
  for (const auto& warning : report.warnings) warnings.Raw(JsonString(warning));
  to << "\n"
     << R"(],"warnings":)" << warnings.Finish() << "}\n";
}

}  // namespace seatkeeper
