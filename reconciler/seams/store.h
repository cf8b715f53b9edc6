#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/guid.h"
#include "policy/result.h"
#include "policy/source.h"
#include "reconciler/model/boxed.h"
#include "reconciler/model/time.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/memory.h"
#include "reconciler/plan/pin.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/product_day.h"
#include "reconciler/plan/repetition.h"
#include "reconciler/plan/revision.h"
#include "reconciler/plan/suspension.h"
#include "reconciler/seams/adoption.h"
#include "reconciler/seams/approval_store.h"
#include "reconciler/seams/retention.h"
#include "reconciler/seams/standing_removals.h"
#include "reconciler/seams/tenant_key.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// The states of a change that are written down. The life of a change (terminal states end it):
///   intended  -> accepted | refused* | withdrawn* | ambiguous | intended (a further attempt)
///   ambiguous -> matched* | intended (planned anew) | superseded* | unresolved*
///   accepted  -> confirmed* | diverged*
enum class ChangeState {
  kIntended,    ///< Durable before the first byte is sent.
  kAccepted,    ///< The service answered 2xx; not yet seen in two readings.
  kAmbiguous,   ///< The service may or may not have acted.
  kRefused,     ///< Terminal. A definitive 4xx.
  kWithdrawn,   ///< Terminal. Provably never sent: recheck, stop, seats not freed, or retries over.
  kConfirmed,   ///< Terminal. Two raw readings showed the after-state of an accepted change.
  kDiverged,    ///< Terminal. Accepted, but the after-state did not show before the horizon.
  kMatched,     ///< Terminal. Ambiguous, and two readings show the after-state; author unproven.
  kReverted,    ///< Terminal. Ambiguous, and two readings show the before-state: it did not happen,
                ///< or somebody took it back since.
  kSuperseded,  ///< Terminal. Ambiguous, and the readings show neither.
  kUnresolved,  ///< Terminal. Ambiguous and unreadable for 24 hours.
};
std::string_view ToString(ChangeState state);
std::optional<ChangeState> ParseChangeState(std::string_view text);
bool IsOpen(ChangeState state);  ///< intended, accepted, ambiguous.

/// One change as the journal keeps it.
struct JournalEntry {
  std::string id;         ///< Unique over everything: plan id and change id.
  std::string plan_id;    ///< One per execution of a plan.
  std::string change_id;  ///< Change::id.
  UserId user;
  std::string user_principal_name;
  Boxed<LicensedGroup> group{};  ///< Instead of a user, as in Change.
  std::vector<AddLicense> add;
  std::vector<SkuId> remove;
  std::vector<SkuId> plans_off;
  std::vector<SkuId> replaced;  ///< Of `remove`: made way for a higher rung, no removals.
  /// Which of `remove` went for which of `add`: what Change::swaps says.
  std::vector<std::pair<SkuId, SkuId>> swaps{};
  /// How many seats of each product it takes; what Change::takes_seats says.
  std::vector<std::pair<SkuId, int>> seats{};
  std::vector<AddLicense> before;  ///< Direct assignments when planned.
  std::string usage_location;      ///< Set with it, for the user had none; empty: not touched.
  std::string reason;
  std::string policy;           ///< Origin: document name ...
  std::string policy_position;  ///< ... and file:line:column.
  std::string policy_revision;
  std::vector<ApprovedBy> approved{};  ///< The approvals that it spends, unless it did not happen.
  ChangeState state = ChangeState::kIntended;
  int attempt = 1;
  WallTime intended_at{};
  std::optional<WallTime> answered_at;
  int sightings = 0;                   ///< Raw readings that agreed on what state it is in.
  std::optional<ChangeState> leaning;  ///< The terminal state that those sightings point to.
  ServiceError service;
  std::string message;  ///< The service's words or why it was withdrawn.

  Subject subject() const { return group ? Subject(group->id) : Subject(user); }
  /// The user's groups were processed again, to give `add`: nothing of it is the user's own.
  bool reprocesses() const { return reason == ToString(Reason::kReprocessed); }
};

/// A new state for an entry; what is unset stays.
struct JournalUpdate {
  std::string id;
  ChangeState state = ChangeState::kIntended;
  int attempt = 1;
  std::optional<WallTime> at;
  int sightings = 0;
  std::optional<ChangeState> leaning;
  ServiceError service;
  std::string message;
};

/// The right to change one tenant. Every write of a lease's holder carries its fence; a write with
/// an outdated fence fails with kConflict and changes nothing.
struct Lease {
  TenantKey tenant;
  std::string holder;
  std::int64_t fence = 0;
  WallTime expires_at{};
};

/// Which changes a count is about.
enum class Counted {
  kUnapproved,  ///< Without what an approval released from the limit that the count is for.
  kAll,
};

