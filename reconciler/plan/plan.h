#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/document.h"
#include "policy/guid.h"
#include "policy/source.h"
#include "reconciler/model/boxed.h"
#include "reconciler/model/license_event.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/accepted.h"
#include "reconciler/plan/deferral.h"
#include "reconciler/plan/reprocessing.h"
#include "reconciler/plan/revision.h"
#include "reconciler/plan/suspension.h"
#include "reconciler/plan/undone.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// Why a change is in the plan. A closed set; wording belongs to the renderers.
enum class Reason {
  kGranted,      ///< A policy grants the product and the user lacks it.
  kPlansDiffer,  ///< The user holds the product with other service plans than the grant says.
  kNotGranted,   ///< A product that no policy grants this user, and that management lets go.
  kRevoked,      ///< A policy says that the user must not hold it.
  kReplaced,     ///< Another rung of the same ladder counts.
  kFallback,     ///< A lower rung, while the granted one has no seat.
  kRedundant,    ///< A group gives the same; the direct copy goes where policy asks for that.
  kCombined,     ///< More than one of these in one request.
  kRestored,     ///< `undo` puts back what an earlier plan took.
  kReprocessed,  ///< A group is to give it and could not; now it can.
};
std::string_view ToString(Reason reason);

enum class Verdict {
  kGo,        ///< Will be sent, in its wave.
  kDeferred,  ///< Waits for something that needs no decision; `until` says for what.
  kHeld,      ///< A guardrail holds it until a person releases it.
};
std::string_view ToString(Verdict verdict);

/// Which policy document caused a change, and where it stands.
struct Origin {
  std::string policy;
  SourcePosition at;
};

/// A guardrail that holds a change: its figure, its limit, and what releases it.
struct HeldBy {
  std::string guardrail;  ///< "maxUnassign", "protected", "reference" and so on.
  std::string value;
  std::string limit;
  std::string release;
  std::optional<SkuId> product;  ///< What is held, where it is one product.
  /// An approval of the digest may release it; `release` says what else does.
  bool approvable = false;
  std::string digest{};  ///< Of the set that is held for this reason; the last gate says it.
  /// Digest of what else the reason rests on: an approval is for that alone. Empty: nothing else.
  std::string because{};

  friend bool operator==(const HeldBy&, const HeldBy&) = default;
};

/// An approval by which part of a change goes; see approvals.h.
struct ApprovedBy {
  std::string approval;  ///< Which one, for good: "command 7" or "document leavers, sha256:...".
  std::string digest;    ///< Of the held set that it releases.
  std::string who;       ///< User and host, or the document's position.
  std::string reason;    ///< In the words of whoever approved.
  std::string guardrail{};
  std::optional<SkuId> about{};  ///< The product that the guardrail is about, where it is one.
  SkuId product{};               ///< The part of the change.

  friend bool operator==(const ApprovedBy&, const ApprovedBy&) = default;
};

/// What one guardrail holds of one product, in figures; see held_set.h.
struct HeldSetSummary {
  std::string guardrail;
  std::optional<SkuId> product;  ///< What the guardrail is about, where it is one product.
  std::string digest;
  bool approvable = false;
  std::size_t subjects = 0;  ///< Users and groups.

  friend bool operator==(const HeldSetSummary&, const HeldSetSummary&) = default;
};

/// What a change puts at risk, for people: "mailbox", "apps", "service-plan-off".
using Risk = std::string;

