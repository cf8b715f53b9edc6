#include "tests/simulation/life.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/load_policy.h"
#include "tests/simulation/tenant_log.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

Wish DrawWish(std::uint64_t seed) {
  Wish wish;
  wish.limited = seed % 3 == 0;
  wish.waits = seed % 3 == 1;
  return wish;
}

json Fault(const char* method, const char* path, json fault, double probability) {
  return {{"match", {{"method", method}, {"path", path}}},
          {"fault", std::move(fault)},
          {"probability", probability}};
}

}  // namespace

Life::Life(std::uint64_t seed)
    : wish_(DrawWish(seed)),
      world_({.seed = seed, .policy = wish_.Yaml(), .users = 40, .interval = Life::kInterval}) {
  truth_.Note(world_.Elsewhere(), wish_, world_.tenant());
  world_.OnWrite([this](const WireWrite& write) {
    if (suspended_) Wrong("suspended", "a write of " + write.subject);
  });
}

void Life::Run() {
  for (int step = 0; step < 10 && wrong_.empty(); ++step) Step();
  if (wrong_.empty()) Calm();
  JudgeLimit();
  JudgeApprovals();
  for (const auto& each : world_.violations()) Wrong("world", each);
}

const sim::User& Life::AnyUser() {
  const auto& users = world_.tenant().users();
  return std::next(users.begin(), Draw(static_cast<unsigned>(users.size())))->second;
}

void Life::Edit(const json& edits) {
  // What the service refuses to anybody, it refuses to administrators.
  try {
    world_.Control("PATCH", "/_sim/state", edits.dump());
  } catch (const std::runtime_error&) {
    return;
  }
  for (const auto& edit : edits) {
    if (edit.at("op") == "assign" || edit.at("op") == "unassign") by_hand_.insert(edit.at("user"));
  }
  truth_.Note(world_.Elsewhere(), wish_, world_.tenant());
}

void Life::Commit() {
  if (Chance(2)) {
    wish_.without_sway = !wish_.without_sway;
  } else if (!wish_.office.erase("Finance")) {
    wish_.office.insert("Finance");
  }
  world_.SetPolicy(LoadPolicyText(wish_.Yaml()));
  truth_.Note(world_.Elsewhere(), wish_, world_.tenant());
}

