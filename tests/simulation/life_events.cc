// What happens in a life: everything that a seed can draw.

#include <algorithm>
#include <utility>

#include "reconciler/execute/settle.h"
#include "tests/simulation/life.h"
#include "tests/simulation/load_policy.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

json Fault(const char* method, const char* path, json fault, double probability) {
  return {{"match", {{"method", method}, {"path", path}}},
          {"fault", std::move(fault)},
          {"probability", probability}};
}

json LicensesOfPlanners(bool some) {
  if (!some) return json::array();
  return json::array({{{"skuId", kProject}, {"disabledPlans", json::array()}}});
}

}  // namespace

void Life::Edit(const json& edits) {
  // What the service refuses to anybody, it refuses to administrators.
  try {
    world_.Control("PATCH", "/_sim/state", edits.dump());
  } catch (const std::runtime_error&) {
    return;
  }
  for (const auto& edit : edits) {
    if (edit.at("op") == "assign" || edit.at("op") == "unassign") by_hand_.insert(edit.at("user"));
    if (edit.at("op") == "setGroup") by_hand_.insert(edit.at("group"));
  }
  truth_.Note(world_.Elsewhere(), wish_, world_.tenant());
}

void Life::Commit() {
  if (wish_.planning && Chance(2)) {
    wish_.planning = !*wish_.planning;
  } else if (Chance(2)) {
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
  world_.SetDiskTrouble(Chance(3) ? Draw(4) : 0);
  lags_ = Chance(3);
  const json document{{"lag", lags_ ? 20'000 : 0}, {"faults", std::move(faults)}};
  world_.Control("PUT", "/_sim/faults", document.dump());
  slow_network_ = Chance(2);
  world_.network().SetTrouble(slow_network_ ? 20 : 0, slow_network_ ? 30 : 0);
}

// A licensed group, and nobody has what it gives otherwise.
void Life::FoundPlanners() {
  json edits = json::array();
  for (const auto& [ordinal, user] : world_.tenant().users()) {
    if (HoldsDirectly(user, kProject)) {
      edits.push_back({{"op", "unassign"}, {"user", user.id}, {"skuId", kProject}});
    }
  }
  std::set<std::string> members;
  while (members.size() < 4) members.insert(AnyUser().id);
  edits.push_back(
      {{"op", "setSku"}, {"skuId", kProject}, {"set", {{"prepaidUnits", {{"enabled", 60}}}}}});
  edits.push_back({{"op", "addGroup"},
                   {"group",
                    {{"displayName", kPlanners},
                     {"securityEnabled", true},
                     {"members", members},
                     {"assignedLicenses", LicensesOfPlanners(true)}}}});
  world_.Control("PATCH", "/_sim/state", edits.dump());
}

// Somebody joins or leaves the group, or an administrator gives it its licence or takes it.
void Life::EditPlanners() {
  const auto* group = FindGroup(world_.tenant(), kPlanners);
  if (Chance(3)) {
    const json licenses = LicensesOfPlanners(group->licenses.empty());
    return Edit(json::array(
        {{{"op", "setGroup"}, {"group", group->id}, {"set", {{"assignedLicenses", licenses}}}}}));
  }
  const bool leaves = !group->members.empty() && Chance(2);
  const auto user = leaves ? group->members.front() : AnyUser().id;
  const auto* edit = group->HasMember(user) ? "removeMember" : "addMember";
  Edit({{{"op", edit}, {"group", group->id}, {"user", user}}});
}

void Life::EditSomebody() {
  if (wish_.planning && Chance(3)) return EditPlanners();
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

// Few seats are left of a product, or none.
void Life::LeaveSeats(const std::string& product, unsigned free) {
  const auto seats = world_.tenant().ConsumedUnits(product) + free;
  Edit({{{"op", "setSku"}, {"skuId", product}, {"set", {{"prepaidUnits", {{"enabled", seats}}}}}}});
}

// What the plan counted on is gone by the time that it is sent.
void Life::SellOut() {
  seats_went_ = true;
  for (const auto& product : {kE5, kE3, kVisio}) LeaveSeats(product, 0);
}

// Some who have E3 are to have E5 instead, which is bought for them, and Visio no longer.
void Life::Promote() {
  LeaveSeats(kE5, 10);
  const auto* group = FindGroup(world_.tenant(), "Visio Users");
  json edits = json::array();
  for (const auto& [ordinal, user] : world_.tenant().users()) {
    if (!HoldsDirectly(user, kE3) || !Chance(4)) continue;
    edits.push_back({{"op", "setUser"}, {"user", user.id}, {"set", {{"department", "IT"}}}});
    if (group->HasMember(user.id)) {
      edits.push_back({{"op", "removeMember"}, {"group", group->id}, {"user", user.id}});
    }
  }
  if (!edits.empty()) Edit(edits);
}

// An administrator undoes what the program took, to the letter.
void Life::GiveBack() {
  const auto history = world_.History();
  for (const auto& [tenant, entry] : history) {
    if (entry.group || entry.remove.empty() || !MayHaveHappened(entry.state) || Chance(2)) continue;
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
  const auto undisturbed = world_.Undisturbed();
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

// A person wants back what some plan took; or changes their mind about that.
void Life::UndoSomething() {
  const auto history = world_.History();
  if (history.empty()) return;
  const auto& entry = history[Draw(static_cast<unsigned>(history.size()))].entry;
  UndoQuery query{.plan_id = entry.plan_id, .who = "admin"};
  if (Chance(2)) query.users = {IdText(entry.subject())};
  world_.UndoNext(std::move(query));
  undoing_ = true;
  RunCycle(Chance(4) ? 1 + Draw(150) : 0);
  undoing_ = false;
  world_.Wait(minutes(2 + Draw(5)));
}

void Life::Unpin() {
  const auto undisturbed = world_.Undisturbed();
  const auto store = world_.OpenStore();
  std::vector<std::int64_t> numbers;
  const auto pins = store->Pins(world_.key()).value();
  for (const auto& pin : pins) {
    if (Chance(2)) numbers.push_back(pin.number);
  }
  (void)store->EndPins(world_.key(), numbers, {.who = "admin", .at = world_.Now()});
  LookAtPins();
}

// Somebody sets the machine's clock, or sets it right.
void Life::SetClock() {
  static const std::vector<std::chrono::milliseconds> jumps{-hours(3), -minutes(4), minutes(4),
                                                            hours(30)};
  const auto by = clock_off_ == clock_off_.zero() ? jumps[Draw(jumps.size())] : -clock_off_;
  world_.JumpClock(by);
  clock_off_ += by;
  clock_was_behind_ |= clock_off_ < clock_off_.zero();
  clock_was_ahead_ |= clock_off_ > clock_off_.zero();
}

// Another process on the same store, to which the lease of a cycle under way looks run out.
void Life::RunRival() {
  rival_ran_ = true;
  world_.SetRivalAhead(std::chrono::seconds(150));
  RunPass(0, World::kRival);
}

// Another machine, whose clock is ahead, takes the lease in the middle of a cycle.
void Life::StealLease() {
  if (stolen_) return;
  const auto undisturbed = world_.Undisturbed();
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
  const auto undisturbed = world_.Undisturbed();
  (void)world_.OpenStore()->ReleaseLease(*stolen_);
  stolen_.reset();
}

// Nobody runs the program for a while; then somebody stands up for its store.
void Life::LeaveAlone() {
  world_.Wait(hours(3));
  world_.Resume();
}

// What was accepted for a group, and somebody took back, is looked for during a day.
void Life::OutwaitGroups() {
  const auto of_group = [](const JournalEntry& entry) { return bool(entry.group); };
  if (std::ranges::none_of(world_.OpenChanges(), of_group)) return;
  world_.Wait(kGroupSettleHorizon);
  world_.Resume();
}

// The program is told to look on.
void Life::ObserveForACycle() {
  world_.Wait(minutes(3));
  world_.SetMode(CycleRequest::Mode::kObserve);
  observed_ = true;
  RunCycle();
  world_.Wait(minutes(3));
  observed_ = false;
  world_.SetMode(CycleRequest::Mode::kEnforce);
}

void Life::SuspendForACycle() {
  const SuspendedBy word{.who = "admin", .reason = "an incident", .at = world_.Now()};
  // What was sent before still arrives.
  world_.Wait(minutes(3));
  {
    const auto undisturbed = world_.Undisturbed();
    (void)world_.OpenStore()->Suspend(world_.key(), word);
  }
  suspended_ = true;
  RunCycle();
  world_.Wait(minutes(3));
  suspended_ = false;
  const auto undisturbed = world_.Undisturbed();
  (void)world_.OpenStore()->Resume(world_.key(), word);
}

}  // namespace seatkeeper::test
