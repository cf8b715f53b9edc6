#include "reconciler/store/store_thread.h"

#include <gmock/gmock.h>

#include <future>
#include <set>
#include <thread>

#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/queue_dispatcher.h"

namespace seatkeeper::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

const Error kBroken{
    .kind = ErrorKind::kInternal, .message = "broken", .position = {}, .service = {}};

/// A store that counts commits and can refuse them. Everything else goes through.
class WatchedStore : public TransactionalStore {
 public:
  WatchedStore(TransactionalStore& store, int& commits) : store_(store), commits_(commits) {}

  Result<Lease> AcquireLease(const TenantKey& tenant, const std::string& holder, WallTime now,
                             std::chrono::milliseconds ttl) override {
    return store_.AcquireLease(tenant, holder, now, ttl);
  }
  Result<void> RenewLease(const Lease& lease, WallTime at) override {
    return store_.RenewLease(lease, at);
  }
  Result<void> ReleaseLease(const Lease& lease) override { return store_.ReleaseLease(lease); }
  Result<void> RecordIntents(const Lease& lease,
                             const std::vector<JournalEntry>& entries) override {
    return store_.RecordIntents(lease, entries);
  }
  Result<void> RecordUpdates(const Lease& lease,
                             const std::vector<JournalUpdate>& updates) override {
    return store_.RecordUpdates(lease, updates);
  }
  Result<void> RecordCycle(const Lease& lease, const CycleSummary& summary) override {
    return store_.RecordCycle(lease, summary);
  }
  Result<void> RecordProductDays(const Lease& lease, const std::vector<ProductDay>& days) override {
    return store_.RecordProductDays(lease, days);
  }
  Result<std::vector<ProductDay>> ProductDays(const TenantKey& tenant) override {
    return store_.ProductDays(tenant);
  }
  Result<void> RecordMemory(const Lease& lease, const MemoryChange& change) override {
    return store_.RecordMemory(lease, change);
  }
  Result<Suspension> Suspend(const TenantKey& tenant, const SuspendedBy& word) override {
    return store_.Suspend(tenant, word);
  }
  Result<Resumed> Resume(const TenantKey& tenant, const SuspendedBy& word) override {
    return store_.Resume(tenant, word);
  }
  Result<Suspension> SuspensionOf(const TenantKey& tenant) override {
    return store_.SuspensionOf(tenant);
  }
  Result<Repetitions> RepetitionsSince(const TenantKey& tenant, WallTime since) override {
    return store_.RepetitionsSince(tenant, since);
  }
  Result<ReprocessPast> ReprocessedSince(const TenantKey& tenant, WallTime since) override {
    return store_.ReprocessedSince(tenant, since);
  }
  Result<RemovalsStanding> StandingRemovals(const TenantKey& tenant,
                                            const JournalPlace& behind) override {
    return store_.StandingRemovals(tenant, behind);
  }
  Result<PlanMemory> Memory(const TenantKey& tenant) override { return store_.Memory(tenant); }
  Result<std::vector<JournalEntry>> OpenChanges(const TenantKey& tenant) override {
    return store_.OpenChanges(tenant);
  }
  Result<std::map<SkuId, int>> RemovalsSince(const TenantKey& tenant, WallTime since,
                                             Counted counted) override {
    return store_.RemovalsSince(tenant, since, counted);
  }
  Result<std::map<SkuId, int>> AssignmentsSince(const TenantKey& tenant, WallTime since,
                                                Counted counted) override {
    return store_.AssignmentsSince(tenant, since, counted);
  }
  Result<void> RecordHeldSets(const TenantKey& tenant, const std::vector<HeldSet>& sets,
                              WallTime now) override {
    return store_.RecordHeldSets(tenant, sets, now);
  }
  Result<std::vector<StoredHeldSet>> HeldSets(const TenantKey& tenant,
                                              std::string_view digest_prefix) override {
    return store_.HeldSets(tenant, digest_prefix);
  }
  Result<std::vector<StoredHeldSet>> OpenHeldSets(const TenantKey& tenant) override {
    return store_.OpenHeldSets(tenant);
  }
  Result<std::int64_t> RecordApproval(const TenantKey& tenant,
                                      const StoredApproval& approval) override {
    return store_.RecordApproval(tenant, approval);
  }
  Result<std::vector<StoredApproval>> Approvals(const TenantKey& tenant) override {
    return store_.Approvals(tenant);
  }
  Result<void> RecordDocuments(const TenantKey& tenant, const DocumentsSeen& documents) override {
    return store_.RecordDocuments(tenant, documents);
  }
  Result<DocumentsSeen> DocumentsOf(const TenantKey& tenant) override {
    return store_.DocumentsOf(tenant);
  }
  Result<std::vector<SpentItem>> SpentItems(const TenantKey& tenant) override {
    return store_.SpentItems(tenant);
  }
  Result<std::vector<HistoryEntry>> History(const HistoryQuery& query) override {
    return store_.History(query);
  }
  Result<std::size_t> Adopt(const Lease& lease, const Adoption& adoption) override {
    return store_.Adopt(lease, adoption);
  }
  Result<std::vector<AdoptionEntry>> Adoptions(const HistoryQuery& query) override {
    return store_.Adoptions(query);
  }
  Result<StoreStanding> Standing(const TenantKey& tenant) override {
    return store_.Standing(tenant);
  }
  Result<void> RecordSilence(const Lease& lease, WallTime since, WallTime now) override {
    return store_.RecordSilence(lease, since, now);
  }
  Result<void> TrustStore(const TenantKey& tenant, const TrustNote& note) override {
    return store_.TrustStore(tenant, note);
  }
  Result<std::optional<RevisionSummary>> AcceptedRevision(const TenantKey& tenant) override {
    return store_.AcceptedRevision(tenant);
  }
  Result<void> AcceptRevision(const Lease& lease, const RevisionSummary& summary,
                              WallTime now) override {
    return store_.AcceptRevision(lease, summary, now);
  }
  Result<std::optional<KeptPolicy>> KeptPolicyOf(const std::string& source) override {
    return store_.KeptPolicyOf(source);
  }
  Result<void> KeepPolicy(const KeptPolicy& policy) override { return store_.KeepPolicy(policy); }
  Result<void> SaveReading(const Lease& lease, std::string_view bytes) override {
    return store_.SaveReading(lease, bytes);
  }
  Result<std::string> SavedReading(const TenantKey& tenant) override {
    return store_.SavedReading(tenant);
  }
  Result<void> Prune(const Lease& lease, const Retention& retention, WallTime now) override {
    return store_.Prune(lease, retention, now);
  }
  Result<void> WritePins(const TenantKey& tenant, const std::vector<Pin>& pins) override {
    return store_.WritePins(tenant, pins);
  }
  Result<void> EndPins(const TenantKey& tenant, const std::vector<std::int64_t>& numbers,
                       const PinEnd& end) override {
    return store_.EndPins(tenant, numbers, end);
  }
  Result<std::vector<Pin>> Pins(const TenantKey& tenant) override { return store_.Pins(tenant); }
  Result<void> Begin() override { return refuse_begin ? kBroken : store_.Begin(); }
  Result<void> Commit() override {
    ++commits_;
    if (!refuse_commit) return store_.Commit();
    // What a failing disk comes to: the transaction is gone.
    (void)store_.SetSavepoint();
    (void)store_.RollbackToSavepoint();
    (void)store_.RollbackToSavepoint();
    return kBroken;
  }
  Result<void> SetSavepoint() override { return store_.SetSavepoint(); }
  Result<void> ReleaseSavepoint() override { return store_.ReleaseSavepoint(); }
  Result<void> RollbackToSavepoint() override {
    auto undone = store_.RollbackToSavepoint();
    if (!lose_transaction) return undone;
    lose_transaction = false;
    // A second time there is no savepoint, which ends the transaction as a full disk would.
    return store_.RollbackToSavepoint();
  }

