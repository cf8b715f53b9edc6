#include "tests/reconciler/plan/reference_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tests/reconciler/plan/reference_judge.h"
#include "tests/reconciler/plan/reference_waves.h"

namespace seatkeeper::test {
namespace {

class Reference {
 public:
  Reference(const TestTenant& tenant, const PolicySet& policies)
      : tenant_(tenant),
        policies_(policies),
        documents_(tenant, policies),
        judge_(tenant, documents_) {
    for (const auto& user : tenant.users) users_[user.name] = &user;
  }

  Decisions Run() {
    for (const auto& [name, user] : users_) acts_[name] = judge_.Judge(*user);
    for (const auto& [name, user] : users_) HoldBack(name);
    HoldTooManyLosses();  // What is held already is none of too many.
    for (const auto& [name, user] : users_) HoldBack(name);
    // Rungs that nobody can be given have no seats from the start.
    for (const auto& [name, user] : users_) {
      for (std::size_t i = 0; i < acts_[name].size(); ++i) {
        if (acts_[name][i].nobody && documents_.OnLadder(acts_[name][i].product)) StandIn(name, i);
      }
    }
    do {
      GiveSeats();
    } while (BreakCircles());
    return Describe();
  }

 private:
  // --- Guard ----------------------------------------------------------------------------------

  AmountLimit Limit() const {
    std::vector<const Guardrails*> documents;
    for (const auto& document : policies_.guardrails) documents.push_back(&document);
    return StrictestMaxUnassign(documents);
  }

  int Assigned(const std::string& product) const {
    return HoldersOf(tenant_, product) + std::max(0, tenant_.Product(product).consumed_elsewhere);
  }

  void HoldTooManyLosses() {
    for (const auto& product : documents_.named()) {
      const auto lost = [&](const Act& act) {
        return act.product == product && act.loss && !act.held && act.kind != Act::Kind::kMissing;
      };
      std::ptrdiff_t count = 0;
      for (const auto& [user, acts] : acts_) count += std::count_if(acts.begin(), acts.end(), lost);
      const auto allowed = AllowedRemovals(Limit(), Assigned(product));
      // Nor does anybody lose anything where no policy says who keeps what.
      const bool too_many = allowed && count > *allowed;
      if (too_many || policies_.license_policies.empty()) too_many_.insert(product);
    }
    for (auto& [user, acts] : acts_) {
      for (auto& act : acts) {
        if (act.loss && too_many_.contains(act.product)) act.held = true;
      }
    }
  }

  // --- What belongs together ------------------------------------------------------------------

  // Acts on a ladder share one fate, and nobody loses something while what they are granted is held
  // or missing: until nothing moves.
  void HoldBack(const std::string& user) {
    auto& acts = acts_[user];
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& act : acts) {
        if (act.kind == Act::Kind::kMissing) continue;
        for (const auto& other : acts) {
          if (&other == &act || other.kind == Act::Kind::kMissing) continue;
          if (!act.ladder || !other.ladder) continue;
          moved |= Raise(act.held, other.held);
          moved |= Raise(act.deferred, other.deferred && !act.held);
        }
        if (act.kind != Act::Kind::kRemove && !act.loss) continue;
        for (const auto& grant : acts) {
          if (&grant == &act || !Blocks(grant, act, acts)) continue;
          moved |= grant.held ? Raise(act.held, true) : Raise(act.deferred, !act.held);
        }
      }
    }
  }
  static bool Raise(bool& flag, bool to) {
    if (flag || !to) return false;
    flag = true;
    return true;
  }

  static bool Blocks(const Act& grant, const Act& loss, const std::vector<Act>& acts) {
    const bool held = grant.kind == Act::Kind::kAdd && grant.held;
    if (!held && grant.kind != Act::Kind::kMissing) return false;
    if (grant.ladder && loss.ladder) {
      const bool stands_in = std::any_of(acts.begin(), acts.end(),
                                         [](const Act& act) { return act.fallback && act.goes(); });
      return held || !stands_in;
    }
    return loss.loss && !grant.served;
  }

  // --- Seats ----------------------------------------------------------------------------------

  int Free(const std::string& product) const {
    const auto* policy = documents_.Managed(product);
    const int reserve = policy == nullptr ? 0 : policy->reserve;
    return tenant_.Product(product).seats - Assigned(product) - reserve;
  }

