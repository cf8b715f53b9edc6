#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "reconciler/plan/change_groups.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/plan_words.h"
#include "reconciler/plan/printable.h"
#include "reconciler/plan/render_sections.h"

// What is sent, what that endangers, and what a guardrail or a shortage keeps from being sent.

namespace seatkeeper {
namespace {

struct RiskWord {
  std::string_view risk;
  std::string_view about;
};
// What hurts most comes first.
constexpr RiskWord kRisks[] = {
    {"mailbox", "deleted 30 days later"},
    {"files", "OneDrive loses its licence"},
    {"apps", "installed Office is unlicensed from then on"},
    {"service-plan-off", "of a product that stays"},
};

// 0 is the worst; what is not known here comes last.
std::size_t RankOf(const Risk& risk) {
  const auto* found = std::find_if(std::begin(kRisks), std::end(kRisks),
                                   [&](const RiskWord& known) { return known.risk == risk; });
  return static_cast<std::size_t>(found - std::begin(kRisks));
}

// The service plans of a product that stays which the user has on now, and then no more.
std::vector<PlanId> GoingOff(const Change& change, const AddLicense& add) {
  const auto before = std::find_if(change.before.begin(), change.before.end(),
                                   [&](const auto& held) { return held.product == add.product; });
  std::vector<PlanId> off;
  for (const auto& plan : add.disabled_plans) {
    const bool was_off = before != change.before.end() &&
                         std::find(before->disabled_plans.begin(), before->disabled_plans.end(),
                                   plan) != before->disabled_plans.end();
    if (!was_off) off.push_back(plan);
  }
  return off;
}

std::string Losses(const Plan& plan, const Change& change) {
  std::vector<std::string> losses;
  for (const auto& product : change.remove) {
    const auto* instead = SwappedFor(change, product);
    losses.push_back(instead == nullptr ? ProductWord(plan, product)
                                        : fmt::format("{} for {}", ProductWord(plan, product),
                                                      ProductWord(plan, *instead)));
  }
  for (const auto& add : change.add) {
    if (!std::binary_search(change.plans_off.begin(), change.plans_off.end(), add.product)) {
      continue;
    }
    losses.push_back(fmt::format("{} ({})", ServicePlanWords(plan, GoingOff(change, add)),
                                 ProductWord(plan, add.product)));
  }
  return fmt::format("{}", fmt::join(losses, ", "));
}

// How many users a change takes something from.
std::size_t UsersLosing(const Change& change) {
  int users = 0;
  for (const auto& product : change.removals())
    users = std::max(users, change.UsersLosing(product));
  return static_cast<std::size_t>(std::max(users, 1));
}

std::string AboutProduct(const Plan& plan, const HeldBy& held) {
  return held.product ? fmt::format(" ({})", ProductWord(plan, *held.product)) : "";
}

}  // namespace

void WriteChanges(const Plan& plan, TextPage& page) {
  const auto changes = ChangesWith(plan, Verdict::kGo);
  if (changes.empty()) return;
  page.Heading(fmt::format("Changes ({})", changes.size()));
  WriteGroups(plan, changes, page);
  WriteApproved(plan, page);
}

void WriteDanger(const Plan& plan, TextPage& page) {
  using Entry = std::pair<std::size_t, const Change*>;
  std::vector<Entry> endangered;  // By the worst that happens to each.
  std::map<std::pair<std::size_t, Risk>, std::size_t> counts;
  std::size_t users = 0;
  for (const auto* change : ChangesWith(plan, Verdict::kGo)) {
    if (change->risk.empty()) continue;
    endangered.emplace_back(std::size(kRisks), change);
    const auto losing = UsersLosing(*change);
    users += losing;
    for (const auto& risk : change->risk) {
      const auto rank = RankOf(risk);
      endangered.back().first = std::min(endangered.back().first, rank);
      counts[{rank, risk}] += losing;
    }
  }
  if (endangered.empty()) return;
  std::stable_sort(endangered.begin(), endangered.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  page.Heading(fmt::format("Danger: what these changes take away ({})", Counted(users, "user")),
               TextPage::Tone::kBad);
  for (const auto& [risk, count] : counts) {
    const auto& [rank, name] = risk;
    const bool known = rank < std::size(kRisks);
    page.Line(
        fmt::format("  {}{}: {}", Printable(name),
                    known ? fmt::format(" ({})", kRisks[rank].about) : "", Counted(count, "user")),
        TextPage::Tone::kBad);
  }
  page.Fold(endangered.size(), 6, [&](std::size_t i) {
    const auto& change = *endangered[i].second;
    page.Line(Printable(fmt::format("      {:<34} loses {}: {}", change.subject_name(),
                                    Losses(plan, change), fmt::join(change.risk, ", "))));
  });
}

void WriteHeld(const Plan& plan, TextPage& page) {
  const auto changes = ChangesWith(plan, Verdict::kHeld);
  if (changes.empty()) return;
  page.Heading(fmt::format("Held ({})", changes.size()));
  WriteWholeSet(plan, page);
  // Hundreds of changes are held for one reason: it is said once.
  std::map<std::pair<std::string, std::string>, std::vector<const Change*>> reasons;
  for (const auto* change : changes) {
    for (const auto& held : change->held) {
      const auto what =
          fmt::format("  {}{}: {}; limit: {}", Printable(held.guardrail), AboutProduct(plan, held),
                      Printable(held.value), Printable(held.limit));
      const auto release = ReleaseText(held, ShortDigest(held.digest));
      reasons[{what, "    release: " + Printable(release)}].push_back(change);
    }
  }
  for (const auto& [reason, held] : reasons) {
    page.Line(reason.first, TextPage::Tone::kNotice);
    page.Line(reason.second, TextPage::Tone::kNotice);
    WriteGroups(plan, held, page);
  }
}

void WriteDeferred(const Plan& plan, TextPage& page) {
  const auto changes = ChangesWith(plan, Verdict::kDeferred);
  if (changes.empty()) return;
  page.Heading(fmt::format("Deferred ({})", changes.size()));
  std::map<std::string, std::vector<const Change*>> reasons;
  for (const auto* change : changes) {
    auto reason = "  until " + Printable(change->until);
    if (!change->waits_for.empty()) {
      reason += fmt::format(" ({})", ProductWords(plan, change->waits_for));
    }
    reasons[reason].push_back(change);
  }
  for (const auto& [reason, deferred] : reasons) {
    page.Line(reason, TextPage::Tone::kNotice);
    WriteGroups(plan, deferred, page);
  }
}

}  // namespace seatkeeper