void Life::BreakThings() {
  static const std::vector<json> kinds{
      {{"kind", "status"}, {"status", 503}},
      {{"kind", "status"}, {"status", 429}, {"retryAfter", "2.128"}},
      {{"kind", "status"}, {"status", 500}},
      {{"kind", "reset"}},
      {{"kind", "resetAfterEffect"}},
      {{"kind", "stall"}},
      {{"kind", "truncate"}},
      {{"kind", "malformed"}},
      {{"kind", "delay"}, {"ms", 90'000}}};
  static const std::vector<std::pair<const char*, const char*>> targets{
      {"GET", "/users"},   {"GET", "/subscribedSkus"}, {"GET", "/groups"},
      {"POST", "/$batch"}, {"POST", "assignLicense"},  {"POST", "/oauth2"}};
  json faults = json::array();
  for (int i = 0; i < 2; ++i) {
    const auto& [method, path] = targets[Draw(targets.size())];
    faults.push_back(Fault(method, path, kinds[Draw(kinds.size())], 0.05 + Draw(40) / 100.0));
  }
  if (Chance(4)) {
    faults.push_back(Fault("GET", "/groups", {{"kind", "status"}, {"status", 403}}, 1.0));
  }
  if (Chance(4)) {
    // Long enough that what was known when the plan was made is old when it is sent.
    auto throttled =
        Fault("POST", "/$batch", {{"kind", "status"}, {"status", 429}, {"retryAfter", "58"}}, 1.0);
    throttled["count"] = 3;
    faults.insert(faults.begin(), std::move(throttled));
  }
  const json document{{"lag", Chance(3) ? 20'000 : 0}, {"faults", std::move(faults)}};
  world_.Control("PUT", "/_sim/faults", document.dump());
  slow_network_ = Chance(2);
  world_.network().SetTrouble(slow_network_ ? 20 : 0, slow_network_ ? 30 : 0);
}

void Life::EditSomebody() {
  static const std::vector<std::string> departments{"Marketing", "Legal", "IT", "Support"};
  const auto& user = AnyUser();
  const json id = user.id;
  switch (Draw(6)) {
    case 0:
      return Edit({{{"op", "setUser"},
                    {"user", id},
                    {"set", {{"department", departments[Draw(departments.size())]}}}}});
    case 1:
      return Edit(
          {{{"op", "setUser"}, {"user", id}, {"set", {{"accountEnabled", !IsEnabled(user)}}}}});
    case 2:
      return Edit({{{"op", "unassign"}, {"user", id}, {"skuId", kE3}}});
    case 3:
      return Edit({{{"op", "assign"}, {"user", id}, {"skuId", kVisio}}});
    default:
      break;
  }
  const auto* group = FindGroup(world_.tenant(), "Visio Users");
  const auto* edit = group->HasMember(user.id) ? "removeMember" : "addMember";
  Edit({{{"op", edit}, {"group", group->id}, {"user", id}}});
}

// An administrator undoes what the program took, to the letter.
void Life::GiveBack() {
  const auto history = world_.History();
  for (const auto& [tenant, entry] : history) {
    if (entry.remove.empty() || !MayHaveHappened(entry.state) || Chance(2)) continue;
    for (const auto& held : entry.before) {
      if (held.product != entry.remove.front()) continue;
      json plans = json::array();
      for (const auto& plan : held.disabled_plans) plans.push_back(plan.ToString());
      Edit({{{"op", "assign"},
             {"user", entry.user.ToString()},
             {"skuId", held.product.ToString()},
             {"disabledPlans", plans}}});
    }
    return;
  }
}

// Who is about to lose something is wanted again while it is on its way.
void Life::WantAgain() {
  const auto granted = wish_.Granted(world_.tenant());
  json edits = json::array();
  for (const auto& [ordinal, user] : world_.tenant().users()) {
    const auto found = granted.find(user.id);
    const bool wanted = found != granted.end() && found->second.contains(kE3);
    if (wanted || !HoldsDirectly(user, kE3)) continue;
    edits.push_back({{"op", "setUser"},
                     {"user", user.id},
                     {"set", {{"department", "Marketing"}, {"accountEnabled", true}}}});
  }
  if (!edits.empty()) Edit(edits);
}

void Life::DeleteOrRestore() {
  if (deleted_)
    return Edit({{{"op", "addUser"}, {"user", *std::exchange(deleted_, std::nullopt)}}});
  const auto id = AnyUser().id;
  const auto state = json::parse(world_.Control("GET", "/_sim/state"));
  for (const auto& user : state.at("users")) {
    if (user.at("id") == id) deleted_ = user;
  }
  Edit({{{"op", "deleteUser"}, {"user", id}}});
}

void Life::Approve() {
  const auto store = world_.OpenStore();
  const auto sets = store->OpenHeldSets(world_.key()).value();
  for (const auto& held : sets) {
    if (!held.set.approvable()) continue;
    (void)store->RecordApproval(world_.key(), {.number = 0,
                                               .digest = held.set.digest,
                                               .who = "admin",
                                               .reason = "seen",
                                               .approved_at = world_.Now(),
                                               .expires_at = world_.Now() + hours(24)});
  }
}

// Another machine, whose clock is ahead, takes the lease in the middle of a cycle.
void Life::StealLease() {
  if (stolen_) return;
  const auto store = world_.OpenStore();
  auto lease = store->AcquireLease(world_.key(), "thief", world_.Now() + hours(1), minutes(1));
  if (!lease) return;
  stolen_ = *lease;
  stood_.clear();
  for (const auto& [tenant, entry] : world_.History()) stood_[entry.id] = entry.state;
}

void Life::ReturnLease() {
  if (!stolen_) return;
  for (const auto& [tenant, entry] : world_.History()) {
    const auto before = stood_.find(entry.id);
    if (before == stood_.end() || before->second != entry.state) {
      Wrong("outdated-lease", entry.id + " became " + std::string(ToString(entry.state)));
    }
  }
  (void)world_.OpenStore()->ReleaseLease(*stolen_);
  stolen_.reset();
}

// Nobody runs the program for a while; then somebody stands up for its store.
void Life::LeaveAlone() {
  world_.Wait(hours(3));
  world_.Resume();
}

void Life::SuspendForACycle() {
  const SuspendedBy word{.who = "admin", .reason = "an incident", .at = world_.Now()};
  // What was sent before still arrives.
  world_.Wait(minutes(3));
  (void)world_.OpenStore()->Suspend(world_.key(), word);
  suspended_ = true;
  RunCycle();
  world_.Wait(minutes(3));
  suspended_ = false;
  (void)world_.OpenStore()->Resume(world_.key(), word);
}

void Life::Step() {
  BreakThings();
  if (Chance(2)) EditSomebody();
  if (Chance(4)) EditSomebody();
  if (Chance(5)) Commit();
  if (Chance(10)) DeleteOrRestore();
  if (wish_.limited && Chance(2)) GiveBack();
  if (wish_.limited && Chance(2)) Approve();
  if (Chance(8)) LeaveAlone();
  if (Chance(12)) SuspendForACycle();
  if (Chance(8)) world_.Restart();
  const bool want_again = Chance(3);
  world_.OnPlan([this, want_again] {
    if (want_again) WantAgain();
  });
  const std::size_t theft = Chance(5) ? 1 + Draw(120) : 0;
  world_.OnEvent([this, theft](std::size_t event) {
    if (event == theft) StealLease();
  });
  RunCycle(Chance(4) ? 1 + Draw(150) : 0);
  world_.OnEvent(nullptr);
  world_.OnPlan(nullptr);
  world_.Wait(minutes(3));
  ReturnLease();
  world_.Wait(minutes(2 + Draw(5)));
}

std::optional<CycleReport> Life::RunCycle(std::size_t crash_after) {
  cycles_.emplace_back(world_.Elsewhere(), WallTime::max());
  auto report = world_.RunCycle(crash_after);
  cycles_.back().second = world_.Elsewhere();
  LookAtLog();
  LookAtJournal();
  return report;
}

void Life::Calm() {
  world_.Control("DELETE", "/_sim/faults");
  world_.network().SetTrouble(0, 0);
  slow_network_ = false;
  for (int cycle = 0; cycle < 16 && wrong_.empty(); ++cycle) {
    world_.Wait(minutes(8));
    const auto report = RunCycle();
    const bool rests = report && report->plan && world_.OpenChanges().empty() &&
                       report->plan->plan().CountWith(Verdict::kGo) == 0;
    if (rests) return JudgeDisclosure();
  }
  // What is held may make the tenant refuse another change for ever.
  if (!wish_.limited && wrong_.empty()) Wrong("no-rest", "16 cycles were not enough");
}

std::vector<std::string> ShareAProcess(std::uint64_t seed) {
  const Wish wish;
  World ours({.seed = seed, .policy = wish.Yaml(), .users = 10});
  World theirs({.seed = seed + 1,
                .policy = wish.Yaml(),
                .users = 10,
                .tenant_id = "33333333-3333-3333-3333-333333333333"});
  std::vector<std::string> wrong;
  for (int cycle = 0; cycle < 2; ++cycle) {
    for (auto* world : {&ours, &theirs}) {
      world->RunCycle();
      world->Wait(minutes(5));
    }
  }
  for (auto* world : {&ours, &theirs}) {
    for (const auto& line : LogOf(*world)) {
      if (line.value("status", 0) == 401) wrong.push_back("foreign-token: " + line.dump());
    }
  }
  return wrong;
}

}  // namespace seatkeeper::test
