// `kill -9` at random moments of an apply of some 2,000 changes, and started again until it is
// done: the tenant, the journal and the tenant's log agree.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reconciler/store/sqlite_db.h"
#include "tests/e2e/fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/long_run.h"
#include "tests/support/poll.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const std::string kE3 = "05e9a617-0261-4cee-bb44-138d3ef5d965";
// Whoever has it keeps the suite: the tenant refuses to take that away alone.
const std::string kPhone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
constexpr int kKills = 4;

constexpr const char* kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: everybody}
spec:
  subjects: {rule: user.accountEnabled -eq true, where: user.department -ne "Sales"}
  licenses: [{product: SPE_E3}]
  usageLocation: {from: country, default: FR}
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: sellers}
spec:
  priority: 10
  subjects: {rule: user.department -eq "Sales"}
  revoke: [SPE_E3]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e3}
spec: {product: SPE_E3, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: none}
spec: {mailboxLoss: allow, maxUnassign: off, maxAssign: off, maxChanges: off}
)";

/// A request that changed the tenant, or the change that the journal says it was.
struct Act {
  std::string user;
  std::set<std::string> add;
  std::set<std::string> remove;
  auto operator<=>(const Act&) const = default;
};

std::set<std::string> Ids(const json& list, const char* key) {
  std::set<std::string> ids;
  for (const auto& item : list) ids.insert(item.is_object() ? item.at(key) : item);
  return ids;
}

