#pragma once

#include <map>
#include <string>

#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// The seats of a plan while it is carried out. A seat is taken when a change that needs it is
/// picked, not when it is accepted, so that whatever order answers come in there is never one too
/// few; a seat is free only once its removal was accepted, and what a group's removal frees not at
/// all: the service takes it from the members when it gets to them. Not thread-safe.
class SeatAccount {
 public:
  explicit SeatAccount(const GuardedPlan& plan);

  /// Whether every seat that the change takes is free.
  bool CanTake(const Change& change) const;
  /// REQUIRES: CanTake(change).
  void Take(const Change& change);
  /// The change will not happen after all: what it took is free again.
  void Return(const Change& change);
  /// The change was accepted: what it removes is free, if it is a user's.
  void Free(const Change& change);

  /// Names the products of which the change finds no seat, or not as many as a group needs, and
  /// why, for a person.
  std::string WhyNot(const Change& change) const;

 private:
  /// How many seats of a product changes of the plan were to free, and how many they did.
  struct Freeing {
    int planned = 0;
    int happened = 0;
  };

  int FreeOf(const SkuId& product) const;

  std::map<SkuId, int> free_;
  std::map<SkuId, Freeing> freeing_;
  std::map<SkuId, std::string> names_;
};

}  // namespace seatkeeper
