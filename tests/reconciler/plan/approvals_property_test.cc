#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "reconciler/plan/amounts.h"
#include "reconciler/plan/held_set.h"
#include "reconciler/plan/planner.h"
#include "tests/reconciler/plan/random_cases.h"

namespace seatkeeper {
namespace {

using test::NameOf;
using test::PlannedCase;

constexpr int kShares = 2;

// A case with tight limits, so that much is held, and what approvals make of it.
class Approved {
 public:
  explicit Approved(const PlannedCase& planned) : planned_(planned), made_(planned.made) {
    policies_ = planned.policies;
    Guardrails tight{.name = "tight"};
    if (made_.OneIn(2)) tight.max_unassign = AmountLimit{.seats = made_.Below(3)};
    if (made_.OneIn(2)) tight.max_assign = AmountLimit{.seats = made_.Below(3)};
    if (made_.OneIn(3)) tight.max_changes = FigureLimit{.figure = made_.Below(4)};
    policies_.guardrails.push_back(tight);
    for (const auto& product : planned.observed.product_ids) {
      removed_[product] = made_.OneIn(3) ? made_.Below(3) : 0;
    }
    before_ = Make({});
  }

  GuardedPlan Make(const std::vector<Release>& releases) const {
    PlanInput input{.tenant = "contoso",
                    .policies = policies_,
                    .observed = planned_.observed,
                    .removals_in_window = removed_,
                    .releases = releases,
                    .memory = made_.memory};
    auto guarded = MakePlan(input);
    if (!guarded) throw std::invalid_argument(guarded.error().message);
    return *std::move(guarded);
  }

  const Plan& before() const { return before_->plan(); }
  test::RandomCase& made() { return made_; }
  const PolicySet& policies() const { return policies_; }
  int removed(const SkuId& product) const { return removed_.at(product); }

