#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "reconciler/store/sqlite_store.h"
#include "tests/support/plan_builder.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {

/// Milliseconds after an arbitrary moment.
inline WallTime At(std::int64_t millis) {
  return WallTime(std::chrono::milliseconds(1'795'000'000'000 + millis));
}
inline constexpr std::chrono::milliseconds kTtl{60'000};

inline const TenantKey kContoso{.tenant_id = "11111111-1111-1111-1111-111111111111",
                                .cloud = "global"};
inline const TenantKey kFabrikam{.tenant_id = "11111111-1111-1111-1111-111111111111",
                                 .cloud = "china"};

/// An intent "p1/c<number>" of user <number>.
inline JournalEntry Intent(int number, const std::string& plan = "p1") {
  JournalEntry entry;
  entry.change_id = fmt::format("c{}", number);
  entry.plan_id = plan;
  entry.id = plan + "/" + entry.change_id;
  entry.user = User(number);
  entry.user_principal_name = fmt::format("User{}@contoso.com", number);
  entry.add = {{.product = Sku(1), .disabled_plans = {ServicePlanNumber(1)}}};
  entry.remove = {Sku(2)};
  entry.before = {{.product = Sku(2), .disabled_plans = {}}};
  entry.reason = "granted";
  entry.policy = "engineering";
  entry.policy_position = "p.yaml:7:3";
  entry.policy_revision = "sha256:abc";
  entry.intended_at = At(number);
  return entry;
}

/// Makes a store what schema 18 left, but for its version.
inline const std::string kUndoInactiveDays = "ALTER TABLE product_days DROP COLUMN inactive;";

/// Makes a store what schema 17 left, but for its version.
inline const std::string kUndoProductDays = "DROP TABLE product_days;";

/// Makes a store what schema 16 left, but for its version.
inline const std::string kUndoAdoptions = kUndoProductDays + "DROP TABLE adoptions;";

/// Makes a store what schema 15 left, but for its version.
inline const std::string kUndoReadings = kUndoAdoptions + "DROP TABLE readings;";

/// Makes a store what schema 14 left, but for its version.
inline const std::string kUndoPins =
    kUndoReadings + "DROP TABLE pins; ALTER TABLE changes DROP COLUMN swaps;";

/// Makes a store what schema 13 left, but for its version.
inline const std::string kUndoRetention =
    kUndoPins +
    "DROP TABLE outlived; DROP INDEX changes_plan; DROP TRIGGER changes_never_deleted;"
    "DROP TRIGGER change_events_never_deleted;"
    "CREATE TRIGGER changes_never_deleted BEFORE DELETE ON changes"
    "  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;"
    "CREATE TRIGGER change_events_never_deleted BEFORE DELETE ON change_events"
    "  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;";

/// Makes a store what schema 12 left, but for its version.
inline const std::string kUndoRevisions =
    kUndoRetention +
    "DROP TABLE accepted_revisions; DROP TABLE kept_policies; DROP TABLE kept_policy_files;";

/// Makes a store what schema 11 left, but for its version.
inline const std::string kUndoAcceptedReadings = kUndoRevisions + "DROP TABLE accepted_readings;";

/// Makes a store what schema 10 left, but for its version.
inline const std::string kUndoApprovals =
    kUndoAcceptedReadings +
    "DROP INDEX changes_approved; ALTER TABLE changes DROP COLUMN approvals;"
    "DROP TABLE held_sets; DROP TABLE approvals; DROP TABLE approval_documents;";

/// Makes a store what schema 9 left, but for its version.
inline const std::string kUndoDeferrals =
    kUndoApprovals + "DROP TABLE deferrals; DROP TABLE last_readings;";

/// Makes a store what schema 8 left, but for its version.
inline const std::string kUndoStoreTrust =
    kUndoDeferrals +
    "DROP INDEX cycles_heard; ALTER TABLE cycles DROP COLUMN continues; DROP TABLE store_trust;";

/// Makes a store what schema 6 left, but for its version.
inline const std::string kUndoSeatsTaken =
    kUndoStoreTrust + "DROP TABLE suspensions; ALTER TABLE changes DROP COLUMN seats;";

/// Makes a store what schema 5 left, but for its version.
inline const std::string kUndoLicensedGroups =
    kUndoSeatsTaken +
    "ALTER TABLE changes DROP COLUMN subject; ALTER TABLE changes DROP COLUMN group_members;"
    "ALTER TABLE changes DROP COLUMN losses;";

inline JournalUpdate UpdateTo(const std::string& id, ChangeState state, WallTime at) {
  JournalUpdate update;
  update.id = id;
  update.state = state;
  update.at = at;
  return update;
}

/// A store in a file of its own, with a lease on kContoso.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = Open();
    ASSERT_NE(store_, nullptr);
    lease_ = Acquire(kContoso, "one");
  }

  std::string path() const { return folder_.File("seatkeeper.db"); }

  std::unique_ptr<TransactionalStore> Open() {
    auto opened = OpenSqliteStore(path());
    if (opened) return std::move(opened).value();
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }

  Lease Acquire(const TenantKey& tenant, const std::string& holder) {
    auto lease = store_->AcquireLease(tenant, holder, At(0), kTtl);
    if (lease) return *lease;
    ADD_FAILURE() << lease.error().message;
    return {};
  }

  void Record(const std::vector<JournalEntry>& entries) {
    const auto done = store_->RecordIntents(lease_, entries);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  void Move(const std::string& id, ChangeState state, WallTime at) {
    const auto done = store_->RecordUpdates(lease_, {UpdateTo(id, state, at)});
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  /// Every entry of the tenant, newest first.
  std::vector<JournalEntry> All(const TenantKey& tenant = kContoso) {
    std::vector<JournalEntry> entries;
    auto history = store_->History({.tenant = tenant});
    if (!history) {
      ADD_FAILURE() << history.error().message;
      return entries;
    }
    for (auto& row : *history) entries.push_back(row.entry);
    return entries;
  }

  TempFolder folder_;
  std::unique_ptr<TransactionalStore> store_;
  Lease lease_;
};

inline std::vector<std::string> IdsOf(const std::vector<HistoryEntry>& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(row.entry.id);
  return ids;
}

}  // namespace seatkeeper::test
