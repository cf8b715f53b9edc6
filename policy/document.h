#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/rule/tree.h"
#include "policy/source.h"
#include "policy/yaml.h"

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

/// Products that a policy's subjects must not hold.
struct Revocation {
  bool all = false;  ///< `revoke: all`; then `products` is empty.
  std::vector<Positioned<std::string>> products;
  Positioned<std::string> written;  ///< `all` itself, or the first product.
};

/// The usage location of users who have none. At least one part is there.
struct UsageLocation {
  std::string from;      ///< A text property of the user, without `user.`; empty: none.
  std::string fallback;  ///< `default`, a two-letter code; empty: none.
  SourcePosition at;     ///< Of the value.
};

/// How granted products reach users.
enum class Delivery {
  kDirect,  ///< The default: each user is licensed.
  kGroup,   ///< The named groups are licensed, their first-level members inherit.
};

/// One `kind: LicensePolicy` document. It grants or revokes something.
struct LicensePolicy {
  std::string name;
  SourcePosition at;                             ///< Of `metadata.name`.
  std::vector<Positioned<std::string>> tenants;  ///< Empty: the only tenant there is.
  int priority = 0;                              ///< Higher wins.
  Subjects subjects;
  std::vector<Grant> licenses;
  std::optional<Revocation> revoke;
  std::optional<UsageLocation> usage_location;
  Delivery delivery = Delivery::kDirect;
  /// The last day of its grants, to its end in UTC.
  std::optional<Positioned<std::chrono::year_month_day>> expires;
};

/// One `kind: ProductLadder` document: products of which a user has at most one.
struct ProductLadder {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  std::vector<Positioned<std::string>> products;  ///< Highest rung first.
  bool fallback = false;  ///< Without a seat on the granted rung: the next lower one.
};

/// How far seatkeeper may go with a product.
enum class Management {
  kObserve,     ///< Reports drift, changes nothing.
  kAssignOnly,  ///< The default: never takes anything away.
  kOwned,       ///< Takes away only what seatkeeper itself assigned or adopted.
  kFull,        ///< Policy is authoritative for every direct assignment in the tenant.
};
std::string_view ToString(Management management);

/// What must have happened before a removal. What is not said has the design's defaults.
struct UnassignWaiting {
  std::chrono::milliseconds after = std::chrono::hours(7 * 24);
  int confirmations = 2;
  bool remove_redundant_direct = false;
};

/// Agreed spare seats; fewer is a shortage, more is waste. Absent parts are not said.
struct SpareSeats {
  std::optional<int> min;
  std::optional<int> max;

  friend bool operator==(const SpareSeats&, const SpareSeats&) = default;
};

/// What one seat costs. Exact, unlike a double: the amount is in whole 10^-kPlaces of the
/// currency's unit, so that 57.50 is 575,000.
struct UnitPrice {
  enum class Per { kMonth, kYear };
  static constexpr int kPlaces = 4;
  std::int64_t amount = 0;
  std::string currency;  ///< ISO 4217.
  Per per = Per::kMonth;

  friend bool operator==(const UnitPrice&, const UnitPrice&) = default;
};

/// What happens to service plans that the vendor adds later.
enum class NewPlans { kEnable, kDisable, kHold };

/// One `kind: ProductPolicy` document.
struct ProductPolicy {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  Positioned<std::string> product;
  Management management = Management::kAssignOnly;
  UnassignWaiting unassign;
  int reserve = 0;  ///< Seats that are never planned away.
  std::optional<SpareSeats> spare;
  std::optional<UnitPrice> unit_price;
  NewPlans new_plans = NewPlans::kHold;
};

/// A limit on removals or assignments of one product over a sliding 24 hours. Absent parts are not
/// limited; `off` is a limit without parts.
struct AmountLimit {
  std::optional<int> seats;
  std::optional<double> percent;

  friend bool operator==(const AmountLimit&, const AmountLimit&) = default;
};

/// A limit on one figure; `off` is a limit without it.
struct FigureLimit {
  std::optional<double> figure;
};

/// Figures of the config that no Guardrails document may exceed or lift. What is absent leaves the
/// documents free.
struct Ceilings {
  std::optional<AmountLimit> max_unassign;
  std::optional<AmountLimit> max_assign;
  std::optional<int> max_changes;

  friend bool operator==(const Ceilings&, const Ceilings&) = default;
};

/// Who never loses anything.
struct ProtectedSubjects {
  std::vector<Positioned<std::string>> groups;
  std::vector<Positioned<std::string>> users;
};

/// What becomes of removals that would delete a mailbox.
enum class MailboxLoss { kAllow, kApprove, kDeny };

