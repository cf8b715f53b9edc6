#include "reconciler/store/migrations.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace seatkeeper {
namespace {

/// Marks the file as seatkeeper's ("SEAT"), as SQLite's application_id asks for.
constexpr std::int64_t kApplicationId = 0x53454154;

// Times are milliseconds since 1970 UTC. Lists are JSON text: `additions` and `before_state` as
// [{"product":id,"disabledPlans":[id]}], `removals` and `plans_off` as [id].
constexpr const char* kFirstSchema = R"sql(
CREATE TABLE leases (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  holder TEXT NOT NULL,       -- Empty: released. The row stays, so that fences only grow.
  fence INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cloud)
) WITHOUT ROWID;

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  fence INTEGER NOT NULL,
  plan_id TEXT NOT NULL,
  change_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  user_principal_name TEXT NOT NULL,
  user_name_folded TEXT NOT NULL,
  additions TEXT NOT NULL,
  removals TEXT NOT NULL,
  plans_off TEXT NOT NULL,
  before_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  policy TEXT NOT NULL,
  policy_position TEXT NOT NULL,
  policy_revision TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  intended_at INTEGER NOT NULL,  -- Of the latest attempt; all of them are in change_events.
  answered_at INTEGER,
  sightings INTEGER NOT NULL,
  leaning TEXT NOT NULL,         -- Empty: none.
  service_status INTEGER NOT NULL,
  service_code TEXT NOT NULL,
  service_request_id TEXT NOT NULL,
  service_retry_after INTEGER,
  message TEXT NOT NULL
);
CREATE UNIQUE INDEX changes_open ON changes (tenant_id, cloud, user_id)
  WHERE state IN ('intended', 'accepted', 'ambiguous');
CREATE INDEX changes_intended ON changes (tenant_id, cloud, intended_at);
CREATE INDEX changes_answered ON changes (tenant_id, cloud, answered_at);
CREATE INDEX changes_time ON changes (intended_at);
CREATE INDEX changes_user_id ON changes (user_id);
CREATE INDEX changes_user_name ON changes (user_name_folded);

CREATE TABLE change_events (
  seq INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES changes (seq),
  at INTEGER,
  fence INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  sightings INTEGER NOT NULL,
  leaning TEXT NOT NULL,
  service_status INTEGER NOT NULL,
  service_code TEXT NOT NULL,
  service_request_id TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX change_events_change ON change_events (change);

CREATE TRIGGER changes_never_deleted BEFORE DELETE ON changes
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER changes_terminal BEFORE UPDATE ON changes
  WHEN OLD.state NOT IN ('intended', 'accepted', 'ambiguous')
  BEGIN SELECT RAISE(ABORT, 'a terminal state is never altered'); END;
CREATE TRIGGER change_events_never_deleted BEFORE DELETE ON change_events
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER change_events_never_altered BEFORE UPDATE ON change_events
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;

CREATE TABLE cycles (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  fence INTEGER NOT NULL,
  plan_id TEXT NOT NULL,
  mode TEXT NOT NULL,
  result TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  policy_revision TEXT NOT NULL,
  changes_accepted INTEGER NOT NULL,
  changes_failed INTEGER NOT NULL,
  changes_held INTEGER NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX cycles_tenant ON cycles (tenant_id, cloud, started_at);
)sql";

/// Products that a change took only to put a higher rung of their ladder in their place.
constexpr char kReplacedProducts[] =
    "ALTER TABLE changes ADD COLUMN replaced TEXT NOT NULL DEFAULT '[]';";

/// What planning remembers from cycle to cycle; see reconciler/plan/memory.h. `plans` is [id].
constexpr char kPlanMemory[] = R"sql(
CREATE TABLE known_plans (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  product TEXT NOT NULL,
  plans TEXT NOT NULL,
  PRIMARY KEY (tenant_id, cloud, product)
) WITHOUT ROWID;
CREATE TABLE owned (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  user_id TEXT NOT NULL,
  product TEXT NOT NULL,
  PRIMARY KEY (tenant_id, cloud, user_id, product)
) WITHOUT ROWID;
CREATE TABLE waiting (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  user_id TEXT NOT NULL,
  product TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cloud, user_id, product)
) WITHOUT ROWID;
)sql";

