#include "tests/reconciler/plan/reference_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "tests/reconciler/plan/reference_subjects.h"

namespace seatkeeper::test {
namespace {

using Names = std::set<std::string>;

// One thing to be done for one user about one product.
struct Act {
  enum class Kind { kAdd, kPlans, kRemove, kMissing };
  Kind kind = Kind::kAdd;
  std::string product = {};
  Names off = {};       // Service plans, after it.
  int priority = 0;     // Of the grant.
  bool loss = false;    // Counts as a removal.
  bool frees = false;   // Leaves a free seat behind.
  bool ladder = false;  // Shares the fate of the ladder's other acts.
  bool held = false;
  bool deferred = false;
  bool fallback = false;    // Instead of a higher rung.
  bool wants_seat = false;  // kMissing: for want of a seat.
  bool nobody = false;      // kMissing: nobody can be given this product.
  bool served = false;      // kMissing: a lower rung serves for the time.

  bool goes() const { return kind != Kind::kMissing && !held && !deferred; }
  bool takes_seat() const { return kind == Kind::kAdd; }
};

// What the documents say of one user and one product.
struct Word {
  enum class Kind { kNothing, kGranted, kRevoked, kTied };
  Kind kind = Kind::kNothing;
  int priority = 0;
  bool frozen = false;       // Whoever grants or shapes it has a doubtful exception.
  std::optional<Names> off;  // Service plans that a list says are off.
  bool enabled_list = false;
  bool conflict = false;  // Two lists of one priority differ.
};

class Reference {
 public:
  Reference(const TestTenant& tenant, const PolicySet& policies)
      : tenant_(tenant), policies_(policies) {
    for (const auto& policy : policies_.license_policies) {
      for (const auto& grant : policy.licenses) named_.insert(grant.product.value);
    }
    for (const auto& policy : policies_.product_policies) {
      named_.insert(policy.product.value);
      managed_[policy.product.value] = &policy;
    }
    for (const auto& ladder : policies_.product_ladders) {
      fallback_ = ladder.fallback;
      for (const auto& product : ladder.products) rungs_.push_back(product.value);
    }
    named_.insert(rungs_.begin(), rungs_.end());
    for (const auto& user : tenant.users) users_[user.name] = &user;
    FindDoubts();
  }

  Decisions Run() {
    for (const auto& [name, user] : users_) Judge(*user);
    for (const auto& [name, user] : users_) HoldBack(name);
    HoldTooManyLosses();  // What is held already is none of too many.
    for (const auto& [name, user] : users_) HoldBack(name);
    // Rungs that nobody can be given have no seats from the start.
    for (const auto& [name, user] : users_) {
      for (std::size_t i = 0; i < acts_[name].size(); ++i) {
        if (acts_[name][i].nobody && OnLadder(acts_[name][i].product)) StandIn(name, i);
      }
    }
    do {
      GiveSeats();
    } while (BreakCircles());
    return Describe();
  }

 private:
  // --- What the documents say -----------------------------------------------------------------

  bool OnLadder(const std::string& product) const {
    return std::find(rungs_.begin(), rungs_.end(), product) != rungs_.end();
  }

  bool LetsGo(const std::string& product) const {
    const auto policy = managed_.find(product);
    return policy != managed_.end() && policy->second->management == Management::kFull;
  }

  // Nobody loses a product of which a policy speaks whose users are not all known; nor any other
  // rung of its ladder.
  void FindDoubts() {
    for (const auto& policy : policies_.license_policies) {
      if (!IsDoubtful(policy.subjects, tenant_)) continue;
      for (const auto& product : named_) {
        if (Grants(policy, product) || Revokes(policy, product)) doubtful_.insert(product);
      }
    }
    const bool ladder = std::any_of(rungs_.begin(), rungs_.end(),
                                    [&](const auto& rung) { return doubtful_.contains(rung); });
    if (ladder) doubtful_.insert(rungs_.begin(), rungs_.end());
  }

  static const Grant* Grants(const LicensePolicy& policy, const std::string& product) {
    for (const auto& grant : policy.licenses) {
      if (grant.product.value == product) return &grant;
    }
    return nullptr;
  }
  static bool Revokes(const LicensePolicy& policy, const std::string& product) {
    if (!policy.revoke) return false;
    return policy.revoke->all ||
           std::any_of(policy.revoke->products.begin(), policy.revoke->products.end(),
                       [&](const auto& written) { return written.value == product; });
  }

