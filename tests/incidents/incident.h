#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/policy_keeper.h"
#include "tests/simulation/world.h"
#include "tests/support/temp_folder.h"

namespace seatkeeper::test {

/// People, by the part of their principal name before the `@`.
using People = std::set<std::string>;

/// Products, by part number.
using Products = std::vector<std::string>;

/// A story of a tenant: policy files as a user writes them, what people, the vendor and other tools
/// do to the tenant day by day, and what the tenant looks like in the end. The daemon in it is the
/// real one from the policy files to the requests, with a store on disk; the tenant, the network
/// and the time are simulated. A cycle runs every six hours unless a test says otherwise.
///
/// What seatkeeper did is asked of the tenant and of the service's own log, never of seatkeeper;
/// only why it holds something is read from its plan. After every test: each write was written down
/// before, no two writes of one person overlapped, and whatever was held said which guardrail, its
/// figure, its limit and the way out.
class Incident : public testing::Test {
 protected:
  Incident();
  ~Incident() override;
  void TearDown() override;

  // --- Before the story begins. Each may be said once, and before anything else.
  World::Options begins;  ///< Interval, whether the store is new, a second daemon's policy.

  // --- The tenant. May be said at any time.
  void Owns(const std::string& product, int seats);
  /// So many people of a department, who hold these products directly. Called eng-001 and so on.
  People Employ(int count, const std::string& department, const Products& hold = {});
  /// One of them, by name.
  void Hire(const std::string& name, const std::string& department, const Products& hold = {});
  void MakeGroup(const std::string& name, const People& members, const Products& gives = {});

  // --- What happens to it, behind seatkeeper's back.
  void Sets(const People& people, const std::string& property, const std::string& value);
  void Blanks(const People& people, const std::string& property);
  void Disables(const People& people);
  void Enables(const People& people);
  void Deletes(const People& people);
  void Assigns(const People& people, const std::string& product,
               const std::vector<std::string>& plans_off = {});
  void Unassigns(const People& people, const std::string& product);
  void Joins(const People& people, const std::string& group);
  void Leaves(const People& people, const std::string& group);
  void DeletesGroup(const std::string& group);
  void LicensesGroup(const std::string& group, const Products& gives);
  void SeatsBecome(const std::string& product, int enabled, int warning = 0, int suspended = 0);
  void AddsServicePlan(const std::string& product, const std::string& plan, const std::string& id);
  /// Whether the service passes on to members what their groups are given.
  void GroupsAreProcessed(bool they_are);
  /// What goes wrong at the service from now on, as tests/simulator/faults.h has it; "" ends it.
  void ServiceFails(const std::string& faults);

  // --- Policy, as files: in force from the next cycle on.
  void PolicySays(const std::string& yaml);
  void PolicyFilesAreGone();

  // --- Time passes.
  void Cycles(int count);
  void Days(int count) { Pass(std::chrono::hours(24) * count); }
  void Hours(int count) { Pass(std::chrono::hours(count)); }
  /// The program is stopped and started again.
  void Restarts();
  /// Once, in the next cycle, between the plan and the first request that changes anything.
  void AfterReading(std::function<void()> happens) { after_reading_ = std::move(happens); }
  /// A cycle in the middle of which the program dies, after so many steps.
  void CrashesAfter(int steps);
  /// The program is not running, and time goes by.
  void Sleeps(std::chrono::hours span);
  /// The second daemon takes its turn.
  void RivalCycles(int count);

  // --- What somebody says to seatkeeper.
  void Resume();
  void Suspend(const std::string& reason);
  /// Undoes the last plan that took something away.
  void Undoes();
  /// Ends all pins.
  void Unpins();
  /// Approves, for a week, what a guardrail of this name holds in the last plan.
  void Approves(const std::string& guardrail);
  /// What a person would type or write into a document; "" where nothing is held for that.
  std::string DigestOf(const std::string& guardrail);

  // --- What has become of the tenant.
  People HoldersOf(const std::string& product);
  People DirectHoldersOf(const std::string& product);
  /// Who holds the product with this service plan on.
  People UsersOf(const std::string& product, const std::string& plan);
  /// Everybody who has ever lost something through a request of seatkeeper, and what, per request.
  std::vector<std::string> Losses();
  People Losers();
  /// Requests of seatkeeper that changed something.
  int Writes();

  // --- What seatkeeper says about it: of the last plan.
  /// Guardrails that hold something.
  std::set<std::string> Guardrails();
  /// Whom a guardrail of this name holds back.
  People HeldBy(const std::string& guardrail);
  People Deferred();
  /// Everything that it says of a guardrail: figure, limit, way out; and its warnings.
  std::string Says(const std::string& guardrail);
  std::string Warnings();
  const Plan& LastPlan();
  const CycleReport& LastReport();
  std::map<ChangeState, int> Journal();

  World& world();

 public:
  /// Ids of products and service plans, which stories call by their names.
  static std::string SkuOf(const std::string& product);
  static std::string PlanOf(const std::string& product, const std::string& plan);

 private:
  void Pass(std::chrono::hours span);
  void RunOne();
  void Edit(const std::string& operations);
  void EditEach(const People& people, const std::string& operation, const std::string& more);
  void CheckWhatIsHeld();
  std::string Upn(const std::string& name) const { return name + "@contoso.example"; }

  TempFolder policies_;
  PolicyKeeper keeper_;
  std::unique_ptr<World> world_;
  std::optional<CycleReport> last_;
  std::map<std::string, std::string> groups_;  // Id by name.
  std::map<std::string, int> employed_;        // By department.
  std::function<void()> after_reading_;
  int ids_ = 0;
};

/// People of both.
People operator+(const People& some, const People& others);
/// People of the first who are not among the others.
People operator-(const People& some, const People& others);

}  // namespace seatkeeper::test
