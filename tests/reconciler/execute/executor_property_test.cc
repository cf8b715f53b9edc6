#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/reconciler/execute/executor_driver.h"

namespace seatkeeper::test {
namespace {

constexpr int kProducts = 3;

/// A whole execution with everything drawn by seed: the plan, the order in which effects are
/// answered, the answers, store failures, stops. Keeps books of its own about what must hold.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  static inline int split_off_in_all = 0;

  void Run() {
    ExecutorOptions options;
    options.probe = OneIn(5);
    options.plan_id = "p";
    options.max_batch = Draw(1, 4);
    options.max_batches_under_way = Draw(1, 3);
    options.max_attempts = static_cast<int>(Draw(1, 3));
    options_ = options;
    store_fails_ = OneIn(4);
    stops_ = OneIn(4);
    std::vector<Change> changes = DrawChanges();
    const GuardedPlan plan = Guarded(changes, free_);
    Executor executor(plan, options, random_());
    executor_ = &executor;
    if (OneIn(30)) Stop();
    Step(executor_event::Start{});
    for (int i = 0; i < 10'000 && !executor.finished(); ++i) Turn();
    CheckEnd();
  }

 private:
  std::size_t Draw(std::size_t least, std::size_t most) {
    return least + random_() % (most - least + 1);
  }
  bool OneIn(std::size_t count) { return Draw(1, count) == 1; }

  Change DrawGroupChange(const std::string& id, const SkuId& product, int wave) {
    const int group = static_cast<int>(Draw(1, 5));
    const int members = static_cast<int>(Draw(1, 3));
    Change change =
        OneIn(2) ? AssignGroup(group, product, members) : UnassignGroup(group, product, members);
    change.id = id;
    change.wave = wave;
    return change;
  }

  static bool Touches(const Change& change, const SkuId& product) {
    const auto is = [&](const AddLicense& add) { return add.product == product; };
    return std::ranges::any_of(change.add, is) ||
           std::ranges::find(change.remove, product) != change.remove.end();
  }

  /// One more product in the same request, which depends on nothing.
  void Merge(Change& change) {
    for (int number = 1; number <= kProducts; ++number) {
      const SkuId product = Sku(number);
      if (Touches(change, product)) continue;
      if (OneIn(2)) {
        change.add.push_back({.product = product, .disabled_plans = {}});
        change.takes_seats.push_back(product);
      } else {
        change.remove.push_back(product);
        change.frees_seats.push_back(product);
        change.before.push_back({.product = product, .disabled_plans = {}});
      }
      return;
    }
  }

  /// Most refusals are about one product.
  WriteResult RefuseOne(const WriteItem& item) {
    auto refused = Refused();
    if (OneIn(6)) return refused;
    const auto which = Draw(0, item.add.size() + item.remove.size() - 1);
    const bool given = which < item.add.size();
    const auto& product = given ? item.add[which].product : item.remove[which - item.add.size()];
    // What would befall others, too, or this one alone.
    refused.message =
        given && OneIn(3)
            ? fmt::format("{} does not have any available licenses.", product.ToString())
            : fmt::format("License {} cannot be had.", product.ToString());
    blamed_[item.change_id] = product;
    return refused;
  }

  /// What was split off since the last step, before anything else is said of it.
  void MeetSplitOff() {
    for (const auto& [id, split] : executor_->split_off()) {
      if (!changes_.emplace(id, split.change).second) continue;
      split_off_.insert(id);
      const Change& whole = changes_.at(split.of);
      EXPECT_EQ(last_answer_.at(split.of), WriteResult::Kind::kRefused);
      const SkuId blamed = blamed_.at(split.of);
      const Change& part = split.change;
      EXPECT_FALSE(Touches(part, blamed)) << "without the culprit";
      EXPECT_LT(part.add.size() + part.remove.size(), whole.add.size() + whole.remove.size());
      for (const auto& add : part.add) EXPECT_TRUE(Touches(whole, add.product));
      for (const auto& product : part.remove) EXPECT_TRUE(Touches(whole, product));
      for (const auto& [from, to] : whole.swaps) {
        EXPECT_EQ(Touches(part, from), Touches(part, to)) << "a swap is one thing";
      }
      const bool was_grant =
          std::ranges::find(whole.takes_seats, blamed) != whole.takes_seats.end();
      EXPECT_TRUE(!was_grant || part.removals().empty())
          << "nobody loses anything while what they are granted cannot be given";
    }
  }

  std::vector<Change> DrawChanges() {
    for (int product = 1; product <= kProducts; ++product) {
      free_[Sku(product)] = static_cast<int>(Draw(0, 3));
    }
    std::vector<Change> changes;
    const int count = static_cast<int>(Draw(0, 14));
    for (int i = 1; i <= count; ++i) {
      const int wave = static_cast<int>(Draw(1, 3));
      const SkuId one = Sku(static_cast<int>(Draw(1, 2)));
      Change change = Assign(i, one, wave);
      if (OneIn(3)) change = Unassign(i, one, wave);
      if (OneIn(3)) {
        change = Swap(i, one, Sku(3), wave);
        change.swaps = {{one, Sku(3)}};
        if (OneIn(2)) change.replaced = {one};
      }
      // Now and then two changes of one user, which a scheduler should never make.
      if (OneIn(6)) change.user = User(static_cast<int>(Draw(1, 14)));
      if (OneIn(3)) Merge(change);
      if (!change.add.empty() && OneIn(4)) change.usage_location = "FR";
      if (OneIn(4)) change = DrawGroupChange(change.id, one, wave);
      changes_[change.id] = change;
      changes.push_back(change);
    }
    return changes;
  }

  void Turn() {
    if (stops_ && OneIn(12)) Stop();
    if (OneIn(10)) Step(executor_event::TimerFired{});
    monotonic_ += std::chrono::seconds(Draw(0, 40));
    if (pending_.empty()) {
      ASSERT_TRUE(wake_.has_value()) << "nothing to wait for";
      monotonic_ = std::max(monotonic_, *std::exchange(wake_, std::nullopt));
      Step(executor_event::TimerFired{});
      return;
    }
    const auto which = pending_.begin() + static_cast<std::ptrdiff_t>(Draw(1, pending_.size()) - 1);
    Driver::Pending effect = std::move(*which);
    pending_.erase(which);
    std::visit([this](auto& asked) { Answer(asked); }, effect);
  }

  void Stop() {
    stopped_ = true;
    Step(executor_event::Stop{"stopped"});
  }

  void Step(ExecutorEvent event) {
    auto effects = executor_->Step(std::move(event), now_, monotonic_);
    MeetSplitOff();
    EXPECT_FALSE(finished_ > 0 && !effects.empty()) << "nothing comes after Finished";
    for (auto& effect : effects) {
      std::visit(Overloaded{[this](executor_effect::WakeAt& at) { wake_ = at.when; },
                            [this](executor_effect::Progress& done) { Ended(done); },
                            [this](executor_effect::Finished&) { ++finished_; },
                            [this](executor_effect::Send& send) {
                              Sending(send);
                              pending_.emplace_back(std::move(send));
                            },
                            [this](auto& other) { pending_.emplace_back(std::move(other)); }},
                 effect);
    }
    std::size_t under_way = 0;
    for (const auto& effect : pending_) {
      if (!std::holds_alternative<executor_effect::RecordOutcomes>(effect)) ++under_way;
    }
    EXPECT_LE(under_way, options_.max_batches_under_way);
  }

  void Sending(const executor_effect::Send& send) {
    EXPECT_FALSE(send.items.empty());
    EXPECT_LE(send.items.size(), options_.max_batch);
    EXPECT_FALSE(stopped_) << "nothing is sent after a stop or a store failure";
    for (const WriteItem& item : send.items) {
      const Change& change = changes_.at(item.change_id);
      EXPECT_TRUE(intended_[item.change_id] == sends_[item.change_id] + 1)
          << "each sending has a durable intent of its own";
      ++sends_[item.change_id];
      EXPECT_EQ(item.add, journal_.at(item.change_id).add) << "the journal says what is sent";
      EXPECT_EQ(item.remove, journal_.at(item.change_id).remove);
      EXPECT_LE(sends_[item.change_id], options_.max_attempts);
      EXPECT_TRUE(under_way_.insert(change.subject()).second)
          << "one request per subject at a time";
      EXPECT_FALSE(open_.contains(change.subject())) << "no second change while one is open";
      EXPECT_TRUE(item.usage_location.empty() || send.items.size() == 1);
      EXPECT_EQ(item.usage_location.empty(),
                change.usage_location.empty() || located_.contains(item.change_id))
          << "set once and no more";
      if (change.takes_away() || !item.usage_location.empty()) {
        EXPECT_TRUE(good_recheck_.contains(item.change_id));
        EXPECT_LE(monotonic_ - good_recheck_[item.change_id], kRecheckHolds);
      }
      for (const auto& [id, other] : changes_) {
        EXPECT_TRUE(other.wave >= change.wave || told_.contains(id)) << "the wave before has ended";
      }
      // A seat counts as taken from the first sending until it is surely not taken.
      if (holding_.insert(item.change_id).second) {
        for (const SkuId& product : change.takes_seats) {
          EXPECT_GE(--free_[product], 0) << "never more seats than free";
        }
      }
    }
  }

  Result<void> StoreSays() {
    if (!store_fails_ || !OneIn(8)) return {};
    return Failure(ErrorKind::kStore, "disk full");
  }

  void Answer(executor_effect::RecordIntents& effect) {
    auto result = StoreSays();
    if (!result) stopped_ = true;
    if (result) {
      for (const JournalEntry& entry : effect.entries) {
        EXPECT_EQ(++intended_[entry.change_id], 1);
        for (const auto& [id, other] : journal_) {
          EXPECT_TRUE(other.subject() != entry.subject() || durable_.contains(id))
              << "one open change per subject";
        }
        journal_[entry.change_id] = entry;
      }
    }
    Step(executor_event::IntentsRecorded{effect.batch, std::move(result)});
  }
  void Answer(executor_effect::RecordAttempts& effect) {
    auto result = StoreSays();
    if (!result) stopped_ = true;
    if (result) {
      for (const JournalUpdate& update : effect.updates) {
        EXPECT_EQ(++intended_[update.id.substr(2)], update.attempt);
      }
    }
    Step(executor_event::IntentsRecorded{effect.batch, std::move(result)});
  }
  void Answer(executor_effect::Recheck& effect) {
    if (OneIn(6)) {
      Step(executor_event::Rechecked{effect.batch, Failure(ErrorKind::kUnreachable, "gone")});
      return;
    }
    std::map<Subject, std::uint64_t> read;
    for (const Subject& subject : effect.subjects) {
      if (OneIn(8)) continue;
      const bool same = !OneIn(8);
      for (const auto& [id, change] : changes_) {
        const bool rests = change.takes_away() || !change.usage_location.empty();
        if (change.subject() != subject || !rests) continue;
        read[subject] = same ? change.fingerprint : 0;
        if (same) good_recheck_[id] = monotonic_;
      }
    }
    Step(executor_event::Rechecked{effect.batch, std::move(read)});
  }
  void Answer(executor_effect::Send& effect) {
    std::vector<WriteResult> results;
    for (const WriteItem& item : effect.items) {
      const Change& change = changes_.at(item.change_id);
      under_way_.erase(change.subject());
      WriteResult result = DrawResult(item);
      result.change_id = item.change_id;
      const bool accepted = result.kind == WriteResult::Kind::kAccepted;
      result.located = !item.usage_location.empty() && (accepted || OneIn(2));
      if (result.located) {
        EXPECT_TRUE(located_.insert(item.change_id).second);
      }
      Book(change, result.kind);
      results.push_back(std::move(result));
    }
    std::shuffle(results.begin(), results.end(), random_);
    Step(executor_event::Answered{effect.batch, std::move(results)});
  }
  WriteResult DrawResult(const WriteItem& item) {
    switch (Draw(1, 5)) {
      case 1:
        return RefuseOne(item);
      case 2:
        return Ambiguous();
      case 3:
        return TryAgain(std::chrono::milliseconds(Draw(0, 5000)));
      default:
        return Says(WriteResult::Kind::kAccepted, 200);
    }
  }
  void Book(const Change& change, WriteResult::Kind kind) {
    last_answer_[change.id] = kind;
    const bool open = kind == WriteResult::Kind::kAccepted || kind == WriteResult::Kind::kAmbiguous;
    if (open) open_.insert(change.subject());
    // A group's members give theirs back later.
    if (kind == WriteResult::Kind::kAccepted && !change.group) {
      for (const SkuId& product : change.frees_seats) ++free_[product];
    }
    // Nothing happened: the seat is there again as far as the tenant goes.
    if (!open && holding_.erase(change.id) > 0) {
      for (const SkuId& product : change.takes_seats) ++free_[product];
    }
  }

  void Answer(executor_effect::RecordOutcomes& effect) {
    auto result = StoreSays();
    if (!result) stopped_ = true;
    for (const JournalUpdate& update : effect.updates) {
      const std::string id = update.id.substr(2);
      EXPECT_GT(intended_[id], 0) << "the journal knows only what was intended";
      EXPECT_TRUE(asked_.insert(id).second) << "one outcome per change";
      if (result) durable_[id] = update.state;
    }
    Step(executor_event::OutcomesRecorded{effect.batch, std::move(result)});
  }

  void Ended(const executor_effect::Progress& done) {
    EXPECT_TRUE(told_.insert(done.change_id).second) << "told once";
    if (intended_[done.change_id] > 0) {
      ASSERT_TRUE(durable_.contains(done.change_id)) << "told before it was durable";
      EXPECT_EQ(durable_[done.change_id], done.state);
    }
  }

  void CheckEnd() {
    EXPECT_TRUE(executor_->finished());
    EXPECT_EQ(finished_, 1);
    EXPECT_TRUE(pending_.empty()) << "everything was waited for";
    const auto& outcomes = executor_->outcomes();
    EXPECT_EQ(outcomes.size(), changes_.size());
    for (const auto& [id, change] : changes_) {
      ASSERT_TRUE(outcomes.contains(id));
      const ChangeOutcome& outcome = outcomes.at(id);
      EXPECT_EQ(outcome.change_id, id);
      EXPECT_EQ(outcome.attempts, sends_[id]);
      EXPECT_EQ(outcome.state, Expected(id)) << id;
      const bool says_nothing = outcome.state == ChangeState::kAccepted && !split_off_.contains(id);
      EXPECT_EQ(outcome.message.empty(), says_nothing) << id;
      EXPECT_EQ(asked_.contains(id), intended_[id] > 0) << "an outcome for each intent";
    }
    EXPECT_EQ(executor_->stop_reason().empty(), !stopped_);
    split_off_in_all += static_cast<int>(split_off_.size());
  }

  ChangeState Expected(const std::string& id) {
    if (!last_answer_.contains(id)) return ChangeState::kWithdrawn;
    switch (last_answer_.at(id)) {
      case WriteResult::Kind::kAccepted:
        return ChangeState::kAccepted;
      case WriteResult::Kind::kRefused:
        return ChangeState::kRefused;
      case WriteResult::Kind::kAmbiguous:
        return ChangeState::kAmbiguous;
      case WriteResult::Kind::kTryAgain:
        return ChangeState::kWithdrawn;
    }
    return ChangeState::kWithdrawn;
  }

  std::mt19937_64 random_;
  ExecutorOptions options_;
  bool store_fails_ = false;
  bool stops_ = false;
  Executor* executor_ = nullptr;
  std::map<std::string, Change> changes_;
  std::vector<Driver::Pending> pending_;
  std::optional<MonotonicTime> wake_;
  WallTime now_{};
  MonotonicTime monotonic_{};

  std::map<SkuId, int> free_;  ///< As the tenant sees it, ambiguous ones counted as taken.
  std::set<std::string> holding_;
  std::set<std::string> located_;  ///< Changes whose usage location was set.
  std::set<Subject> under_way_;
  std::set<Subject> open_;
  std::map<std::string, int> intended_;  ///< Durable intents.
  std::map<std::string, int> sends_;
  std::map<std::string, MonotonicTime> good_recheck_;
  std::map<std::string, WriteResult::Kind> last_answer_;
  std::map<std::string, ChangeState> durable_;
  std::map<std::string, JournalEntry> journal_;
  std::map<std::string, SkuId> blamed_;  ///< By the last refusal that named a product.
  std::set<std::string> split_off_;
  std::set<std::string> asked_;
  std::set<std::string> told_;
  bool stopped_ = false;
  int finished_ = 0;
};

TEST(ExecutorProperty, HoldsUnderAnyOrderOfAnswersFailuresAndStops) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    World(seed).Run();
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(World::split_off_in_all, 100) << "refusals are taken apart often enough to tell";
}

}  // namespace
}  // namespace seatkeeper::test