  Word WordOn(const TestUser& user, const std::string& product) const {
    Word word;
    std::optional<int> highest;
    std::optional<int> shaped;
    for (const auto& policy : policies_.license_policies) {
      const bool speaks = Grants(policy, product) != nullptr || Revokes(policy, product);
      if (!speaks || !SelectsUser(policy.subjects, user, tenant_)) continue;
      highest = std::max(policy.priority, highest.value_or(policy.priority));
      const auto* grant = Grants(policy, product);
      if (grant != nullptr && grant->plans.kind != PlanSelection::Kind::kUnmanaged) {
        shaped = std::max(policy.priority, shaped.value_or(policy.priority));
      }
    }
    for (const auto& policy : policies_.license_policies) {
      if (!SelectsUser(policy.subjects, user, tenant_)) continue;
      if (highest == policy.priority && Grants(policy, product) != nullptr) {
        word.kind = word.kind == Word::Kind::kRevoked || word.kind == Word::Kind::kTied
                        ? Word::Kind::kTied
                        : Word::Kind::kGranted;
      }
      if (highest == policy.priority && Revokes(policy, product)) {
        word.kind = word.kind == Word::Kind::kGranted || word.kind == Word::Kind::kTied
                        ? Word::Kind::kTied
                        : Word::Kind::kRevoked;
      }
      const auto* grant = Grants(policy, product);
      if (grant != nullptr && shaped == policy.priority) AddList(grant->plans, word);
    }
    AddFirstGrant(user, product, shaped, word);
    return word;
  }

  void AddList(const PlanSelection& plans, Word& word) const {
    if (plans.kind == PlanSelection::Kind::kUnmanaged) return;
    Names listed;
    for (const auto& plan : plans.plans) listed.insert(plan.value);
    if (plans.kind == PlanSelection::Kind::kEnabled) {
      Names rest(tenant_.products[0].plans.begin(), tenant_.products[0].plans.end());
      for (const auto& plan : listed) rest.erase(plan);
      listed = rest;
    }
    if (word.off && *word.off != listed) word.conflict = true;
    if (!word.off) word.off = listed;
  }

  // The grant that is named as the origin: the first by name among the highest.
  void AddFirstGrant(const TestUser& user, const std::string& product, std::optional<int> shaped,
                     Word& word) const {
    const LicensePolicy* first = nullptr;
    const LicensePolicy* shaping = nullptr;
    for (const auto& policy : policies_.license_policies) {  // By name.
      const auto* grant = Grants(policy, product);
      if (grant == nullptr || !SelectsUser(policy.subjects, user, tenant_)) continue;
      if (first == nullptr || policy.priority > first->priority) first = &policy;
      const bool shapes = grant->plans.kind != PlanSelection::Kind::kUnmanaged;
      if (shapes && policy.priority == shaped && shaping == nullptr) shaping = &policy;
    }
    if (first == nullptr) return;
    word.priority = first->priority;
    word.frozen = HasDoubtfulException(first->subjects, tenant_) ||
                  (shaping != nullptr && HasDoubtfulException(shaping->subjects, tenant_));
  }

  // --- What a user has ------------------------------------------------------------------------

  static bool Seated(const TestLicense& license) {
    return license.state == AssignmentState::kActive ||
           license.state == AssignmentState::kActiveWithError;
  }
  // The row of this user, product and source; of several groups the first by name that has a seat.
  static const TestLicense* Row(const TestUser& user, const std::string& product,
                                AssignmentSource source) {
    const TestLicense* found = nullptr;
    for (const auto& license : user.licenses) {
      if (license.product != product || license.source != source) continue;
      if (source == AssignmentSource::kGroup && !Seated(license)) continue;
      if (found == nullptr || license.group < found->group) found = &license;
    }
    return found;
  }
  static const TestLicense* Direct(const TestUser& user, const std::string& product) {
    return Row(user, product, AssignmentSource::kDirect);
  }
  static const TestLicense* Group(const TestUser& user, const std::string& product) {
    return Row(user, product, AssignmentSource::kGroup);
  }
  static const TestLicense* Unknown(const TestUser& user, const std::string& product) {
    return Row(user, product, AssignmentSource::kUnknown);
  }
  static bool Holds(const TestUser& user, const std::string& product) {
    return Direct(user, product) || Group(user, product) || Unknown(user, product);
  }
  static bool AwaitsGroup(const TestUser& user, const std::string& product) {
    return std::any_of(user.licenses.begin(), user.licenses.end(), [&](const TestLicense& license) {
      return license.product == product && license.source == AssignmentSource::kGroup &&
             !Seated(license);
    });
  }

