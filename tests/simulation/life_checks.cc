#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reconciler/plan/doubt.h"
#include "tests/simulation/life.h"
#include "tests/simulation/tenant_log.h"

namespace seatkeeper::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kOneUser = "/v1.0/users/";
constexpr std::string_view kOneGroup = "/v1.0/groups/";
constexpr std::size_t kIdSize = 36;
// A look at the user vouches for so long; the answer took a moment to arrive, and the log has whole
// seconds.
constexpr seconds kLookHolds{60 + 3};
constexpr seconds kLag{20 + 1};  // Of the tenant's replicas.
constexpr seconds kSlowest{90};  // Of the simulated network: there and back.

// What groups are like, not who is in them: "/v1.0/groups?..." or "/v1.0/groups/<id>?...".
bool ReadsGroup(const json& request) {
  const auto target = request.value("target", "");
  return request.value("method", "") == "GET" &&
         (target.starts_with("/v1.0/groups?") ||
          (target.starts_with(kOneGroup) && target.find('?') == kOneGroup.size() + kIdSize));
}

}  // namespace

bool MayHaveHappened(ChangeState state) {
  return state != ChangeState::kRefused && state != ChangeState::kWithdrawn &&
         state != ChangeState::kReverted && state != ChangeState::kIntended;
}

std::string IdText(const Subject& subject) {
  return std::visit([](const auto& id) { return id.ToString(); }, subject);
}

void Life::LookAtLog() {
  for (const auto& line : LogSince(world_, log_seen_)) {
    const auto at = ParseTime(line.at("at").get<std::string>());
    const auto target = line.value("target", "");
    if (line.value("method", "") == "GET" && target.starts_with("/v1.0/users?") &&
        target.find("skiptoken") == std::string::npos) {
      listings_.push_back(*at);
    }
    if (ReadsGroup(line)) group_looks_.push_back(*at);
    for (const auto& item : line.value("items", json::array())) {
      if (item.value("effective", false) && item.contains("body")) JudgeItem(item, *at);
      const auto read = item.value("target", "");
      if (item.value("method", "") == "GET" && read.starts_with(kOneUser)) {
        looks_[read.substr(kOneUser.size(), kIdSize)].push_back(*at);
      }
      if (ReadsGroup(item)) group_looks_.push_back(*at);
    }
  }
}

void Life::LookAtPins() {
  const auto undisturbed = world_.Undisturbed();
  pinned_.clear();
  const auto pins = world_.OpenStore()->Pins(world_.key()).value();
  for (const auto& pin : pins) pinned_.emplace(IdText(pin.subject), pin.product.ToString());
}

void Life::JudgeItem(const json& item, WallTime at) {
  static const std::set<std::string> named{kE5, kE3, kVisio};
  const auto target = item.value("target", "");
  if (target.starts_with(kOneGroup)) {  // Judged when it arrived.
    ++effective_[target.substr(kOneGroup.size(), kIdSize)];
    return;
  }
  const auto user = item.value("user", "");
  ++effective_[user];
  std::set<std::string> given;
  for (const auto& add : item["body"].value("addLicenses", json::array())) {
    given.insert(add.at("skuId"));
    if (!named.contains(add.at("skuId"))) Wrong("unnamed", item.dump());
  }
  for (const auto& product : item["body"].value("removeLicenses", json::array())) {
    if (!named.contains(product)) Wrong("unnamed", item.dump());
    const Loss loss{at, user, product, GoesUp(product, given)};
    // Who undoes a swap says so: what was given goes, and what was taken comes back with it.
    const bool swapped_back = undoing_ && !given.empty();
    if (!swapped_back) JudgeLoss(loss);
  }
}

// A rung that makes way for a higher one is no removal: nothing protects it, and nothing waits.
bool Life::GoesUp(const std::string& product, const std::set<std::string>& given) const {
  return wish_.ladder && product == kE3 && given.contains(kE5);
}

WallTime Life::LookedAtSince(WallTime sent) const {
  return sent - kLookHolds - (slow_network_ ? kSlowest : seconds(0));
}

void Life::JudgeLoss(const Loss& loss) {
  const auto from = LookedAtSince(loss.at);
  const auto to = loss.at + seconds(1);
  const auto what = fmt::format("{} lost {} at {}", loss.user, loss.product, FormatTime(loss.at));
  if (!truth_.EverUnwanted(loss.user, loss.product, from, to)) Wrong("unjustified", what);
  if (pinned_.contains({loss.user, loss.product})) Wrong("undone-again", what);
  if (loss.goes_up) return;
  if (!truth_.EverUnprotected(loss.user, from, to)) Wrong("protected", what);
  const auto after = minutes(40) - (clock_was_behind_ ? kClockTolerance : minutes(0));
  if (wish_.waits && CoveredBefore(loss) < after) Wrong("too-soon", what);
}

