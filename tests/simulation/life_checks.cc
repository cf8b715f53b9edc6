#include <fmt/format.h>

#include <algorithm>

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
// A look at the user vouches for so long; the answer took a moment to arrive, and the log has whole
// seconds.
constexpr seconds kLookHolds{60 + 3};
constexpr seconds kSlowest{90};  // Of the simulated network: there and back.

}  // namespace

bool MayHaveHappened(ChangeState state) {
  return state != ChangeState::kRefused && state != ChangeState::kWithdrawn &&
         state != ChangeState::kReverted && state != ChangeState::kIntended;
}

void Life::LookAtLog() {
  for (const auto& line : LogSince(world_, log_seen_)) {
    const auto at = ParseTime(line.at("at").get<std::string>());
    const auto target = line.value("target", "");
    if (line.value("method", "") == "GET" && target.starts_with("/v1.0/users?") &&
        target.find("skiptoken") == std::string::npos) {
      listings_.push_back(*at);
    }
    for (const auto& item : line.value("items", json::array())) {
      if (item.value("effective", false) && item.contains("body")) JudgeItem(item, *at);
      const auto read = item.value("target", "");
      if (item.value("method", "") == "GET" && read.starts_with(kOneUser)) {
        looks_[read.substr(kOneUser.size(), 36)].push_back(*at);
      }
    }
  }
}

void Life::JudgeItem(const json& item, WallTime at) {
  static const std::set<std::string> named{kE5, kE3, kVisio};
  const auto user = item.value("user", "");
  ++effective_[user];
  for (const auto& add : item["body"].value("addLicenses", json::array())) {
    if (!named.contains(add.at("skuId"))) Wrong("unnamed", item.dump());
  }
  for (const auto& product : item["body"].value("removeLicenses", json::array())) {
    if (!named.contains(product)) Wrong("unnamed", item.dump());
    losses_.push_back({at, user, product});
    JudgeLoss(losses_.back());
  }
}

void Life::JudgeLoss(const Loss& loss) {
  const auto from = loss.at - kLookHolds - (slow_network_ ? kSlowest : seconds(0));
  const auto to = loss.at + seconds(1);
  const auto what = fmt::format("{} lost {} at {}", loss.user, loss.product, FormatTime(loss.at));
  if (!truth_.EverUnwanted(loss.user, loss.product, from, to)) Wrong("unjustified", what);
  if (!truth_.EverUnprotected(loss.user, from, to)) Wrong("protected", what);
  if (wish_.waits && CoveredBefore(loss) < minutes(40)) Wrong("too-soon", what);
}

// For how long at most, in time that readings cover, the user had it unwanted: a cycle reads at
// some time between its begin and its end, and what one read that crashed later counts as well.
milliseconds Life::CoveredBefore(const Loss& loss) const {
  milliseconds covered{0};
  WallTime next = loss.at;
  for (auto cycle = cycles_.rbegin(); cycle != cycles_.rend(); ++cycle) {
    const auto& [begin, end] = *cycle;
    if (begin > loss.at) continue;
    if (!truth_.EverUnwanted(loss.user, loss.product, begin, end)) break;
    const bool gap = next - end > 3 * kInterval;
    covered += (gap ? end : next) - begin;
    next = begin;
  }
  return covered;
}

void Life::LookAtJournal() {
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
    const auto since = entry.answered_at.value_or(entry.intended_at) - seconds(1);
    const auto after = [&](WallTime at) { return at >= since; };
    const auto readings = std::ranges::count_if(listings_, after) +
                          std::ranges::count_if(looks_[entry.user.ToString()], after);
    if (readings < 2) Wrong("unseen", fmt::format("{} by {} readings", entry.id, readings));
  }
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
    for (const auto* products : {&entry.remove, &entry.plans_off}) {
      for (const auto& product : *products) {
        if (!approved.contains(product)) {
          losses[product].push_back({entry.intended_at, entry.user.ToString()});
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
    for (const auto& by : entry.approved) {
      const auto what =
          fmt::format("{} of {} by {}", by.product.ToString(), entry.user.ToString(), by.approval);
      if (!released.insert(what).second) Wrong("approved-twice", what);
    }
  }
}

void Life::JudgeDisclosure() {
  std::map<std::string, int> claimed;
  for (const auto& [tenant, entry] : world_.History()) {
    claimed[entry.user.ToString()] += MayHaveHappened(entry.state) ? 1 : 0;
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
