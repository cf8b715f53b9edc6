#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/user_table.h"
#include "reconciler/plan/deferral.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"
#include "reconciler/plan/reprocessing.h"

namespace seatkeeper {

class ReleasedParts;

/// Position in Draft::plan_sets; 0 is the empty set.
using PlansIndex = std::uint32_t;
/// Position in HoldTable; 0 means not held.
using HoldIndex = std::uint32_t;

/// Position in Draft::notes; 0 means none.
using NoteIndex = std::uint32_t;
/// Position in Draft::removal_waits; 0 means none.
using RemovalWaitIndex = std::uint32_t;

/// Why a part waits without anybody having to decide.
enum class Wait : std::uint8_t {
  kNone,
  kSeat,    ///< Something that the user is granted has no free seat.
  kGrant,   ///< Something that the user is granted cannot be given at all now.
  kNeeded,  ///< Something else that the user holds needs its service plans.
  kWindow,  ///< Neither removals nor swaps may go now; see change_calendar.h.
  /// What goes has not been unwanted for as long as policy asks. No other wait takes its place.
  kUnwanted,
};

/// Why a part is kept back: for a person, and what it waits for, where that is a product.
struct Note {
  std::string text;
  std::optional<SkuId> waits_for = std::nullopt;

  friend bool operator==(const Note&, const Note&) = default;
};

/// One product's part in what is to be done for one user. Small, for there may be millions.
struct Part {
  enum class Kind : std::uint8_t {
    kAdd,      ///< The user gets the product and takes a seat.
    kPlans,    ///< The user keeps the product; service plans are switched.
    kRemove,   ///< The user's direct assignment goes.
    kMissing,  ///< Granted, but not given now: never sent; what the user would lose waits for it.
    kStandby,  ///< Does nothing. Room for the fallback of a rung, should that get no seat.
  };
  Row row = 0;
  DesiredIndex product = 0;
  Kind kind = Kind::kAdd;
  Verdict verdict = Verdict::kGo;
  Wait wait = Wait::kNone;  ///< Unless kNone, the verdict is kDeferred.
  Reason reason = Reason::kGranted;
  /// Takes something away: counts as a removal for every guardrail. An upward swap does not.
  bool takes_away = false;
  bool plans_off = false;   ///< With kAdd, kPlans: a service plan that is on goes off.
  bool frees_seat = false;  ///< With kRemove: nothing goes on giving the product.
  bool fallback = false;    ///< With kAdd: instead of a higher rung that has no seat.
  bool served = false;      ///< With kMissing: the user has, or gets, a lower rung for the time.
  bool in_doubt = false;    ///< Held since the reading does not tell whether it is wanted.
  /// With kAdd, unless kNone: a group gives it, and the user is processed again; see reprocess.h.
  Blocker blocker = Blocker::kNone;
  /// Parts of one user with the same number, unless it is 0, go together or not at all.
  std::uint16_t tie = 0;
  OriginIndex origin = 0;
  PlansIndex disabled_plans = 0;
  HoldIndex held = 0;  ///< Unless 0, the verdict is kHeld.
  NoteIndex note = 0;
  RemovalWaitIndex removal_wait = 0;  ///< Of this part itself; then it is kUnwanted or held.
  int priority = 0;                   ///< Of the grant: who comes first when seats are short.

  bool reprocesses() const { return blocker != Blocker::kNone; }
  /// There is something to send, should nothing stand in the way.
  bool can_go() const { return kind != Kind::kMissing && kind != Kind::kStandby; }
  bool goes() const { return verdict == Verdict::kGo && can_go(); }
  /// Something of the user's goes, be it for something better.
  bool gives_up() const { return kind == Kind::kRemove || takes_away; }
};

/// One product's part in what is to be done for a group that is licensed itself.
struct GroupPart {
  GroupId group;
  DesiredIndex product = 0;
  Part::Kind kind = Part::Kind::kAdd;  ///< kAdd, kPlans or kRemove.
  Verdict verdict = Verdict::kGo;
  Reason reason = Reason::kGranted;
  bool plans_off = false;  ///< With kPlans: a service plan that is on goes off.
  OriginIndex origin = 0;
  int priority = 0;
  PlansIndex disabled_plans = 0;
  HoldIndex held = 0;         ///< Unless 0, the verdict is kHeld.
  int losing = 0;             ///< Users who lose the product, or something of it, with the change.
  int seats = 0;              ///< With kAdd: what the members need who hold no seat yet.
  int short_by = 0;           ///< Of `seats`, how many are not free. Then the verdict is kDeferred.
  int lacking = 0;            ///< Of `losing`, how many still lack something granted: likewise.
  bool in_doubt = false;      ///< As Part::in_doubt.
  bool just_expired = false;  ///< As PolicyStatement::just_expired.
  RemovalWaitIndex removal_wait = 0;  ///< Unless 0, the verdict is kDeferred or kHeld.
  bool closed = false;        ///< Waits for a window, or for the end of a freeze: kDeferred.
  std::string affected = {};  ///< A digest of the users whom it reaches.

