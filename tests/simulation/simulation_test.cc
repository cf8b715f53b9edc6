// The whole loop under simulated time, driven by seeds: faults, crashes and administrators' edits
// first, then calm. Checked against the tenant's own truth.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "tests/simulation/tenant_log.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world.h"
#include "tests/support/json_instances.h"
#include "tests/support/long_run.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using testing::IsEmpty;
using testing::IsSupersetOf;

// Teams Phone needs the Teams of a suite: the tenant refuses to take the suite away alone.
const std::string kPhone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";

constexpr const char* kPolicy = R"(
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: engineering}
spec:
  subjects:
    rule: user.department -in ["Engineering", "IT"]
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E5, disabledPlans: [YAMMER_ENTERPRISE]}]
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: office}
spec:
  subjects:
    rule: user.department -in ["Sales", "Support", "Marketing", "Finance"]
    where: user.accountEnabled -eq true
  licenses: [{product: SPE_E3}]
---
apiVersion: seatkeeper/v1
kind: LicensePolicy
metadata: {name: phones}
spec:
  subjects:
    rule: user.department -eq "Support"
    where: user.accountEnabled -eq true
  licenses: [{product: MCOEV}]
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: phone}
spec: {product: MCOEV, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e5}
spec: {product: SPE_E5, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: ProductPolicy
metadata: {name: e3}
spec: {product: SPE_E3, management: full, unassign: {after: 0d, confirmations: 1}}
---
apiVersion: seatkeeper/v1
kind: Guardrails
metadata: {name: limits}
spec: {mailboxLoss: allow, maxUnassign: )";

bool Wants(const sim::User& user, const std::string& product) {
  return Wish().Grants(user, product);  // The same departments.
}

// What the tenant itself says was taken away by requests: product -> times.
std::map<std::string, int> EffectiveRemovals(World& world) {
  std::map<std::string, int> removals;
  ForEachWrite(world, [&](const json& item) {
    for (const auto& product : item.at("body").value("removeLicenses", json::array())) {
      ++removals[product.get<std::string>()];
    }
  });
  return removals;
}

// Draws one kind of trouble; what it is matters less than that everything happens somewhere.
json DrawFault(Random& random) {
  static const std::vector<std::pair<const char*, const char*>> targets{
      {"GET", "/users"},   {"GET", "/subscribedSkus"}, {"GET", ""},
      {"POST", "/$batch"}, {"POST", "assignLicense"},  {"POST", "/oauth2"}};
  static const std::vector<json> kinds{
      {{"kind", "status"}, {"status", 503}},
      {{"kind", "status"}, {"status", 429}, {"retryAfter", "2.128"}},
      {{"kind", "status"}, {"status", 500}},
      {{"kind", "status"}, {"status", 504}},
      {{"kind", "status"}, {"status", 401}},
      {{"kind", "reset"}},
      {{"kind", "resetAfterEffect"}},
      {{"kind", "stall"}},
      {{"kind", "truncate"}},
      {{"kind", "malformed"}},
      {{"kind", "delay"}, {"ms", 90'000}}};
  const auto& [method, path] = targets[random.Next() % targets.size()];
  json rule{{"match", {{"method", method}}},
            {"fault", kinds[random.Next() % kinds.size()]},
            {"probability", 0.05 + static_cast<double>(random.Next() % 40) / 100.0}};
  if (*path != '\0') rule["match"]["path"] = path;
  return rule;
}

// Called whenever somebody has changed the tenant.
using Changed = std::function<void()>;

void EditAsAdministrator(World& world, Random& random) {
  const auto& users = world.tenant().users();
  const auto& user = std::next(users.begin(), random.Next() % users.size())->second;
  const auto& id = user.id;
  json edit;
  switch (random.Next() % 3) {
    case 0:
      edit = {{"op", "setUser"}, {"user", id}, {"set", {{"department", "Marketing"}}}};
      break;
    case 1:
      edit = {{"op", "setUser"}, {"user", id}, {"set", {{"accountEnabled", false}}}};
      break;
    default:
      if (!HoldsDirectly(user, kE3) || HoldsDirectly(user, kPhone)) return;
      edit = {{"op", "unassign"}, {"user", id}, {"skuId", kE3}};
  }
  world.Control("PATCH", "/_sim/state", json::array({edit}).dump());
}

// The first act: everything goes wrong. `more` are faults that stand all the time.
void Storm(
    World& world, const json& more = json::array(), const Changed& changed = [] {}) {
  auto& random = world.random();
  for (int cycle = 0; cycle < 8; ++cycle) {
    json faults = json::array({DrawFault(random), DrawFault(random)});
    faults.insert(faults.end(), more.begin(), more.end());
    world.Control("PUT", "/_sim/faults", faults.dump());
    world.network().SetTrouble(20, 30);
    world.SetDiskTrouble(cycle % 2 == 0 ? 0 : random.Next() % 4);
    if (random.Next() % 2 == 0) EditAsAdministrator(world, random);
    changed();
    world.RunCycle(random.Next() % 3 == 0 ? 1 + random.Next() % 150 : 0);
    world.Wait(minutes(5));
  }
}

// The second act: nothing goes wrong any more, and within a bounded number of cycles the program
// comes to rest. Returns the last report.
std::optional<CycleReport> Calm(World& world) {
  world.Control("DELETE", "/_sim/faults");
  world.network().SetTrouble(0, 0);
  world.SetDiskTrouble(0);
  std::optional<CycleReport> last;
  for (int cycle = 0; cycle < 16; ++cycle) {
    world.Wait(minutes(5));
    last = world.RunCycle();
    if (last && last->plan && last->plan->plan().CountWith(Verdict::kGo) == 0 &&
        world.OpenChanges().empty()) {
      return last;
    }
  }
  ADD_FAILURE() << "did not come to rest; open changes: " << world.OpenChanges().size()
                << (last && last->error ? ", error: " + last->error->message : "");
  for (const auto& [id, outcome] : last ? last->outcomes : decltype(last->outcomes)()) {
    ADD_FAILURE() << ToString(outcome.state) << ": " << outcome.message;
  }
  return last;
}

void ExpectJournalAgreesWithTenant(World& world) {
  std::map<std::string, int> effective;  // By user: requests that changed what they hold.
  std::map<std::string, int> located;    // By user: requests that changed where they are.
  std::map<std::string, json> last;      // By user: what the last of these requests said.
  std::map<std::string, int> undone;     // By user: changes that an administrator took back.
  for (const auto& line : LogOf(world)) {
    for (const auto& item : line.value("items", json::array())) {
      if (!item.value("effective", false)) continue;
      const auto user = item.value("user", "");
      if (item["method"] == "PATCH") {
        ++located[user];
        continue;
      }
      ++effective[user];
      // The same can change something twice only if somebody took it back in between.
      if (last[user] == item["body"]) ++undone[user];
      last[user] = item["body"];
    }
  }
  std::map<std::string, int> claimed;
  std::map<std::string, int> reverted;
  std::set<std::string> to_locate;
  for (const auto& [tenant, entry] : world.History()) {
    const auto state = entry.state;
    EXPECT_FALSE(IsOpen(state)) << entry.id;
    if (!entry.usage_location.empty()) to_locate.insert(entry.user.ToString());
    if (state == ChangeState::kConfirmed || state == ChangeState::kDiverged ||
        state == ChangeState::kMatched || state == ChangeState::kSuperseded) {
      ++claimed[entry.user.ToString()];
    }
    if (state == ChangeState::kReverted) ++reverted[entry.user.ToString()];
    // Said to have been refused or never sent: then the tenant must not have acted on it.
  }
  for (const auto& [user, times] : effective) {
    // Of a request without an answer the two are the same to whoever looks later: that it did not
    // happen, and that it was taken back.
    const auto taken_back = std::min(undone[user], reverted[user]);
    EXPECT_LE(times - taken_back, claimed[user])
        << user << " was changed more often than the journal knows";
  }
  for (const auto& [user, times] : located) {
    EXPECT_EQ(times, 1) << "the usage location of " << user << " was overwritten";
    EXPECT_TRUE(to_locate.contains(user)) << user;
  }
}

class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, ConvergesWhateverHappens) {
  World world({.seed = GetParam(), .policy = std::string(kPolicy) + "off}\n"});
  Storm(world);
  const auto last = Calm(world);
  EXPECT_THAT(world.violations(), IsEmpty());
  std::map<std::string, int> missing;
  for (const auto& [ordinal, user] : world.tenant().users()) {
    const bool located = user.Text("usageLocation").has_value();
    bool waits = false;
    for (const auto& product : {kE5, kE3}) {
      if (!located || !Wants(user, product) || HoldsDirectly(user, product)) continue;
      ++missing[product];
      waits = true;
    }
    for (const auto& product : {kE5, kE3}) {
      // Who waits for a seat keeps what they have, and nobody else keeps what is not theirs.
      if (!Wants(user, product) && HoldsDirectly(user, product)) {
        EXPECT_TRUE(waits) << user.id;
      }
    }
  }
  ASSERT_TRUE(last && last->plan);
  for (const auto& product : last->plan->plan().products) {
    const auto id = product.id.ToString();
    if (id == kPhone) continue;
    EXPECT_EQ(missing[id], product.short_by) << product.part_number;
  }
  ExpectJournalAgreesWithTenant(world);
}

// Takes the suite and the usage location from some who are to have the suite.
void ForgetLocations(World& world) {
  json edits = json::array();
  for (const auto& [ordinal, user] : world.tenant().users()) {
    if (!Wants(user, kE3) || HoldsDirectly(user, kPhone) || edits.size() >= 10) continue;
    if (HoldsDirectly(user, kE3)) {
      edits.push_back({{"op", "unassign"}, {"user", user.id}, {"skuId", kE3}});
    }
    edits.push_back({{"op", "setUser"}, {"user", user.id}, {"set", {{"usageLocation", nullptr}}}});
  }
  ASSERT_GE(edits.size(), 5U);
  world.Control("PATCH", "/_sim/state", edits.dump());
}

// Two requests for one change, of which either may fail, be slow or take effect unseen.
TEST_P(Simulation, LicensesWhoeverHasNoUsageLocation) {
  auto policy = std::string(kPolicy) + "off}\n";
  const std::string office = "  licenses: [{product: SPE_E3}]\n";
  policy.insert(policy.find(office), "  usageLocation: {from: country, default: FR}\n");
  World world({.seed = GetParam(), .policy = policy});
  const json trouble = json::array({{{"match", {{"method", "PATCH"}}},
                                     {"fault", {{"kind", "status"}, {"status", 503}}},
                                     {"probability", 0.3}},
                                    {{"match", {{"method", "PATCH"}}},
                                     {"fault", {{"kind", "status"}, {"status", 429}}},
                                     {"probability", 0.3}}});
  ForgetLocations(world);
  Storm(world, trouble);
  const auto last = Calm(world);
  EXPECT_THAT(world.violations(), IsEmpty());
  ASSERT_TRUE(last && last->plan);
  std::set<UserId> waiting;
  for (const auto& entry : last->plan->plan().waiting) waiting.insert(entry.user);
  for (const auto& [ordinal, user] : world.tenant().users()) {
    if (!Wants(user, kE3) || waiting.contains(*UserId::Parse(user.id))) continue;
    EXPECT_TRUE(HoldsDirectly(user, kE3)) << user.id;
  }
  ExpectJournalAgreesWithTenant(world);
}

TEST_P(Simulation, NeverTakesMoreThanTheLimit) {
  World world({.seed = GetParam(), .policy = std::string(kPolicy) + "{seats: 1}}\n"});
  Storm(world);
  // A held removal may make the tenant refuse another for ever: rest is not asked for here.
  world.Control("DELETE", "/_sim/faults");
  world.network().SetTrouble(0, 0);
  world.SetDiskTrouble(0);
  for (int cycle = 0; cycle < 8; ++cycle) {
    world.Wait(minutes(5));
    world.RunCycle();
  }
  EXPECT_THAT(world.violations(), IsEmpty());
  for (const auto& [product, times] : EffectiveRemovals(world)) {
    EXPECT_LE(times, 1) << product << ": all of this happened within a day";
  }
  ExpectJournalAgreesWithTenant(world);
}

TEST_P(Simulation, TouchesNothingThatNoDocumentNames) {
  World world({.seed = GetParam(), .policy = std::string(kPolicy) + "off}\n"});
  Storm(world);
  const std::set<std::string> named{kE5, kE3, kPhone};
  for (const auto& line : LogOf(world)) {
    for (const auto& item : line.value("items", json::array())) {
      if (!item.contains("body")) continue;
      for (const auto& add : item["body"].value("addLicenses", json::array())) {
        EXPECT_TRUE(named.contains(add["skuId"])) << item;
      }
      for (const auto& product : item["body"].value("removeLicenses", json::array())) {
        EXPECT_TRUE(named.contains(product)) << item;
      }
    }
  }
}

// Since when users hold what they are not to have, as the tenant itself knows it: from edits on,
// not from readings.
class Unwanted {
 public:
  void Look(World& world) {
    std::map<Key, WallTime> now;
    for (const auto& [ordinal, user] : world.tenant().users()) {
      for (const auto& row : user.rows) {
        const auto& product = row.sku_id;
        if (row.group_id || product == kPhone || Wants(user, product)) continue;
        const Key key{user.id, product};
        const auto before = since_.find(key);
        now[key] = before == since_.end() ? world.Now() : before->second;
      }
    }
    for (const auto& [key, since] : since_) {
      if (!now.contains(key)) ended_[key].push_back(since);
    }
    since_ = std::move(now);
  }

  // Whoever lost something had it unwanted for that long. Returns how many did.
  int ExpectWaited(World& world, std::chrono::milliseconds at_least) {
    int removals = 0;
    for (const auto& line : LogOf(world)) {
      for (const auto& item : line.value("items", json::array())) {
        if (!item.value("effective", false) || !item.contains("body")) continue;
        for (const auto& product : item["body"].value("removeLicenses", json::array())) {
          if (product == kPhone) continue;
          ++removals;
          const Key key{item.value("user", ""), product};
          const auto at = ParseTime(line.at("at").get<std::string>());
          const auto& since = ended_[key];
          const bool waited = at && std::ranges::any_of(since, [&](WallTime began) {
                                return *at + std::chrono::seconds(1) - began >=
                                       at_least;  // The log has whole ones.
                              });
          EXPECT_TRUE(waited) << item << " at " << line.at("at");
        }
      }
    }
    return removals;
  }

 private:
  using Key = std::pair<std::string, std::string>;
  std::map<Key, WallTime> since_;
  std::map<Key, std::vector<WallTime>> ended_;
};

std::string WaitingPolicy() {
  auto policy = std::string(kPolicy) + "off}\n";
  for (const char* product : {"SPE_E5", "SPE_E3"}) {
    const auto at = policy.find("after: 0d, confirmations: 1",
                                policy.find(std::string("{product: ") + product + ", management"));
    policy.replace(at, 27, "after: 40m, confirmations: 2");
  }
  return policy;
}

int RunWithWaiting(std::uint64_t seed) {
  World world({.seed = seed, .policy = WaitingPolicy()});
  Unwanted unwanted;
  const auto look = [&] { unwanted.Look(world); };
  look();
  Storm(world, json::array(), look);
  world.Control("DELETE", "/_sim/faults");
  world.network().SetTrouble(0, 0);
  world.SetDiskTrouble(0);
  for (int cycle = 0; cycle < 24; ++cycle) {
    world.Wait(minutes(5));
    world.RunCycle();
    look();
    if (cycle % 3 == 0) {
      EditAsAdministrator(world, world.random());
      look();
    }
  }
  EXPECT_THAT(world.violations(), IsEmpty());
  return unwanted.ExpectWaited(world, minutes(40));
}

TEST_P(Simulation, TakesNothingThatHasNotBeenUnwantedForLongEnough) { RunWithWaiting(GetParam()); }

std::uint64_t Seeds() { return static_cast<std::uint64_t>(RandomCases(20)); }

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Range<std::uint64_t>(1, Seeds() + 1));

// Histories in which nothing goes wrong would prove nothing.
TEST(SimulationReach, StormsLeadToEveryFate) {
  std::set<ChangeState> fates;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world({.seed = seed, .policy = std::string(kPolicy) + "off}\n"});
    Storm(world);
    Calm(world);
    for (const auto& [tenant, entry] : world.History()) fates.insert(entry.state);
  }
  EXPECT_THAT(fates, IsSupersetOf({ChangeState::kConfirmed, ChangeState::kRefused,
                                   ChangeState::kMatched, ChangeState::kReverted}));
}

TEST(SimulationReach, WhatWaitsGoesInTheEnd) {
  int removals = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) removals += RunWithWaiting(seed);
  EXPECT_GT(removals, 5);
}

TEST(SimulationReplay, TheSameSeedGivesTheSameHistory) {
  const auto run = [] {
    World world({.seed = 5, .policy = std::string(kPolicy) + "off}\n"});
    Storm(world);
    return world.Control("GET", "/_sim/log");
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace seatkeeper::test
