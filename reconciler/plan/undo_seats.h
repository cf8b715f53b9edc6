#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/allocate.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/planner.h"
#include "reconciler/plan/seat_flow.h"
#include "reconciler/plan/undo.h"

namespace seatkeeper {

/// Seats of the products that policy names, and of any other that is asked for.
class SeatBook {
 public:
  SeatBook(const DesiredState& desired, const ObservedState& observed,
           const std::map<SkuId, int>& unseen);

  /// Enters the product where it is not there yet.
  DesiredIndex IndexOf(const SkuId& product);
  const std::vector<SkuId>& products() const { return products_; }
  const Seats& SeatsOf(DesiredIndex index) const { return seats_[index]; }
  std::vector<int> Free() const;

 private:
  DesiredIndex Enter(const SkuId& product, const Seats& seats);

  const ObservedState& observed_;
  const std::map<SkuId, int>& unseen_;
  std::vector<int> assigned_;
  std::vector<SkuId> products_;
  std::vector<Seats> seats_;
  std::map<SkuId, DesiredIndex> index_;
};

/// A restoration that can be given: one change.
struct SeatedRestoration {
  Restoration restoration;
  std::optional<Row> row = {};                     ///< Of a user.
  const Group* group = nullptr;                    ///< Of a group.
  std::string usage_location = {};                 ///< To be set first; empty: not touched.
  std::vector<SkuId> takes = {};                   ///< Change::takes_seats.
  std::vector<SkuId> frees = {};                   ///< Change::frees_seats.
  std::map<SkuId, std::string> affected = {};      ///< Of a group: a digest of whom each reaches.
  std::vector<std::pair<SkuId, int>> losses = {};  ///< LicensedGroup::losses.
  int wave = 1;
};

/// Gives what is to be put back its seats, as far as there are any, groups first, then users by
/// object id, and lays it into waves. What the tenant cannot give is left out, with the reason.
/// Everything it is given must outlive it.
class UndoSeating {
 public:
  UndoSeating(const DesiredState& desired, const ObservedState& observed,
              const std::map<SkuId, int>& unseen);

  /// `held` are known to be held by a guardrail: what they would free is not there.
  void Run(std::vector<Restoration> restorations, const std::set<Subject>& held);

  /// Users first, each by object id.
  const std::vector<SeatedRestoration>& seated() const { return seated_; }
  const std::vector<NotRestored>& left_out() const { return left_out_; }
  SeatBook& book() { return book_; }

 private:
  using Entry = SeatedRestoration;

  void Enter(Restoration restoration);
  void Refuse(Entry& entry, const SkuId& product, NotRestored::Why why, const std::string& detail);
  void RefuseAll(Entry& entry, NotRestored::Why why, const std::string& detail);
  void LocateUser(Entry& entry);
  void CountUser(Entry& entry) const;
  void CountGroup(Entry& entry) const;
  void CountGroupProduct(const SkuId& product, Entry& entry) const;
  void SeatGroups();
  void SeatUsers();
  void LeaveOutUnseated(Entry& entry, const std::vector<int>& free);
  SeatMove MoveOf(const Entry& entry);

  const DesiredState& desired_;
  const ObservedState& observed_;
  SeatBook book_;
  std::vector<Entry> users_;
  std::vector<Entry> groups_;
  std::vector<Entry> seated_;
  std::vector<NotRestored> left_out_;
  std::set<Subject> held_;
  std::vector<int> free_;  // By the book's index.
};

/// Whether the restoration gives this product.
bool IsGiven(const Restoration& restoration, const SkuId& product);

}  // namespace seatkeeper