/// The usage location that a change sets; empty: it sets none.
constexpr char kUsageLocation[] =
    "ALTER TABLE changes ADD COLUMN usage_location TEXT NOT NULL DEFAULT '';";

/// What refusals taught about service plans, a row per pair; see reconciler/plan/plan_rules.h.
/// `kind`: 'excludes', the lesser id first, or 'needs', one row per plan that would do.
constexpr char kPlanRules[] = R"sql(
CREATE TABLE plan_rules (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  kind TEXT NOT NULL,
  plan TEXT NOT NULL,
  other TEXT NOT NULL,
  PRIMARY KEY (tenant_id, cloud, kind, plan, other)
) WITHOUT ROWID;
)sql";

/// Changes of groups. `subject`: 'user' or 'group'; of a group user_id is its id, the principal
/// name its display name. `losses`, [{"product":id,"users":n}], says how many members lose
/// something.
constexpr char kLicensedGroups[] = R"sql(
ALTER TABLE changes ADD COLUMN subject TEXT NOT NULL DEFAULT 'user';
ALTER TABLE changes ADD COLUMN group_members INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN losses TEXT NOT NULL DEFAULT '[]';
)sql";

/// `seats`, [{"product":id,"users":n}]: how many seats of each product a change takes. NULL in what
/// was written before: it was not noted down.
constexpr char kSeatsTaken[] = "ALTER TABLE changes ADD COLUMN seats TEXT;";

/// What people said to stop a tenant, a row a time; it is suspended while one of its rows has no
/// `resumed_at`. Rows stay, so that it can be told later who stopped it, when and why.
constexpr char kSuspensions[] = R"sql(
CREATE TABLE suspensions (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  who TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  resumed_by TEXT,
  resume_reason TEXT,
  resumed_at INTEGER
);
CREATE INDEX suspensions_in_force ON suspensions (tenant_id, cloud) WHERE resumed_at IS NULL;
)sql";

/// Whether the store may be relied on; see reconciler/plan/doubt.h. `event`: 'trusted' by a person,
/// or 'doubted'. `last_cycle` is the newest row of `cycles` by then. A tenant that was enforced
/// from this store before is known since its first such cycle.
constexpr char kStoreTrust[] = R"sql(
ALTER TABLE cycles ADD COLUMN continues INTEGER NOT NULL DEFAULT 1;
CREATE INDEX cycles_heard ON cycles (tenant_id, cloud, finished_at) WHERE continues = 1;
CREATE TABLE store_trust (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  event TEXT NOT NULL,
  at INTEGER NOT NULL,
  silent_since INTEGER,
  who TEXT NOT NULL,
  reason TEXT NOT NULL,
  last_cycle INTEGER NOT NULL
);
CREATE INDEX store_trust_tenant ON store_trust (tenant_id, cloud, event);
CREATE TRIGGER store_trust_never_deleted BEFORE DELETE ON store_trust
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER store_trust_never_altered BEFORE UPDATE ON store_trust
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
INSERT INTO store_trust (tenant_id, cloud, event, at, who, reason, last_cycle)
  SELECT tenant_id, cloud, 'trusted', min(finished_at), '', 'enforced before this was asked', 0
  FROM cycles WHERE mode = 'enforce' AND result <> 'failed' GROUP BY tenant_id, cloud;
)sql";

/// Removals that are wanted, and for how long; see reconciler/plan/deferral.h. `subject`: 'user' or
/// 'group'. `plans` is [id]. `last_seen` NULL: by the reading of `last_readings`.
constexpr char kDeferrals[] = R"sql(
CREATE TABLE deferrals (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  product TEXT NOT NULL,
  plans TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  since INTEGER NOT NULL,
  confirmations INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  last_seen INTEGER,
  PRIMARY KEY (tenant_id, cloud, subject, subject_id, product)
) WITHOUT ROWID;
CREATE TABLE last_readings (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cloud)
) WITHOUT ROWID;
)sql";