void Life::JudgeWrite(const WireWrite& write) {
  if (suspended_) Wrong("suspended", "a write of " + write.subject);
  if (observed_) Wrong("observed", "a write of " + write.subject);
  const auto body = json::parse(write.body);
  if (const auto* group = world_.tenant().FindGroup(write.subject)) {
    return JudgeGroupWrite(*group, body);
  }
  const auto* user = world_.tenant().FindUser(write.subject);
  if (user == nullptr) return;
  JudgeGap(*user, body);
  if (!lags_ && !seats_went_) JudgeSeats(*user, body);
}

void Life::JudgeGroupWrite(const sim::Group& group, const json& body) {
  std::set<std::string> products;
  for (const auto& add : body.at("addLicenses")) products.insert(add.at("skuId"));
  for (const auto& product : body.at("removeLicenses")) {
    products.insert(product.get<std::string>());
    const auto losers = JudgeGroupLoss(group, product);
    for (const auto& entry : world_.OpenChanges()) {
      if (IdText(entry.subject()) != group.id) continue;
      lost_with_group_[entry.id].insert(losers.begin(), losers.end());
    }
  }
  const bool named =
      &group == FindGroup(world_.tenant(), kPlanners) && products == std::set{kProject};
  if (!named) Wrong("unnamed", body.dump());
}

// Its members lose it: those at least who were in the group already when it was looked at.
std::set<std::string> Life::JudgeGroupLoss(const sim::Group& group, const std::string& product) {
  const auto now = world_.Elsewhere();
  if (pinned_.contains({group.id, product})) Wrong("undone-again", "a group lost " + product);
  std::set<std::string> losers;
  for (const auto& [ordinal, user] : world_.tenant().users()) {
    const bool loses = Inherits(user, group.id, product) &&
                       truth_.AlwaysPlanner(user.id, LookedAtSince(now) - kLag, now);
    if (!loses) continue;
    losers.insert(user.id);
    JudgeLoss({.at = now, .user = user.id, .product = product});
  }
  return losers;
}

// One request takes the old and gives the new, or the new was there before, or what stands above it
// stays.
void Life::JudgeGap(const sim::User& user, const json& body) {
  const auto now = world_.Elsewhere();
  // The plan knows what was so when the tenant was read, if the tenant tells at once.
  const auto since = lags_ ? began_ - minutes(1) : began_;
  const auto removed = body.value("removeLicenses", std::set<std::string>());
  const bool keeps_higher = wish_.ladder && Holds(user, kE5) && !removed.contains(kE5);
  for (const auto& product : removed) {
    for (const auto& other : {kE5, kE3}) {
      if (other == product || truth_.EverUnwanted(user.id, other, since, now)) continue;
      if (other == kE3 && keeps_higher) continue;
      const auto adds = body.value("addLicenses", json::array());
      const bool given =
          std::ranges::any_of(adds, [&](const json& add) { return add.at("skuId") == other; });
      if (!given && !Holds(user, other)) {
        Wrong("gap", fmt::format("{} loses {} without {}", user.id, product, other));
      }
    }
  }
}

// In whatever order the service takes up the requests of a batch.
void Life::JudgeSeats(const sim::User& user, const json& body) {
  if (std::exchange(arrived_, world_.Elsewhere()) != world_.Elsewhere()) arriving_.clear();
  for (const auto& add : body.value("addLicenses", json::array())) {
    const auto product = add.at("skuId").get<std::string>();
    if (Holds(user, product)) continue;
    const auto taken = world_.tenant().ConsumedUnits(product) + ++arriving_[product];
    if (taken > world_.tenant().FindSku(product)->AssignableUnits()) {
      Wrong("overdraw", fmt::format("{} is given {}", user.id, product));
    }
  }
}

// For how long at most, in time that readings cover, the user had it unwanted: a cycle reads at
// some time between its begin and its end, and what one read that crashed later counts as well.
milliseconds Life::CoveredBefore(const Loss& loss) const {
  milliseconds covered{0};
  WallTime next = loss.at;
  for (auto cycle = cycles_.rbegin(); cycle != cycles_.rend(); ++cycle) {
    const auto& [begin, end, planned] = *cycle;
    if (begin > loss.at) continue;
    if (planned && !truth_.EverUnwanted(loss.user, loss.product, begin - kLag, end)) break;
    const bool gap = next - end > 3 * kInterval;
    covered += (gap ? end : next) - begin;
    next = begin;
  }
  return covered;
}

