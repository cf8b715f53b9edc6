#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/document.h"
#include "policy/products.h"
#include "policy/result.h"
#include "reconciler/cycle/undo_query.h"
#include "reconciler/execute/executor.h"
#include "reconciler/model/property_set.h"
#include "reconciler/plan/doubt.h"
#include "reconciler/plan/one_off.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/revision.h"
#include "reconciler/seams/clock.h"
#include "reconciler/seams/observer.h"
#include "reconciler/seams/random.h"
#include "reconciler/seams/retention.h"
#include "reconciler/seams/store.h"
#include "reconciler/seams/tenant_provider.h"
#include "reconciler/seams/timers.h"
#include "reconciler/seams/workers.h"

namespace seatkeeper {

struct PlanInput;
class CircuitBreaker;
struct KeptAudit;
struct KeptReading;

/// The policy that is in force, shared by all tenants.
struct PolicyInForce {
  PolicySet policies;
  std::string revision;  ///< "sha256:..." of the files.
  /// The newest files do not load and these are the last good ones: nothing is taken away.
  bool outdated = false;
  ProductCatalog catalog;  ///< What its product names were checked against.
  /// Whether this revision comes after that one. Empty: the source keeps no history.
  std::function<Descent(const std::string& accepted)> descent = {};
};

struct CycleRequest {
  std::string tenant;  ///< Name in the config.
  TenantKey key;
  std::string holder;      ///< Who asks, for the lease: process and host.
  Ceilings ceilings = {};  ///< Of the config: limits that no policy exceeds or lifts.
  /// With kPlan: what is held is written down all the same, so that it can be approved. That
  /// changes nothing that any plan decides and needs no lease. The other modes always do.
  bool record_held = false;
  enum class Mode {
    kPlan,     ///< Read and plan; takes no lease, writes nothing.
    kObserve,  ///< As kPlan, and records the cycle and what became of open changes.
    kEnforce,  ///< And carries out what the guard lets go.
  };
  Mode mode = Mode::kPlan;
  /// How often the tenant is looked at; a store that heard nothing for three of them is in doubt,
  /// and for removals that wait so long a gap is no time.
  std::chrono::milliseconds interval = std::chrono::minutes(5);
  /// How long the store keeps what is over.
  Retention retention = {};
  /// Whether a store that is new for the tenant is no reason to hold anything.
  enum class NewStore {
    kHolds,     ///< Removals are held until somebody stands up for the store: the daemon.
    kPasses,    ///< A person sees the plan: it shows what would go once they stand up for it.
    kTrusted,   ///< And they have said yes beforehand: the store is known from this cycle on.
    kConfirms,  ///< And they are asked: it is known as soon as `confirm` says yes.
    kNoStore,   ///< There is none to be in doubt: planning against a snapshot.
  };
  NewStore new_store = NewStore::kHolds;
  /// What this process last believed of the clock: CycleReport::believed of the cycle before.
  std::optional<ClockMark> clock_before = std::nullopt;
  /// Of the tenant, for as long as the process lives; nullptr: one for this cycle alone.
  CircuitBreaker* breaker = nullptr;
  /// Of the tenant, likewise: where the service says who has changed since the reading before, only
  /// they are read again. nullptr: everybody is read.
  KeptReading* kept = nullptr;
  /// How far back the audit log is read for who changed licences; 0: not at all.
  std::chrono::milliseconds audit_reach{0};
  /// Of the tenant, for as long as the process lives; nullptr: the log is read for this cycle
  /// alone.
  KeptAudit* audit = nullptr;
  /// Who has not signed in for so long is inactive, for what the cycle counts as wasted and for
  /// nothing else; 0: nobody asks. Sign-ins are read with readings of everybody, and again of whom
  /// the service names as changed. Where they cannot be read the cycle goes on without them. Modes
  /// that record nothing do not ask.
  std::chrono::days inactive_after{0};
  /// Asked once before the first change of a kEnforce cycle is sent; empty: no question.
  std::function<bool(const GuardedPlan&)> confirm;
  /// Shown what the plan was made from, and the plan, for commands that say more of a tenant than
  /// its plan does; empty: nobody looks. Runs once, on a worker, before the cycle goes on.
  std::function<void(const PlanInput&, const Plan&)> inspect = {};
  /// Properties to read beside those that the policy and planning need, for `inspect`. Without them
  /// there is no reading.
  PropertySet also_read = {};
  /// Puts back what these changes took, instead of what the policy wants; what goes of that is
  /// pinned before anything is sent. What policy remembers of the tenant stays as it is.
  std::optional<UndoQuery> undo = std::nullopt;
  /// Does this instead of what the policy wants, likewise, and pins nothing.
  std::optional<OneOff> one_off = std::nullopt;
  /// For how long to wait for somebody else's lease to end.
  std::chrono::milliseconds lease_patience{0};
};

/// What one cycle came to.
struct CycleReport {
  std::string tenant;
  std::string plan_id;
  /// Empty when the cycle failed before there was a plan; then `error` says why.
  std::optional<GuardedPlan> plan;
  std::map<std::string, ChangeOutcome> outcomes;  ///< By change id; only of what was tried.
  /// By change id: changes among `outcomes` that are not in the plan.
  std::map<std::string, SplitOff> split_off = {};
  std::optional<Error> error;
  bool declined = false;  ///< `confirm` said no.
  std::string stopped;    ///< Why execution ended early; empty otherwise.
  WallTime started_at{};
  WallTime finished_at{};
  std::optional<ClockMark> believed;  ///< For CycleRequest::clock_before of the next one.

  int CountOutcomes(ChangeState state) const;
  /// Outcomes that a person should look at: refused, withdrawn, ambiguous.
  int failures() const;
  /// What has an outcome: of the plan, each followed by what was split off from it.
  std::vector<const Change*> Tried() const;
};

/// "failed": there is no plan, or the store gave up. "partial": some changes failed, or execution
/// was stopped. "held": a guardrail holds something. "ok" otherwise. For metrics and the journal.
std::string_view ResultOf(const CycleReport& report);

/// One pass over one tenant: lease, read, settle, resolve, plan, guard, execute, record.
/// Runs on the loop; destroying it drops what is under way (open changes settle in later cycles).
class Cycle {
 public:
  struct Dependencies {
    TenantProvider& provider;
    StoreRunner& store;
    Clock& clock;
    Timers& timers;
    Workers& workers;
    Random& random;
    Observer& observer;
  };

  Cycle(Dependencies dependencies, const PolicyInForce& policy, CycleRequest request);
  ~Cycle();
  Cycle(const Cycle&) = delete;
  Cycle& operator=(const Cycle&) = delete;

  /// Starts; `done` comes later, once, never from inside Start.
  void Start(std::function<void(CycleReport)> done);
  /// Finishes the requests under way, records them, sends nothing more; then `done` comes.
  void Stop(std::string reason);

 private:
  struct Running;
  std::shared_ptr<Running> running_;  // Shared with its own callbacks, which hold it weakly.
};

}  // namespace seatkeeper
