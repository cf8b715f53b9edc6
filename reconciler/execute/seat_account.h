#pragma once

#include <map>
#include <optional>
#include <string>

#include "reconciler/plan/plan.h"
#include "reconciler/seams/tenant_provider.h"

namespace seatkeeper {

/// The product for whose sake the service would refuse others as well that are to get it: no seat
/// is left, or the tenant does not own it. Nothing where the refusal is about something else, or
/// does not tell which of the products that `change` takes seats of.
std::optional<SkuId> ProductRefused(const Change& change, const WriteResult& refusal);

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

  /// Nobody is given the product, the service says, whatever was read of its seats: until one of
  /// them is freed, what would give just that is not taken. What gives other things as well is:
  /// they may go on by themselves (RemainderOf).
  void Close(const SkuId& product, const std::string& words) { closed_[product] = words; }

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
  /// The product that the change gives and nothing else, if it is closed.
  const SkuId* ClosedTo(const Change& change) const;

  std::map<SkuId, int> free_;
  std::map<SkuId, Freeing> freeing_;
  std::map<SkuId, std::string> names_;
  std::map<SkuId, std::string> closed_;  ///< With the service's words.
};

}  // namespace seatkeeper
