#include "reconciler/plan/undo_seats.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include "reconciler/plan/deliver.h"
#include "reconciler/plan/membership.h"
#include "reconciler/plan/names.h"
#include "reconciler/plan/ordered_sets.h"
#include "reconciler/plan/usage_location.h"

namespace seatkeeper {
namespace {

constexpr const char* kNoSeat = "no seat is free";

}  // namespace

SeatBook::SeatBook(const DesiredState& desired, const ObservedState& observed,
                   const std::map<SkuId, int>& unseen)
    : observed_(observed), unseen_(unseen), assigned_(CountAssigned(observed)) {
  const auto seats = CountSeats(desired, observed, unseen);
  for (std::size_t i = 0; i < seats.size(); ++i) Enter(desired.products[i].id, seats[i]);
}

DesiredIndex SeatBook::IndexOf(const SkuId& product) {
  const auto known = index_.find(product);
  if (known != index_.end()) return known->second;
  Seats seats;
  if (const auto index = observed_.FindProduct(product)) {
    seats.purchased = observed_.products[*index].prepaid.enabled;
    seats.assigned = assigned_[*index];
  }
  if (const auto found = unseen_.find(product); found != unseen_.end()) {
    seats.unseen = found->second;
  }
  return Enter(product, seats);
}

DesiredIndex SeatBook::Enter(const SkuId& product, const Seats& seats) {
  const auto index = static_cast<DesiredIndex>(products_.size());
  products_.push_back(product);
  seats_.push_back(seats);
  index_.emplace(product, index);
  return index;
}

std::vector<int> SeatBook::Free() const {
  std::vector<int> free;
  free.reserve(seats_.size());
  for (const auto& seats : seats_) free.push_back(seats.free());
  return free;
}

bool IsGiven(const Restoration& restoration, const SkuId& product) {
  return std::ranges::find(restoration.add, product, &AddLicense::product) != restoration.add.end();
}

UndoSeating::UndoSeating(const DesiredState& desired, const ObservedState& observed,
                         const std::map<SkuId, int>& unseen)
    : desired_(desired), observed_(observed), book_(desired, observed, unseen) {}

void UndoSeating::Run(std::vector<Restoration> restorations, const std::set<Subject>& held) {
  held_ = held;
  for (auto& restoration : restorations) Enter(std::move(restoration));
  free_ = book_.Free();
  SeatGroups();
  SeatUsers();
  seated_ = std::move(users_);
  std::ranges::move(groups_, std::back_inserter(seated_));
}

void UndoSeating::Refuse(Entry& entry, const SkuId& product, NotRestored::Why why,
                         const std::string& detail) {
  auto& restoration = entry.restoration;
  for (const auto& left : LeaveOut(product, restoration)) {
    left_out_.push_back({.subject = restoration.subject,
                         .subject_name = restoration.subject_name,
                         .product = left,
                         .plan_id = restoration.plan_ids.at(left),
                         .why = why,
                         .detail = detail});
  }
  std::erase_if(entry.takes, [&](const SkuId& seat) { return !IsGiven(restoration, seat); });
  std::erase_if(entry.frees,
                [&](const SkuId& seat) { return !Contains(restoration.remove, seat); });
}

void UndoSeating::RefuseAll(Entry& entry, NotRestored::Why why, const std::string& detail) {
  while (!entry.restoration.add.empty()) {
    const auto product = entry.restoration.add.front().product;
    Refuse(entry, product, why, detail);
  }
}

void UndoSeating::Enter(Restoration restoration) {
  Entry entry{.restoration = std::move(restoration)};
  const auto wanted = entry.restoration.add;
  for (const auto& add : wanted) {
    const auto index = observed_.FindProduct(add.product);
    const auto why_not = WhyNotAssignable(index ? &observed_.products[*index] : nullptr);
    if (!why_not.empty() && IsGiven(entry.restoration, add.product)) {
      Refuse(entry, add.product, NotRestored::Why::kProductGone, why_not);
    }
  }
  const auto* user = std::get_if<UserId>(&entry.restoration.subject);
  if (user != nullptr) {
    entry.row = observed_.users.Find(*user);
    LocateUser(entry);
    CountUser(entry);
  } else {
    entry.group = observed_.FindGroup(std::get<GroupId>(entry.restoration.subject));
    CountGroup(entry);
  }
  if (entry.restoration.add.empty()) return;
  for (const auto& add : entry.restoration.add) book_.IndexOf(add.product);
  for (const auto& product : entry.restoration.remove) book_.IndexOf(product);
  (user != nullptr ? users_ : groups_).push_back(std::move(entry));
}

void UndoSeating::LocateUser(Entry& entry) {
  if (entry.restoration.add.empty() || !LacksLocation(observed_, *entry.row)) return;
  const auto choice = ChooseLocation(desired_, observed_, *entry.row);
  if (!choice.code.empty() && !choice.held) {
    entry.usage_location = choice.code;
    return;
  }
  RefuseAll(entry, NotRestored::Why::kNoLocation,
            choice.why_not.empty() ? "the user has no usage location" : choice.why_not);
}

// Which seats a user's request takes and frees.
void UndoSeating::CountUser(Entry& entry) const {
  const auto holds = [&](const SkuId& product, bool direct_too) {
    return std::ranges::any_of(
        observed_.users.assignments(*entry.row), [&](const AssignmentRow& held) {
          return observed_.product_ids[held.product] == product && held.holds_seat() &&
                 (direct_too || held.source != AssignmentSource::kDirect);
        });
  };
  for (const auto& add : entry.restoration.add) {
    if (!holds(add.product, true)) entry.takes.push_back(add.product);
  }
  for (const auto& product : entry.restoration.remove) {
    if (!holds(product, false)) entry.frees.push_back(product);
  }
}

void UndoSeating::CountGroup(Entry& entry) const {
  for (const auto& add : entry.restoration.add) CountGroupProduct(add.product, entry);
}

// The service gives a group's products to its direct members; see deliver.h.
void UndoSeating::CountGroupProduct(const SkuId& product, Entry& entry) const {
  const auto& group = *entry.group;
  const auto index = *observed_.FindProduct(product);
  std::vector<UserId> reached;
  if (Contains(entry.restoration.plans_off, product)) {
    for (Row row = 0; row < observed_.users.size(); ++row) {
      const auto member = MembershipOf(observed_.users, row, index, group.id);
      if (member.through_group) reached.push_back(observed_.users.id(row));
    }
    entry.losses.emplace_back(product, static_cast<int>(reached.size()));
  }
  const bool licensed =
      std::ranges::find(group.licenses, product, &GroupLicense::product) != group.licenses.end();
  const auto* members = observed_.FindLinked({Link::Kind::kDirectMembers, group.id.guid});
  if (!licensed && members != nullptr) {
    observed_.users.ForEachKnown(members->users, [&](Row row) {
      if (MembershipOf(observed_.users, row, index, group.id).has_seat()) return;
      entry.takes.push_back(product);
      reached.push_back(observed_.users.id(row));
    });
  }
  entry.affected[product] = DigestOfUsers(std::move(reached));
}

// All that the members need, or none; of what is free now, for nobody knows when they get it.
void UndoSeating::SeatGroups() {
  for (auto& entry : groups_) {
    const auto wanted = entry.restoration.add;
    for (const auto& add : wanted) {
      const auto needed = static_cast<int>(std::ranges::count(entry.takes, add.product));
      if (needed == 0) continue;
      auto& free = free_[book_.IndexOf(add.product)];
      if (free >= needed) {
        free -= needed;
      } else {
        Refuse(entry, add.product, NotRestored::Why::kNoSeat,
               "there are not seats for all members of the group");
      }
    }
  }
  std::erase_if(groups_, [](const Entry& entry) { return entry.restoration.add.empty(); });
}

// What gets no seat is left out, and the rest tried again.
void UndoSeating::SeatUsers() {
  for (;;) {
    std::vector<SeatMove> moves;
    moves.reserve(users_.size());
    for (const auto& entry : users_) moves.push_back(MoveOf(entry));
    SeatFlow flow(free_, std::move(moves));
    int wave = 0;
    for (auto served = flow.Advance(); !served.empty(); served = flow.Advance()) {
      ++wave;
      for (const auto i : served) users_[i].wave = wave;
    }
    const auto stuck = flow.Waiting();
    if (stuck.empty()) return;
    const auto before = left_out_.size();
    for (const auto i : stuck) LeaveOutUnseated(users_[i], flow.free());
    // Never: who waits, waits for a seat that is not there.
    if (left_out_.size() == before) {
      RefuseAll(users_[stuck.front()], NotRestored::Why::kNoSeat, kNoSeat);
    }
    std::erase_if(users_, [](const Entry& entry) { return entry.restoration.add.empty(); });
  }
}

void UndoSeating::LeaveOutUnseated(Entry& entry, const std::vector<int>& free) {
  const auto wanted = entry.takes;
  for (const auto& product : wanted) {
    if (free[book_.IndexOf(product)] > 0 || !IsGiven(entry.restoration, product)) continue;
    Refuse(entry, product, NotRestored::Why::kNoSeat, kNoSeat);
  }
}

SeatMove UndoSeating::MoveOf(const Entry& entry) {
  SeatMove move;
  for (const auto& product : entry.takes) move.takes.push_back(book_.IndexOf(product));
  if (held_.contains(entry.restoration.subject)) return move;
  for (const auto& product : entry.frees) move.frees.push_back(book_.IndexOf(product));
  return move;
}

}  // namespace seatkeeper