// At most: how far a clock is ahead is known as exactly as answers say, which are slow and tell
// whole seconds.
milliseconds Life::JournalIsAheadBy() const {
  return clock_was_ahead_ || rival_ran_ ? seconds(3) + kSlowest : seconds(1);
}

void Life::LookAtJournal() {
  std::set<Subject> open;
  for (const auto& entry : world_.OpenChanges()) {
    if (!open.insert(entry.subject()).second) Wrong("two-open", IdText(entry.subject()));
  }
  for (const auto& [tenant, entry] : world_.History()) {
    const auto known = ended_.find(entry.id);
    if (known != ended_.end()) {
      if (known->second != entry.state) {
        Wrong("altered", fmt::format("{} was {} and is {}", entry.id, ToString(known->second),
                                     ToString(entry.state)));
      }
      continue;
    }
    if (IsOpen(entry.state)) continue;
    ended_.emplace(entry.id, entry.state);
    if (entry.state != ChangeState::kConfirmed) continue;
    const auto since = entry.answered_at.value_or(entry.intended_at) - JournalIsAheadBy();
    const auto after = [&](WallTime at) { return at >= since; };
    const auto readings = entry.group
                              ? std::ranges::count_if(group_looks_, after)
                              : std::ranges::count_if(listings_, after) +
                                    std::ranges::count_if(looks_[entry.user.ToString()], after);
    if (readings < 2) Wrong("unseen", fmt::format("{} by {} readings", entry.id, readings));
  }
}

std::set<std::string> Life::LosersBy(const JournalEntry& entry) const {
  if (!entry.group) return {entry.user.ToString()};
  const auto lost = lost_with_group_.find(entry.id);
  return lost == lost_with_group_.end() ? std::set<std::string>() : lost->second;
}

void Life::JudgeLimit() {
  if (!wish_.limited) return;
  struct Counted {
    WallTime at;
    std::string user;
  };
  std::map<SkuId, std::vector<Counted>> losses;
  for (const auto& [tenant, entry] : world_.History()) {
    if (!MayHaveHappened(entry.state)) continue;
    std::set<SkuId> approved;
    for (const auto& by : entry.approved) approved.insert(by.product);
    std::set<std::string> given;
    for (const auto& add : entry.add) given.insert(add.product.ToString());
    for (const auto* products : {&entry.remove, &entry.plans_off}) {
      for (const auto& product : *products) {
        const bool goes_up = products == &entry.remove && GoesUp(product.ToString(), given);
        if (goes_up || approved.contains(product)) continue;
        for (const auto& user : LosersBy(entry)) {
          losses[product].push_back({entry.intended_at, user});
        }
      }
    }
  }
  for (const auto& [product, all] : losses) {
    for (const auto& last : all) {
      std::set<std::string> users;
      for (const auto& each : all) {
        if (each.at <= last.at && each.at > last.at - hours(24)) users.insert(each.user);
      }
      if (users.size() <= 2) continue;
      return Wrong("over-limit",
                   fmt::format("{} lost {} within a day", users.size(), product.ToString()));
    }
  }
}

void Life::JudgeApprovals() {
  std::set<std::string> released;
  for (const auto& [tenant, entry] : world_.History()) {
    if (!MayHaveHappened(entry.state)) continue;
    // Of one change it may release several things: a removal that two guardrails held.
    std::set<std::string> of_change;
    for (const auto& by : entry.approved) {
      of_change.insert(fmt::format("{} of {} by {}", by.product.ToString(), IdText(entry.subject()),
                                   by.approval));
    }
    for (const auto& what : of_change) {
      if (!released.insert(what).second) Wrong("approved-twice", what);
    }
  }
}

void Life::JudgeDisclosure() {
  std::map<std::string, int> claimed;
  for (const auto& [tenant, entry] : world_.History()) {
    claimed[IdText(entry.subject())] += MayHaveHappened(entry.state) ? 1 : 0;
  }
  for (const auto& [user, times] : effective_) {
    // Whoever put back what a change had done made it look as if it had never happened.
    if (times > claimed[user] && !by_hand_.contains(user)) {
      Wrong("undisclosed", fmt::format("{} was changed {} times, the journal knows of {}", user,
                                       times, claimed[user]));
    }
  }
}

}  // namespace seatkeeper::test
