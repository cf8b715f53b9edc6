#include "daemon/one_off_text.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "daemon/json_object.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

using Lines = std::vector<OneOffReport::Line>;

void WriteLines(const Plan& plan, const char* heading, const Lines& lines, TextPage& page) {
  if (lines.empty()) return;
  page.Heading(fmt::format("{} ({})", heading, lines.size()));
  page.Fold(lines.size(), 2, [&](std::size_t i) {
    const auto& line = lines[i];
    const auto what = line.product ? " " + ProductWord(plan, *line.product) : std::string();
    page.Line(fmt::format("  {}{}: {}", Printable(line.user), what, Printable(line.text)));
  });
}

void WriteLater(const Plan& plan, const OneOffReport& report, bool observed_only, TextPage& page) {
  if (report.later.empty()) return;
  page.Heading("What policy makes of it later, unless a guardrail holds that");
  for (const auto& each : report.later) {
    page.Line(fmt::format("  {}: {}: {}", ProductWord(plan, each.product), Printable(each.text),
                          Counted(each.users.size(), "user")));
    page.Fold(each.users.size(), 6,
              [&](std::size_t i) { page.Line("      " + Printable(each.users[i])); });
  }
  if (observed_only) {
    page.Line("  The tenant is in observe mode: whatever of that is a change, only `apply` makes.");
  }
}

std::string Line(const Plan& plan, const char* kind, const std::string& user,
                 const std::optional<SkuId>& product, const std::string& text) {
  JsonObject object;
  object.Text("kind", kind).Text("tenant", plan.tenant).Text("user", user);
  object.Raw("skuId", product ? JsonString(product->ToString()) : "null");
  return object.Text("detail", text).Finish() + "\n";
}

}  // namespace

std::string RenderOneOffText(const Plan& plan, const OneOffReport& report, bool observed_only,
                             const TextStyle& style) {
  TextPage page(style);
  WriteLines(plan, "Not done", report.not_done, page);
  WriteLines(plan, "Nothing to do", report.needless, page);
  WriteLater(plan, report, observed_only, page);
  return page.Take();
}

std::string RenderOneOffJson(const Plan& plan, const OneOffReport& report) {
  std::string text;
  for (const auto& line : report.not_done) {
    text += Line(plan, "notDone", line.user, line.product, line.text);
  }
  for (const auto& line : report.needless) {
    text += Line(plan, "needless", line.user, line.product, line.text);
  }
  for (const auto& each : report.later) {
    for (const auto& user : each.users) text += Line(plan, "later", user, each.product, each.text);
  }
  return text;
}

}  // namespace seatkeeper