  // --- One user -------------------------------------------------------------------------------

  void Judge(const TestUser& user) {
    auto& acts = acts_[user.name];
    if (!user.assignments_known) return;
    std::optional<std::size_t> target;
    for (std::size_t i = 0; i < rungs_.size() && !target; ++i) {
      if (WordOn(user, rungs_[i]).kind == Word::Kind::kGranted) target = i;
    }
    for (const auto& product : named_) {
      if (!target || !OnLadder(product)) JudgeAlone(user, product, acts);
    }
    if (target) JudgeLadder(user, *target, acts);
    std::sort(acts.begin(), acts.end(),
              [](const Act& a, const Act& b) { return a.product < b.product; });
  }

  void JudgeAlone(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    const auto word = WordOn(user, product);
    if (word.kind == Word::Kind::kTied) {
      JudgeTied(user, product, acts);
    } else if (word.kind != Word::Kind::kGranted) {
      if (Direct(user, product) && !Unknown(user, product) && LetsGo(product)) {
        acts.push_back(Removal(user, product));
      }
    } else if (!Holds(user, product)) {
      JudgeMissing(user, product, acts);
    } else {
      JudgeHeld(user, product, acts);
    }
  }

  Act Removal(const TestUser& user, const std::string& product) const {
    Act act{.kind = Act::Kind::kRemove, .product = product, .loss = true};
    act.frees =
        !Group(user, product) && !AwaitsGroup(user, product) && Seated(*Direct(user, product));
    act.held = doubtful_.contains(product);
    return act;
  }

  void JudgeTied(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    if (!Holds(user, product)) {
      auto act = Gain(user, product);
      act.held = act.kind == Act::Kind::kAdd;
      acts.push_back(act);
    } else if (Direct(user, product) && !Unknown(user, product) && LetsGo(product)) {
      acts.push_back(Removal(user, product));
      acts.back().held = true;
    }
  }

  bool CanBeGiven(const TestUser& user, const std::string& product) const {
    const auto policy = managed_.find(product);
    const bool observed =
        policy != managed_.end() && policy->second->management == Management::kObserve;
    return tenant_.Product(product).status != "Suspended" && !WordOn(user, product).conflict &&
           !user.usage_location.empty() && !observed;
  }

  // Giving a product, or the lack of it where it cannot be given.
  Act Gain(const TestUser& user, const std::string& product) const {
    const auto word = WordOn(user, product);
    Act act{.product = product, .priority = word.priority, .ladder = OnLadder(product)};
    if (!CanBeGiven(user, product)) {
      act.kind = Act::Kind::kMissing;
      return act;
    }
    act.off = word.off ? *word.off : CarriedOver(user, product);
    act.loss = OnLadder(product) && SwitchesOff(user, act);
    return act;
  }

  void JudgeMissing(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    auto act = Gain(user, product);
    if (act.kind == Act::Kind::kMissing) {
      act.wants_seat = act.nobody = tenant_.Product(product).status == "Suspended";
    } else {
      act.held = WordOn(user, product).frozen;
    }
    acts.push_back(act);
  }

  void JudgeHeld(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    const auto* direct = Direct(user, product);
    if (direct && !Seated(*direct) && !Group(user, product)) {
      acts.push_back(
          {.kind = Act::Kind::kMissing, .product = product, .ladder = OnLadder(product)});
    }
    if (JudgePlans(user, product, acts)) JudgeRedundant(user, product, acts);
  }

  // Whether the service plans are as they should be.
  bool JudgePlans(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    const auto word = WordOn(user, product);
    if (!word.off) return true;
    const auto* direct = Direct(user, product);
    const auto* row = direct                 ? direct
                      : Group(user, product) ? Group(user, product)
                                             : Unknown(user, product);
    const Names off(row->off.begin(), row->off.end());
    if (off == *word.off && !word.conflict) return true;
    const bool can = direct && Seated(*direct) && !word.conflict && LetsGo(product) &&
                     tenant_.Product(product).status != "Suspended";
    if (!can) return false;
    Act act{.kind = Act::Kind::kPlans, .product = product, .off = *word.off};
    act.loss = !std::includes(off.begin(), off.end(), act.off.begin(), act.off.end());
    act.held = word.frozen || (act.loss && doubtful_.contains(product));
    acts.push_back(act);
    return false;
  }