class Kill : public EndToEnd, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    StartTenant({"--users", "3200", "--seed", std::to_string(GetParam() + 1)});
    WriteConfig();
    WritePolicy("policy.yaml", kPolicy);
    const json units{{"enabled", 10'000}, {"warning", 0}, {"suspended", 0}, {"lockedOut", 0}};
    Edit({{{"op", "setSku"}, {"skuId", kE3}, {"set", {{"prepaidUnits", units}}}}});
    for (const auto& request : RequestsAfter(0)) last_seen_ = request.at("n");
  }

  // Starts an apply and kills it after so many changes of the tenant, or so long. False: it ended
  // before.
  bool ApplyAndKill(int after_changes, milliseconds after) {
    const auto begin = Clock::now();
    const auto acts = acts_.size();
    Process apply({SEATKEEPER, "apply", "--yes"}, folder() / "apply.out", folder() / "apply.err",
                  {.folder = folder(), .extra = {}});
    EXPECT_TRUE(PollUntil([&] {
      ReadLog();
      const bool late = after.count() > 0 && Clock::now() - begin >= after;
      const bool enough = after.count() == 0 && acts_.size() - acts >= std::size_t(after_changes);
      return late || enough || !apply.running();
    }));
    const bool running = apply.running();
    if (running) apply.Signal(SIGKILL);
    const int code = apply.Wait();
    EXPECT_EQ(code, running ? 128 + SIGKILL : 0) << ReadFile(folder() / "apply.err");
    return running;
  }

  void ReadLog() {
    for (const auto& request : RequestsAfter(last_seen_)) {
      last_seen_ = request.at("n");
      for (const auto& item : request.value("items", json::array())) Note(item);
    }
  }

  void Note(const json& item) {
    if (!item.value("effective", false)) return;
    if (item.at("method") == "PATCH") {
      ++located_[item.at("user")];
      return;
    }
    const auto& body = item.at("body");
    acts_.push_back({.user = item.at("user"),
                     .add = Ids(body.value("addLicenses", json::array()), "skuId"),
                     .remove = Ids(body.value("removeLicenses", json::array()), "skuId")});
  }

  json History() const {
    const auto done = Seatkeeper({"history", "--format", "json", "--limit", "1000000"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return json::parse(done.out);
  }

  static Act ActOf(const json& entry) {
    return {.user = entry.at("user").at("id"),
            .add = Ids(entry.at("add"), "skuId"),
            .remove = Ids(entry.at("remove"), "skuId")};
  }

  // What reached the tenant had been written down before.
  void ExpectIntents() {
    ReadLog();
    std::set<Act> intended;
    std::set<std::string> to_locate;
    for (const auto& entry : History()) {
      intended.insert(ActOf(entry));
      if (!entry.at("usageLocation").is_null()) to_locate.insert(entry.at("user").at("id"));
    }
    for (const auto& act : acts_) {
      EXPECT_TRUE(intended.contains(act)) << act.user << " was changed without a record";
    }
    for (const auto& [user, times] : located_) {
      EXPECT_TRUE(to_locate.contains(user)) << user << " was located without a record";
      EXPECT_EQ(times, 1) << user;
    }
  }

  // An hour passes for the store: leases are over, and what is open may be judged.
  void PassAnHour() const {
    auto db = SqliteDb::Open((folder() / "seatkeeper.db").string());
    ASSERT_TRUE(db) << db.error().message;
    const auto done = (*db)->Exec(
        "BEGIN IMMEDIATE; UPDATE leases SET expires_at = expires_at - 3600000;"
        "UPDATE changes SET intended_at = intended_at - 3600000,"
        " answered_at = answered_at - 3600000"
        " WHERE state IN ('intended', 'accepted', 'ambiguous'); COMMIT;");
    ASSERT_TRUE(done) << done.error().message;
  }

  bool IsDone() const {
    const auto plan = json::parse(Seatkeeper({"plan", "--format", "json"}).out);
    for (const auto& change : plan.at("changes")) {
      if (change.at("verdict") == "go") return false;
    }
    for (const auto& entry : History()) {
      const auto& state = entry.at("state");
      if (state == "intended" || state == "accepted" || state == "ambiguous") return false;
    }
    return true;
  }

  void ExpectAgreement() {
    ReadLog();
    std::map<Act, int> happened;
    for (const auto& act : acts_) {
      EXPECT_EQ(++happened[act], 1) << act.user << " was changed twice";
    }
    std::map<Act, int> told;
    for (const auto& entry : History()) {
      const auto& state = entry.at("state");
      if (state == "confirmed" || state == "matched") ++told[ActOf(entry)];
      // A location was set and the product not given: the program was killed in between.
      const bool half_done = state == "superseded" && !entry.at("usageLocation").is_null();
      EXPECT_TRUE(state == "confirmed" || state == "matched" || state == "reverted" ||
                  state == "withdrawn" || half_done)
          << entry;
    }
    EXPECT_TRUE(told == happened) << told.size() << " changes by the journal, " << happened.size()
                                  << " by the tenant's log";
  }

  void ExpectTenantAsThePolicySays() const {
    const auto state = State();
    for (const auto& user : state.at("users")) {
      std::set<std::string> held;
      for (const auto& row : user.value("licenseAssignmentStates", json::array())) {
        if (row.at("assignedByGroup").is_null()) held.insert(row.at("skuId"));
      }
      const bool sells = user.contains("department") && user["department"] == "Sales";
      if (sells) {
        EXPECT_TRUE(!held.contains(kE3) || held.contains(kPhone)) << user;
      } else if (user.value("accountEnabled", false)) {
        EXPECT_TRUE(held.contains(kE3)) << user;
      }
    }
  }

  std::size_t acts() const { return acts_.size(); }

 private:
  std::uint64_t last_seen_ = 0;
  std::vector<Act> acts_;  // Assignments and removals that took effect, in order.
  std::map<std::string, int> located_;
};

TEST_P(Kill, LosesNothingAndDoesNothingTwice) {
  FixedRandom random(static_cast<std::uint64_t>(GetParam()) + 1);
  for (int kills = 0, tries = 0; kills < kKills && tries < 3 * kKills; ++tries) {
    // One in four while it is still reading and planning, or soon after.
    const bool by_time = random.Next() % 4 == 0;
    const milliseconds after(by_time ? 1 + random.Next() % 400 : 0);
    const int changes = static_cast<int>(random.Next() % 400);
    const bool killed = ApplyAndKill(changes, after);
    kills += killed ? 1 : 0;
    SCOPED_TRACE(testing::Message() << "killed " << kills << " times, the last time after "
                                    << (by_time ? static_cast<int>(after.count()) : changes)
                                    << (by_time ? " ms" : " changes"));
    if (std::filesystem::exists(folder() / "seatkeeper.db")) {
      ExpectIntents();
      PassAnHour();
    }
    if (HasFailure()) return;
  }
  bool done = false;
  for (int tries = 0; tries < 8 && !done; ++tries) {
    EXPECT_FALSE(ApplyAndKill(0, std::chrono::hours(1)));
    PassAnHour();
    done = IsDone();
  }
  EXPECT_TRUE(done);
  EXPECT_GT(acts(), 1900U);
  ExpectIntents();
  ExpectAgreement();
  ExpectTenantAsThePolicySays();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Kill, testing::Range(0, RandomCases(5)));

}  // namespace
}  // namespace seatkeeper::test