  void GiveSeats() {
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto& product : documents_.named()) {
        while (Overfull(product)) {
          Unseat(product);
          moved = true;
        }
        if (moved) break;
      }
    }
  }

  bool Overfull(const std::string& product) const {
    int seats = Free(product);
    int claims = 0;
    for (const auto& [user, acts] : acts_) {
      for (const auto& act : acts) {
        if (act.product != product || !act.goes()) continue;
        seats += act.frees ? 1 : 0;
        claims += act.takes_seat() ? 1 : 0;
      }
    }
    return claims > std::max(0, seats);
  }

  // Of all who are to get a seat, the last: fallbacks, then low priority, then by name.
  void Unseat(const std::string& product) {
    std::string last;
    std::size_t place = 0;
    const Act* worst = nullptr;
    for (auto& [user, acts] : acts_) {
      for (std::size_t i = 0; i < acts.size(); ++i) {
        const auto& act = acts[i];
        if (act.product != product || !act.goes() || !act.takes_seat()) continue;
        const auto rank = [](const Act& one) { return std::pair(one.fallback, -one.priority); };
        if (worst != nullptr && rank(act) < rank(*worst)) continue;
        worst = &act;
        last = user;
        place = i;
      }
    }
    TakeSeat(last, place);
  }

  void TakeSeat(const std::string& user, std::size_t place) {
    auto& acts = acts_[user];
    if (!acts[place].fallback) {
      acts[place].kind = Act::Kind::kMissing;
      acts[place].wants_seat = true;
    }
    acts[place].loss = false;
    StandIn(user, place);
  }

  // The next rung below, where the ladder allows.
  void StandIn(const std::string& name, std::size_t place) {
    auto& acts = acts_[name];
    const auto unseated = acts[place];
    if (unseated.fallback) acts.erase(acts.begin() + static_cast<std::ptrdiff_t>(place));
    if (documents_.fallback() && documents_.OnLadder(unseated.product)) {
      auto& missing = *std::find_if(acts.begin(), acts.end(), [](const Act& act) {
        return act.ladder && act.kind == Act::Kind::kMissing && act.wants_seat;
      });
      const auto next = judge_.NextBelow(*users_.at(name), unseated);
      missing.served = next.has_value() || judge_.HoldsBelow(*users_.at(name), missing.product);
      if (next) acts.push_back(*next);
      for (auto& act : acts) {
        if (next && act.kind == Act::Kind::kRemove && act.ladder) act.deferred = false;
      }
    }
    HoldBack(name);
  }

  // --- Order ----------------------------------------------------------------------------------

  // Who cannot go, in whatever order, gets no seat. True: some did not.
  bool BreakCircles() {
    std::map<std::string, int> free;
    for (const auto& product : documents_.named()) free[product] = Free(product);
    std::map<std::string, Request> requests;
    for (const auto& [user, acts] : acts_) {
      for (const auto& act : acts) {
        if (!act.goes()) continue;
        auto& request = requests[user];
        if (act.takes_seat()) request.takes.insert(act.product);
        if (act.frees) request.frees.insert(act.product);
      }
    }
    bool broken = false;
    for (const auto& user : PlayRequests(std::move(requests), free)) {
      for (std::size_t i = 0; i < acts_[user].size(); ++i) {
        const auto& act = acts_[user][i];
        if (!act.goes() || !act.takes_seat() || free[act.product] > 0) continue;
        TakeSeat(user, i);
        GiveSeats();
        broken = true;
      }
    }
    return broken;
  }

  // --- Words ----------------------------------------------------------------------------------

  Decisions Describe() const {
    Decisions decisions;
    for (const auto& [user, acts] : acts_) {
      for (const auto& act : acts) {
        if (act.kind == Act::Kind::kMissing) {
          if (act.wants_seat && !act.nobody) {
            decisions.insert(fmt::format("waits {} {}", user, act.product));
          }
          continue;
        }
        const auto* verdict = act.held ? "held" : act.deferred ? "deferred" : "go";
        const auto sign = act.kind == Act::Kind::kRemove ? '-'
                          : act.kind == Act::Kind::kAdd  ? '+'
                                                         : '~';
        decisions.insert(act.kind == Act::Kind::kRemove
                             ? fmt::format("{} {} {}{}", verdict, user, sign, act.product)
                             : fmt::format("{} {} {}{}({})", verdict, user, sign, act.product,
                                           fmt::join(act.off, " ")));
      }
    }
    return decisions;
  }

  const TestTenant& tenant_;
  const PolicySet& policies_;
  ReferenceDocuments documents_;
  ReferenceJudge judge_;
  Names too_many_;
  std::map<std::string, const TestUser*> users_;
  std::map<std::string, std::vector<Act>> acts_;
};

}  // namespace

Decisions DecisionsOf(const Plan& plan) {
  Decisions decisions;
  for (const auto& change : plan.changes) {
    const auto who = fmt::format("{} {}", ToString(change.verdict), NameOf(change.user.guid));
    for (const auto& add : change.add) {
      Names off;
      for (const auto& service_plan : add.disabled_plans) off.insert(NameOf(service_plan.guid));
      const auto& seats = change.takes_seats;
      const bool takes = std::find(seats.begin(), seats.end(), add.product) != seats.end();
      decisions.insert(fmt::format("{} {}{}({})", who, takes ? '+' : '~', NameOf(add.product.guid),
                                   fmt::join(off, " ")));
    }
    for (const auto& product : change.remove) {
      decisions.insert(fmt::format("{} -{}", who, NameOf(product.guid)));
    }
  }
  for (const auto& waiting : plan.waiting) {
    decisions.insert(
        fmt::format("waits {} {}", NameOf(waiting.user.guid), NameOf(waiting.product.guid)));
  }
  return decisions;
}

Decisions ReferenceDecisions(const TestTenant& tenant, const PolicySet& policies) {
  return Reference(tenant, policies).Run();
}

}  // namespace seatkeeper::test
