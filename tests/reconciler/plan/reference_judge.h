#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/reconciler/plan/reference_documents.h"
#include "tests/support/tenant_builder.h"

namespace seatkeeper::test {

/// One thing to be done for one user about one product.
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

/// What is to be done for one user, seats and everybody else left aside.
class ReferenceJudge {
 public:
  ReferenceJudge(const TestTenant& tenant, const ReferenceDocuments& documents)
      : tenant_(tenant), documents_(documents) {}

  /// By product.
  std::vector<Act> Judge(const TestUser& user) const {
    std::vector<Act> acts;
    if (!user.assignments_known) return acts;
    std::optional<std::size_t> target;
    for (std::size_t i = 0; i < documents_.rungs().size() && !target; ++i) {
      if (documents_.WordOn(user, documents_.rungs()[i]).kind == Word::Kind::kGranted) target = i;
    }
    for (const auto& product : documents_.named()) {
      if (!target || !documents_.OnLadder(product)) JudgeAlone(user, product, acts);
    }
    if (target) JudgeLadder(user, *target, acts);
    std::sort(acts.begin(), acts.end(),
              [](const Act& a, const Act& b) { return a.product < b.product; });
    return acts;
  }

  /// The next rung that can be given instead of one that has no seat.
  std::optional<Act> NextBelow(const TestUser& user, const Act& unseated) const {
    const auto from =
        std::find(documents_.rungs().begin(), documents_.rungs().end(), unseated.product);
    const auto holds = [&](const auto& rung) { return Holds(user, rung); };
    if (std::any_of(documents_.rungs().begin(), from + 1, holds)) return std::nullopt;
    for (auto rung = from + 1; rung != documents_.rungs().end() && !holds(*rung); ++rung) {
      const auto word = documents_.WordOn(user, *rung);
      if (word.kind == Word::Kind::kRevoked || word.kind == Word::Kind::kTied) continue;
      if (!CanBeGiven(user, *rung)) continue;
      auto act = Gain(user, *rung);
      act.fallback = true;
      act.priority = unseated.priority;
      return act;
    }
    return std::nullopt;
  }

  /// Whether a rung below has a seat already.
  bool HoldsBelow(const TestUser& user, const std::string& rung) const {
    const auto from = std::find(documents_.rungs().begin(), documents_.rungs().end(), rung);
    return std::any_of(from + 1, documents_.rungs().end(), [&](const auto& lower) {
      return std::any_of(user.licenses.begin(), user.licenses.end(), [&](const auto& license) {
        return license.product == lower && Seated(license);
      });
    });
  }

  /// Whether it stands for a seat in use.
  static bool Seated(const TestLicense& license) {
    return license.state == AssignmentState::kActive ||
           license.state == AssignmentState::kActiveWithError;
  }
  /// Whether the direct assignment has the service plan on.
  static bool IsOn(const TestUser& user, const std::string& product, const std::string& plan) {
    const auto* direct = Direct(user, product);
    return direct && Seated(*direct) &&
           std::find(direct->off.begin(), direct->off.end(), plan) == direct->off.end();
  }

 private:
  // --- What a user has ------------------------------------------------------------------------

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

