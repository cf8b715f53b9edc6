#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/result.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/selection.h"

namespace seatkeeper {

/// One source of one product of the user.
struct HeldFrom {
  AssignmentSource source = AssignmentSource::kUnknown;
  AssignmentState state = AssignmentState::kActive;
  bool has_seat = true;
  std::string error;    ///< The service's word for what is wrong; empty when nothing is.
  std::string updated;  ///< As sent; empty when absent.
  std::optional<GroupId> group;
  std::string group_name;  ///< Empty where the reading does not have the group.
};

/// What one policy says of a product, and what that counts for with this user.
struct StatementRole {
  enum class Role {
    kDecides,
    kAgrees,       ///< Of the same priority as the one that decides, and of the same kind.
    kTied,         ///< Grant against revoke of one priority: neither decides.
    kOutranked,    ///< A statement of higher priority decides.
    kNotSelected,  ///< The policy does not select the user.
    kExpired,      ///< The grant is over.
  };
  Role role = Role::kNotSelected;
  PolicyStatement::Kind says = PolicyStatement::Kind::kGrant;
  Origin origin;
  int priority = 0;
  bool by_group = false;              ///< The user gets it from a group that is licensed itself.
  std::string expires;                ///< With kExpired: the last day. As in the policy.
  std::optional<HeldBy> held;         ///< Why nothing of this policy is changed now.
  std::vector<SubjectPart> subjects;  ///< Of the policy: which parts hold for the user.

  bool selects() const { return role != Role::kNotSelected && role != Role::kExpired; }
};

/// The ladder of a product, from this user's place.
struct LadderPlace {
  std::string name;
  SourcePosition at;
  std::size_t number = 0;  ///< Of this rung, from the top, which is 1.
  std::size_t rungs = 0;
  bool fallback = false;
  std::optional<SkuId> target;  ///< The highest rung granted; nothing: none is.
  std::string target_name;
};

/// A service plan by its id and the tenant's name of it.
struct NamedPlan {
  PlanId id;
  std::string name;
};

/// The service plans of a product for this user.
struct PlanShape {
  Origin shaped_by;            ///< Whose list holds; empty name: nobody's, switches are left alone.
  Origin conflict;             ///< Another list of the same priority that says otherwise; or empty.
  std::vector<NamedPlan> off;  ///< What is off now; by name.
  std::vector<NamedPlan> turned_off;  ///< On, but not as policy (or the plan) has it.
  std::vector<NamedPlan> turned_on;   ///< Likewise off.
};

/// What one change of the plan does to one product.
struct Step {
  enum class Kind { kAdd, kRemove, kPlans };
  Kind kind = Kind::kAdd;
  /// Names of other rungs that the same request takes, or gives, in exchange.
  std::vector<std::string> against;
  std::size_t change = 0;  ///< Index into Explanation::changes.
};

/// Where a product stands with a user, in one word.
enum class Standing {
  kUntouched,  ///< No document names the product.
  kInOrder,    ///< As policy wants it, or policy wants nothing.
  kToAdd,      ///< Goes in this plan ...
  kToRemove,
  kToSwap,         ///< Leaves in the request that adds another rung.
  kToSwitch,       ///< Service plans are switched.
  kDeferred,       ///< There is a change, and it waits.
  kHeld,           ///< There is a change, and a guardrail holds it.
  kWaiting,        ///< Granted, and no seat is free.
  kTied,           ///< Granted and revoked with the same priority: left as it is.
  kLeft,           ///< It differs from policy, and nothing is done about it; `drift` says why.
  kNotApplicable,  ///< A document names it, but the account is no person's.
};
std::string_view ToString(Standing standing);

/// Everything there is to say about one product of one user.
struct ProductExplanation {
  SkuId product;
  std::string name;          ///< The part number, or the id where there is none.
  std::string display_name;  ///< From the catalogue; may be empty.
  Standing standing = Standing::kUntouched;
  std::vector<HeldFrom> held;

  // All of the following only where a document names the product; of an account that is no
  // person's, only how the product is managed.
  bool named = false;
  bool granted = false;
  bool revoked = false;
  bool tied = false;
  Management management = Management::kAssignOnly;
  Origin managed_by;     ///< The ProductPolicy; empty name where there is none.
  bool owned = false;    ///< The direct assignment is seatkeeper's own.
  bool lets_go = false;  ///< Management lets this user's direct assignment go.
  std::string obstacle;  ///< Why nobody can be given it; empty when they can.
  std::optional<HeldBy> removals_held;
  std::vector<StatementRole> statements;  ///< Those that select the user first, by priority.
  std::optional<LadderPlace> ladder;
  std::optional<PlanShape> plans;  ///< Where the product is held or about to be.
  std::vector<Step> steps;
  std::vector<Drift> drift;
  std::optional<Waiting> waiting;

  bool is_held() const { return !held.empty(); }
};

/// Why one user has, lacks, gains, loses or keeps each product. A value: pure data, for people
/// (explain_text.h) and programs (explain_json.h).
struct Explanation {
  std::string tenant;
  std::string policy_revision;
  WallTime observed_at{};
  UserId user;
  std::string user_principal_name;
  std::string display_name;
  std::optional<bool> account_enabled;  ///< Nothing: not read, or null.
  std::string usage_location;           ///< Empty: none, and nothing can be assigned.
  bool person = true;                   ///< False: no policy applies to the account.
  std::string account_type;             ///< Unless a person: as Graph calls it.
  bool assignments_known = true;        ///< False: the reading does not say what the user holds.
  bool busy = false;            ///< An earlier change is not confirmed yet: left alone until it is.
  Suspension suspended;         ///< Of the tenant; empty: it is not.
  std::vector<Change> changes;  ///< Of the plan, this user's.
  /// What the user holds, gains or is granted first; then what documents name; then by name.
  std::vector<ProductExplanation> products;
  /// How products and service plans of `changes` are called.
  std::map<SkuId, std::string> product_names;
  std::map<PlanId, std::string> plan_names;

  std::string ProductName(const SkuId& id) const;
};

/// Explains one user by what the plan was made from and the plan itself. Pure; decides nothing of
/// its own. `plan` is what MakePlan gives for `input`; `row` is of input.observed.
Result<Explanation> Explain(const PlanInput& input, const Plan& plan, Row row);

}  // namespace seatkeeper
