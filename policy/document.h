#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/rule/tree.h"
#include "policy/source.h"

namespace seatkeeper {

/// A selection rule as written and as understood.
struct Rule {
  std::string text;
  rule::Expression expression;
  SourcePosition at;
};

/// A union of users: by rule, by group (nested members included), by name.
struct SubjectUnion {
  std::optional<Rule> rule;
  std::vector<Positioned<std::string>> groups;  ///< Display name or object id.
  std::vector<Positioned<std::string>> users;   ///< User principal name or object id.
};

/// Who a policy speaks about: the union, narrowed by `where`, less `except`.
struct Subjects {
  SubjectUnion of;
  std::optional<Rule> where;
  SubjectUnion except;
};

/// What a grant says of service plans. Unset, `disabledPlans: []` and `enabledPlans: []` are three
/// different things.
struct PlanSelection {
  enum class Kind {
    kUnmanaged,  ///< Neither list: switches that a user already has are left alone.
    kDisabled,   ///< The listed plans are off, everything else is on.
    kEnabled,    ///< The listed plans are on, everything else is off.
  };
  Kind kind = Kind::kUnmanaged;
  std::vector<Positioned<std::string>> plans;  ///< Service plan name or id.
};

/// A product that a policy gives.
struct Grant {
  Positioned<std::string> product;  ///< Part number, SKU id or product name, as written.
  PlanSelection plans;
};

/// One `kind: LicensePolicy` document.
struct LicensePolicy {
  std::string name;
  SourcePosition at;                             ///< Of `metadata.name`.
  std::vector<Positioned<std::string>> tenants;  ///< Empty: the only tenant there is.
  int priority = 0;                              ///< Higher wins.
  Subjects subjects;
  std::vector<Grant> licenses;
};

/// How far seatkeeper may go with a product.
enum class Management {
  kObserve,     ///< Reports drift, changes nothing.
  kAssignOnly,  ///< The default: never takes anything away.
  kFull,        ///< Policy is authoritative for every direct assignment in the tenant.
};
std::string_view ToString(Management management);

/// One `kind: ProductPolicy` document.
struct ProductPolicy {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  Positioned<std::string> product;
  Management management = Management::kAssignOnly;
};

/// A limit on removals of one product over a sliding 24 hours. Absent parts are not limited.
struct AmountLimit {
  std::optional<int> seats;
  std::optional<double> percent;
};

/// One `kind: Guardrails` document.
struct Guardrails {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  /// Outer empty: not said, the built-in default holds. `off` is an AmountLimit without parts.
  std::optional<AmountLimit> max_unassign;
};

/// What holds where no Guardrails document says otherwise: 25 seats or 5 percent.
inline constexpr int kDefaultMaxUnassignSeats = 25;
inline constexpr double kDefaultMaxUnassignPercent = 5.0;

/// Everything that one revision of the policy says. Documents stand in order of their names, so
/// that files and their order do not matter.
struct PolicySet {
  std::vector<LicensePolicy> license_policies;
  std::vector<ProductPolicy> product_policies;
  std::vector<Guardrails> guardrails;

  bool empty() const {
    return license_policies.empty() && product_policies.empty() && guardrails.empty();
  }
};

}  // namespace seatkeeper