  bool takes_away() const { return kind == Part::Kind::kRemove || plans_off; }
};

/// Sets of reasons to hold, each kept once however many parts it holds.
class HoldTable {
 public:
  HoldTable() : sets_(1) {}
  /// The set `set` and one more reason.
  HoldIndex Add(HoldIndex set, const HeldBy& why);
  const std::vector<HeldBy>& operator[](HoldIndex set) const { return sets_[set]; }

 private:
  std::vector<HeldBy> reasons_;
  std::vector<std::vector<HeldBy>> sets_;
  std::map<std::pair<HoldIndex, std::size_t>, HoldIndex> larger_;
};

/// Sets of service plans, each kept once.
class PlanSets {
 public:
  PlanSets() { Intern({}); }
  PlansIndex Intern(std::vector<PlanId> ordered);
  const std::vector<PlanId>& operator[](PlansIndex index) const { return sets_[index]; }

 private:
  std::vector<std::vector<PlanId>> sets_;
  std::map<std::vector<PlanId>, PlansIndex> known_;
};

/// What is to be done, before it becomes requests: guarded, given seats and laid into waves.
struct Draft {
  std::vector<Part> parts;               ///< By row.
  std::vector<GroupPart> group_parts{};  ///< By group, then product.
  PlanSets plan_sets;
  HoldTable holds;
  std::vector<Note> notes{Note{}};  ///< Each once.
  std::string until_open{};         ///< What parts with Wait::kWindow wait for, for a person.
  std::vector<RemovalWait> removal_waits{RemovalWait{}};
  std::map<Row, Reprocessing> reprocessings{};  ///< Of users with parts that reprocess.

  /// What approvals release; nullptr: nothing. It must outlive the draft.
  const ReleasedParts* released = nullptr;

  /// Whether approvals release anything at all: most plans need not ask of each part.
  bool releases_some() const;
  /// Whether approvals release a part, with whatever is tied to it, from being held for this.
  bool IsReleased(const Part& part, std::span<const Part> of_user, const HeldBy& why) const;
  bool IsReleased(const GroupPart& part, const HeldBy& why) const;

  /// All parts of the user of parts[index].
  std::span<Part> PartsOfUser(std::size_t index) {
    std::size_t begin = index;
    std::size_t end = index + 1;
    while (begin > 0 && parts[begin - 1].row == parts[index].row) --begin;
    while (end < parts.size() && parts[end].row == parts[index].row) ++end;
    return {parts.data() + begin, end - begin};
  }

  /// All parts of one user, found by their row.
  std::span<Part> PartsOf(Row row) { return Find(std::span<Part>(parts), row); }
  std::span<const Part> PartsOf(Row row) const { return Find(std::span<const Part>(parts), row); }

  /// Calls `visit(span)` with the parts of each user, in order of rows. Parts may be altered, not
  /// added or taken.
  template <typename Visit>
  void ForEachUser(Visit&& visit) {
    VisitUsers(std::span<Part>(parts), visit);
  }
  template <typename Visit>
  void ForEachUser(Visit&& visit) const {
    VisitUsers(std::span<const Part>(parts), visit);
  }

 private:
  template <typename Parts>
  static Parts Find(Parts all, Row row) {
    const auto [begin, end] =
        std::equal_range(all.begin(), all.end(), Part{.row = row},
                         [](const Part& a, const Part& b) { return a.row < b.row; });
    return {begin, end};
  }
  template <typename Parts, typename Visit>
  static void VisitUsers(Parts all, Visit&& visit) {
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin + 1;
      while (end < all.size() && all[end].row == all[begin].row) ++end;
      visit(all.subspan(begin, end - begin));
      begin = end;
    }
  }
};

/// Holds a part and whatever is tied to it. `of_user` are all parts of its user.
void Hold(Part& part, const HeldBy& why, std::span<Part> of_user, HoldTable& holds);

/// The same for the part of a group, alone.
void Hold(GroupPart& part, const HeldBy& why, HoldTable& holds);

/// Defers a part and whatever is tied to it, unless it is held. kWindow and kUnwanted stay,
/// whatever else it would wait for: that may be there only because nothing goes now.
void DeferTied(Part& part, Wait wait, std::span<Part> of_user);

/// This product's part of the change is held for this reason, too.
void AddHold(const HeldBy& why, const SkuId& product, Change& change);

/// Says why a part is kept back.
void Annotate(Part& part, const Note& why, Draft& draft);

/// Keeps a part back that the service would refuse: until the product goes that it waits for, with
/// whatever is tied to it; otherwise for as long as the policy says so. Then what was to be given
/// becomes kMissing, and service plans stay as they are.
void Block(Part& part, const Note& why, std::span<Part> of_user, Draft& draft);

/// Nobody loses something while what they are granted is held or cannot be given, and parts that
/// are tied share one fate: brings the parts of one user into line with that. Repeated, it changes
/// nothing.
void HoldBackRemovals(std::span<Part> of_user, HoldTable& holds);

}  // namespace seatkeeper