  void JudgeRedundant(const TestUser& user, const std::string& product, std::vector<Act>& acts) {
    const auto* direct = Direct(user, product);
    const auto* group = Group(user, product);
    if (!direct || !group || !LetsGo(product)) return;
    if (Names(direct->off.begin(), direct->off.end()) !=
        Names(group->off.begin(), group->off.end())) {
      return;
    }
    const bool active =
        direct->state == AssignmentState::kActive && group->state == AssignmentState::kActive;
    if (active && managed_.at(product)->unassign.remove_redundant_direct) {
      acts.push_back(Removal(user, product));
    }
  }

  // --- Ladders --------------------------------------------------------------------------------

  void JudgeLadder(const TestUser& user, std::size_t target, std::vector<Act>& acts) {
    bool satisfied = false;
    for (std::size_t i = 0; i < target; ++i) satisfied |= StaysAbove(user, rungs_[i]);
    bool swap = false;
    if (Holds(user, rungs_[target])) {
      JudgeHeld(user, rungs_[target], acts);
    } else if (!satisfied) {
      JudgeMissing(user, rungs_[target], acts);
      swap = true;
    }
    for (std::size_t i = 0; i < rungs_.size(); ++i) {
      if (i != target) JudgeOtherRung(user, rungs_[i], swap, i > target, acts);
    }
  }

  bool MakesWay(const TestUser& user, const std::string& rung) const {
    return Direct(user, rung) && !Group(user, rung) && !Unknown(user, rung) && LetsGo(rung) &&
           WordOn(user, rung).kind != Word::Kind::kTied;
  }
  bool StaysAbove(const TestUser& user, const std::string& rung) const {
    return Holds(user, rung) && !MakesWay(user, rung);
  }

  void JudgeOtherRung(const TestUser& user, const std::string& rung, bool swap, bool lower,
                      std::vector<Act>& acts) {
    if (WordOn(user, rung).kind == Word::Kind::kTied) return JudgeTied(user, rung, acts);
    if (!Direct(user, rung) || Unknown(user, rung) || !LetsGo(rung)) return;
    auto act = Removal(user, rung);
    act.ladder = swap;
    act.loss = !(swap && lower);
    if (!act.loss) act.held = false;  // Moving up takes nothing away.
    acts.push_back(act);
  }

  bool IsOn(const TestUser& user, const std::string& product, const std::string& plan) const {
    const auto* direct = Direct(user, product);
    return direct && Seated(*direct) &&
           std::find(direct->off.begin(), direct->off.end(), plan) == direct->off.end();
  }

  // Without a list, a plan that is off on another rung stays off, unless it is on somewhere.
  Names CarriedOver(const TestUser& user, const std::string& product) const {
    Names off;
    if (!OnLadder(product)) return off;
    for (const auto& rung : rungs_) {
      if (rung == product || !Direct(user, rung)) continue;
      for (const auto& plan : Direct(user, rung)->off) {
        const bool on = std::any_of(named_.begin(), named_.end(),
                                    [&](const auto& other) { return IsOn(user, other, plan); });
        if (!on) off.insert(plan);
      }
    }
    return off;
  }

  // Whether a swap switches off what a rung that makes way had on.
  bool SwitchesOff(const TestUser& user, const Act& act) const {
    return std::any_of(act.off.begin(), act.off.end(), [&](const auto& plan) {
      return std::any_of(rungs_.begin(), rungs_.end(), [&](const auto& rung) {
        return rung != act.product && MakesWay(user, rung) && IsOn(user, rung, plan);
      });
    });
  }

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
    for (const auto& product : named_) {
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
    const auto policy = managed_.find(product);
    const int reserve = policy == managed_.end() ? 0 : policy->second->reserve;
    return tenant_.Product(product).seats - Assigned(product) - reserve;
  }