/// One step for one user or group: one request. What was observed before is kept for the recheck
/// and for history.
struct Change {
  std::string id;  ///< Digest of subject and body: the same change has the same id in every plan.
  UserId user;
  std::string user_principal_name;
  /// With `delivery: group`, what is licensed instead of a user: the two above are empty then.
  Boxed<LicensedGroup> group{};
  std::vector<AddLicense> add;
  std::vector<SkuId> remove;
  /// Set before anything is given, for the user has none: a two-letter code; empty: not touched.
  std::string usage_location;
  /// Products of `add` that the user holds already and whose service plans go off: removals, too.
  BoxedVector<SkuId> plans_off;
  /// Products of `remove` that make way for a higher rung of their ladder: no removals.
  BoxedVector<SkuId> replaced;
  /// Products of `add` that take a seat: the user does not hold them yet from any source. Of a
  /// group each as often as it takes seats.
  std::vector<SkuId> takes_seats;
  /// Products of `remove` whose seat is free afterwards: no group goes on giving them.
  std::vector<SkuId> frees_seats;
  int wave = 0;  ///< From 1; 0 unless the verdict is kGo.
  Verdict verdict = Verdict::kGo;
  std::string until;             ///< With kDeferred: what it waits for, for a person.
  BoxedVector<SkuId> waits_for;  ///< With kDeferred: granted products that cannot be given.
  BoxedVector<HeldBy> held;      ///< With kHeld: every guardrail that holds it.
  /// With kDeferred: what it takes away must have been unwanted for longer. Until then no limit on
  /// amounts counts it.
  Boxed<RemovalWait> unwanted{};
  /// With kHeld: which product is held for which of `held`, by its position. A reason that does not
  /// occur here is one for all of the change.
  BoxedVector<std::pair<SkuId, std::size_t>> held_parts{};
  BoxedVector<ApprovedBy> approved{};  ///< With kGo: the approvals that it spends. Ordered.
  /// Of a group: a digest of the users whom each product's part reaches. By product.
  BoxedVector<std::pair<SkuId, std::string>> affected{};
  Reason reason = Reason::kGranted;
  Origin origin;  ///< Of what it gives, where it gives something.
  /// Where it gives something: which of `remove` goes for which of `add`, both of one ladder. What
  /// goes up is in `replaced`, too. Ordered.
  BoxedVector<std::pair<SkuId, SkuId>> swaps;
  /// Where it gives something: which document takes away what is not swapped. Ordered.
  BoxedVector<std::pair<SkuId, Origin>> removed_by;
  /// Unless empty, the service is asked to process the user's groups again, and `add` says what
  /// they are to bring: nothing is assigned to the user directly, and nothing else is in the
  /// change.
  Boxed<Reprocessing> reprocess{};
  std::vector<Risk> risk;
  std::uint64_t fingerprint = 0;   ///< Of the user or group when planned.
  std::vector<AddLicense> before;  ///< Direct assignments the user or group had when planned.

  Subject subject() const { return group ? Subject(group->id) : Subject(user); }
  /// The principal name, or a group's display name.
  const std::string& subject_name() const {
    return group ? group->display_name : user_principal_name;
  }
  /// How many users the change takes this product, or something of it, from. REQUIRES: the product
  /// is one of removals().
  int UsersLosing(const SkuId& product) const { return group ? group->LossesOf(product) : 1; }

  bool reprocesses() const { return reprocess.has_value(); }
  /// Something leaves the user, be it for a higher rung.
  bool takes_away() const { return !remove.empty() || !plans_off.empty(); }
  /// What counts as a removal: products that leave, but not for a higher rung, and products of
  /// which service plans go off. Ordered, each once.
  std::vector<SkuId> removals() const;
  /// Calls visit(SkuId) for each of removals(), mostly without making the list.
  template <typename Visit>
  void ForEachRemoval(Visit&& visit) const {
    if (replaced.empty() && plans_off.empty()) {
      std::ranges::for_each(remove, visit);
    } else {
      std::ranges::for_each(removals(), visit);
    }
  }
};

/// One product's seats in this plan.
struct PlanProduct {
  SkuId id;
  std::string part_number;
  int purchased = 0;
  int assigned = 0;
  int assigned_after = 0;
  int reserve = 0;    ///< Seats that are never planned away.
  int warning = 0;    ///< Seats of expired subscriptions in their grace period: not planned with.
  int suspended = 0;  ///< Seats that nobody can be given.
  int short_by = 0;   ///< Seats that grants ask for and that are not there.
  std::optional<UnitPrice> price{};  ///< Of one seat, where policy says it.
  SpareSeats spare{};                ///< How many free seats are agreed.

  /// Purchased and not in use after the plan, the reserve included. Negative where more are in use
  /// than purchased.
  int free_after() const { return purchased - assigned_after; }
  /// Free seats that the agreement lacks, and those beyond it.
  int missing_spare() const;
  int wasted() const;
};

/// A user who is granted a product and gets no seat.
struct Waiting {
  UserId user;
  std::string user_principal_name;
  SkuId product;
  int place = 0;  ///< From 1, per product.
  WallTime since{};
  bool begins = false;  ///< With this plan: `since` is merely when it was made.
  bool served = false;  ///< The user has, or gets, a lower rung of the ladder for the time.
  std::string policy;   ///< Which grants it.
};

/// Service plans of a product that the vendor added since the product was first read.
struct AddedPlans {
  SkuId product;
  std::vector<PlanId> plans;  ///< Ordered.
  NewPlans rule = NewPlans::kHold;
  /// Under `enable`: no holder is left to be given them. From then on they are as any other plan.
  bool applied = false;
};

