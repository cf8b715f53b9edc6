#include "daemon/apply_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/cycle_result.h"
#include "daemon/json_object.h"
#include "daemon/request_id.h"
#include "daemon/subject_text.h"
#include "reconciler/plan/render_text.h"
#include "reconciler/seams/clock.h"

namespace seatkeeper {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr std::size_t kBarWidth = 20;

// ", 40 s left"; of what takes longer, minutes.
std::string TimeLeft(std::size_t changes, double per_second) {
  if (changes == 0 || per_second <= 0) return "";
  const auto seconds = static_cast<std::int64_t>(static_cast<double>(changes) / per_second) + 1;
  constexpr std::int64_t kLongestInSeconds = 120;
  if (seconds <= kLongestInSeconds) return fmt::format(", {} s left", seconds);
  return fmt::format(", {} min left", (seconds + 59) / 60);
}

bool Worked(ChangeState state) {
  return state == ChangeState::kAccepted || state == ChangeState::kConfirmed ||
         state == ChangeState::kMatched;
}

bool WorkedName(std::string_view state) {
  const auto parsed = ParseChangeState(state);
  return parsed && Worked(*parsed);
}

struct Tally {
  int assigned = 0;
  int unassigned = 0;
  int plans_changed = 0;
  int failed = 0;
};

bool HeldBefore(const Change& change, const SkuId& product) {
  return std::any_of(change.before.begin(), change.before.end(),
                     [&](const auto& held) { return held.product == product; });
}

// How many users get the product by this change, or other service plans of it; of a group, those of
// its members who do not have it otherwise.
int UsersGetting(const Change& change, const SkuId& product) {
  if (!change.group) return 1;
  if (HeldBefore(change, product)) return change.group->members;
  return static_cast<int>(std::ranges::count(change.takes_seats, product));
}

int UsersGivingUp(const Change& change, const SkuId& product) {
  if (!change.group) return 1;
  // A product that makes way for a higher rung is nobody's loss.
  const bool replaced = std::ranges::find(change.replaced, product) != change.replaced.end();
  return replaced ? change.group->members : change.UsersLosing(product);
}

// Products that went on by themselves, each with what was split off the change.
std::set<SkuId> SplitOffFrom(const Change& change, const CycleReport& report) {
  std::set<SkuId> products;
  for (const auto& [id, split] : report.split_off) {
    if (split.of != change.id) continue;
    for (const auto& add : split.change.add) products.insert(add.product);
    products.insert(split.change.remove.begin(), split.change.remove.end());
  }
  return products;
}

void Add(const Change& change, bool worked, const std::set<SkuId>& without,
         std::map<SkuId, Tally>& tallies) {
  // What groups give then later readings show.
  if (worked && change.reprocesses()) return;
  for (const auto& add : change.add) {
    if (without.contains(add.product)) continue;
    auto& tally = tallies[add.product];
    (!worked                           ? tally.failed
     : HeldBefore(change, add.product) ? tally.plans_changed
                                       : tally.assigned) += UsersGetting(change, add.product);
  }
  for (const auto& product : change.remove) {
    if (without.contains(product)) continue;
    auto& tally = tallies[product];
    (worked ? tally.unassigned : tally.failed) += UsersGivingUp(change, product);
  }
}

// Not a failure of the change: the person, or the lease, ended it all before its turn.
bool NeverTried(const CycleReport& report, const ChangeOutcome& outcome) {
  return !report.stopped.empty() && outcome.state == ChangeState::kWithdrawn &&
         outcome.message == report.stopped;
}

std::map<SkuId, Tally> CountByProduct(const CycleReport& report) {
  std::map<SkuId, Tally> tallies;
  for (const auto* change : report.Tried()) {
    const auto& outcome = report.outcomes.at(change->id);
    if (NeverTried(report, outcome)) continue;
    Add(*change, Worked(outcome.state), SplitOffFrom(*change, report), tallies);
  }
  return tallies;
}

template <typename Ids, typename ToId>
std::string JsonIds(const Ids& ids, ToId to_id) {
  JsonArray list;
  for (const auto& each : ids) list.Raw(JsonString(to_id(each).ToString()));
  return list.Finish();
}

std::string RenderOutcome(std::string_view tenant, const Change& change,
                          const ChangeOutcome& outcome, std::string_view split_off_from) {
  JsonObject object;
  object.Text("kind", "outcome").Text("tenant", tenant).Text("id", change.id);
  if (!split_off_from.empty()) object.Text("splitOffFrom", split_off_from);
  AddSubject(object, change.group, change.user, change.user_principal_name);
  // What groups are to give is no assignment of the user's own.
  const auto given = JsonIds(change.add, [](const AddLicense& add) { return add.product; });
  if (change.reprocesses()) object.Raw("reprocess", given);
  return object.Raw("add", change.reprocesses() ? "[]" : given)
             .Raw("remove", JsonIds(change.remove, [](const SkuId& product) { return product; }))
             .Text("state", ToString(outcome.state))
             .Number("attempts", outcome.attempts)
             .Number("status", outcome.service.status)
             .Text("code", outcome.service.code)
             .Text("requestId", outcome.service.request_id)
             .Text("requestDate", outcome.service.request_date)
             .Text("message", outcome.message)
             .Finish() +
         "\n";
}

std::string FailureOf(const ChangeOutcome& outcome) {
  std::string reason = outcome.message.empty() ? "no reason given" : Printable(outcome.message);
  if (!outcome.service.request_id.empty()) {
    const auto request = RequestText(outcome.service.request_id, outcome.service.request_date);
    reason += fmt::format(" (request id {})", Printable(request));
  }
  return reason;
}

}  // namespace