/// What guardrails held, and who approved it; see reconciler/seams/approval_store.h. `contents` is
/// a HeldSet as JSON. Documents are listed with when they were first seen, once and for all. Of a
/// change `approvals` says, as JSON, by which of them it goes.
constexpr char kApprovals[] = R"sql(
CREATE TABLE held_sets (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  digest TEXT NOT NULL,
  contents TEXT NOT NULL,
  items INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  open INTEGER NOT NULL,       -- 1: the newest plan holds it.
  PRIMARY KEY (tenant_id, cloud, digest)
);
CREATE TABLE approvals (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  digest TEXT NOT NULL,
  who TEXT NOT NULL,
  reason TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX approvals_tenant ON approvals (tenant_id, cloud, digest);
CREATE TRIGGER approvals_never_deleted BEFORE DELETE ON approvals
  BEGIN SELECT RAISE(ABORT, 'what was approved stays written'); END;
CREATE TRIGGER approvals_never_altered BEFORE UPDATE ON approvals
  BEGIN SELECT RAISE(ABORT, 'what was approved stays written'); END;
CREATE TABLE approval_documents (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  approval TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cloud, approval)
) WITHOUT ROWID;
ALTER TABLE changes ADD COLUMN approvals TEXT NOT NULL DEFAULT '[]';
CREATE INDEX changes_approved ON changes (tenant_id, cloud) WHERE approvals <> '[]';
)sql";

/// What the next reading is compared with; see reconciler/plan/accepted.h. `figure`: 'users',
/// 'attribute', 'group', 'direct-members', 'direct-reports', 'group-name', 'user-name',
/// 'product-name' or 'purchased'; `name`: which one. `value`: hashes in hexadecimal, of which one
/// in 2^shift is kept, or what a name means.
constexpr char kAcceptedReadings[] = R"sql(
CREATE TABLE accepted_readings (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  figure TEXT NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  shift INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, cloud, figure, name)
) WITHOUT ROWID;
)sql";

/// What each tenant's policy is compared with, and policy as it loaded last; see revision_rows.h.
/// `facts` is JSON. A source is the absolute path that policy is read from.
constexpr char kRevisions[] = R"sql(
CREATE TABLE accepted_revisions (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  revision TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (tenant_id, cloud)
) WITHOUT ROWID;
CREATE TABLE kept_policies (
  source TEXT NOT NULL PRIMARY KEY,
  revision TEXT NOT NULL,
  kept_at INTEGER NOT NULL,
  catalog_path TEXT NOT NULL,
  catalog TEXT NOT NULL
);
CREATE TABLE kept_policy_files (
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (source, path)
);
)sql";

/// Lets retention remove whole plans of closed changes that spent no approval; see
/// retention_rows.h. A plan is removed only while it stands in `outlived`.
constexpr char kRetention[] = R"sql(
CREATE TABLE outlived (plan_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX changes_plan ON changes (plan_id);
DROP TRIGGER changes_never_deleted;
CREATE TRIGGER changes_never_deleted BEFORE DELETE ON changes
  WHEN OLD.plan_id NOT IN (SELECT plan_id FROM outlived)
    OR OLD.state IN ('intended', 'accepted', 'ambiguous') OR OLD.approvals <> '[]'
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
DROP TRIGGER change_events_never_deleted;
CREATE TRIGGER change_events_never_deleted BEFORE DELETE ON change_events
  WHEN NOT EXISTS (SELECT 1 FROM changes
                   WHERE seq = OLD.change AND plan_id IN (SELECT plan_id FROM outlived))
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
)sql";

/// What `undo` put back and policy must not take again; see reconciler/plan/pin.h. `subject`:
/// 'user' or 'group'; `disabled_plans` is [id]. Of a change `swaps` says, as [[taken, given]], what
/// it swapped.
constexpr char kPins[] = R"sql(
CREATE TABLE pins (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  product TEXT NOT NULL,
  disabled_plans TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  ended_by TEXT,
  ended_at INTEGER
);
CREATE UNIQUE INDEX pins_in_force ON pins (tenant_id, cloud, subject_id, product)
  WHERE ended_at IS NULL;
ALTER TABLE changes ADD COLUMN swaps TEXT NOT NULL DEFAULT '[]';
)sql";

/// The last reading of everybody with its cursor, as reconciler/model/image.h makes it, in parts.
constexpr char kReadings[] = R"sql(
CREATE TABLE readings (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant_id, cloud, part)
);
)sql";