  void GiveSeats() {
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto& product : named_) {
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
    if (fallback_ && OnLadder(unseated.product)) {
      auto& missing = *std::find_if(acts.begin(), acts.end(), [](const Act& act) {
        return act.ladder && act.kind == Act::Kind::kMissing && act.wants_seat;
      });
      const auto next = NextBelow(*users_.at(name), unseated);
      missing.served = next.has_value() || HoldsBelow(*users_.at(name), missing.product);
      if (next) acts.push_back(*next);
      for (auto& act : acts) {
        if (next && act.kind == Act::Kind::kRemove && act.ladder) act.deferred = false;
      }
    }
    HoldBack(name);
  }

  std::optional<Act> NextBelow(const TestUser& user, const Act& unseated) const {
    const auto from = std::find(rungs_.begin(), rungs_.end(), unseated.product);
    const auto holds = [&](const auto& rung) { return Holds(user, rung); };
    if (std::any_of(rungs_.begin(), from + 1, holds)) return std::nullopt;
    for (auto rung = from + 1; rung != rungs_.end() && !holds(*rung); ++rung) {
      const auto word = WordOn(user, *rung);
      if (word.kind == Word::Kind::kRevoked || word.kind == Word::Kind::kTied) continue;
      if (!CanBeGiven(user, *rung)) continue;
      auto act = Gain(user, *rung);
      act.fallback = true;
      act.priority = unseated.priority;
      return act;
    }
    return std::nullopt;
  }

  bool HoldsBelow(const TestUser& user, const std::string& rung) const {
    const auto from = std::find(rungs_.begin(), rungs_.end(), rung);
    return std::any_of(from + 1, rungs_.end(), [&](const auto& lower) {
      return std::any_of(user.licenses.begin(), user.licenses.end(), [&](const auto& license) {
        return license.product == lower && Seated(license);
      });
    });
  }

  // --- Order ----------------------------------------------------------------------------------

  // Plays the requests against the seats there are: who only frees, then who swaps, then who only
  // takes, and those not the seats that a swap waits for. Who cannot go at last gets no seat.
  bool BreakCircles() {
    std::map<std::string, int> free;
    for (const auto& product : named_) free[product] = Free(product);
    Names waiting;
    for (const auto& [user, acts] : acts_) waiting.insert(user);
    while (PlayWave(waiting, free)) {
    }
    bool broken = false;
    for (const auto& user : waiting) {
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

  bool PlayWave(Names& waiting, std::map<std::string, int>& free) {
    std::map<std::string, int> spoken_for;
    auto before = free;
    std::vector<std::string> served;
    const auto serve = [&](bool takes, bool frees, bool modest) {
      for (const auto& user : waiting) {
        if (Any(user, &Act::takes_seat) != takes || AnyFrees(user) != frees) continue;
        if (std::find(served.begin(), served.end(), user) != served.end()) continue;
        const bool there = AllSeats(user, [&](const std::string& product) {
          return free[product] > (modest ? spoken_for[product] : 0);
        });
        AllSeats(user, [&](const std::string& product) {
          if (there) --free[product];
          if (!there && frees) ++spoken_for[product];
          return true;
        });
        if (there) served.push_back(user);
      }
    };
    serve(false, false, false);
    serve(false, true, false);
    serve(true, true, false);
    serve(true, false, true);
    const auto idle = [&](const std::string& user) { return !Any(user, &Act::goes); };
    if (std::all_of(served.begin(), served.end(), idle)) serve(true, false, false);
    for (const auto& user : served) {
      waiting.erase(user);
      for (const auto& act : acts_[user]) {
        if (act.goes() && act.frees) ++free[act.product];
      }
    }
    return !served.empty();
  }

  bool Any(const std::string& user, bool (Act::*is)() const) {
    return std::any_of(acts_[user].begin(), acts_[user].end(),
                       [&](const Act& act) { return act.goes() && (act.*is)(); });
  }
  bool AnyFrees(const std::string& user) {
    return std::any_of(acts_[user].begin(), acts_[user].end(),
                       [&](const Act& act) { return act.goes() && act.frees; });
  }
  bool AllSeats(const std::string& user, const std::function<bool(const std::string&)>& check) {
    bool all = true;
    for (const auto& act : acts_[user]) {
      if (act.goes() && act.takes_seat()) all = check(act.product) && all;
    }
    return all;
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
  Names named_;
  Names doubtful_;
  Names too_many_;
  std::map<std::string, const ProductPolicy*> managed_;
  std::vector<std::string> rungs_;  // Highest first; random cases have one ladder at most.
  bool fallback_ = false;
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