void ApplyProgress::Begin(std::size_t total, MonotonicTime now) {
  total_ = total;
  done_ = 0;
  failed_ = 0;
  began_ = now;
  shown_ = {};
}

void ApplyProgress::OnOutcome(const Outcome& outcome) {
  if (total_ == 0) return;  // Of an earlier cycle's change, before this one sends any.
  ++done_;
  if (!outcome.split_off_from.empty()) ++total_;
  const bool worked = WorkedName(outcome.state);
  if (!worked) ++failed_;
  if (!is_terminal_) {
    out_ << fmt::format("{}/{} {} {}{}{}\n", done_, total_, outcome.state,
                        SubjectText(outcome.subject_name, outcome.is_group),
                        outcome.message.empty() ? "" : ": ", Printable(outcome.message));
    return;
  }
  const auto now = clock_ == nullptr ? began_ : clock_->Monotonic();
  if (now - shown_ < kRedrawEvery && done_ < total_) return;
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0.0;
  const std::size_t filled = kBarWidth * done_ / std::max(done_, total_);
  out_ << fmt::format("\r[{}{}] {} of {} changes, {} failed, {:.1f} per second{}\x1b[K",
                      std::string(filled, '#'), std::string(kBarWidth - filled, '.'), done_, total_,
                      failed_, rate, TimeLeft(total_ - done_, rate))
       << std::flush;
}

void ApplyJsonLines::OnOutcome(const Outcome& outcome) {
  if (!begun_ || outcome.change == nullptr || outcome.outcome == nullptr) return;
  told_.insert(outcome.change->id);
  out_ << RenderOutcome(outcome.tenant, *outcome.change, *outcome.outcome, outcome.split_off_from)
       << std::flush;
}

void ApplyProgress::End() {
  if (is_terminal_ && done_ > 0) out_ << "\n";
}

std::string RenderApplyText(const CycleReport& report) {
  const Plan& plan = report.plan->plan();
  std::string text = fmt::format("\n  {:<32}{:>10}{:>12}{:>15}{:>8}\n", "product", "assigned",
                                 "unassigned", "plans changed", "failed");
  for (const auto& [product, tally] : CountByProduct(report)) {
    text += fmt::format("  {:<32}{:>10}{:>12}{:>15}{:>8}\n", Printable(plan.ProductName(product)),
                        tally.assigned, tally.unassigned, tally.plans_changed, tally.failed);
  }
  std::string failures;
  std::size_t never_tried = 0;
  std::size_t groups = 0;
  std::size_t reprocessed = 0;
  for (const auto* change : report.Tried()) {
    const auto& outcome = report.outcomes.at(change->id);
    if (Worked(outcome.state)) {
      if (change->group) ++groups;
      if (change->reprocesses()) ++reprocessed;
      continue;
    }
    if (NeverTried(report, outcome)) {
      ++never_tried;
      continue;
    }
    failures += fmt::format(
        "  {}: {} ({})\n    {}\n", SubjectText(change->subject_name(), change->group.has_value()),
        DescribeChange(plan, *change), ToString(outcome.state), FailureOf(outcome));
  }
  if (groups > 0) {
    text += fmt::format(
        "\nGroups changed: {}. The service works through their members in the background,\n"
        "which may take up to 24 hours.\n",
        groups);
  }
  if (reprocessed > 0) {
    text += fmt::format(
        "\nUsers processed again: {}. What their groups give them is not counted above.\n",
        reprocessed);
  }
  if (!failures.empty()) text += "\nFailed\n" + failures;
  if (!report.stopped.empty()) {
    text += fmt::format("\nStopped early: {}. Not sent: {}.\n", report.stopped, never_tried);
  }
  return text;
}

std::string RenderApplyJson(const CycleReport& report, const std::set<std::string>& told) {
  const Plan& plan = report.plan->plan();
  std::string text;
  for (const auto* change : report.Tried()) {
    if (told.contains(change->id)) continue;
    const auto split = report.split_off.find(change->id);
    text += RenderOutcome(plan.tenant, *change, report.outcomes.at(change->id),
                          split == report.split_off.end() ? "" : split->second.of);
  }
  JsonArray products;
  for (const auto& [product, tally] : CountByProduct(report)) {
    products.Raw(JsonObject()
                     .Text("skuId", product.ToString())
                     .Text("partNumber", plan.ProductName(product))
                     .Number("assigned", tally.assigned)
                     .Number("unassigned", tally.unassigned)
                     .Number("plansChanged", tally.plans_changed)
                     .Number("failed", tally.failed)
                     .Finish());
  }
  text += JsonObject()
              .Text("kind", "summary")
              .Text("tenant", plan.tenant)
              .Text("planId", report.plan_id)
              .Text("digest", plan.digest)
              .Text("result", ResultOf(report))
              .Boolean("declined", report.declined)
              .Text("stopped", report.stopped)
              .Number("accepted", report.CountOutcomes(ChangeState::kAccepted))
              .Number("failed", report.failures())
              .Number("held", static_cast<std::int64_t>(plan.CountWith(Verdict::kHeld)))
              .Number("deferred", static_cast<std::int64_t>(plan.CountWith(Verdict::kDeferred)))
              .Raw("products", products.Finish())
              .Finish();
  return text + "\n";
}

}  // namespace seatkeeper