/// When removals and swaps may happen. A window whose end is not after its beginning ends on the
/// next day.
struct ChangeWindow {
  std::bitset<7> days;  ///< On which it opens; Monday is 0.
  std::chrono::minutes from{};
  std::chrono::minutes to{};
  Positioned<std::string> timezone;  ///< An IANA name; see policy/time_zone.h.
  SourcePosition at{};
};

/// Days on which removals and swaps wait, both included, in UTC.
struct Freeze {
  std::chrono::year_month_day from;
  std::chrono::year_month_day to;
  std::string reason;
  SourcePosition at{};
};

/// One `kind: Guardrails` document. What is absent was not said: the built-in default holds.
struct Guardrails {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  std::optional<AmountLimit> max_unassign;   ///< The smaller of its parts counts.
  std::optional<AmountLimit> max_assign;     ///< The larger.
  std::optional<FigureLimit> max_changes;    ///< Of one cycle.
  std::optional<FigureLimit> max_user_loss;  ///< Percent of the users.
  ProtectedSubjects protected_subjects;
  std::optional<MailboxLoss> mailbox_loss;
  std::vector<ChangeWindow> windows;
  std::vector<Freeze> freezes;
};

/// One `kind: Approval` document: releases what is held under a digest.
struct Approval {
  std::string name;
  SourcePosition at;
  Positioned<std::string> tenant;
  Positioned<std::string> digest;  ///< "sha256:...".
  std::string reason;
  std::chrono::year_month_day expires;  ///< The last day on which it counts, in UTC.
};

/// A user made up for a PolicyTest.
struct TestUser {
  Positioned<std::string> name;  ///< userPrincipalName.
  yaml::Node properties;         ///< A mapping as Graph has it, userPrincipalName included.
};

/// A group made up for a PolicyTest.
struct TestGroup {
  Positioned<std::string> name;                  ///< Its display name.
  std::optional<Positioned<std::string>> id;     ///< Its object id, where a policy says that.
  std::vector<Positioned<std::string>> members;  ///< Users of the test, or other groups of it.
};

/// How many seats of a product there are in a PolicyTest.
struct TestSeats {
  Positioned<std::string> product;
  int purchased = 0;
};

/// What a made-up user holds before the policies apply.
struct TestHolding {
  Positioned<std::string> user;
  Positioned<std::string> product;
  std::vector<Positioned<std::string>> disabled_plans;
  std::optional<Positioned<std::string>> group;  ///< Through which; nothing: directly.
  bool owned = false;                            ///< Assigned by seatkeeper itself.
};

/// How service plans of a product must be switched. Plans in neither list do not matter.
struct ExpectedPlans {
  Positioned<std::string> product;
  std::vector<Positioned<std::string>> off;
  std::vector<Positioned<std::string>> on;
};

/// What a made-up user must hold.
struct Expectation {
  Positioned<std::string> user;
  /// All that the user must hold, no more and no less; nothing: it does not matter.
  std::optional<std::vector<Positioned<std::string>>> licenses;
  std::vector<Positioned<std::string>> without;  ///< What the user must not hold.
  std::vector<ExpectedPlans> plans;
  /// The LicensePolicy that grants each of `licenses` and revokes each of `without`.
  std::optional<Positioned<std::string>> by;
};

/// One `kind: PolicyTest` document.
struct PolicyTest {
  std::string name;
  SourcePosition at;
  std::vector<Positioned<std::string>> tenants;
  std::vector<TestUser> users;
  std::vector<TestGroup> groups;
  std::vector<TestSeats> seats;  ///< Of products without an entry there are always enough.
  std::vector<TestHolding> holds;
  std::optional<std::chrono::year_month_day> day;  ///< `at`; nothing: the day of the run.
  /// For how long what is unwanted has been unwanted; nothing: for as long as any policy asks.
  std::optional<std::chrono::milliseconds> waited;
  std::vector<Expectation> expect;
};

/// What holds where no Guardrails document says otherwise.
inline constexpr int kDefaultMaxUnassignSeats = 25;
inline constexpr double kDefaultMaxUnassignPercent = 5.0;
inline constexpr int kDefaultMaxAssignSeats = 500;
inline constexpr double kDefaultMaxAssignPercent = 10.0;
inline constexpr int kDefaultMaxChanges = 1000;
inline constexpr double kDefaultMaxUserLossPercent = 10.0;

/// Everything that one revision of the policy says. Documents stand in order of their names, so
/// that files and their order do not matter.
struct PolicySet {
  std::vector<LicensePolicy> license_policies;
  std::vector<ProductPolicy> product_policies;
  std::vector<Guardrails> guardrails;
  std::vector<ProductLadder> product_ladders;
  std::vector<Approval> approvals;
  std::vector<PolicyTest> policy_tests;

  bool empty() const {
    return license_policies.empty() && product_policies.empty() && guardrails.empty() &&
           product_ladders.empty() && approvals.empty() && policy_tests.empty();
  }
};

}  // namespace seatkeeper
