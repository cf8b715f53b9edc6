#pragma once

#include <bitset>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/draft.h"
#include "reconciler/plan/people.h"
#include "reconciler/plan/plan_rules.h"
#include "reconciler/plan/removal_waits.h"

namespace seatkeeper {

/// Keeps back what the service would refuse: a user's service plans that exclude each other, one
/// without the plan that it needs, a removal that would orphan what stays, a product in a country
/// where this tenant has seen it prohibited. Like the service it minds only what a change makes
/// worse. Pure; everything it is given must outlive it.
class PlanConflicts {
 public:
  /// `people`, where there is one, holds what single people must not lose; `waits` defers what has
  /// not been unwanted for long enough.
  PlanConflicts(const PlanRules& rules, const DesiredState& desired, const ObservedState& observed,
                const PeopleGuard* people = nullptr, const RemovalWaits* waits = nullptr);

  /// Brings the parts of one user into line: with these rules, with what people must not lose, and
  /// with what the parts mean for each other (HoldBackRemovals). What is kept back says why in
  /// Draft::notes. Repeated, it changes nothing.
  void Settle(std::span<Part> of_user, Draft& draft) const;

 private:
  // Positions in `plans_`. Rules about more plans than that are left to the service.
  static constexpr std::size_t kPlansMost = 256;
  using Plans = std::bitset<kPlansMost>;

  struct Exclusion {
    std::size_t a;
    std::size_t b;
  };
  struct Need {
    std::size_t plan;
    Plans any;
  };
  struct Views {
    Plans before;
    Plans after;
  };

  void TakeRules(const PlanRules& rules);
  void FindProhibited();
  std::optional<std::size_t> PositionOf(const PlanId& plan);
  Plans OnIn(ProductIndex product, const std::vector<PlanId>& disabled) const;
  Plans OnByRow(const AssignmentRow& row) const;
  Plans OnByPart(const Part& part, const Draft& draft) const;
  Plans SwitchedOff(const Part& part, const Draft& draft) const;
  Views Look(std::span<const Part> of_user, const Draft& draft) const;
  bool IsAbout(std::span<const Part> of_user) const;
  std::string CountryOf(Row row) const;
  bool BlockProhibited(std::span<Part> of_user, Draft& draft) const;
  bool BlockOne(std::span<Part> of_user, Draft& draft) const;
  bool BlockExclusive(const Exclusion& rule, const Views& views, std::span<Part> of_user,
                      Draft& draft) const;
  bool BlockNeed(const Need& rule, const Views& views, std::span<Part> of_user, Draft& draft) const;
  std::optional<ProductIndex> ProductWithOn(std::size_t plan, std::span<const Part> of_user,
                                            const Draft& draft) const;
  std::string NameOf(std::size_t plan) const;

  const DesiredState& desired_;
  const ObservedState& observed_;
  const PeopleGuard* people_;
  const RemovalWaits* waits_;
  std::vector<PlanId> plans_;  // Of which rules speak.
  std::vector<Exclusion> exclusions_;
  std::vector<Need> needs_;
  std::vector<Plans> of_product_;  // By ProductIndex.
  /// Product and country, as the tenant's own rows in error say.
  std::set<std::pair<ProductIndex, std::string>> prohibited_;
};

}  // namespace seatkeeper
