#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/truth.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"

namespace seatkeeper::test {

/// By what the journal says of it.
bool MayHaveHappened(ChangeState state);
/// Object id of a user or group.
std::string IdText(const Subject& subject);

/// One life of a tenant and the program, drawn from a seed: first everything goes wrong (faults,
/// crashes, power cuts, failing disks, administrators, policy commits, stolen leases, a second
/// process on the same store, clocks, suspensions, undoing), then all is calm. After every step
/// what the tenant itself says is held against what the program may do and against what its journal
/// claims. Whatever is wrong is told as "rule: what happened", the rules being:
///   no-intent, overlap          a write without its durable intent, or beside another of its user
///   unjustified                 a loss that nothing before the last look at the user justified
///   too-soon                    a loss of what had not been unwanted for long enough
///   gap                         a loss of what something else was to replace, without that
///   undone-again                a loss of what `undo` had put back
///   protected, unnamed          a write that takes from whom, or what, nothing may be taken
///   suspended, observed         a write while the tenant was suspended, or only observed
///   overdraw                    a write that gives what has no free seat, as readings could tell
///   two-open                    two changes of one user whose fate is not known
///   over-limit                  more losses in a day than the limit and its approvals allow, those
///                               of a group's members among them
///   approved-twice              one approval released one removal twice
///   altered                     a terminal outcome became another
///   unseen                      a change was confirmed by fewer than two readings
///   outdated-lease              a write into the journal under a lease that somebody else has
///   undisclosed                 the tenant was changed more often than the journal knows
///   no-rest                     calm, and it did not come to rest
class Life {
 public:
  static constexpr std::chrono::minutes kInterval{10};

  explicit Life(std::uint64_t seed);

  void Run();
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  struct Loss {
    WallTime at;
    std::string user;
    std::string product;
    bool goes_up = false;
  };

  struct Pass {
    WallTime begin;
    WallTime end = WallTime::max();
    bool planned = false;  // What it read was held against policy.
  };

  unsigned Draw(unsigned below) { return static_cast<unsigned>(world_.random().Next() % below); }
  bool Chance(unsigned one_in) { return Draw(one_in) == 0; }
  void Wrong(const std::string& rule, const std::string& what) {
    wrong_.push_back(rule + ": " + what);
  }

  void FoundPlanners();
  const sim::User& AnyUser();
  void Edit(const nlohmann::json& edits);
  void Commit();
  void BreakThings();
  void EditSomebody();
  void EditPlanners();
  void Promote();
  void LeaveSeats(const std::string& product, unsigned free);
  void SellOut();
  void GiveBack();
  void WantAgain();
  void DeleteOrRestore();
  void Approve();
  void UndoSomething();
  void Unpin();
  void SetClock();
  void RunRival();
  std::optional<CycleReport> RunPass(std::size_t crash_after, World::Daemon daemon);
  void StealLease();
  void ReturnLease();
  void LeaveAlone();
  void SuspendForACycle();
  void ObserveForACycle();
  void Step();
  std::optional<CycleReport> RunCycle(std::size_t crash_after = 0);
  void Calm();
  void OutwaitGroups();

  void LookAtLog();
  void LookAtPins();
  void JudgeItem(const nlohmann::json& item, WallTime at);
  bool GoesUp(const std::string& product, const std::set<std::string>& given) const;
  void JudgeLoss(const Loss& loss);
  WallTime LookedAtSince(WallTime sent) const;
  void JudgeWrite(const WireWrite& write);
  void JudgeGroupWrite(const sim::Group& group, const nlohmann::json& body);
  std::set<std::string> JudgeGroupLoss(const sim::Group& group, const std::string& product);
  void JudgeGap(const sim::User& user, const nlohmann::json& body);
  void JudgeSeats(const sim::User& user, const nlohmann::json& body);
  std::chrono::milliseconds CoveredBefore(const Loss& loss) const;
  void LookAtJournal();
  std::chrono::milliseconds JournalIsAheadBy() const;
  std::set<std::string> LosersBy(const JournalEntry& entry) const;
  void JudgeLimit();
  void JudgeApprovals();
  void JudgeDisclosure();

  Wish wish_;
  World world_;
  Truth truth_;
  bool slow_network_ = false;
  bool lags_ = false;
  bool seats_went_ = false;  // Since the plan was made.
  WallTime began_{};         // The last cycle of ours.
  bool suspended_ = false;
  bool observed_ = false;
  WallTime arrived_{};                   // The last batch of writes.
  std::map<std::string, int> arriving_;  // Seats that it takes, by product.
  bool undoing_ = false;
  bool clock_was_behind_ = false;
  bool clock_was_ahead_ = false;
  bool rival_ran_ = false;  // Whose clock is ahead.
  std::chrono::milliseconds clock_off_{0};
  // User or group, and product, after the last cycle.
  std::set<std::pair<std::string, std::string>> pinned_;
  std::optional<Lease> stolen_;
  std::map<std::string, ChangeState> stood_;  // Journal when the lease was stolen.
  std::optional<nlohmann::json> deleted_;
  std::uint64_t log_seen_ = 0;
  std::vector<Pass> cycles_;
  std::vector<WallTime> listings_;     // First pages of users, in the tenant's log.
  std::vector<WallTime> group_looks_;  // Readings of groups.
  std::map<std::string, std::vector<WallTime>> looks_;  // Readings of one user, by user.
  std::set<std::string> by_hand_;                       // Whose licences an administrator changed.
  std::map<std::string, int> effective_;  // Effective license requests by user or group.
  // Who lost something with a group's licence, by id of the change in the journal.
  std::map<std::string, std::set<std::string>> lost_with_group_;
  std::map<std::string, ChangeState> ended_;
  std::vector<std::string> wrong_;
};

/// Two tenants in one process, with one client: what was found wrong ("foreign-token: ...").
std::vector<std::string> ShareAProcess(std::uint64_t seed);

}  // namespace seatkeeper::test