  bool refuse_begin = false;
  bool refuse_commit = false;
  bool lose_transaction = false;

 private:
  TransactionalStore& store_;
  int& commits_;
};

class StoreGroup : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    watched_ = std::make_unique<WatchedStore>(*store_, commits_);
  }

  StoreWork Write(int number) {
    return {.work = [this, number](
                        Store& store) { return store.RecordIntents(lease_, {Intent(number)}); },
            .done = {},
            .result = {}};
  }
  StoreWork WriteThenFail(int number) {
    return {.work = [this, number](Store& store) -> Result<void> {
              if (auto done = store.RecordIntents(lease_, {Intent(number)}); !done) return done;
              return kBroken;
            },
            .done = {},
            .result = {}};
  }

  std::set<std::string> Kept() {
    std::set<std::string> ids;
    for (const auto& entry : All()) ids.insert(entry.change_id);
    return ids;
  }

  int commits_ = 0;
  std::unique_ptr<WatchedStore> watched_;
};

std::vector<bool> Oks(const std::vector<StoreWork>& works) {
  std::vector<bool> oks;
  for (const auto& work : works) oks.push_back(work.result.ok());
  return oks;
}

TEST_F(StoreGroup, UndoesAFailingWorkAloneAndCommitsOnce) {
  std::vector<StoreWork> works{Write(1), WriteThenFail(2), Write(3)};
  RunAsGroup(*watched_, works);
  EXPECT_THAT(Oks(works), ElementsAre(true, false, true));
  EXPECT_EQ(works[1].result.error().message, "broken");
  EXPECT_THAT(Kept(), ElementsAre("c1", "c3"));
  EXPECT_EQ(commits_, 1);
}

TEST_F(StoreGroup, LaterWorksSeeWhatEarlierOnesWrote) {
  std::vector<StoreWork> works{Write(1), Write(1)};
  RunAsGroup(*watched_, works);
  EXPECT_THAT(Oks(works), ElementsAre(true, false));
  EXPECT_EQ(works[1].result.error().kind, ErrorKind::kConflict);
}