/// One finished cycle, for history, metrics and status.
struct CycleSummary {
  std::string plan_id;
  std::string mode;    ///< "observe", "enforce" or "apply".
  std::string result;  ///< "ok", "held", "partial", "failed".
  WallTime started_at{};
  WallTime finished_at{};
  std::string policy_revision;
  int changes_accepted = 0;
  int changes_failed = 0;
  int changes_held = 0;
  std::string message;
  /// It began before the store had been silent for too long, or somebody stood up for the store:
  /// only then does it say that the store was there.
  bool continues = true;
};

/// Who says that a store may be relied on for a tenant, and why.
struct TrustNote {
  std::string who;
  std::string reason;
  WallTime at{};
};

/// What `resume` puts an end to.
struct Resumed {
  Suspension suspension;  ///< Empty: the tenant was not suspended.
};

/// Who put an end to pins, and when.
struct PinEnd {
  std::string who;
  WallTime at{};
};

/// Policy files as they loaded last, for a start at which they do not. As the files, it holds no
/// secret.
struct KeptPolicy {
  std::string source;  ///< Where they are from: an absolute path.
  std::string revision;
  std::vector<SourceFile> files;  ///< By path. None: nothing is kept.
  SourceFile catalog;             ///< The product catalogue; without a path there was none.
  WallTime kept_at{};
};

struct HistoryQuery {
  std::optional<TenantKey> tenant;
  /// Object id, principal name or a group's display name, any letter case. By a name everybody is
  /// found who had it in some change, with all their changes, under other names as well.
  std::optional<std::string> user;
  std::optional<SkuId> product;
  std::optional<WallTime> since;
  std::size_t limit = 1000;                            ///< The newest.
  std::optional<std::string> plan_id = std::nullopt;   ///< Of one execution alone.
  std::optional<std::string> revision = std::nullopt;  ///< A policy revision, or how it begins.
};

/// A JournalEntry with its tenant, as history shows it.
struct HistoryEntry {
  TenantKey tenant;
  JournalEntry entry;
};

/// What must survive: leases, intents and outcomes, what planning remembers, cycle summaries.
/// Blocking; not thread-safe: it lives on the store's thread (StoreRunner). Every write is durable
/// when the unit of work that it belongs to has been reported done.
class Store : public ApprovalStore {
 public:
  /// kConflict, naming the holder, while somebody else's lease has not expired.
  virtual Result<Lease> AcquireLease(const TenantKey& tenant, const std::string& holder,
                                     WallTime now, std::chrono::milliseconds ttl) = 0;
  virtual Result<void> RenewLease(const Lease& lease, WallTime expires_at) = 0;
  virtual Result<void> ReleaseLease(const Lease& lease) = 0;

  /// Writes new entries; an entry whose subject has an open change already fails with kConflict and
  /// nothing of the call is kept. So does everything, with kCancelled, while the tenant is
  /// suspended, and an entry that would alter what is pinned: what was not intended before is never
  /// sent.
  virtual Result<void> RecordIntents(const Lease& lease,
                                     const std::vector<JournalEntry>& entries) = 0;
  /// A terminal state is never altered: such an update fails with kInternal, nothing is kept. A
  /// further attempt fails with kCancelled while the tenant is suspended, or where it would alter
  /// what has been pinned since.
  virtual Result<void> RecordUpdates(const Lease& lease,
                                     const std::vector<JournalUpdate>& updates) = 0;
  virtual Result<void> RecordCycle(const Lease& lease, const CycleSummary& summary) = 0;
  /// In the place of what was recorded of the same products and days.
  virtual Result<void> RecordProductDays(const Lease& lease,
                                         const std::vector<ProductDay>& days) = 0;
  /// All of it or nothing. Repeated, it changes nothing.
  virtual Result<void> RecordMemory(const Lease& lease, const MemoryChange& change) = 0;

  /// Stops the tenant, or adds to what was said to stop it. Returns all of it, this word last.
  /// Needs no lease: it is for people, beside whoever has one.
  virtual Result<Suspension> Suspend(const TenantKey& tenant, const SuspendedBy& word) = 0;
  /// Lets the tenant go on, and returns what is over with that. Needs no lease either.
  virtual Result<Resumed> Resume(const TenantKey& tenant, const SuspendedBy& word) = 0;
  virtual Result<Suspension> SuspensionOf(const TenantKey& tenant) = 0;

  /// Pins all of it or nothing, in the place of what was pinned of the same subjects and products.
  /// Whatever was not sent before and would alter it never is: see RecordIntents. Needs no lease:
  /// it is for people, beside whoever has one.
  virtual Result<void> WritePins(const TenantKey& tenant, const std::vector<Pin>& pins) = 0;
  /// Ends those of these pins that are in force. Needs no lease either.
  virtual Result<void> EndPins(const TenantKey& tenant, const std::vector<std::int64_t>& numbers,
                               const PinEnd& end) = 0;
  /// Those in force, by number.
  virtual Result<std::vector<Pin>> Pins(const TenantKey& tenant) = 0;