 private:
  const PlannedCase& planned_;
  test::RandomCase made_;
  PolicySet policies_;
  std::map<SkuId, int> removed_;
  std::optional<GuardedPlan> before_;
};

Release ReleaseOf(const HeldSet& set) {
  return {.by = {.approval = "command 1", .digest = set.digest, .who = "ada", .reason = "why"},
          .items = set.items};
}

std::set<std::string> TextsOf(const std::vector<HeldItem>& items) {
  std::set<std::string> texts;
  for (const auto& item : items) texts.insert(item.Text());
  return texts;
}

using SubjectProducts = std::set<std::pair<Subject, SkuId>>;

SubjectProducts PartsOf(const Change& change) {
  SubjectProducts parts;
  for (const auto& product : change.remove) parts.emplace(change.subject(), product);
  for (const auto& add : change.add) parts.emplace(change.subject(), add.product);
  return parts;
}

// What of the plan has this verdict.
SubjectProducts Parts(const Plan& plan, Verdict verdict) {
  SubjectProducts parts;
  for (const auto& change : plan.changes) {
    if (change.verdict == verdict) parts.merge(PartsOf(change));
  }
  return parts;
}

void NeverOverdraws(const GuardedPlan& guarded) {
  auto free = guarded.free_seats();
  for (int wave = 1; wave <= guarded.plan().waves(); ++wave) {
    std::map<SkuId, int> freed;
    for (const auto& change : guarded.plan().changes) {
      if (change.verdict != Verdict::kGo || change.wave != wave) continue;
      for (const auto& product : change.takes_seats) ASSERT_GE(--free[product], 0);
      for (const auto& product : change.frees_seats) ++freed[product];
    }
    for (const auto& [product, seats] : freed) free[product] += seats;
  }
}

void WhatIsNotReleasedIsWithinLimits(const Approved& approved, const Plan& after,
                                     const std::set<std::string>& texts) {
  const auto released = [&](const Change& change, const SkuId& product, std::string_view guardrail,
                            std::optional<SkuId> about) {
    return texts.contains(HeldItemOf(change, product, ToAsk(guardrail, about)).Text());
  };
  std::map<SkuId, int> removed;
  std::map<SkuId, int> given;
  int changed = 0;
  for (const auto& change : after.changes) {
    if (change.verdict != Verdict::kGo) continue;
    bool whole = true;
    for (const auto& [subject, product] : PartsOf(change)) {
      whole = whole && released(change, product, "maxChanges", std::nullopt);
    }
    changed += !whole;
    for (const auto& product : change.removals()) {
      if (released(change, product, "maxUnassign", product)) continue;
      removed[product] += change.UsersLosing(product);
    }
    for (const auto& product : change.takes_seats) {
      given[product] += !released(change, product, "maxAssign", product);
    }
  }
  const auto& tight = approved.policies().guardrails.back();
  for (const auto& [product, count] : removed) {
    if (!tight.max_unassign || count == 0) continue;
    ASSERT_LE(approved.removed(product) + count, *tight.max_unassign->seats)
        << NameOf(product.guid);
  }
  for (const auto& [product, count] : given) {
    if (!tight.max_assign) continue;
    ASSERT_LE(count, *tight.max_assign->seats) << NameOf(product.guid);
  }
  if (tight.max_changes) {
    ASSERT_LE(changed, *tight.max_changes->figure);
  }
}

// A limit on amounts may have room for others once it is judged anew, and a user may keep a mailbox
// by something that was released. Nothing else ends with an approval.
bool MayHaveEnded(const std::pair<Subject, SkuId>& part, const Plan& before, const Plan& after) {
  const auto held = HeldSetsOf(before);
  for (const auto& item : held.front().items) {
    if (item.subject == part.first && item.product == part.second && !item.approvable) return false;
  }
  return std::none_of(after.changes.begin(), after.changes.end(), [&](const Change& change) {
    const auto& risk = change.risk;
    return change.verdict == Verdict::kGo && change.subject() == part.first &&
           change.approved.empty() && std::find(risk.begin(), risk.end(), "mailbox") != risk.end();
  });
}

// What is left of it goes only with something that nobody approved: a swap whose rung has lost its
// seat to another approved change falls back to a lower one, and that is a different swap.
bool BecameAnother(const HeldItem& item, const Plan& after, const std::set<std::string>& texts) {
  const auto why = ToAsk(item.guardrail, item.about);
  return std::ranges::any_of(after.changes, [&](const Change& change) {
    const auto parts = PartsOf(change);
    return change.verdict == Verdict::kHeld && parts.contains({item.subject, item.product}) &&
           std::ranges::any_of(parts, [&](const auto& part) {
             return !texts.contains(HeldItemOf(change, part.second, why).Text());
           });
  });
}

// Nothing of the set is held for its reason any more, and of what was held nothing else goes that
// still is.
void ReleasesItsItemsAndNothingElse(const Approved& approved, const HeldSet& set) {
  const auto after = approved.Make({ReleaseOf(set)});
  NeverOverdraws(after);
  SubjectProducts items;
  std::set<std::string> texts;
  for (const auto& item : set.items) {
    if (!item.approvable) continue;
    items.emplace(item.subject, item.product);
    texts.insert(item.Text());
  }
  WhatIsNotReleasedIsWithinLimits(approved, after.plan(), texts);
  const auto going = Parts(after.plan(), Verdict::kGo);
  for (const auto& part : Parts(approved.before(), Verdict::kHeld)) {
    if (!going.contains(part) || items.contains(part)) continue;
    ASSERT_TRUE(MayHaveEnded(part, approved.before(), after.plan()))
        << NameOf(part.second.guid) << " with " << set.reasons.front().guardrail << "\nbefore:\n"
        << test::Brief(approved.before()) << "\nafter:\n"
        << test::Brief(after.plan());
  }
  const auto held = HeldSetsOf(after.plan());
  if (held.empty()) return;
  for (const auto& item : held.front().items) {
    ASSERT_TRUE(!texts.contains(item.Text()) || BecameAnother(item, after.plan(), texts))
        << item.Text() << "\nbefore:\n"
        << test::Brief(approved.before()) << "\nafter:\n"
        << test::Brief(after.plan());
  }
}

void WhatIsNeverReleasedStays(const Approved& approved, const HeldSet& whole) {
  const auto after = approved.Make({ReleaseOf(whole)});
  const auto going = Parts(after.plan(), Verdict::kGo);
  for (const auto& item : whole.items) {
    if (!item.approvable) {
      ASSERT_FALSE(going.contains({item.subject, item.product})) << item.Text();
    }
  }
}

// Some of the set came only after the approval: what goes of that is within the limits.
void LateArrivalsAreJudgedAlone(Approved& approved, const HeldSet& whole) {
  auto release = ReleaseOf(whole);
  std::erase_if(release.items, [&](const HeldItem&) { return approved.made().OneIn(3); });
  const auto after = approved.Make({release});
  NeverOverdraws(after);
  WhatIsNotReleasedIsWithinLimits(approved, after.plan(), TextsOf(release.items));
}

void ApprovalsReleaseExactly(const PlannedCase& planned) {
  Approved approved(planned);
  const auto sets = HeldSetsOf(approved.before());
  for (const auto& set : sets) ReleasesItsItemsAndNothingElse(approved, set);
  if (sets.empty()) return;
  WhatIsNeverReleasedStays(approved, sets.front());
  LateArrivalsAreJudgedAlone(approved, sets.front());
}

constexpr test::Property kProperties[] = {{"approvals release exactly", ApprovalsReleaseExactly}};

class ApprovalProperties : public ::testing::TestWithParam<int> {};

TEST_P(ApprovalProperties, HoldForRandomTenants) {
  test::CheckRandomCases(kProperties, GetParam(), kShares);
}

INSTANTIATE_TEST_SUITE_P(Share, ApprovalProperties, ::testing::Range(0, kShares));

TEST(ApprovalProperty, RandomTenantsHaveSomethingToApprove) {
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const PlannedCase planned{test::RandomCase(seed)};
    const Approved approved(planned);
    for (const auto& set : HeldSetsOf(approved.before())) {
      const auto after = approved.Make({ReleaseOf(set)});
      for (const auto& change : after.plan().changes) {
        for (const auto& by : change.approved) ++seen[by.guardrail];
      }
    }
  }
  for (const auto* guardrail : {"maxUnassign", "maxAssign", "maxChanges", "mailboxLoss"}) {
    EXPECT_GT(seen[guardrail], 0) << guardrail;
  }
}

}  // namespace
}  // namespace seatkeeper