  void JudgeAlone(const TestUser& user, const std::string& product, std::vector<Act>& acts) const {
    const auto word = documents_.WordOn(user, product);
    if (word.kind == Word::Kind::kTied) {
      JudgeTied(user, product, acts);
    } else if (word.kind != Word::Kind::kGranted) {
      if (Direct(user, product) && !Unknown(user, product) && documents_.LetsGo(product)) {
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
    act.held = documents_.IsDoubtful(product);
    return act;
  }

  void JudgeTied(const TestUser& user, const std::string& product, std::vector<Act>& acts) const {
    if (!Holds(user, product)) {
      auto act = Gain(user, product);
      act.held = act.kind == Act::Kind::kAdd;
      act.loss = false;
      acts.push_back(act);
    } else if (Direct(user, product) && !Unknown(user, product) && documents_.LetsGo(product)) {
      acts.push_back(Removal(user, product));
      acts.back().held = true;
    }
  }

  bool CanBeGiven(const TestUser& user, const std::string& product) const {
    const auto* policy = documents_.Managed(product);
    const bool observed = policy != nullptr && policy->management == Management::kObserve;
    return tenant_.Product(product).status != "Suspended" &&
           !documents_.WordOn(user, product).conflict && CanBeLocated(user) && !observed;
  }

  bool CanBeLocated(const TestUser& user) const {
    return !user.usage_location.empty() || !documents_.PlaceOf(user).code.empty();
  }
  bool IsFrozen(const TestUser& user, const std::string& product) const {
    return documents_.WordOn(user, product).frozen ||
           (user.usage_location.empty() && documents_.PlaceOf(user).frozen);
  }

  // Giving a product, or the lack of it where it cannot be given.
  Act Gain(const TestUser& user, const std::string& product) const {
    const auto word = documents_.WordOn(user, product);
    Act act{.product = product, .priority = word.priority, .ladder = documents_.OnLadder(product)};
    if (!CanBeGiven(user, product)) {
      act.kind = Act::Kind::kMissing;
      return act;
    }
    act.off = word.off ? *word.off : CarriedOver(user, product);
    act.loss = documents_.OnLadder(product) && SwitchesOff(user, act);
    return act;
  }

  void JudgeMissing(const TestUser& user, const std::string& product,
                    std::vector<Act>& acts) const {
    auto act = Gain(user, product);
    if (act.kind == Act::Kind::kMissing) {
      act.wants_seat = act.nobody = tenant_.Product(product).status == "Suspended";
    } else {
      act.held = IsFrozen(user, product);
    }
    acts.push_back(act);
  }

  void JudgeHeld(const TestUser& user, const std::string& product, std::vector<Act>& acts) const {
    const auto* direct = Direct(user, product);
    if (direct && !Seated(*direct) && !Group(user, product)) {
      acts.push_back({.kind = Act::Kind::kMissing,
                      .product = product,
                      .ladder = documents_.OnLadder(product)});
    }
    if (JudgePlans(user, product, acts)) JudgeRedundant(user, product, acts);
  }

  // Whether the service plans are as they should be.
  bool JudgePlans(const TestUser& user, const std::string& product, std::vector<Act>& acts) const {
    const auto word = documents_.WordOn(user, product);
    if (!word.off) return true;
    const auto* direct = Direct(user, product);
    const auto* row = direct                 ? direct
                      : Group(user, product) ? Group(user, product)
                                             : Unknown(user, product);
    const Names off(row->off.begin(), row->off.end());
    if (off == *word.off && !word.conflict) return true;
    const bool can = direct && Seated(*direct) && !word.conflict && documents_.LetsGo(product) &&
                     tenant_.Product(product).status != "Suspended" && CanBeLocated(user);
    if (!can) return false;
    Act act{.kind = Act::Kind::kPlans, .product = product, .off = *word.off};
    act.priority = word.priority;
    act.loss = !std::includes(off.begin(), off.end(), act.off.begin(), act.off.end());
    act.held = IsFrozen(user, product) || (act.loss && documents_.IsDoubtful(product));
    acts.push_back(act);
    return false;
  }

  void JudgeRedundant(const TestUser& user, const std::string& product,
                      std::vector<Act>& acts) const {
    const auto* direct = Direct(user, product);
    const auto* group = Group(user, product);
    if (!direct || !group || !documents_.LetsGo(product)) return;
    if (Names(direct->off.begin(), direct->off.end()) !=
        Names(group->off.begin(), group->off.end())) {
      return;
    }
    const bool active =
        direct->state == AssignmentState::kActive && group->state == AssignmentState::kActive;
    if (active && documents_.Managed(product)->unassign.remove_redundant_direct) {
      acts.push_back(Removal(user, product));
    }
  }

  // --- Ladders --------------------------------------------------------------------------------

  void JudgeLadder(const TestUser& user, std::size_t target, std::vector<Act>& acts) const {
    bool satisfied = false;
    for (std::size_t i = 0; i < target; ++i) satisfied |= StaysAbove(user, documents_.rungs()[i]);
    bool swap = false;
    if (Holds(user, documents_.rungs()[target])) {
      JudgeHeld(user, documents_.rungs()[target], acts);
    } else if (!satisfied) {
      JudgeMissing(user, documents_.rungs()[target], acts);
      swap = true;
    }
    for (std::size_t i = 0; i < documents_.rungs().size(); ++i) {
      if (i != target) JudgeOtherRung(user, documents_.rungs()[i], swap, i > target, acts);
    }
  }

  bool MakesWay(const TestUser& user, const std::string& rung) const {
    return Direct(user, rung) && !Group(user, rung) && !Unknown(user, rung) &&
           documents_.LetsGo(rung) && documents_.WordOn(user, rung).kind != Word::Kind::kTied;
  }
  bool StaysAbove(const TestUser& user, const std::string& rung) const {
    return Holds(user, rung) && !MakesWay(user, rung);
  }

  void JudgeOtherRung(const TestUser& user, const std::string& rung, bool swap, bool lower,
                      std::vector<Act>& acts) const {
    if (documents_.WordOn(user, rung).kind == Word::Kind::kTied) return JudgeTied(user, rung, acts);
    if (!Direct(user, rung) || Unknown(user, rung) || !documents_.LetsGo(rung)) return;
    auto act = Removal(user, rung);
    act.ladder = swap;
    act.loss = !(swap && lower);
    if (!act.loss) act.held = false;  // Moving up takes nothing away.
    acts.push_back(act);
  }

  // Without a list, a plan that is off on another rung stays off, unless it is on somewhere.
  Names CarriedOver(const TestUser& user, const std::string& product) const {
    Names off;
    if (!documents_.OnLadder(product)) return off;
    for (const auto& rung : documents_.rungs()) {
      if (rung == product || !Direct(user, rung)) continue;
      for (const auto& plan : Direct(user, rung)->off) {
        const bool on = std::any_of(documents_.named().begin(), documents_.named().end(),
                                    [&](const auto& other) { return IsOn(user, other, plan); });
        if (!on) off.insert(plan);
      }
    }
    return off;
  }

  // Whether a swap switches off what a rung that makes way had on.
  bool SwitchesOff(const TestUser& user, const Act& act) const {
    return std::any_of(act.off.begin(), act.off.end(), [&](const auto& plan) {
      return std::any_of(
          documents_.rungs().begin(), documents_.rungs().end(), [&](const auto& rung) {
            return rung != act.product && MakesWay(user, rung) && IsOn(user, rung, plan);
          });
    });
  }

  const TestTenant& tenant_;
  const ReferenceDocuments& documents_;
};

}  // namespace seatkeeper::test