  virtual Result<std::vector<JournalEntry>> OpenChanges(const TenantKey& tenant) = 0;
  /// Per product, the users whom changes of this tenant took something of it away from since then;
  /// of a group's change as many as LicensedGroup::losses says.
  /// Whatever may have reached the tenant counts: all but refused, withdrawn and reverted changes.
  virtual Result<std::map<SkuId, int>> RemovalsSince(const TenantKey& tenant, WallTime since,
                                                     Counted counted) = 0;
  /// Per product, the seats that changes of this tenant took since then, counted like removals. A
  /// seat that is taken twice counts twice.
  virtual Result<std::map<SkuId, int>> AssignmentsSince(const TenantKey& tenant, WallTime since,
                                                        Counted counted) = 0;
  /// Steps that took effect kReversalsMost times or more since then, as far as no change of ours
  /// undid them: accepted, confirmed, matched or diverged changes. Accepted and never seen counts:
  /// whoever undoes a change at once leaves no reading that shows it, and what a service accepts
  /// and drops must not be repeated for ever either. What groups give once a user is processed
  /// again is no step: see ReprocessedSince.
  virtual Result<Repetitions> RepetitionsSince(const TenantKey& tenant, WallTime since) = 0;
  /// Users who were processed again since then, or may have been: all but withdrawn changes. Those
  /// of which nobody knows whether they were carried out are not named: they proved nothing.
  virtual Result<ReprocessPast> ReprocessedSince(const TenantKey& tenant, WallTime since) = 0;
  /// A page of the journal behind that place, as long as nobody waits for. A removal is an
  /// unassigned product (unless a higher rung of its ladder took its place), service plans of a
  /// product that were turned off, or a user's loss through a group's change. It stands when it is
  /// known to have happened and no later change of ours to the same user or group gave the product
  /// or took it again; what others gave back is not in the journal.
  virtual Result<RemovalsStanding> StandingRemovals(const TenantKey& tenant,
                                                    const JournalPlace& behind) = 0;
  /// What was recorded of this tenant; empty where nothing was.
  virtual Result<PlanMemory> Memory(const TenantKey& tenant) = 0;
  virtual Result<std::vector<HistoryEntry>> History(const HistoryQuery& query) = 0;
  /// By product, then day.
  virtual Result<std::vector<ProductDay>> ProductDays(const TenantKey& tenant) = 0;

  /// All of it or nothing: ownership, and for history who said so. What is owned already is no news
  /// and is left out. Returns how many assignments were not. kConflict where the lease is no longer
  /// in force, or a user has an open change: nobody knows what they hold.
  virtual Result<std::size_t> Adopt(const Lease& lease, const Adoption& adoption) = 0;
  /// The newest first. An adoption belongs to no plan and no policy revision: a query for one of
  /// these finds none.
  virtual Result<std::vector<AdoptionEntry>> Adoptions(const HistoryQuery& query) = 0;

  /// What the store says of itself for this tenant; see doubt.h.
  virtual Result<StoreStanding> Standing(const TenantKey& tenant) = 0;
  /// The store was found silent since then. Stays until TrustStore.
  virtual Result<void> RecordSilence(const Lease& lease, WallTime silent_since, WallTime now) = 0;
  /// A person stands up for the store: it is in doubt no longer, from `note.at` on. Needs no lease:
  /// it works beside a running daemon, whose next cycle sees it.
  virtual Result<void> TrustStore(const TenantKey& tenant, const TrustNote& note) = 0;

  /// What the tenant's policy is compared with; nothing where none was accepted yet.
  virtual Result<std::optional<RevisionSummary>> AcceptedRevision(const TenantKey& tenant) = 0;
  /// In the place of the one before.
  virtual Result<void> AcceptRevision(const Lease& lease, const RevisionSummary& summary,
                                      WallTime now) = 0;
  /// Nothing where none is kept of this source.
  virtual Result<std::optional<KeptPolicy>> KeptPolicyOf(const std::string& source) = 0;
  /// In the place of what was kept of this source. Needs no lease: it is no tenant's.
  virtual Result<void> KeepPolicy(const KeptPolicy& policy) = 0;

  /// The bytes of the last reading (reconciler/model/image.h), in the place of those before: all of
  /// them or, where anything fails, still the ones before.
  virtual Result<void> SaveReading(const Lease& lease, std::string_view bytes) = 0;
  /// Empty where none was saved.
  virtual Result<std::string> SavedReading(const TenantKey& tenant) = 0;

  /// Removes a little of what this tenant has in the store for longer than `retention` says: as
  /// much as a cycle does not notice. What is left is for the next ones.
  virtual Result<void> Prune(const Lease& lease, const Retention& retention, WallTime now) = 0;
};

/// Where the store lives. Units of work that wait together share one commit, in order; one that
/// fails is undone alone. `done` comes on the loop's thread once the commit is on disk.
class StoreRunner {
 public:
  virtual ~StoreRunner() = default;
  virtual void Run(std::function<Result<void>(Store&)> work,
                   std::function<void(Result<void>)> done) = 0;
};

}  // namespace seatkeeper