TEST_F(StoreGroup, AFailedCommitFailsEveryWorkAndKeepsNothing) {
  watched_->refuse_commit = true;
  std::vector<StoreWork> works{Write(1), WriteThenFail(2), Write(3)};
  RunAsGroup(*watched_, works);
  EXPECT_THAT(Oks(works), Each(false));
  EXPECT_TRUE(Kept().empty());

  watched_->refuse_commit = false;
  std::vector<StoreWork> after{Write(1)};
  RunAsGroup(*watched_, after);
  EXPECT_THAT(Oks(after), ElementsAre(true));
  EXPECT_THAT(Kept(), ElementsAre("c1"));
}

TEST_F(StoreGroup, WorksBeforeALostTransactionFailWithItAndLaterOnesGetANewOne) {
  watched_->lose_transaction = true;
  std::vector<StoreWork> works{Write(1), WriteThenFail(2), Write(3)};
  RunAsGroup(*watched_, works);
  EXPECT_THAT(Oks(works), ElementsAre(false, false, true));
  EXPECT_THAT(Kept(), ElementsAre("c3"));
}

TEST_F(StoreGroup, WithoutATransactionNothingRuns) {
  watched_->refuse_begin = true;
  std::vector<StoreWork> works{Write(1), Write(2)};
  RunAsGroup(*watched_, works);
  EXPECT_THAT(Oks(works), Each(false));
  EXPECT_TRUE(Kept().empty());
}

TEST_F(StoreGroup, InlineRunnerReportsThroughTheDispatcher) {
  QueueDispatcher loop;
  InlineStoreRunner runner(*watched_, loop);
  std::vector<bool> oks;
  runner.Run(Write(1).work, [&](Result<void> result) { oks.push_back(result.ok()); });
  runner.Run(Write(1).work, [&](Result<void> result) { oks.push_back(result.ok()); });
  runner.Run(Write(2).work, {});
  EXPECT_TRUE(oks.empty());
  EXPECT_THAT(Kept(), ElementsAre("c1", "c2"));
  EXPECT_EQ(loop.RunAll(), 2U);
  EXPECT_THAT(oks, ElementsAre(true, false));
  EXPECT_EQ(commits_, 3);
}

class StoreOnThread : public StoreGroup {
 protected:
  /// Works queued while the first one runs, so that they surely share a commit.
  void RunTogether(StoreThread& thread, std::vector<StoreWork> works) {
    std::promise<void> started;
    std::promise<void> queued;
    thread.Run(
        [&](Store&) -> Result<void> {
          started.set_value();
          queued.get_future().wait();
          return {};
        },
        {});
    started.get_future().wait();
    for (StoreWork& work : works) {
      thread.Run(std::move(work.work),
                 [this](Result<void> result) { oks_.push_back(result.ok()); });
    }
    queued.set_value();
    for (std::size_t i = 0; i < works.size(); ++i) loop_.RunOne();
  }

  QueueDispatcher loop_;
  std::vector<bool> oks_;
};

/// Hands a store to a StoreThread that the test goes on looking at.
std::unique_ptr<TransactionalStore> Lend(WatchedStore& store) {
  return std::make_unique<WatchedStore>(store);
}

TEST_F(StoreOnThread, WorksThatWaitTogetherShareACommit) {
  StoreThread thread(Lend(*watched_), loop_);
  RunTogether(thread, {Write(1), WriteThenFail(2), Write(3), Write(4)});
  EXPECT_THAT(oks_, ElementsAre(true, false, true, true));
  EXPECT_EQ(commits_, 2) << "one for the work that held the thread, one for the rest";
}

TEST_F(StoreOnThread, WorksRunElsewhereAndAreDoneOnTheLoop) {
  std::thread::id worked;
  std::thread::id done;
  StoreThread thread(Lend(*watched_), loop_);
  thread.Run(
      [&](Store&) -> Result<void> {
        worked = std::this_thread::get_id();
        return {};
      },
      [&](Result<void>) { done = std::this_thread::get_id(); });
  loop_.RunOne();
  EXPECT_NE(worked, std::this_thread::get_id());
  EXPECT_EQ(done, std::this_thread::get_id());
}

TEST_F(StoreOnThread, FinishesWhatIsQueuedBeforeItEnds) {
  {
    StoreThread thread(Lend(*watched_), loop_);
    for (int i = 1; i <= 50; ++i) {
      thread.Run(Write(i).work, [this](Result<void> result) { oks_.push_back(result.ok()); });
    }
  }
  EXPECT_EQ(loop_.RunAll(), 50U);
  EXPECT_THAT(oks_, Each(true));
  EXPECT_THAT(Kept(), SizeIs(50));
}

TEST_F(StoreOnThread, ACommitThatFailsIsToldToEveryWorkInIt) {
  watched_->refuse_commit = true;
  StoreThread thread(Lend(*watched_), loop_);
  RunTogether(thread, {Write(1), Write(2)});
  EXPECT_THAT(oks_, Each(false));
}

}  // namespace
}  // namespace seatkeeper::test
