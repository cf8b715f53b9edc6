#include <algorithm>
#include <optional>
#include <set>
#include <span>

#include "reconciler/plan/deliver.h"
#include "reconciler/plan/digest.h"
#include "reconciler/plan/removal_waits.h"
#include "reconciler/plan/risk.h"

namespace seatkeeper {
namespace {

// What one group is given and loses, as far as it shares a verdict.
class GroupAssembler {
 public:
  GroupAssembler(const Draft& draft, const DesiredState& desired, const ObservedState& observed)
      : draft_(draft), desired_(desired), observed_(observed), risks_(observed) {}

  std::optional<Change> Make(std::span<const GroupPart> of_group, Verdict verdict) const {
    Change change;
    change.verdict = verdict;
    change.wave = verdict == Verdict::kGo ? 1 : 0;
    const auto& group = *observed_.FindGroup(of_group.front().group);
    change.group = LicensedGroup{.id = group.id, .display_name = group.display_name};
    std::optional<Reason> reason;
    OriginIndex given_by = 0;
    OriginIndex removed_by = 0;
    for (const auto& part : of_group) {
      if (part.verdict != verdict) continue;
      Append(part, change);
      reason = !reason || *reason == part.reason ? part.reason : Reason::kCombined;
      auto& origin = part.kind == Part::Kind::kRemove ? removed_by : given_by;
      if (origin == 0) origin = part.origin;
    }
    if (!reason) return std::nullopt;
    change.reason = *reason;
    change.origin = desired_.origins[given_by != 0 ? given_by : removed_by];
    if (given_by == 0) change.removed_by.clear();  // All of it is the origin's.
    Finish(group, change);
    return change;
  }

 private:
  void Append(const GroupPart& part, Change& change) const {
    const auto& product = desired_.products[part.product].id;
    if (part.kind == Part::Kind::kRemove) {
      change.remove.push_back(product);
      change.removed_by.emplace_back(product, desired_.origins[part.origin]);
    } else {
      change.add.push_back({product, draft_.plan_sets[part.disabled_plans]});
      change.takes_seats.insert(change.takes_seats.end(), static_cast<std::size_t>(part.seats),
                                product);
      if (part.plans_off) change.plans_off.push_back(product);
    }
    if (part.takes_away()) change.group->losses.emplace_back(product, part.losing);
    change.affected.emplace_back(product, part.affected);
    for (const auto& why : draft_.holds[part.held]) AddHold(why, product, change);
    if (part.verdict != Verdict::kDeferred) return;
    if (part.removal_wait != 0) AddWait(draft_.removal_waits[part.removal_wait], change);
    if (change.unwanted) return;
    if (part.closed) {
      change.until = draft_.until_open;
    } else if (part.short_by > 0) {
      change.until = "there are seats for all members of the group";
      change.waits_for.push_back(product);
    } else if (change.until.empty()) {
      change.until = "the group's members hold what policies grant them";
    }
  }

  void Finish(const Group& group, Change& change) const {
    const auto* members = observed_.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
    if (members != nullptr) change.group->members = static_cast<int>(members->users.size());
    for (const auto& license : group.licenses) {
      change.before.push_back({license.product, license.disabled_plans});
    }
    std::sort(change.before.begin(), change.before.end());
    if (change.takes_away()) AddRisks(change);
    change.fingerprint = Fingerprint(group);
    change.id = ChangeId(change);
  }

  void AddRisks(Change& change) const {
    std::set<Risk> risks;
    for (Row row = 0; row < observed_.users.size(); ++row) {
      const auto assignments = observed_.users.assignments(row);
      const bool concerned =
          std::any_of(assignments.begin(), assignments.end(), [&](const AssignmentRow& held) {
            return held.source == AssignmentSource::kGroup && held.group == change.group->id;
          });
      if (!concerned) continue;
      for (auto& risk : risks_.RisksOf(change, row)) risks.insert(std::move(risk));
    }
    change.risk.assign(risks.begin(), risks.end());
  }

  const Draft& draft_;
  const DesiredState& desired_;
  const ObservedState& observed_;
  RiskJudge risks_;
};

// Calls `visit(span)` with the parts of each group.
template <typename Visit>
void ForEachGroup(std::span<const GroupPart> parts, Visit&& visit) {
  for (std::size_t begin = 0; begin < parts.size();) {
    std::size_t end = begin + 1;
    while (end < parts.size() && parts[end].group == parts[begin].group) ++end;
    visit(parts.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace

std::vector<Change> AssembleGroupChanges(const Draft& draft, const DesiredState& desired,
                                         const ObservedState& observed) {
  std::vector<Change> changes;
  if (draft.group_parts.empty()) return changes;
  const GroupAssembler assembler(draft, desired, observed);
  ForEachGroup(draft.group_parts, [&](std::span<const GroupPart> of_group) {
    for (const auto verdict : {Verdict::kGo, Verdict::kDeferred, Verdict::kHeld}) {
      if (auto change = assembler.Make(of_group, verdict)) changes.push_back(*std::move(change));
    }
  });
  return changes;
}

}  // namespace seatkeeper