/// What people made seatkeeper's own, a row per user and word; see
/// reconciler/seams/adoption.h. `products` is [id]. What of it is owned still says `owned`.
constexpr char kAdoptions[] = R"sql(
CREATE TABLE adoptions (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  fence INTEGER NOT NULL,
  adoption TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  user_principal_name TEXT NOT NULL,
  user_name_folded TEXT NOT NULL,
  products TEXT NOT NULL
);
CREATE INDEX adoptions_time ON adoptions (tenant_id, cloud, at);
CREATE INDEX adoptions_user_id ON adoptions (user_id);
CREATE INDEX adoptions_user_name ON adoptions (user_name_folded);
CREATE TRIGGER adoptions_never_deleted BEFORE DELETE ON adoptions
  BEGIN SELECT RAISE(ABORT, 'what was adopted stays written'); END;
CREATE TRIGGER adoptions_never_altered BEFORE UPDATE ON adoptions
  BEGIN SELECT RAISE(ABORT, 'what was adopted stays written'); END;
)sql";

/// Seats by product and day; see reconciler/plan/product_day.h. `day`: since 1970-01-01, UTC.
constexpr char kProductDays[] = R"sql(
CREATE TABLE product_days (
  tenant_id TEXT NOT NULL,
  cloud TEXT NOT NULL,
  product TEXT NOT NULL,
  day INTEGER NOT NULL,
  purchased INTEGER NOT NULL,
  assigned INTEGER NOT NULL,
  wasted INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cloud, product, day)
) WITHOUT ROWID;
)sql";

/// NULL: who is inactive was not known.
constexpr char kInactiveDays[] = R"sql(
ALTER TABLE product_days ADD COLUMN inactive INTEGER;
)sql";

/// Step i leads from schema i to i + 1. A step that was released is never edited again.
constexpr std::array<const char*, 19> kSteps{
    kFirstSchema,    kReplacedProducts, kPlanMemory,  kUsageLocation, kPlanRules,
    kLicensedGroups, kSeatsTaken,       kSuspensions, kStoreTrust,    kDeferrals,
    kApprovals,      kAcceptedReadings, kRevisions,   kRetention,     kPins,
    kReadings,       kAdoptions,        kProductDays, kInactiveDays};

Error Refused(const SqliteDb& db, std::string_view why) {
  return Error{.kind = ErrorKind::kStore,
               .message = fmt::format("The store {} cannot be used: {}.", db.path(), why),
               .position = {},
               .service = {}};
}

/// One step. False: there is none left.
Result<bool> MigrateOnce(SqliteDb& db) {
  AtomicScope scope(db);
  if (!scope.opened()) return scope.opened().error();
  // Read under the write lock: another process may have migrated in the meantime.
  auto version = PresentSchema(db);
  if (!version) return std::move(version).error();
  if (*version == NewestSchema()) return false;
  const auto step = static_cast<std::size_t>(*version);
  auto done = db.Exec(fmt::format("{} PRAGMA application_id = {}; PRAGMA user_version = {};",
                                  kSteps[step], kApplicationId, *version + 1));
  if (done) done = scope.Commit();
  if (!done) return std::move(done).error();
  return true;
}

}  // namespace

int NewestSchema() { return static_cast<int>(kSteps.size()); }

Result<int> PresentSchema(SqliteDb& db) {
  // In this order: another process may be making the file at this moment, and what it does between
  // two of these questions must not look like the file of another program.
  auto objects = db.QueryInt("SELECT count(*) FROM sqlite_master");
  if (!objects) return std::move(objects).error();
  auto version = db.QueryInt("PRAGMA user_version");
  if (!version) return std::move(version).error();
  auto application = db.QueryInt("PRAGMA application_id");
  if (!application) return std::move(application).error();
  const bool untouched = *version == 0 && *application == 0 && *objects == 0;
  if (untouched) return 0;
  if (*application != kApplicationId)
    return Refused(db,
                   "it is the database of another program: give the path of the store, or move "
                   "this file away to begin with a new one");
  if (*version > NewestSchema()) {
    return Refused(db, fmt::format("its schema {} was written by a newer seatkeeper; this one "
                                   "knows schemas up to {}: run the newer one, or put back a "
                                   "backup from before it",
                                   *version, NewestSchema()));
  }
  return static_cast<int>(*version);
}

Result<void> Migrate(SqliteDb& db) {
  // Looked at before anything is locked: the usual start has nothing to do.
  auto version = PresentSchema(db);
  if (!version) return std::move(version).error();
  Result<bool> more = *version < NewestSchema();
  while (more && *more) more = MigrateOnce(db);
  if (!more) return std::move(more).error();
  return {};
}

}  // namespace seatkeeper