/// Swaps that wait for each other's seats; see schedule.h.
struct WaitingCircle {
  std::vector<SkuId> products;
  std::size_t users = 0;
  std::vector<std::pair<SkuId, int>> seats_needed;
};

/// A difference between desired and observed, whether or not something will be done about it.
struct Drift {
  enum class Kind { kMissing, kExtra, kPlans, kInherited, kRedundant, kUnknown };
  UserId user;
  std::string user_principal_name;
  SkuId product;
  Kind kind = Kind::kMissing;
  std::string cause;             ///< Why it is there or why nothing is done about it, for a person.
  std::optional<GroupId> group;  ///< With kInherited: the group that gives it.
  Boxed<Author> author{};        ///< Who brought it about, where that is known.
};
std::string_view ToString(Drift::Kind kind);

/// Everything that one cycle would do and say. A value: made by MakePlan, judged by Guard.
struct Plan {
  std::string tenant;       ///< The tenant's name in the config.
  std::string digest;       ///< "sha256:..." over the changes with verdict go.
  std::string held_digest;  ///< Of all that is held (held_set.h); empty when nothing is.
  std::string tenant_id{};  ///< As read: what held sets are digested with.
  std::vector<HeldSetSummary> held_sets{};  ///< By guardrail, then product.
  int open_approvals = 0;                   ///< In force, and with something left to release.
  std::string policy_revision;              ///< Of the policy files.
  WallTime observed_at{};
  Suspension suspended{};  ///< Empty: it is not. Otherwise every change is held.
  /// When a rule with a date may next select other users; nothing: never, as things are.
  std::optional<WallTime> next_flip;
  std::vector<PlanProduct> products;  ///< By part number, then id.
  std::vector<Change> changes;        ///< By wave (held and deferred last), then principal name.
  std::vector<Waiting> waiting;       ///< By product, then place.
  std::vector<WaitingCircle> circles;
  std::vector<AddedPlans> added_plans;  ///< By product.
  std::vector<Drift> drift;             ///< By principal name, product, kind.
  std::vector<std::string> warnings;    ///< Ordered.
  /// What is in doubt, store or clock, whether or not it holds anything in this plan.
  std::vector<HeldBy> doubts{};
  /// What is suspicious of the policy's revision; see revision_check.h.
  std::vector<HeldBy> suspicions{};
  Deferrals deferrals;  ///< What is to be remembered of removals; not shown.
  /// What the reading comes to, for comparing the next one with it, and which of its figures are
  /// not accepted; likewise. Nothing: the plan was made of none.
  std::optional<AcceptedReading> reading{};
  std::vector<Figure> not_accepted{};
  /// What later revisions are to be compared with when this cycle has succeeded; nothing: with what
  /// this one was. Not shown.
  std::optional<RevisionSummary> accepts{};
  /// Numbers of the pins (pin.h) that are over: policy wants what they keep. Ordered.
  std::vector<std::int64_t> ended_pins{};
  /// Of a plan that undoes others: what it says besides; see undo.h.
  Boxed<Undone> undone{};
  /// How products are called, for every product that appears above.
  std::map<SkuId, std::string> product_names;
  std::map<PlanId, std::string> plan_names;

  bool has_changes() const { return !changes.empty(); }
  bool has_held() const;
  std::size_t CountWith(Verdict verdict) const;
  /// How many waves what goes is laid into.
  int waves() const;
  std::string ProductName(const SkuId& id) const;
  std::string ServicePlanName(const PlanId& id) const;
};

/// A plan that went through the guard. Nothing else can be executed: the only way to make one is
/// Guard() in reconciler/plan/guard.h.
class GuardedPlan {
 public:
  const Plan& plan() const { return plan_; }
  /// Free seats per product when the plan was made: what the first wave may use. Negative where
  /// more are in use than purchased: what is freed first makes good for that.
  const std::map<SkuId, int>& free_seats() const { return free_seats_; }
  /// The first moment at which nothing of it that takes something away may be sent any more, for a
  /// window closes or a freeze begins; nothing: there is none.
  const std::optional<WallTime>& losses_until() const { return losses_until_; }

 private:
  friend class PlanGuard;
  GuardedPlan(Plan plan, std::map<SkuId, int> free_seats, std::optional<WallTime> losses_until)
      : plan_(std::move(plan)), free_seats_(std::move(free_seats)), losses_until_(losses_until) {}
  Plan plan_;
  std::map<SkuId, int> free_seats_;
  std::optional<WallTime> losses_until_;
};

}  // namespace seatkeeper
