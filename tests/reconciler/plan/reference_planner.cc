#include "tests/reconciler/plan/reference_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tests/reconciler/plan/random_tenant.h"
#include "tests/reconciler/plan/reference_judge.h"
#include "tests/reconciler/plan/reference_waves.h"

namespace seatkeeper::test {
namespace {

class Reference {
 public:
  Reference(const TestTenant& tenant, const PolicySet& policies, const PlanRules& rules)
      : tenant_(tenant),
        policies_(policies),
        rules_(rules),
        documents_(tenant, policies),
        judge_(tenant, documents_) {
    for (const auto& user : tenant.users) users_[user.name] = &user;
  }

  Decisions Run() {
    for (const auto& [name, user] : users_) {
      if (user->type.empty()) acts_[name] = judge_.Judge(*user);  // Agents are nobody's business.
    }
    for (const auto& [name, user] : users_) Settle(name);
    HoldTooManyLosses();  // What is held already is none of too many.
    for (const auto& [name, user] : users_) Settle(name);
    // Rungs that nobody can be given have no seats from the start.
    for (const auto& [name, user] : users_) {
      for (std::size_t i = 0; i < acts_[name].size(); ++i) {
        if (acts_[name][i].nobody && documents_.OnLadder(acts_[name][i].product)) StandIn(name, i);
      }
    }
    do {
      GiveSeats();
    } while (BreakCircles());
    HoldTooManyRequests();
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

  // Products of which more would be lost than the limit says, or any where no policy says who keeps
  // what.
  Names TooManyLost() const {
    Names too_many;
    for (const auto& product : documents_.named()) {
      const auto lost = [&](const Act& act) {
        return act.product == product && act.loss && !act.held && act.kind != Act::Kind::kMissing;
      };
      std::ptrdiff_t count = 0;
      for (const auto& [user, acts] : acts_) count += std::count_if(acts.begin(), acts.end(), lost);
      const auto allowed = AllowedRemovals(Limit(), Assigned(product));
      const bool limited = (allowed && count > *allowed) || policies_.license_policies.empty() ||
                           HasUnknownProtected(policies_, tenant_);
      if (count > 0 && limited) too_many.insert(product);
    }
    return too_many;
  }

  void HoldTooManyLosses() {
    const auto too_many = TooManyLost();
    for (auto& [user, acts] : acts_) {
      for (auto& act : acts) {
        const bool lost = act.loss && act.kind != Act::Kind::kMissing;
        if (lost && too_many.contains(act.product)) act.held = true;
      }
    }
  }

  // Fallbacks came in after that; what is sent together is then held together.
  void HoldTooManyRequests() {
    const auto too_many = TooManyLost();
    for (auto& [user, acts] : acts_) {
      for (const bool deferred : {false, true}) {
        const auto together = [&](const Act& act) {
          return act.kind != Act::Kind::kMissing && !act.held && act.deferred == deferred;
        };
        const bool lost = std::any_of(acts.begin(), acts.end(), [&](const Act& act) {
          return together(act) && act.loss && too_many.contains(act.product);
        });
        for (auto& act : acts) {
          if (lost && together(act)) act.held = true;
        }
      }
    }
  }

  // --- What belongs together ------------------------------------------------------------------

  // Everything that one user's acts mean for each other.
  void Settle(const std::string& user) {
    do {
      HoldBack(user);
    } while (HoldProtected(user) || HoldMailbox(user) ||
             BlockForbidden(*users_.at(user), acts_[user]));
  }

  bool HoldProtected(const std::string& user) {
    if (!IsProtected(*users_.at(user), policies_, tenant_)) return false;
    bool moved = false;
    for (auto& act : acts_[user]) {
      if (act.loss && act.kind != Act::Kind::kMissing) moved |= Raise(act.held, true);
    }
    return moved;
  }

  // What the user has a mailbox by stays where everything that goes would leave none.
  bool HoldMailbox(const std::string& name) {
    const auto& user = *users_.at(name);
    auto& acts = acts_[name];
    const bool lost =
        PlansOn(user, {}).contains(kMailboxPlan) && !PlansOn(user, acts).contains(kMailboxPlan);
    if (!lost || MailboxesMayGo(policies_)) return false;
    bool moved = false;
    for (auto& act : acts) {
      if (!act.goes() || !ReferenceJudge::IsOn(user, act.product, kMailboxPlan)) continue;
      moved |= Raise(act.held, true);
    }
    return moved;
  }

  // The service plans that a user has on when acts go: of what stays, and of what comes.
  Names PlansOn(const TestUser& user, const std::vector<Act>& acts) const {
    Names on;
    for (const auto& license : user.licenses) {
      const bool changes = std::any_of(acts.begin(), acts.end(), [&](const Act& act) {
        return act.goes() && act.product == license.product &&
               license.source == AssignmentSource::kDirect;
      });
      if (changes || !ReferenceJudge::Seated(license)) continue;
      for (const auto& plan : PlansOf(license.product, {license.off.begin(), license.off.end()})) {
        on.insert(plan);
      }
    }
    for (const auto& act : acts) {
      if (!act.goes() || act.kind == Act::Kind::kRemove) continue;
      for (const auto& plan : PlansOf(act.product, act.off)) on.insert(plan);
    }
    return on;
  }
  Names PlansOf(const std::string& product, const Names& off) const {
    Names on;
    for (const auto& plan : tenant_.Product(product).plans) {
      if (!off.contains(plan)) on.insert(plan);
    }
    return on;
  }

  // One act that brings plans together that exclude each other, or leaves one without what it
  // needs: of those that switch a plan on the least important, otherwise what takes one away.
  bool BlockForbidden(const TestUser& user, std::vector<Act>& acts) {
    const auto before = PlansOn(user, {});
    const auto after = PlansOn(user, acts);
    const auto switches_on = [&](const Act& act, const std::string& plan) {
      return act.goes() && act.kind != Act::Kind::kRemove && !before.contains(plan) &&
             PlansOf(act.product, act.off).contains(plan);
    };
    for (const auto& [a, b] : rules_.exclusive) {
      const auto one = NameOf(a.guid);
      const auto other = NameOf(b.guid);
      const bool clash = after.contains(one) && after.contains(other);
      if (!clash || (before.contains(one) && before.contains(other))) continue;
      Act* least = nullptr;
      for (auto& act : acts) {
        const bool causes = switches_on(act, one) || switches_on(act, other);
        if (causes && (least == nullptr || act.priority <= least->priority)) least = &act;
      }
      return BlockAct(least, false, acts);
    }
    for (const auto& need : rules_.needs) {  // clang 14 captures no structured binding.
      const auto plan = NameOf(need.first.guid);
      const auto& any = need.second;
      const auto lacks = [&](const Names& on) {
        return on.contains(plan) && std::none_of(any.begin(), any.end(), [&](const auto& needed) {
                 return on.contains(NameOf(needed.guid));
               });
      };
      if (!lacks(after) || lacks(before)) continue;
      const auto has_on = [&](const Act& act) {
        return PlansOf(act.product, act.off).contains(plan);
      };
      for (auto& act : acts) {
        const bool comes = act.kind == Act::Kind::kAdd && act.goes() && has_on(act);
        if (comes || switches_on(act, plan)) return BlockAct(&act, false, acts);
      }
      for (auto& act : acts) {
        if (!act.goes() || act.kind == Act::Kind::kAdd) continue;
        const bool takes = std::any_of(any.begin(), any.end(), [&](const auto& needed) {
          const auto name = NameOf(needed.guid);
          const bool after_on = act.kind == Act::Kind::kPlans && !act.off.contains(name);
          return ReferenceJudge::IsOn(user, act.product, name) && !after_on;
        });
        if (takes) return BlockAct(&act, true, acts);
      }
    }
    return false;
  }

  static bool BlockAct(Act* blocked, bool needed, std::vector<Act>& acts) {
    if (blocked == nullptr) return false;
    const auto act = *blocked;
    if (act.kind == Act::Kind::kPlans && !needed) {
      acts.erase(acts.begin() + (blocked - acts.data()));
    } else if (act.kind != Act::Kind::kAdd) {
      blocked->deferred = true;
      for (auto& other : acts) {
        if (act.ladder && other.ladder && other.kind != Act::Kind::kMissing) other.deferred = true;
      }
    } else if (!act.fallback) {
      blocked->kind = Act::Kind::kMissing;
    } else {
      for (auto& other : acts) {
        if (other.ladder && other.kind == Act::Kind::kMissing) other.served = false;
      }
      acts.erase(acts.begin() + (blocked - acts.data()));
    }
    return true;
  }

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
    Settle(name);
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
        if (act.kind != Act::Kind::kRemove && users_.at(user)->usage_location.empty()) {
          decisions.insert(
              fmt::format("{} {} @{}", verdict, user, documents_.PlaceOf(*users_.at(user)).code));
        }
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
  const PlanRules& rules_;
  ReferenceDocuments documents_;
  ReferenceJudge judge_;
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
    if (!change.usage_location.empty()) {
      decisions.insert(fmt::format("{} @{}", who, change.usage_location));
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

Decisions ReferenceDecisions(const TestTenant& tenant, const PolicySet& policies,
                             const PlanRules& rules) {
  return Reference(tenant, policies, rules).Run();
}

}  // namespace seatkeeper::test
