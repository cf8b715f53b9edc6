#pragma once

#include <optional>
#include <set>
#include <vector>

#include "reconciler/model/observed.h"
#include "reconciler/plan/desired.h"
#include "reconciler/plan/plan.h"

namespace seatkeeper {

/// One product's part in the change of one user.
struct ChangePart {
  enum class Kind {
    kAdd,
    kPlans,
    kRemove,
    kBlocked,  ///< Granted, but cannot be given now: what the user would lose waits for it.
  };
  Row row = 0;
  Kind kind = Kind::kAdd;
  AddLicense license;  ///< With kRemove and kBlocked only the product counts.
  bool plans_off = false;
  bool seat = false;  ///< The seat is taken (kAdd) or freed (kRemove).
  Reason reason = Reason::kGranted;
  Origin origin;
  int priority = 0;
  std::optional<HeldBy> held;
  std::vector<SkuId> waits_for;  ///< Of a removal: products of this user that are kBlocked.

  bool takes_away() const { return kind == Kind::kRemove || plans_off; }
};

/// Decides for one product what every user has too little, too much or differently of it. Appends
/// to `parts` what is to be done and to `drift` every difference, done about or not. Pure.
void DiffProduct(const DesiredState& desired, const DesiredProduct& product,
                 const ObservedState& observed, const std::set<UserId>& busy,
                 std::vector<ChangePart>& parts, std::vector<Drift>& drift);

}  // namespace seatkeeper
