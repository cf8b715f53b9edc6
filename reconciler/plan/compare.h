#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/plan/cost.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// What one policy does to a product of a user that another one does not, where both are applied
/// to one reading. A closed set; wording belongs to the renderers.
enum class Difference {
  kLoses,     ///< Held now. It goes, and stayed under the base.
  kReleased,  ///< Goes under both; a guardrail of the base held it, and none does any more.
  kNotGiven,  ///< Not held now. The base would give it.
  kSwitches,  ///< Stays under both, with other service plans.
  kHeldBack,  ///< Would change under both; a guardrail holds it that did not.
  kGains,     ///< Not held now. It is given, and was not under the base.
  kStays,     ///< Held now. The base would take it.
};
std::string_view ToString(Difference difference);

/// One product of one user or group.
struct ComparedPart {
  SkuId product;
  Difference difference = Difference::kGains;
  std::vector<PlanId> disabled_plans;  ///< Afterwards; with kGains, kSwitches.
  std::optional<SkuId> instead;        ///< With kLoses: the rung that comes in its place.
  bool upward = false;                 ///< That rung is higher: nothing is lost.
  Verdict verdict = Verdict::kGo;      ///< Under the policy; kGo where it changes nothing.
  Origin origin;                       ///< The document that is why; of the base where it is gone.
  std::vector<Risk> risk;              ///< Of what is lost.
  std::vector<HeldBy> held;            ///< Under the policy.
};

/// A user, or a group that is licensed itself, whom the two policies treat differently.
struct ComparedSubject {
  UserId user;
  std::string user_principal_name;
  Boxed<LicensedGroup> group{};
  std::vector<ComparedPart> parts;  ///< By product.

  const std::string& name() const { return group ? group->display_name : user_principal_name; }
  /// How many users it is about.
  std::size_t users() const;
};

/// Seats of one product once everything has gone that the plans contain, held and deferred or not.
struct ComparedProduct {
  SkuId id;
  int purchased = 0;
  int base = 0;
  int after = 0;
  int base_short = 0;  ///< Seats that grants ask for and that are not there.
  int after_short = 0;
  std::optional<UnitPrice> price{};  ///< As the policy has it.
};

/// What those seats cost a month in one currency, each policy by its own prices.
struct ComparedCost {
  std::string currency;
  MonthlyAmount base;
  MonthlyAmount after;

  /// "+1425.00", "-57.00" or "0.00"; `grouped` for people.
  std::string Change(bool grouped) const;
};

/// What changes for a tenant when one policy takes the place of another, the base.
struct PlanComparison {
  std::string tenant;
  WallTime observed_at{};
  std::string base_revision;  ///< Empty: compared with how things are.
  std::string policy_revision;
  std::vector<ComparedSubject> subjects;  ///< By name, users before groups, then id.
  std::vector<ComparedProduct> products;  ///< Those that differ; by name.
  std::vector<ComparedCost> costs;        ///< By currency; those that occur.
  std::vector<SkuId> without_price;       ///< Of `products`: in no cost.
  std::vector<HeldBy> suspicions;         ///< What of the policy is suspicious after the base.
  std::vector<std::string> warnings;      ///< New ones.
  std::vector<std::string> settled;       ///< Warnings of the base that are gone.
  std::map<SkuId, std::string> product_names;
  std::map<PlanId, std::string> plan_names;

  /// Users with such a difference.
  std::size_t UsersWith(const std::set<Difference>& differences) const;
  bool has_differences() const;
  /// Something is held now that was not, or differs in being held.
  bool has_held() const;
};

/// Compares two plans of one reading. Pure. With `base` as nullptr, with how things are.
PlanComparison ComparePlans(const Plan* base, const Plan& plan);

}  // namespace seatkeeper
