#include "reconciler/plan/reprocess.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "reconciler/plan/digest.h"
#include "reconciler/plan/reprocess_check.h"

namespace seatkeeper {
namespace {

// No ladder has this number: there are fewer of them than products.
constexpr std::uint16_t kTie = 0xFFFF;
constexpr std::chrono::hours kTriedAgainAfter{24};
// What the service writes at a row for our own asking is written by then.
constexpr std::chrono::minutes kOwnDoing{10};

void Restore(const DesiredState& desired, Part& part) {
  const auto& rung = desired.products[part.product].rung;
  part.kind = Part::Kind::kMissing;
  part.verdict = Verdict::kDeferred;
  part.wait = Wait::kGrant;
  part.reason = Reason::kGranted;
  part.blocker = Blocker::kNone;
  part.tie = rung ? static_cast<std::uint16_t>(rung->ladder + 1) : 0;
  part.disabled_plans = 0;
}

/// Something that a user misses, and the row of it that could be had now.
struct Candidate {
  Part* part;
  const AssignmentRow* row;
  Blocker blocker;
};

class Reprocessor {
 public:
  Reprocessor(const ReprocessInput& input, Draft& draft)
      : input_(input), draft_(draft), check_(input, draft) {}

  std::vector<std::string> Run() {
    draft_.ForEachUser([&](std::span<Part> of_user) { JudgeUser(of_user); });
    return notes_.Lines();
  }

 private:
  void JudgeUser(std::span<Part> of_user) {
    const auto candidates = CandidatesOf(of_user);
    const bool gone = std::ranges::any_of(candidates, [](const Candidate& candidate) {
      return candidate.blocker != Blocker::kSibling;
    });
    if (!gone || std::ranges::any_of(of_user, &Reprocessor::MayStillChange)) return;
    const Row row = of_user.front().row;
    std::vector<ProductIndex> wanted;
    wanted.reserve(candidates.size());
    for (const auto& candidate : candidates) wanted.push_back(candidate.row->product);
    if (const auto why = check_.WhyLeftAlone(row, wanted)) return Leave(*why, row);
    auto change = DescribeChange(candidates, row);
    if (WasTried(change, row)) return Leave(LeftAlone::kTried, row);
    for (const auto& candidate : candidates) Turn(candidate);
    input_.conflicts.Settle(of_user, draft_);
    const bool all = std::ranges::all_of(
        candidates, [](const Candidate& candidate) { return candidate.part->goes(); });
    if (!all) return LeaveToGroups(input_.desired, of_user);
    draft_.reprocessings.emplace(row, std::move(*change.reprocess));
  }

  // Another request of the same user goes with this plan, or may yet: that one comes first.
  static bool MayStillChange(const Part& part) {
    return part.goes() || part.kind == Part::Kind::kStandby;
  }

  std::vector<Candidate> CandidatesOf(std::span<Part> of_user) const {
    std::vector<Candidate> candidates;
    for (auto& part : of_user) {
      if (!IsGivenByGroup(part)) continue;
      if (const auto candidate = CandidateFor(part)) candidates.push_back(*candidate);
    }
    return candidates;
  }

  // Whatever keeps the product from being given to anybody, or by this policy, keeps it here.
  bool IsGivenByGroup(const Part& part) const {
    const auto& product = input_.desired.products[part.product];
    if (part.kind != Part::Kind::kMissing || part.wait != Wait::kGrant || !product.index) {
      return false;
    }
    if (!product.obstacle.empty() || product.management == Management::kObserve) return false;
    if (!product.granted.Contains(part.row)) return false;
    const auto* by = input_.desired.Deciding(product, PolicyStatement::Kind::kGrant, part.row);
    return by != nullptr && by->by_group && !input_.desired.selections[by->selection].held;
  }

  // Of several groups one whose own blocker is gone, or the first.
  std::optional<Candidate> CandidateFor(Part& part) const {
    const auto& product = input_.desired.products[part.product];
    std::optional<Candidate> found;
    for (const auto& row : input_.observed.users.assignments(part.row)) {
      if (row.product != *product.index) continue;
      const auto blocker = check_.GoneBlocker(part.row, row);
      if (blocker == Blocker::kNone) continue;
      if (blocker == Blocker::kNoSeat && input_.seats[part.product].free() <= 0) continue;
      const bool better =
          !found || (found->blocker == Blocker::kSibling && blocker != Blocker::kSibling);
      if (better) found = Candidate{&part, &row, blocker};
    }
    return found;
  }

  void Turn(const Candidate& candidate) {
    auto& part = *candidate.part;
    part.kind = Part::Kind::kAdd;
    part.verdict = Verdict::kGo;
    part.wait = Wait::kNone;
    part.reason = Reason::kReprocessed;
    part.blocker = candidate.blocker;
    part.tie = kTie;
    part.disabled_plans =
        draft_.plan_sets.Intern(input_.observed.plan_sets[candidate.row->disabled_plans]);
  }

  // As the plan will have it, as far as its id goes.
  Change DescribeChange(const std::vector<Candidate>& candidates, Row row) const {
    Change change;
    change.user = input_.observed.users.id(row);
    auto& reprocess = change.reprocess.emplace();
    std::vector<std::pair<SkuId, int>> free;
    for (const auto& candidate : candidates) {
      const auto& product = input_.observed.product_ids[candidate.row->product];
      const auto* group = input_.observed.FindGroup(candidate.row->group);
      change.add.push_back({product, input_.observed.plan_sets[candidate.row->disabled_plans]});
      reprocess.products.push_back({.product = product,
                                    .group = candidate.row->group,
                                    .group_name = group == nullptr ? "" : group->display_name,
                                    .blocker = candidate.blocker});
      if (candidate.blocker == Blocker::kNoSeat) {
        free.emplace_back(product, input_.seats[candidate.part->product].free());
      }
    }
    std::ranges::sort(change.add);
    std::ranges::sort(reprocess.products, {}, &ReprocessedProduct::product);
    std::ranges::sort(free);
    reprocess.basis = BasisOf(input_.observed, row, free);
    change.id = ChangeId(change);
    return change;
  }

  bool WasTried(const Change& change, Row row) const {
    const auto tries = input_.past.find(change.user);
    if (tries == input_.past.end()) return false;
    const auto& [last, change_ids] = tries->second;
    if (input_.now - last < kTriedAgainAfter) return true;
    return change_ids.contains(change.id) && !FailedSince(row, last + kOwnDoing);
  }

  // The service put one of the rows in error after that.
  bool FailedSince(Row row, WallTime after) const {
    const auto rows = input_.observed.users.assignments(row);
    return std::ranges::any_of(rows, [&](const AssignmentRow& held) {
      const auto updated = ParseTime(input_.observed.texts[held.updated]);
      return held.state == AssignmentState::kError && updated && *updated > after;
    });
  }

  void Leave(LeftAlone why, Row row) {
    notes_.Add(why, std::string(input_.observed.users.user_principal_name(row)));
  }

  const ReprocessInput& input_;
  Draft& draft_;
  const InheritedCheck check_;
  LeftAloneNotes notes_;
};

}  // namespace

std::vector<std::string> PlanReprocessing(const ReprocessInput& input, Draft& draft) {
  return Reprocessor(input, draft).Run();
}

void LeaveToGroups(const DesiredState& desired, std::span<Part> of_user) {
  for (auto& part : of_user) {
    if (part.reprocesses()) Restore(desired, part);
  }
}

}  // namespace seatkeeper
