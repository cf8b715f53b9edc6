#include "daemon/undo_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

#include "daemon/json_object.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"

namespace seatkeeper {
namespace {

using Lefts = std::vector<const NotRestored*>;

Lefts Select(const Undone& undone, bool losses) {
  Lefts selected;
  for (const auto& left : undone.not_restored) {
    if (left.is_loss() == losses) selected.push_back(&left);
  }
  return selected;
}

void WriteLeft(const Plan& plan, const char* heading, const Lefts& lefts, TextPage& page) {
  if (lefts.empty()) return;
  page.Heading(fmt::format("{} ({})", heading, lefts.size()));
  page.Fold(lefts.size(), 2, [&](std::size_t i) {
    const auto& left = *lefts[i];
    const auto what = left.product ? " " + ProductWord(plan, *left.product) : std::string();
    page.Line(fmt::format("  {}{}: {} (plan {})", Printable(left.subject_name), what,
                          Printable(left.detail), left.plan_id));
  });
}

// What is pinned when the changes go, by the plans that are undone.
std::set<std::string> PinnedPlans(const Plan& plan) {
  std::set<Subject> going;
  for (const auto& change : plan.changes) {
    if (change.verdict == Verdict::kGo) going.insert(change.subject());
  }
  std::set<std::string> plans;
  for (const auto& pin : plan.undone->pins) {
    if (going.contains(pin.subject)) plans.insert(pin.plan_id);
  }
  return plans;
}

void WritePinned(const Plan& plan, TextPage& page) {
  const auto plans = PinnedPlans(plan);
  if (plans.empty()) return;
  page.Heading("What is put back is pinned: it stays so until policy wants the same.");
  for (const auto& id : plans) {
    page.Line(fmt::format("  `seatkeeper undo --unpin {} --tenant {}` ends that.", id,
                          Printable(plan.tenant)));
  }
}

}  // namespace

std::string RenderUndoneText(const Plan& plan, const TextStyle& style) {
  if (!plan.undone) return "";
  const auto& undone = *plan.undone;
  TextPage page(style);
  WriteLeft(plan, "Cannot be put back", Select(undone, true), page);
  WriteLeft(plan, "Need not be put back", Select(undone, false), page);
  if (undone.left_alone > 0) {
    page.Heading(fmt::format("Left alone: {}, which took nothing away.",
                             Counted(undone.left_alone, "change")));
  }
  WritePinned(plan, page);
  return page.Take();
}

std::string RenderUndoneJson(const Plan& plan) {
  if (!plan.undone) return "";
  const auto& undone = *plan.undone;
  std::string text;
  for (const auto& left : undone.not_restored) {
    const bool is_group = std::holds_alternative<GroupId>(left.subject);
    const auto id = std::visit([](const auto& any) { return any.ToString(); }, left.subject);
    JsonObject object;
    object.Text("kind", "notRestored").Text("tenant", plan.tenant).Text("planId", left.plan_id);
    object.Raw(is_group ? "group" : "user",
               JsonObject()
                   .Text("id", id)
                   .Text(is_group ? "displayName" : "userPrincipalName", left.subject_name)
                   .Finish());
    object.Raw("skuId", left.product ? JsonString(left.product->ToString()) : "null");
    text += object.Text("why", ToString(left.why)).Text("detail", left.detail).Finish() + "\n";
  }
  const auto lost = static_cast<std::int64_t>(Select(undone, true).size());
  text += JsonObject()
              .Text("kind", "undo")
              .Text("tenant", plan.tenant)
              .Number("cannotBePutBack", lost)
              .Number("leftAlone", static_cast<std::int64_t>(undone.left_alone))
              .Finish();
  return text + "\n";
}

}  // namespace seatkeeper
